/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * job.c: the thread that makes the variations one after another, and
 * what others may see of it.
 */

#include <math.h>
#include <pthread.h>

#include "pipeline/chain.h"
#include "pipeline/colours.h"
#include "pipeline/made.h"
#include "pipeline/masks.h"
#include "pipeline/params.h"
#include "pipeline/walk.h"

/* A preview takes the tiles that come within so many pixels of what it shows.
 * Tiles overlap by 48 at least, so the edges where a tile has no neighbour are
 * farther away from what is shown than that.
 */
#define CONTEXT 128

struct _DifJob
{
  DifModel        *model;
  DifParams        params;
  DifImage        *source;
  DifImage        *original;  /* the source, or a copy of it as it was where it
                                 is changed and has to stay in places */
  DifMasks         masks;
  DifImage        *reference; /* or NULL                          */
  DifMasks         reference_masks;
  DifPlan         *plan;      /* what the network does            */
  DifWalk         *walk;      /* of its one pass; NULL where that comes after
                                 another part of the work          */
  int              side;      /* of dif_job_new_smaller(), or 0   */
  double           once;      /* work before the first variation, and before the
                                 walk of each: where they are made of the
                                 source's own parts                */
  double           each;
  GThread         *thread;
  DifControl       control;

  pthread_mutex_t  mutex;     /* for everything below             */
  gboolean         running;
  GError          *error;
  DifImage        *results[DIF_MAX_VARIATIONS];
  int              variation;
  int              finished;
  int              moves;     /* made, of all passes              */
  int              tiles;     /* done, of the next move           */
  double           once_done; /* of 1                             */
  double           each_done; /* the same, of the variation       */
  gint64           started;   /* microseconds                     */
  gint64           ended;
};

guint64
dif_job_memory (DifModel        *model,
                int              width,
                int              height,
                const DifParams *params)
{
  g_autoptr (DifPlan) plan = dif_plan_new (model, width, height, NULL, FALSE,
                                           params, NULL);
  guint64             picture = (guint64) width * height * 3 * sizeof (float);
  guint64             result = picture, most = 0;
  int                 i;

  if (params->task == DIF_JOB_TEXTURE)
    result = (guint64) params->texture_width * params->texture_height * 3
             * sizeof (float);
  for (i = 0; plan && i < plan->n_passes; i++)
    most = MAX (most, dif_walk_memory (plan, &plan->passes[i]));
  if (plan && plan->finishes)
    {
      most += picture + DIF_MADE_KEPT;
      most = MAX (most, dif_made_memory (params, width, height, 0));
      if (params->keep_colours)
        most = MAX (most, picture + DIF_MADE_KEPT
                          + dif_colours_memory (width, height,
                                                MAX (1, params->reduction),
                                                params->tileable));
    }
  /* Beside the working memory there is the source and, while the next result
   * is made, the last one.
   */
  return most + picture + (params->num_variations > 1 ? result : 0)
         + dif_masks_memory (width, height);
}

/* Takes over source and plan.  plan is NULL where it could not be made, and
 * error is set then.  params are what was asked for, side is that of a smaller one.
 */
static DifJob *
new_job (DifModel         *model,
         DifImage         *source,
         DifPlan          *plan,
         const DifParams  *params,
         int               side,
         GError          **error)
{
  DifJob *job;

  if (! plan)
    {
      dif_image_free (source);
      return NULL;
    }
  job = g_new0 (DifJob, 1);
  job->model = dif_model_ref (model);
  job->params = *params;
  job->source = job->original = source;
  job->plan = plan;
  job->side = side;
  pthread_mutex_init (&job->mutex, NULL);
  if (plan->finishes)
    {
      dif_made_work (params, source->width, source->height, NULL, side, &job->once,
                     &job->each);
      return job;
    }
  job->walk = dif_walk_new (plan, plan->passes, &job->control, error);
  if (! job->walk)
    g_clear_pointer (&job, dif_job_free);
  return job;
}

DifJob *
dif_job_new (DifModel         *model,
             DifImage         *source,
             const DifParams  *params,
             GError          **error)
{
  DifLayerNoise noise;
  DifPlan      *plan = NULL;

  if (dif_params_check (model, params, error)
      && (! dif_made_is_asked (params)
          || dif_made_check (params, source->width, source->height, error)))
    {
      if (params->task != DIF_JOB_RESTORE)
        plan = dif_plan_new (model, source->width, source->height, NULL, FALSE,
                             params, error);
      else if (dif_layer_noise_measure (source, &noise, error))
        plan = dif_plan_new_restore (model, source->width, source->height, NULL,
                                     FALSE, &noise, params, error);
    }
  return new_job (model, source, plan, params, 0, error);
}

