/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * feed.c: see feed.h.  What is large is allocated and freed in threads only,
 * see drop.h.
 */

#include <math.h>

#include "alloc.h"
#include "drawable-io.h"
#include "drop.h"
#include "feed.h"
#include "measure.h"
#include "reference.h"
#include "task.h"

/* Pieces that have been read and not been put together yet. */
#define MAX_WAITING 32

typedef struct
{
  GeglRectangle  rect;
  float         *rgba;     /* NULL: there are no more            */
  float         *selected; /* NULL: all of it, or that is no matter */
  gboolean       other;    /* of the reference, not of the source   */
} FeedPiece;

/* What the feed and its thread share. */
typedef struct
{
  int           refs;     /* atomic                                       */
  int           given_up; /* atomic                                       */
  int           ready;    /* atomic: job, chain and error can be taken    */
  GError       *unread;   /* why pieces are missing, or NULL: the thread's
                             once it has got the last piece               */
  GAsyncQueue  *pieces;
  DifGimpSource source;   /* the thread reads its numbers only            */
  DifModel     *model;
  DifParams     params;
  int           chain_frames;
  GeglRectangle area;     /* of the layer, that is read                   */
  DifLayerNoise noise;    /* of the layer, where it is restored           */
  gboolean      whole;    /* the job is made of all of the layer          */
  guint8       *excluded; /* its masks, see dif_job_set_masks()           */
  guint8       *change;
  GeglRectangle other_area;     /* of the reference; empty: there is none */
  DifImage     *other;          /* that, unless the job has it      */
  guint8       *other_excluded;
  DifJob       *old;
  DifJob       *job;
  DifGimpChain *chain;
  GError       *error;
} FeedShared;

struct _DifGimpFeed
{
  const DifGimpSource *source;
  FeedShared          *shared;
  GThread             *thread;
  DifGimpReference     reference;
  DifGimpPieces        to_read;
  gboolean             reads_other;  /* and pieces are of the reference */
  gboolean             read; /* all of it */
};

gboolean
dif_gimp_feed_clips (const DifParams *params)
{
  return params->task != DIF_JOB_RESTORE && ! dif_ui_task_takes_whole (params);
}

static void
piece_free (gpointer data)
{
  FeedPiece *piece = data;

  g_free (piece->rgba);
  g_free (piece->selected);
  g_free (piece);
}

static void
shared_unref (FeedShared *shared)
{
  if (! g_atomic_int_dec_and_test (&shared->refs))
    return;
  dif_gimp_chain_stop (shared->chain);
  dif_job_free (shared->job);
  dif_gimp_chain_free (shared->chain);
  dif_model_unref (shared->model);
  g_clear_error (&shared->unread);
  g_clear_error (&shared->error);
  g_async_queue_unref (shared->pieces);
  g_free (shared->excluded);
  g_free (shared->change);
  g_free (shared->other_excluded);
  dif_image_free (shared->other);
  g_free (shared);
}


/* The thread --------------------------------------------------------- */

/* The picture that the job gets, transparency filled, of image, which has the
 * size of shared->area and is taken over; or NULL.
 */
static DifImage *
cut_out (FeedShared *shared,
         DifImage   *image,
         float      *alpha)
{
  const GeglRectangle *area = &shared->area, *region = &shared->source.region;
  DifUiTask            task = { .source = image, .alpha = alpha,
                                 .params = shared->params };

  if (gegl_rectangle_equal (area, region))
    {
      if (alpha && ! dif_image_fill_transparent (image, alpha, &shared->error))
        g_clear_pointer (&image, dif_image_free);
      return image;
    }
  task.fill = (DifRect) { region->x - area->x, region->y - area->y,
                          region->width, region->height };
  image = dif_ui_task_source (&task, &shared->error);
  dif_image_free (task.source);
  return image;
}

