/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reader.c: at each iteration of the main loop a band of rows is read, so high
 * that it takes about 10 ms; a thread puts the bands together.
 */

#include <string.h>

#include "alloc.h"
#include "reader.h"

#define BAND_PIXELS (1 << 17) /* of the layer, to begin with */
#define SLICE       10000     /* microseconds                */

/* What the reader and its thread share. */
typedef struct
{
  int           refs;      /* atomic: the reader and the thread         */
  int           given_up;  /* atomic: nobody waits for it any more      */
  GAsyncQueue  *bands;     /* of DifUiPicture, the last one is empty    */
  int           width;
  int           height;
  gboolean      fill;
  DifUiReader  *reader;    /* main thread                               */
  DifUiPicture *picture;   /* the thread's, until it has ended          */
  GError       *error;
} ReaderShared;

struct _DifUiReader
{
  const DifUiHost *host;
  DifRect          area;
  int              reduction;
  DifUiReaderFunc  func;
  gpointer         data;
  guint            source;
  ReaderShared    *shared;
  int              done;       /* rows of the picture            */
  int              rows;       /* to read at a time              */
};

static void
shared_unref (ReaderShared *shared)
{
  if (! g_atomic_int_dec_and_test (&shared->refs))
    return;
  g_async_queue_unref (shared->bands);
  dif_ui_picture_free (shared->picture);
  g_clear_error (&shared->error);
  g_free (shared);
}

/* The thread: memory for the picture takes time as well -------------- */

static void
put_plane (float       *to,
           const float *from,
           gsize        offset,
           gsize        n,
           float        otherwise)
{
  gsize i;

  if (from)
    memcpy (to + offset, from, n * sizeof (float));
  else
    for (i = 0; i < n; i++)
      to[offset + i] = otherwise;
}

/* Gives the picture a plane that no band before this one needed. */
static gboolean
want_plane (float      **plane,
            gsize        n,
            const char  *what,
            GError     **error)
{
  gsize i;

  if (*plane)
    return TRUE;
  *plane = dif_ui_try_alloc (n, sizeof (float), what, error);
  if (! *plane)
    return FALSE;
  for (i = 0; i < n; i++)
    (*plane)[i] = 1.0f;
  return TRUE;
}

static gboolean
put_band (DifUiPicture        *picture,
          int                  row,
          const DifUiPicture  *band,
          GError             **error)
{
  DifImage *image = picture->rgb;
  gsize     all = (gsize) image->width * image->height;
  gsize     n = (gsize) band->rgb->width * band->rgb->height;
  gsize     offset = (gsize) row * image->width;
  int       c;

  if ((band->alpha && ! want_plane (&picture->alpha, all,
                                    "the layer's transparency", error)) ||
      (band->selected && ! want_plane (&picture->selected, all,
                                       "the selection", error)))
    return FALSE;
  for (c = 0; c < 3; c++)
    put_plane (image->rgb + c * all, band->rgb->rgb + c * n, offset, n, 0.0f);
  if (picture->alpha)
    put_plane (picture->alpha, band->alpha, offset, n, 1.0f);
  if (picture->selected)
    put_plane (picture->selected, band->selected, offset, n, 1.0f);
  picture->show = band->show;
  picture->format = band->format;
  return TRUE;
}

static gboolean
deliver (gpointer data)
{
  ReaderShared *shared = data;
  DifUiReader  *reader = shared->reader;

  if (! g_atomic_int_get (&shared->given_up))
    reader->func (shared->error ? NULL : g_steal_pointer (&shared->picture),
                  shared->error, reader->data);
  return G_SOURCE_REMOVE;
}