DifJob *
dif_job_new_smaller (DifModel         *model,
                     DifImage         *source,
                     int               side,
                     const DifParams  *params,
                     GError          **error)
{
  DifParams  alone = *params;
  DifPlan   *plan = NULL;

  g_return_val_if_fail (dif_made_is_asked (params) && side > 0, NULL);

  alone.made_of = DIF_MADE_OF_LAYER;
  if (dif_params_check (model, params, error)
      && dif_made_check (params, source->width, source->height, error))
    plan = dif_plan_new (model, source->width, source->height, NULL, FALSE, &alone,
                         error);
  return new_job (model, source, plan, params, side, error);
}

gboolean
dif_job_set_masks (DifJob        *job,
                   const guint8  *excluded,
                   const guint8  *change,
                   GError       **error)
{
  if (! dif_masks_copy (&job->masks, job->source->width, job->source->height,
                        excluded, change, error))
    return FALSE;
  if (job->plan->finishes)
    dif_made_work (&job->params, job->source->width, job->source->height,
                   job->masks.change, job->side, &job->once, &job->each);
  return TRUE;
}

gboolean
dif_job_set_reference (DifJob        *job,
                       DifImage      *reference,
                       const guint8  *excluded,
                       GError       **error)
{
  job->reference = reference;
  return dif_made_check_reference (reference->width, reference->height, error)
         && dif_masks_copy (&job->reference_masks, reference->width,
                            reference->height, excluded, NULL, error);
}

void
dif_job_preview_area (DifModel        *model,
                      int              width,
                      int              height,
                      const DifParams *params,
                      const DifRect   *visible,
                      DifRect         *area)
{
  int     margin = MAX (CONTEXT, params->keep_colours ? DIF_COLOURS_REACH : 0);
  int     left = MAX (0, visible->x - margin);
  int     top = MAX (0, visible->y - margin);
  DifRect wide = { left, top,
                   MIN (width, visible->x + visible->width + margin) - left,
                   MIN (height, visible->y + visible->height + margin) - top };
  g_autoptr (DifPlan) plan = dif_plan_new (model, width, height, &wide, FALSE,
                                           params, NULL);

  *area = plan ? dif_plan_picture (plan) : *visible;
  if (dif_made_is_asked (params))
    *area = (DifRect) { 0, 0, width, height };
}

static gboolean
check_area (int             width,
            int             height,
            const DifImage *source,
            const DifRect  *area,
            GError        **error)
{
  if (width >= 1 && height >= 1 && width <= DIF_MAX_SIDE
      && height <= DIF_MAX_SIDE && area->width >= 1 && area->height >= 1
      && area->x >= 0 && area->y >= 0 && area->x <= width - area->width
      && area->y <= height - area->height && source->width == area->width
      && source->height == area->height)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "An area of %d x %d pixels at %d, %d is no part of a picture of "
               "%d x %d, or not the size of its source.", area->width,
               area->height, area->x, area->y, width, height);
  return FALSE;
}

/* noise NULL: not a job that restores. */
static DifJob *
new_preview (DifModel             *model,
             DifImage             *source,
             int                   width,
             int                   height,
             const DifRect        *area,
             const DifLayerNoise  *noise,
             const DifParams      *params,
             GError              **error)
{
  DifParams  whole = *params;
  DifPlan   *plan = NULL;
  DifRect    picture = *area;

  if (! noise && dif_made_is_asked (params) && source->width == width
      && source->height == height)
    return dif_job_new (model, source, params, error);
  if (whole.scale_side == 0)
    whole.scale_side = MIN (width, height);
  if (dif_params_check (model, params, error)
      && check_area (width, height, source, area, error))
    plan = noise ? dif_plan_new_restore (model, width, height, area, TRUE, noise,
                                         &whole, error)
                 : dif_plan_new (model, width, height, area, TRUE, &whole, error);
  if (plan)
    picture = dif_plan_picture (plan);
  if (picture.width != area->width || picture.height != area->height)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                           "The area of a preview does not end where tiles do.");
      g_clear_pointer (&plan, dif_plan_free);
    }
  return new_job (model, source, plan, params, 0, error);
}

DifJob *
dif_job_new_preview (DifModel         *model,
                     DifImage         *source,
                     int               width,
                     int               height,
                     const DifRect    *area,
                     const DifParams  *params,
                     GError          **error)
{
  g_return_val_if_fail (params->task != DIF_JOB_RESTORE, NULL);

  return new_preview (model, source, width, height, area, NULL, params, error);
}