/* What a piece has selected goes into the mask of what may change. */
static void
put_selected (FeedShared      *shared,
              const FeedPiece *piece)
{
  const GeglRectangle *area = &shared->area, *rect = &piece->rect;
  const float         *selected = piece->selected;
  int                  x, y;

  for (y = 0; y < rect->height; y++)
    {
      guint8 *row = shared->change
                    + (gsize) (rect->y - area->y + y) * area->width
                    + (rect->x - area->x);

      for (x = 0; x < rect->width; x++)
        row[x] = *selected++ > 0.0f ? 255 : 0;
    }
}

/* Nothing is copied from where nothing is seen. */
static gboolean
exclude (FeedShared  *shared,
         const float *alpha)
{
  gsize n = (gsize) shared->area.width * (gsize) shared->area.height, i;

  shared->excluded = dif_ui_try_alloc (n, 1, "the layer's transparency",
                                       &shared->error);
  for (i = 0; shared->excluded && i < n; i++)
    shared->excluded[i] = ! (alpha[i] > 0.0f);
  return shared->excluded != NULL;
}

/* Makes room for the reference.  FALSE if there is none for it. */
static gboolean
begin_other (FeedShared *shared)
{
  const GeglRectangle *area = &shared->other_area;

  if (area->width == 0)
    return TRUE;
  shared->other = dif_image_new (area->width, area->height, &shared->error);
  if (shared->other)
    shared->other_excluded = dif_ui_try_alloc (
      (gsize) area->width * (gsize) area->height, 1,
      "the layer's transparency", &shared->error);
  return shared->other_excluded != NULL;
}

static void
put_other (FeedShared      *shared,
           const FeedPiece *piece)
{
  const GeglRectangle *rect = &piece->rect;
  const float         *alpha = piece->rgba + 3;
  int                  x, y;

  dif_gimp_source_put (&shared->other_area, rect, piece->rgba, FALSE,
                       shared->other, NULL);
  for (y = 0; y < rect->height; y++)
    for (x = 0; x < rect->width; x++, alpha += 4)
      shared->other_excluded[(gsize) (rect->y + y) * shared->other_area.width
                             + rect->x + x] = ! (*alpha > 0.0f);
}

/* Without a selection what is transparent is filled, or nothing. */
static gboolean
fill_transparent (FeedShared  *shared,
                  const float *alpha)
{
  gsize n = (gsize) shared->area.width * (gsize) shared->area.height, i;

  shared->change = dif_ui_try_alloc (n, 1, "the layer's transparency",
                                     &shared->error);
  for (i = 0; shared->change && i < n; i++)
    shared->change[i] = alpha ? (guint8) ceilf (255.0f * (1.0f - alpha[i])) : 0;
  return shared->change != NULL;
}

/* Puts the pieces together; the picture that the job gets, or NULL. */
static DifImage *
assemble (FeedShared *shared)
{
  const DifGimpSource *source = &shared->source;
  int                  width = shared->area.width;
  int                  height = shared->area.height;
  DifImage            *image = dif_image_new (width, height, &shared->error);
  float               *alpha = NULL;
  FeedPiece           *piece;

  if (image && source->has_alpha)
    {
      alpha = dif_ui_try_alloc ((gsize) width * (gsize) height, sizeof (float),
                                "the layer's transparency", &shared->error);
      if (! alpha)
        g_clear_pointer (&image, dif_image_free);
    }
  if (image && shared->whole && source->selection)
    {
      shared->change = dif_ui_try_alloc ((gsize) width * (gsize) height, 1,
                                         "the selection", &shared->error);
      if (! shared->change)
        g_clear_pointer (&image, dif_image_free);
    }
  if (image && ! begin_other (shared))
    g_clear_pointer (&image, dif_image_free);
  while ((piece = g_async_queue_pop (shared->pieces))->rgba)
    {
      if (image && piece->other)
        put_other (shared, piece);
      else if (image && ! g_atomic_int_get (&shared->given_up))
        {
          dif_gimp_source_put (&shared->area, &piece->rect, piece->rgba,
                               dif_gimp_feed_clips (&shared->params), image,
                               alpha);
          if (shared->change)
            put_selected (shared, piece);
        }
      piece_free (piece);
    }
  piece_free (piece);
  if (shared->unread && ! shared->error)
    shared->error = g_steal_pointer (&shared->unread);
  if (g_atomic_int_get (&shared->given_up) || shared->error ||
      (image && shared->params.task == DIF_JOB_RESTORE &&
       ! dif_ui_measure_image (image, alpha, &shared->noise, &shared->error)))
    g_clear_pointer (&image, dif_image_free);
  if (image && shared->whole && alpha && ! exclude (shared, alpha))
    g_clear_pointer (&image, dif_image_free);
  if (image && shared->params.task == DIF_JOB_FILL && ! source->selection
      && ! fill_transparent (shared, alpha))
    g_clear_pointer (&image, dif_image_free);
  if (image)
    image = cut_out (shared, image, alpha);
  g_free (alpha);
  return image;
}

