/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reader.c: a strip for each turn of the main loop, sized so that it takes
 * about 10 ms.
 */

#include <string.h>

#include "reader.h"

#define STRIP_PIXELS (1 << 17)    /* of the layer, to begin with */
#define TURN         10000        /* microseconds                */

struct _DifReader
{
  const DifHost *host;
  DifRect        area;
  int            reduction;
  DifReaderFunc  func;
  gpointer       data;
  guint          source;
  DifPicture    *picture;
  int            done;         /* rows of the picture            */
  int            rows;         /* to read at a time              */
};

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

/* A plane that strips before this one did not need. */
static void
want_plane (float **plane,
            gsize   n)
{
  gsize i;

  if (*plane)
    return;
  *plane = g_new (float, n);
  for (i = 0; i < n; i++)
    (*plane)[i] = 1.0f;
}

static void
put_strip (DifReader        *reader,
           const DifPicture *strip)
{
  DifImage *image = reader->picture->rgb;
  gsize     all = (gsize) image->width * image->height;
  gsize     n = (gsize) strip->rgb->width * strip->rgb->height;
  gsize     offset = (gsize) reader->done * image->width;
  int       c;

  for (c = 0; c < 3; c++)
    put_plane (image->rgb + c * all, strip->rgb->rgb + c * n, offset, n, 0.0f);
  if (strip->alpha)
    want_plane (&reader->picture->alpha, all);
  if (reader->picture->alpha)
    put_plane (reader->picture->alpha, strip->alpha, offset, n, 1.0f);
  if (strip->selected)
    want_plane (&reader->picture->selected, all);
  if (reader->picture->selected)
    put_plane (reader->picture->selected, strip->selected, offset, n, 1.0f);
  reader->done += strip->rgb->height;
}

static gboolean
finish (DifReader *reader,
        GError    *error)
{
  DifPicture *picture = g_steal_pointer (&reader->picture);

  reader->source = 0;
  if (error)
    g_clear_pointer (&picture, dif_picture_free);
  reader->func (picture, error, reader->data);
  g_clear_error (&error);
  return G_SOURCE_REMOVE;
}

/* Reads the next strip. */
static gboolean
turn (gpointer data)
{
  DifReader  *reader = data;
  DifImage   *image = reader->picture->rgb;
  int         f = reader->reduction;
  int         rows = MIN (reader->rows, image->height - reader->done);
  DifRect     part = { reader->area.x, reader->area.y + reader->done * f,
                       image->width * f, rows * f };
  GError     *error = NULL;
  gint64      began = g_get_monotonic_time ();
  DifPicture *strip;

  part.width = MIN (part.width, reader->area.width);
  part.height = MIN (part.height,
                     reader->area.y + reader->area.height - part.y);
  strip = reader->host->read (reader->host->data, &part, f, &error);
  if (! strip)
    return finish (reader, error);
  put_strip (reader, strip);
  dif_picture_free (strip);
  if (reader->done >= image->height)
    {
      if (reader->picture->alpha)
        dif_image_fill_transparent (image, reader->picture->alpha, &error);
      return finish (reader, error);
    }
  if (g_get_monotonic_time () - began > TURN)
    reader->rows = MAX (1, reader->rows / 2);
  return G_SOURCE_CONTINUE;
}

/* Without the memory for the picture. */
static gboolean
fail (gpointer data)
{
  return finish (data, g_error_new_literal (DIF_ERROR, DIF_ERROR_MEMORY,
                                            "There is no memory for a preview."));
}

DifReader *
dif_reader_new (const DifHost *host,
                const DifRect *area,
                int            reduction,
                DifReaderFunc  func,
                gpointer       data)
{
  DifReader *reader = g_new0 (DifReader, 1);
  int        width = MAX (1, area->width / reduction);
  int        height = MAX (1, area->height / reduction);

  reader->host = host;
  reader->area = *area;
  reader->reduction = reduction;
  reader->func = func;
  reader->data = data;
  reader->rows = MAX (1, STRIP_PIXELS / (width * reduction * reduction));
  reader->picture = g_new0 (DifPicture, 1);
  reader->picture->rgb = dif_image_new (width, height, NULL);
  reader->source = g_idle_add (reader->picture->rgb ? turn : fail, reader);
  return reader;
}

void
dif_reader_free (DifReader *reader)
{
  if (! reader)
    return;
  if (reader->source)
    g_source_remove (reader->source);
  dif_picture_free (reader->picture);
  g_free (reader);
}
