/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * job.c: the thread that makes the variations one after another, and
 * what others may see of it.
 */

#include <pthread.h>

#include "pipeline/colours.h"
#include "pipeline/params.h"
#include "pipeline/sdedit.h"

/* Pixels about what a preview shows whose tiles take part.  Tiles overlap
 * by 48 at least: where the neighbours of a tile are missing is farther
 * away than that from what is shown.
 */
#define CONTEXT 128

struct _DifJob
{
  DifModel        *model;
  DifImage        *source;
  DifParams        params;
  DifSdedit       *sdedit;
  GThread         *thread;
  DifUnetControl   control;

  pthread_mutex_t  mutex;     /* for everything below             */
  gboolean         running;
  GError          *error;
  DifImage        *results[DIF_MAX_VARIATIONS];
  int              variation;
  int              finished;
  int              step;
  int              tiles;     /* of the step                      */
  gint64           started;   /* microseconds                     */
  gint64           ended;
};

guint64
dif_job_memory (DifModel        *model,
                int              width,
                int              height,
                const DifParams *params)
{
  /* The source and, while the next one is made, the last result beside
   * the working memory.
   */
  return dif_sdedit_memory (model, width, height, params)
         + (params->num_variations > 1 ? 2 : 1)
           * (guint64) width * height * 3 * sizeof (float);
}

/* Takes over source and sdedit, which is NULL after an error. */
static DifJob *
new_job (DifModel        *model,
         DifImage        *source,
         DifSdedit       *sdedit,
         const DifParams *params)
{
  DifJob *job;

  if (! sdedit)
    {
      dif_image_free (source);
      return NULL;
    }
  job = g_new0 (DifJob, 1);
  job->model = dif_model_ref (model);
  job->source = source;
  job->params = *params;
  job->sdedit = sdedit;
  pthread_mutex_init (&job->mutex, NULL);
  return job;
}

DifJob *
dif_job_new (DifModel         *model,
             DifImage         *source,
             const DifParams  *params,
             GError          **error)
{
  DifSdedit *sdedit = NULL;

  if (dif_params_check (model, params, error))
    sdedit = dif_sdedit_new (model, source->width, source->height, NULL, params,
                             error);
  return new_job (model, source, sdedit, params);
}

void
dif_job_preview_area (DifModel        *model,
                      int              width,
                      int              height,
                      const DifParams *params,
                      const DifRect   *visible,
                      DifRect         *area)
{
  int        margin = MAX (CONTEXT, params->keep_colours ? DIF_COLOURS_REACH : 0);
  int        left = MAX (0, visible->x - margin);
  int        top = MAX (0, visible->y - margin);
  DifRect    wide = { left, top,
                      MIN (width, visible->x + visible->width + margin) - left,
                      MIN (height, visible->y + visible->height + margin) - top };
  DifTiling *tiling = dif_sdedit_tiling (model, width, height, &wide, FALSE,
                                         params);

  *area = (DifRect) { tiling->x.offset, tiling->y.offset, tiling->x.picture,
                      tiling->y.picture };
  dif_tiling_free (tiling);
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

DifJob *
dif_job_new_preview (DifModel         *model,
                     DifImage         *source,
                     int               width,
                     int               height,
                     const DifRect    *area,
                     const DifParams  *params,
                     GError          **error)
{
  DifParams  whole = *params;
  DifSdedit *sdedit = NULL;

  if (whole.scale_side == 0)
    whole.scale_side = MIN (width, height);
  if (dif_params_check (model, params, error)
      && check_area (width, height, source, area, error))
    sdedit = dif_sdedit_new (model, width, height, area, &whole, error);
  if (sdedit && (sdedit->picture.width != area->width
                 || sdedit->picture.height != area->height))
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                           "The area of a preview does not end where tiles do.");
      g_clear_pointer (&sdedit, dif_sdedit_free);
    }
  return new_job (model, source, sdedit, params);
}

double
dif_job_work (DifJob *job)
{
  const DifTiling *tiling = job->sdedit->tiling;

  return 1e-6 * tiling->x.size * tiling->y.size * dif_sdedit_n_tiles (job->sdedit)
         * dif_sdedit_n_steps (job->sdedit) * job->params.num_variations;
}

gboolean
dif_job_watch (DifJob       *job,
               DifStepFunc   func,
               void         *data,
               GError      **error)
{
  return dif_sdedit_watch (job->sdedit, func, data, error);
}

static void
on_tiles (int   step,
          int   tiles,
          void *data)
{
  DifJob *job = data;
  int     n_tiles = dif_sdedit_n_tiles (job->sdedit);

  pthread_mutex_lock (&job->mutex);
  job->step = step + (tiles == n_tiles ? 1 : 0);
  job->tiles = tiles % n_tiles;
  g_atomic_int_set (&job->control.done, 0);
  pthread_mutex_unlock (&job->mutex);
}

static void *
job_main (void *data)
{
  DifJob *job = data;
  GError *error = NULL;
  int     i;

  dif_sdedit_prepare (job->sdedit, job->source, &job->control, &error);
  for (i = 0; i < job->params.num_variations && ! error; i++)
    {
      DifImage *result = dif_sdedit_run (job->sdedit, job->source,
                                         i, &job->control,
                                         on_tiles, job, &error);

      pthread_mutex_lock (&job->mutex);
      if (result)
        {
          job->results[i] = result;
          job->finished = i + 1;
          if (i + 1 < job->params.num_variations)
            {
              job->variation = i + 1;
              job->step = job->tiles = 0;
            }
        }
      pthread_mutex_unlock (&job->mutex);
      if (! error && g_atomic_int_get (&job->control.cancel)
          && i + 1 < job->params.num_variations)
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

/* Tiles of the step, with what is done of those in the network now. */
static double
tiles_done (const DifJob *job)
{
  int batch = MIN (job->sdedit->batch,
                   dif_sdedit_n_tiles (job->sdedit) - job->tiles);

  return job->tiles + g_atomic_int_get (&job->control.done) / 1000.0 * batch;
}

gboolean
dif_job_poll (DifJob      *job,
              DifProgress *p)
{
  int      n_tiles = MAX (1, dif_sdedit_n_tiles (job->sdedit));
  int      n_steps = MAX (1, dif_sdedit_n_steps (job->sdedit));
  double   done;
  gboolean running, known;

  pthread_mutex_lock (&job->mutex);
  running = job->running;
  p->variation = job->variation;
  p->num_variations = job->params.num_variations;
  p->step = job->step;
  p->steps = dif_sdedit_n_steps (job->sdedit);
  p->finished = job->finished;
  p->elapsed = 0.0;
  if (job->started > 0)
    p->elapsed = ((job->ended > 0 ? job->ended : g_get_monotonic_time ())
                  - job->started) / 1e6;
  done = job->finished == p->num_variations
    ? p->num_variations
    : job->variation + (job->step + tiles_done (job) / n_tiles) / n_steps;
  known = job->finished + job->step + job->tiles > 0;
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
  dif_sdedit_free (job->sdedit);
  dif_image_free (job->source);
  dif_model_unref (job->model);
  g_clear_error (&job->error);
  pthread_mutex_destroy (&job->mutex);
  g_free (job);
}