static void *
assemble (void *data)
{
  ReaderShared *shared = data;
  DifUiPicture *picture = g_new0 (DifUiPicture, 1), *band;
  gboolean      good;
  int           row = 0;

  shared->picture = picture;
  picture->rgb = dif_image_new (shared->width, shared->height, &shared->error);
  good = picture->rgb != NULL;
  while ((band = g_async_queue_pop (shared->bands))->rgb)
    {
      if (good && ! g_atomic_int_get (&shared->given_up))
        good = put_band (picture, row, band, &shared->error);
      row += band->rgb->height;
      dif_ui_picture_free (band);
    }
  dif_ui_picture_free (band);
  if (! g_atomic_int_get (&shared->given_up) && good && shared->fill
      && picture->alpha)
    dif_image_fill_transparent (picture->rgb, picture->alpha, &shared->error);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver, shared,
                   (GDestroyNotify) shared_unref);
  return NULL;
}

/* The main thread ---------------------------------------------------- */

/* Tells the thread that there are no more bands. */
static void
finish (DifUiReader *reader)
{
  g_async_queue_push (reader->shared->bands, g_new0 (DifUiPicture, 1));
  reader->source = 0;
}

/* Reads the next band of rows. */
static gboolean
read_band (gpointer data)
{
  DifUiReader  *reader = data;
  ReaderShared *shared = reader->shared;
  int           f = reader->reduction;
  int           rows = MIN (reader->rows, shared->height - reader->done);
  DifRect       part = { reader->area.x, reader->area.y + reader->done * f,
                         shared->width * f, rows * f };
  GError       *error = NULL;
  gint64        began = g_get_monotonic_time ();
  DifUiPicture *band;

  part.width = MIN (part.width, reader->area.width);
  part.height = MIN (part.height,
                     reader->area.y + reader->area.height - part.y);
  band = reader->host->read (reader->host->data, &part, f, &error);
  if (! band)
    {
      /* The thread has nothing to tell, and its end is not waited for. */
      g_atomic_int_set (&shared->given_up, 1);
      finish (reader);
      reader->func (NULL, error, reader->data);
      g_error_free (error);
      return G_SOURCE_REMOVE;
    }
  reader->done += band->rgb->height;
  g_async_queue_push (shared->bands, band);
  if (reader->done >= shared->height)
    {
      finish (reader);
      return G_SOURCE_REMOVE;
    }
  if (g_get_monotonic_time () - began > SLICE)
    reader->rows = MAX (1, reader->rows / 2);
  return G_SOURCE_CONTINUE;
}

DifUiReader *
dif_ui_reader_new (const DifUiHost *host,
                   const DifRect   *area,
                   int              reduction,
                   gboolean         fill,
                   DifUiReaderFunc  func,
                   gpointer         data)
{
  DifUiReader  *reader = g_new0 (DifUiReader, 1);
  ReaderShared *shared = g_new0 (ReaderShared, 1);
  GThread      *thread;

  shared->refs = 2;
  shared->bands = g_async_queue_new_full (
    (GDestroyNotify) dif_ui_picture_free);
  shared->width = MAX (1, area->width / reduction);
  shared->height = MAX (1, area->height / reduction);
  shared->fill = fill;
  shared->reader = reader;
  reader->shared = shared;
  reader->host = host;
  reader->area = *area;
  reader->reduction = reduction;
  reader->func = func;
  reader->data = data;
  reader->rows = MAX (1, BAND_PIXELS
                         / (shared->width * reduction * reduction));
  thread = g_thread_try_new ("dif-reader", assemble, shared, NULL);
  if (thread)
    {
      g_thread_unref (thread);
      reader->source = g_idle_add (read_band, reader);
    }
  else
    {
      /* Nothing is read; func is told of this error. */
      shared->error = g_error_new_literal (DIF_ERROR, DIF_ERROR_MEMORY,
                                           "The system gives no thread to "
                                           "read the layer in.");
      g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver, shared,
                       (GDestroyNotify) shared_unref);
    }
  return reader;
}

void
dif_ui_reader_free (DifUiReader *reader)
{
  if (! reader)
    return;
  g_atomic_int_set (&reader->shared->given_up, 1);
  if (reader->source)
    {
      g_source_remove (reader->source);
      finish (reader);
    }
  shared_unref (reader->shared);
  g_free (reader);
}
