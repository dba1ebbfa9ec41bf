/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * job.c: the thread that makes the variations one after another, and
 * what others may see of it.
 */

#include <pthread.h>

#include "pipeline/colours.h"
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
  DifImage        *source;
  DifPlan         *plan;
  DifWalk         *walk;      /* of its one pass                  */
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
  guint64             most = 0;
  int                 i;

  for (i = 0; plan && i < plan->n_passes; i++)
    most = MAX (most, dif_walk_memory (plan, &plan->passes[i]));
  /* Beside the working memory there is the source and, while the next result
   * is made, the last one.
   */
  return most + (params->num_variations > 1 ? 2 : 1)
                * (guint64) width * height * 3 * sizeof (float);
}

/* Takes over source and plan.  plan is NULL where it could not be made, and
 * error is set then.
 */
static DifJob *
new_job (DifModel  *model,
         DifImage  *source,
         DifPlan   *plan,
         GError   **error)
{
  DifJob *job;

  if (! plan)
    {
      dif_image_free (source);
      return NULL;
    }
  job = g_new0 (DifJob, 1);
  job->model = dif_model_ref (model);
  job->source = source;
  job->plan = plan;
  pthread_mutex_init (&job->mutex, NULL);
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

  if (dif_params_check (model, params, error))
    {
      if (! params->restore)
        plan = dif_plan_new (model, source->width, source->height, NULL, FALSE,
                             params, error);
      else if (dif_layer_noise_measure (source, &noise, error))
        plan = dif_plan_new_restore (model, source->width, source->height, NULL,
                                     FALSE, &noise, params, error);
    }
  return new_job (model, source, plan, error);
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
  return new_job (model, source, plan, error);
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
  g_return_val_if_fail (! params->restore, NULL);

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
  return dif_plan_work (job->plan) * job->plan->params.num_variations;
}

gboolean
dif_job_watch (DifJob       *job,
               DifStepFunc   func,
               void         *data,
               GError      **error)
{
  return dif_walk_watch (job->walk, func, data, error);
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

static void *
job_main (void *data)
{
  DifJob *job = data;
  GError *error = NULL;
  int     n = job->plan->params.num_variations, i;

  dif_walk_prepare (job->walk, job->source, &error);
  for (i = 0; i < n && ! error; i++)
    {
      DifImage *result = dif_walk_run (job->walk, job->source, i, on_tiles, job,
                                       &error);

      pthread_mutex_lock (&job->mutex);
      if (result)
        {
          job->results[i] = result;
          job->finished = i + 1;
          if (i + 1 < n)
            {
              job->variation = i + 1;
              job->moves = job->tiles = 0;
            }
        }
      pthread_mutex_unlock (&job->mutex);
      if (! error && g_atomic_int_get (&job->control.cancel) && i + 1 < n)
        g_set_error_literal (&error, DIF_ERROR, DIF_ERROR_CANCELLED,
                             "The job was cancelled.");
    }

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

/* The share of the variation under way that is done, including what is done of
 * the tiles that the denoiser is working on.
 */
static double
share_done (const DifJob *job)
{
  const DifPass *pass = dif_plan_pass (job->plan, job->moves);
  int            batch = MIN (pass->batch,
                              dif_tiling_n_tiles (pass->tiling) - job->tiles);
  double         tiles = job->tiles
                         + g_atomic_int_get (&job->control.done) / 1000.0 * batch;

  if (pass->n_moves == 0)
    return 0.0;
  return MIN (1.0, dif_plan_done (job->plan, job->moves, tiles)
                   / dif_plan_work (job->plan));
}

gboolean
dif_job_poll (DifJob      *job,
              DifProgress *p)
{
  double   done;
  gboolean running, known;

  p->num_variations = job->plan->params.num_variations;
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
  done = job->finished == p->num_variations ? p->num_variations
                                            : job->variation + share_done (job);
  known = job->finished + job->moves + job->tiles > 0;
  pthread_mutex_unlock (&job->mutex);

  p->fraction = done / p->num_variations;
  p->remaining = known ? p->elapsed * (1.0 / p->fraction - 1.0) : -1.0;
  return running;
}

DifImage *
dif_job_take_result (DifJob *job,
                     int     i)
{
  DifImage *result = NULL;

  if (i < 0 || i >= job->plan->params.num_variations)
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
  return job->error == NULL && job->finished == job->plan->params.num_variations;
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
  dif_image_free (job->source);
  dif_model_unref (job->model);
  g_clear_error (&job->error);
  pthread_mutex_destroy (&job->mutex);
  g_free (job);
}