DifJob *
dif_job_new_restore (DifModel             *model,
                     DifImage             *source,
                     int                   width,
                     int                   height,
                     const DifRect        *area,
                     const DifLayerNoise  *noise,
                     const DifParams      *params,
                     GError              **error)
{
  return new_preview (model, source, width, height, area, noise, params, error);
}

double
dif_job_work (DifJob *job)
{
  return job->once + (job->each + dif_plan_work (job->plan))
                     * job->params.num_variations;
}

gboolean
dif_job_watch (DifJob       *job,
               DifStepFunc   func,
               void         *data,
               GError      **error)
{
  return ! job->walk || dif_walk_watch (job->walk, func, data, error);
}

static void
on_tiles (int   moves,
          int   tiles,
          void *data)
{
  DifJob *job = data;

  pthread_mutex_lock (&job->mutex);
  job->moves = moves;
  job->tiles = tiles;
  g_atomic_int_set (&job->control.done, 0);
  pthread_mutex_unlock (&job->mutex);
}

static void
on_once (double done,
         void  *data)
{
  DifJob *job = data;

  pthread_mutex_lock (&job->mutex);
  job->once_done = MAX (job->once_done, MIN (done, 1.0));
  pthread_mutex_unlock (&job->mutex);
}

static void
on_each (double done,
         void  *data)
{
  DifJob *job = data;

  pthread_mutex_lock (&job->mutex);
  job->each_done = MAX (job->each_done, MIN (done, 1.0));
  pthread_mutex_unlock (&job->mutex);
}

/* Where the source has to stay in places and is changed, it is copied before. */
static gboolean
keep_original (DifJob  *job,
               GError **error)
{
  gboolean changed = dif_chain_joins_edges (job->model, &job->params);
  gsize    n = (gsize) 3 * job->source->width * job->source->height, i;

  if (! job->masks.change)
    return TRUE;
  for (i = 0; job->plan->finishes && ! changed && i < n; i++)
    changed = ! isfinite (job->source->rgb[i]);
  if (changed)
    job->original = dif_image_copy (job->source, error);
  return job->original != NULL;
}

/* The network goes over picture, and takes it over. */
static DifImage *
go_over (DifJob    *job,
         DifImage  *picture,
         int        variation,
         GError   **error)
{
  g_autoptr (DifImage) source = picture;
  g_autoptr (DifWalk)  walk = dif_walk_new (job->plan, job->plan->passes,
                                            &job->control, error);

  if (! walk || ! dif_walk_prepare (walk, source, error))
    return NULL;
  return dif_walk_run (walk, source, variation, on_tiles, job, error);
}

static DifImage *
make_variation (DifJob    *job,
                DifMade   *made,
                int        i,
                GError   **error)
{
  DifImage *result;

  if (! made)
    result = dif_walk_run (job->walk, job->source, i, on_tiles, job, error);
  else
    result = dif_made_vary (made, i, on_each, job, error);
  if (result && made && job->plan->passes->n_moves > 0
      && ! dif_made_is_source (made))
    result = go_over (job, result, i, error);
  if (result && made && ! dif_made_colour (made, result, error))
    g_clear_pointer (&result, dif_image_free);
  if (result)
    dif_masks_blend (&job->masks, job->original, result);
  return result;
}

static DifMade *
new_made (DifJob  *job,
          GError **error)
{
  DifMadeSource source = {
    .source = job->source, .reference = job->reference,
    .excluded = job->reference ? job->reference_masks.excluded : job->masks.excluded,
    .change = job->masks.change, .side = job->side
  };

  return dif_made_new (&job->params, &source, &job->control, on_once, job, error);
}

static void *
job_main (void *data)
{
  DifJob  *job = data;
  DifMade *made = NULL;
  GError  *error = NULL;
  int      n = job->params.num_variations, i;

  if (keep_original (job, &error) && job->plan->finishes)
    made = new_made (job, &error);
  else if (! error)
    dif_walk_prepare (job->walk, job->source, &error);
  for (i = 0; i < n && ! error; i++)
    {
      DifImage *result = make_variation (job, made, i, &error);

      pthread_mutex_lock (&job->mutex);
      if (result)
        {
          job->results[i] = result;
          job->finished = i + 1;
          if (i + 1 < n)
            {
              job->variation = i + 1;
              job->moves = job->tiles = 0;
              job->each_done = 0.0;
            }
        }
      pthread_mutex_unlock (&job->mutex);
      if (! error && g_atomic_int_get (&job->control.cancel) && i + 1 < n)
        g_set_error_literal (&error, DIF_ERROR, DIF_ERROR_CANCELLED,
                             "The job was cancelled.");
    }

  dif_made_free (made);
  pthread_mutex_lock (&job->mutex);
  job->error = error;
  job->ended = g_get_monotonic_time ();
  job->running = FALSE;
  pthread_mutex_unlock (&job->mutex);
  return NULL;
}

