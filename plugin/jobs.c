/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jobs.c: see jobs.h.  A drawable is opened once, then goes through one
 * job, or one for each picked variation; its results wait outside the
 * image until all is done.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "chain.h"
#include "drawable-io.h"
#include "jobs.h"
#include "layer-out.h"
#include "messages.h"
#include "picks.h"

struct _DifJobs
{
  GimpImage         *image;
  const DifSettings *settings;
  DifModel          *model;
  GimpDrawable     **drawables;
  int                n_drawables;
  int                n_passes;   /* jobs for each drawable                   */
  int                current;    /* the drawable that is being worked on     */
  int                pass;       /* the job of it                            */
  DifSource          source;     /* that drawable, while there is a job      */
  DifParams          params;     /* of the job                               */
  DifJob            *job;
  DifChain          *chain;      /* that the job's steps go to, or NULL      */
  int                taken;      /* variations of it that are layers         */
  gint64             started;    /* of the first job, in microseconds        */
  GPtrArray         *layers;     /* finished, not in the image yet           */
  GPtrArray         *sources;    /* the layer that each was made of          */
  GError            *error;      /* what ended the work                      */
};

void
dif_settings_clear (DifSettings *settings)
{
  g_clear_pointer (&settings->picks, g_array_unref);
  g_clear_pointer (&settings->model, g_free);
}

static gboolean
check_sources (GimpDrawable **drawables,
               GError       **error)
{
  gboolean good = TRUE;

  for (; *drawables && good; drawables++)
    {
      DifSource source;

      good = dif_source_init (&source, *drawables, error);
      dif_source_clear (&source);
    }
  return good;
}

DifJobs *
dif_jobs_new (GimpImage          *image,
              GimpDrawable      **drawables,
              DifModel           *model,
              const DifSettings  *settings,
              GError            **error)
{
  DifJobs *jobs;

  if (! check_sources (drawables, error))
    return NULL;

  jobs = g_new0 (DifJobs, 1);
  jobs->image = image;
  jobs->settings = settings;
  jobs->model = dif_model_ref (model);
  jobs->drawables = drawables;
  jobs->n_drawables = (int)
    gimp_core_object_array_get_length ((GObject **) drawables);
  jobs->n_passes = settings->chain_frames > 0
                   ? 1 : MAX (1, (int) settings->picks->len);
  jobs->layers = g_ptr_array_new ();
  jobs->sources = g_ptr_array_new ();
  jobs->started = g_get_monotonic_time ();
  return jobs;
}

static gboolean
check_memory (DifJobs          *jobs,
              const DifParams  *params)
{
  const GeglRectangle *region = &jobs->source.region;
  guint64              needed;
  guint64              available = dif_memory_available ();
  char                *need;
  char                *have;

  needed = dif_job_memory (jobs->model, region->width, region->height, params);
  if (available == 0 || needed <= available)
    return TRUE;

  need = g_format_size (needed);
  have = g_format_size (available);
  g_set_error (&jobs->error, DIF_ERROR, DIF_ERROR_MEMORY,
               "%d x %d pixels need %s; %s are free.", region->width,
               region->height, need, have);
  g_free (need);
  g_free (have);
  return FALSE;
}

/* The parameters of this pass over the source. */
static void
set_params (DifJobs *jobs)
{
  const DifSource *source = &jobs->source;
  DifParams       *params = &jobs->params;

  *params = jobs->settings->params;
  if (jobs->settings->picks->len > 0)
    {
      DifPick pick = g_array_index (jobs->settings->picks, DifPick, jobs->pass);

      params->seed = pick.seed;
      params->vary = pick.vary;
      params->vary_seed = pick.vary_seed;
      params->num_variations = 1;
    }
  if (jobs->settings->chain_frames > 0)
    params->num_variations = 1;

  /* The noise is keyed to the layer, not to what is selected of it. */
  params->origin_x = source->region.x;
  params->origin_y = source->region.y;
  params->scale_side = MIN (source->width, source->height);
}

/* Memory is checked before anything is copied. */
static gboolean
open_source (DifJobs *jobs)
{
  GimpDrawable *drawable = jobs->drawables[jobs->current];

  if (! dif_source_init (&jobs->source, drawable, &jobs->error))
    return FALSE;
  set_params (jobs);
  return check_memory (jobs, &jobs->params)
         && dif_source_copy (&jobs->source, &jobs->error);
}

/* Sets the engine to work on the current drawable. */
static gboolean
start_job (DifJobs *jobs)
{
  DifImage *image;

  if (jobs->pass == 0 && ! open_source (jobs))
    return FALSE;

  set_params (jobs);
  image = dif_source_read (&jobs->source, &jobs->error);
  if (! image)
    return FALSE;

  if (jobs->settings->chain_frames > 0)
    jobs->chain = dif_chain_new (jobs->model, image, &jobs->params,
                                 jobs->settings->chain_frames);
  jobs->job = dif_job_new (jobs->model, image, &jobs->params, &jobs->error);
  if (! jobs->job ||
      (jobs->chain && ! dif_job_watch (jobs->job, dif_chain_step, jobs->chain,
                                       &jobs->error)))
    return FALSE;

  jobs->taken = 0;
  dif_job_start (jobs->job);
  return TRUE;
}