/* Takes image over. */
static DifJob *
new_job (FeedShared *shared,
         DifImage   *image)
{
  DifRect whole = { 0, 0, image->width, image->height };

  if (shared->params.task == DIF_JOB_RESTORE)
    return dif_job_new_restore (shared->model, image, whole.width, whole.height,
                                &whole, &shared->noise, &shared->params,
                                &shared->error);
  return dif_job_new (shared->model, image, &shared->params, &shared->error);
}

/* The job takes image over. */
static void
start_job (FeedShared *shared,
           DifImage   *image)
{
  if (shared->chain_frames > 0)
    shared->chain = dif_gimp_chain_new (shared->model, image, &shared->params,
                                        shared->chain_frames);
  shared->job = new_job (shared, image);
  if (shared->job && shared->whole
      && ! dif_job_set_masks (shared->job, shared->excluded, shared->change,
                              &shared->error))
    g_clear_pointer (&shared->job, dif_job_free);
  if (shared->job && shared->other
      && ! dif_job_set_reference (shared->job, g_steal_pointer (&shared->other),
                                  shared->other_excluded, &shared->error))
    g_clear_pointer (&shared->job, dif_job_free);
  g_clear_pointer (&shared->other_excluded, g_free);
  g_clear_pointer (&shared->excluded, g_free);
  g_clear_pointer (&shared->change, g_free);
  if (shared->job && shared->chain &&
      ! dif_job_watch (shared->job, dif_gimp_chain_step, shared->chain,
                       &shared->error))
    g_clear_pointer (&shared->job, dif_job_free);
  if (shared->job && ! g_atomic_int_get (&shared->given_up))
    dif_job_start (shared->job);
}

static void *
feed_main (void *data)
{
  FeedShared *shared = data;
  DifImage   *image;

  g_clear_pointer (&shared->old, dif_job_free);
  image = assemble (shared);
  if (image)
    start_job (shared, image);
  g_atomic_int_set (&shared->ready, 1);
  shared_unref (shared);
  return NULL;
}


/* The main thread ---------------------------------------------------- */

DifGimpFeed *
dif_gimp_feed_new (const DifGimpSource  *source,
                   DifModel             *model,
                   const DifParams      *params,
                   int                   chain_frames,
                   GimpDrawable         *reference,
                   DifJob               *old,
                   GError              **error)
{
  DifGimpFeed *feed = g_new0 (DifGimpFeed, 1);
  FeedShared  *shared = g_new0 (FeedShared, 1);

  shared->refs = 2;
  shared->pieces = g_async_queue_new_full (piece_free);
  shared->source = *source;
  shared->model = dif_model_ref (model);
  shared->params = *params;
  shared->chain_frames = chain_frames;
  shared->old = old;
  feed->source = source;
  feed->shared = shared;
  shared->whole = dif_ui_task_takes_whole (params);
  shared->area = source->region;
  if (params->task == DIF_JOB_RESTORE)
    shared->area = (GeglRectangle) { 0, 0, source->width, source->height };
  if (reference)
    {
      dif_gimp_reference_begin (&feed->reference, reference);
      shared->other_area = (GeglRectangle) { 0, 0, feed->reference.width,
                                             feed->reference.height };
    }
  dif_gimp_pieces_begin (&feed->to_read, &shared->area);
  feed->thread = g_thread_try_new ("dif-feed", feed_main, shared, NULL);
  if (! feed->thread)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_MEMORY,
                           "The system gives no thread for the job.");
      shared_unref (shared);
      g_clear_pointer (&shared->old, dif_job_free);
      shared_unref (shared);
      dif_gimp_reference_end (&feed->reference);
      g_free (feed);
      return NULL;
    }
  return feed;
}