void
dif_job_start (DifJob *job)
{
  g_return_if_fail (job->thread == NULL);

  job->started = g_get_monotonic_time ();
  job->running = TRUE;
  job->thread = g_thread_try_new ("dif-job", job_main, job, NULL);
  if (! job->thread)
    {
      job->running = FALSE;
      job->error = g_error_new_literal (DIF_ERROR, DIF_ERROR_MEMORY,
                                        "The system gives no thread for the "
                                        "job.");
    }
}

void
dif_job_cancel (DifJob *job)
{
  g_atomic_int_set (&job->control.cancel, 1);
}

/* The work that the network has done for the variation under way, including what is
 * done of the tiles that the denoiser is working on.
 */
static double
walked (const DifJob *job)
{
  const DifPass *pass = dif_plan_pass (job->plan, job->moves);
  int            batch = MIN (pass->batch,
                              dif_tiling_n_tiles (pass->tiling) - job->tiles);
  double         tiles = job->tiles
                         + g_atomic_int_get (&job->control.done) / 1000.0 * batch;

  if (pass->n_moves == 0)
    return 0.0;
  return MIN (dif_plan_done (job->plan, job->moves, tiles),
              dif_plan_work (job->plan));
}

/* The share of the whole job that is done. */
static double
share_done (const DifJob *job)
{
  int    n = job->params.num_variations;
  double each = job->each + dif_plan_work (job->plan), all = job->once + n * each;

  if (job->finished == n)
    return 1.0;
  if (! (all > 0.0))
    return (double) job->variation / n;
  return (job->once * job->once_done + job->variation * each
          + job->each * job->each_done + walked (job)) / all;
}

gboolean
dif_job_poll (DifJob      *job,
              DifProgress *p)
{
  gboolean running, known;

  p->num_variations = job->params.num_variations;
  p->steps = dif_plan_n_moves (job->plan);
  pthread_mutex_lock (&job->mutex);
  running = job->running;
  p->variation = job->variation;
  p->step = job->moves;
  p->finished = job->finished;
  p->elapsed = 0.0;
  if (job->started > 0)
    p->elapsed = ((job->ended > 0 ? job->ended : g_get_monotonic_time ())
                  - job->started) / 1e6;
  p->fraction = share_done (job);
  known = job->finished + job->moves + job->tiles > 0
          || job->once_done + job->each_done > 0.0;
  pthread_mutex_unlock (&job->mutex);

  p->remaining = known ? p->elapsed * (1.0 / p->fraction - 1.0) : -1.0;
  return running;
}

DifImage *
dif_job_take_result (DifJob *job,
                     int     i)
{
  DifImage *result = NULL;

  if (i < 0 || i >= job->params.num_variations)
    return NULL;
  pthread_mutex_lock (&job->mutex);
  result = g_steal_pointer (&job->results[i]);
  pthread_mutex_unlock (&job->mutex);
  return result;
}

gboolean
dif_job_wait (DifJob   *job,
              GError  **error)
{
  if (job->thread)
    {
      g_thread_join (job->thread);
      job->thread = NULL;
    }
  if (job->error && error)
    *error = g_error_copy (job->error);
  if (job->started == 0)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                         "The job was not started.");
  return job->error == NULL && job->finished == job->params.num_variations;
}

void
dif_job_free (DifJob *job)
{
  int i;

  if (! job)
    return;
  dif_job_cancel (job);
  dif_job_wait (job, NULL);
  for (i = 0; i < DIF_MAX_VARIATIONS; i++)
    dif_image_free (job->results[i]);
  dif_walk_free (job->walk);
  dif_plan_free (job->plan);
  dif_masks_clear (&job->masks);
  dif_masks_clear (&job->reference_masks);
  dif_image_free (job->reference);
  if (job->original != job->source)
    dif_image_free (job->original);
  dif_image_free (job->source);
  dif_model_unref (job->model);
  g_clear_error (&job->error);
  pthread_mutex_destroy (&job->mutex);
  g_free (job);
}