static void
end_job (DifJobs *jobs)
{
  g_clear_pointer (&jobs->job, dif_job_free);
  g_clear_pointer (&jobs->chain, dif_chain_free);
}

static void
keep (DifJobs   *jobs,
      GimpLayer *layer)
{
  g_ptr_array_add (jobs->layers, layer);
  g_ptr_array_add (jobs->sources, jobs->source.layer);
}

/* Makes layers of the frames of the chain that have come meanwhile. */
static gboolean
take_frames (DifJobs *jobs)
{
  DifImage *frame;
  double    t;

  while (jobs->chain && (frame = dif_chain_take (jobs->chain, &t)))
    {
      GimpLayer *layer = dif_layer_out_frame (&jobs->source, frame, t,
                                              (int) jobs->layers->len + 1,
                                              &jobs->error);

      dif_image_free (frame);
      if (! layer)
        return FALSE;
      keep (jobs, layer);
    }
  return TRUE;
}

/* Makes layers of the variations that have been finished meanwhile. */
static gboolean
take_results (DifJobs *jobs)
{
  DifImage *result;

  if (jobs->settings->chain_frames > 0)
    return take_frames (jobs);

  while (jobs->taken < jobs->params.num_variations &&
         (result = dif_job_take_result (jobs->job, jobs->taken)))
    {
      GimpLayer *layer = dif_layer_out_new (&jobs->source, result,
                                            &jobs->params, jobs->model,
                                            jobs->taken, jobs->pass,
                                            &jobs->error);

      dif_image_free (result);
      if (! layer)
        return FALSE;

      keep (jobs, layer);
      jobs->taken++;
    }
  return TRUE;
}

/* Seconds left for everything, going by the share of the whole that is
 * done; the engine knows only the job that it works on.
 */
static double
remaining (DifJobs           *jobs,
           const DifProgress *progress,
           double             fraction)
{
  double elapsed;

  if (jobs->n_drawables * jobs->n_passes == 1 || progress->remaining < 0.0)
    return progress->remaining;

  elapsed = (double) (g_get_monotonic_time () - jobs->started) / 1e6;
  return elapsed * (1.0 - fraction) / MAX (fraction, 1e-6);
}

/* Goes on to the next job.  FALSE if there is none. */
static gboolean
next_job (DifJobs *jobs)
{
  end_job (jobs);
  jobs->pass++;
  if (jobs->pass == jobs->n_passes)
    {
      dif_source_clear (&jobs->source);
      jobs->pass = 0;
      jobs->current++;
    }
  return jobs->current < jobs->n_drawables;
}

gboolean
dif_jobs_work (double    *fraction,
               char     **text,
               gpointer   data)
{
  DifJobs     *jobs = data;
  DifProgress  progress = { 0 };
  gboolean     busy;

  if (jobs->error || jobs->current >= jobs->n_drawables)
    return FALSE;
  if (! jobs->job && ! start_job (jobs))
    return FALSE;

  busy = dif_job_poll (jobs->job, &progress);
  *fraction = (jobs->current + (jobs->pass + progress.fraction)
                               / jobs->n_passes) / jobs->n_drawables;
  if (jobs->n_passes > 1)
    {
      progress.variation = jobs->pass;
      progress.num_variations = jobs->n_passes;
    }
  *text = dif_message_progress (&progress, jobs->current, jobs->n_drawables,
                                remaining (jobs, &progress, *fraction));

  if (! take_results (jobs))
    return FALSE;
  if (busy)
    return TRUE;

  /* What was finished before an error is kept as well. */
  if (! dif_job_wait (jobs->job, &jobs->error))
    return FALSE;
  return next_job (jobs);
}

void
dif_jobs_stop (DifJobs *jobs)
{
  if (! jobs->job)
    return;
  dif_job_cancel (jobs->job);
  dif_job_wait (jobs->job, NULL);
  take_results (jobs);
}

const GError *
dif_jobs_error (DifJobs *jobs)
{
  return jobs->error;
}

GPtrArray *
dif_jobs_insert (DifJobs *jobs)
{
  GPtrArray *layers = g_ptr_array_new ();
  guint      i;

  if (! gimp_image_is_valid (jobs->image))
    {
      if (! jobs->error)
        g_set_error_literal (&jobs->error, GIMP_PLUG_IN_ERROR, 0,
                             _("The image was closed before its variations "
                               "were finished."));
      g_ptr_array_set_size (jobs->layers, 0);
      return layers;
    }
  if (jobs->layers->len > 0)
    dif_layer_out_insert (jobs->image, jobs->layers, jobs->sources,
                          jobs->settings->group ||
                          jobs->settings->chain_frames > 0,
                          jobs->settings->chain_frames > 0);
  for (i = 0; i < jobs->layers->len; i++)
    g_ptr_array_add (layers, jobs->layers->pdata[i]);
  g_ptr_array_set_size (jobs->layers, 0);
  return layers;
}

void
dif_jobs_free (DifJobs *jobs)
{
  if (! jobs)
    return;
  end_job (jobs);
  dif_source_clear (&jobs->source);
  dif_layer_out_delete (jobs->image, jobs->layers);
  dif_model_unref (jobs->model);
  g_ptr_array_unref (jobs->layers);
  g_ptr_array_unref (jobs->sources);
  g_clear_error (&jobs->error);
  g_free (jobs);
}