/* The next piece, whose pixels are still to be read; FALSE if there is none. */
static gboolean
next_piece (DifGimpFeed *feed,
            FeedPiece   *piece)
{
  gboolean more = dif_gimp_pieces_next (&feed->to_read, &piece->rect);

  if (! more && feed->reference.drawable && ! feed->reads_other)
    {
      feed->reads_other = TRUE;
      dif_gimp_pieces_begin (&feed->to_read, &feed->shared->other_area);
      more = dif_gimp_pieces_next (&feed->to_read, &piece->rect);
    }
  piece->other = feed->reads_other;
  return more;
}

/* FALSE where that goes wrong. */
static gboolean
read_piece (DifGimpFeed *feed,
            FeedPiece   *piece)
{
  GError **error = &feed->shared->unread;

  if (piece->other)
    {
      piece->rgba = dif_gimp_reference_get (&feed->reference, &piece->rect,
                                            error);
      return piece->rgba != NULL;
    }
  piece->rgba = dif_gimp_source_get (feed->source, &piece->rect, error);
  if (piece->rgba && feed->shared->whole && feed->source->selection)
    {
      piece->selected = dif_gimp_source_get_selected (feed->source, &piece->rect,
                                                      error);
      if (! piece->selected)
        g_clear_pointer (&piece->rgba, g_free);
    }
  return piece->rgba != NULL;
}

void
dif_gimp_feed_more (DifGimpFeed *feed,
                    gint64       until)
{
  while (! feed->read &&
         (until == G_MAXINT64 ||
          g_async_queue_length (feed->shared->pieces) < MAX_WAITING))
    {
      FeedPiece *piece = g_new0 (FeedPiece, 1);

      feed->read = ! next_piece (feed, piece) || ! read_piece (feed, piece);
      g_async_queue_push (feed->shared->pieces, piece);
      if (g_get_monotonic_time () >= until)
        return;
    }
}

gboolean
dif_gimp_feed_take (DifGimpFeed   *feed,
                    gboolean       wait,
                    DifJob       **job,
                    DifGimpChain **chain,
                    GError       **error)
{
  FeedShared *shared = feed->shared;

  if (wait && feed->read)
    g_thread_join (g_steal_pointer (&feed->thread));
  if (! feed->read || ! g_atomic_int_get (&shared->ready))
    return FALSE;
  *job = g_steal_pointer (&shared->job);
  *chain = g_steal_pointer (&shared->chain);
  if (shared->error)
    g_propagate_error (error, g_steal_pointer (&shared->error));
  return TRUE;
}

void
dif_gimp_feed_free (DifGimpFeed *feed)
{
  if (! feed)
    return;
  g_atomic_int_set (&feed->shared->given_up, 1);
  if (! feed->read)
    g_async_queue_push (feed->shared->pieces, g_new0 (FeedPiece, 1));
  if (feed->thread)
    g_thread_unref (feed->thread);
  dif_gimp_reference_end (&feed->reference);
  /* Whoever lets go last may have to wait for a job. */
  dif_gimp_drop (feed->shared, (GDestroyNotify) shared_unref);
  g_free (feed);
}
