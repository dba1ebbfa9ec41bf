/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jobs.c: see jobs.h.  A drawable is copied once, then goes through one
 * job, or one for each picked variation: it is read, the job runs, its
 * results are written.  They wait outside the image until all is done.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "chain-image.h"
#include "drop.h"
#include "feed.h"
#include "jobs.h"
#include "layer-out.h"
#include "memory-check.h"
#include "messages.h"
#include "picks.h"
#include "reference.h"
#include "task.h"

struct _DifGimpJobs
{
  GimpImage         *image;
  const DifSettings *settings;
  const GArray      *picks;      /* see DifGimpRequest                       */
  gboolean           show;       /* likewise                                 */
  GimpDrawable      *protect;    /* likewise                                 */
  GimpDrawable      *reference;  /* likewise, NULL where the parts of nothing are
                                    taken                                    */
  DifModel          *model;
  GimpDrawable     **drawables;
  int                n_drawables;
  int                n_passes;   /* jobs for each drawable                   */
  int                current;    /* the drawable that is being worked on     */
  int                pass;       /* the job of it                            */
  DifGimpSource      source;     /* that drawable, once it is open           */
  const Babl        *layer_format; /* its own, when it was opened            */
  DifParams          params;     /* of the job                               */
  DifGimpFeed       *feed;       /* while it is being read                   */
  DifJob            *job;
  DifJob            *last;       /* one that has ended, still to be freed    */
  DifGimpChain      *chain;      /* that the job's steps go to, or NULL      */
  int                taken;      /* variations or frames of it that are or
                                    become layers                            */
  DifGimpLayerOut   *out;        /* the one that is being written            */
  gint64             slice;      /* microseconds that one call may take      */
  gboolean           busy;       /* the job ran when it was last asked       */
  gboolean           stopping;
  gint64             started;    /* of the first job, in microseconds        */
  GPtrArray         *layers;     /* finished, not in the image yet           */
  GPtrArray         *sources;    /* for each the DifGimpOrigin that it was made
                                    of                                       */
  GPtrArray         *origins;    /* those, for each drawable that was opened */
  GError            *error;      /* what ended the work                      */
};

static gboolean
check_sources (GimpDrawable **drawables,
               GimpDrawable  *protect,
               GError       **error)
{
  gboolean good = TRUE;

  for (; *drawables && good; drawables++)
    good = dif_gimp_source_try (*drawables, protect, error);
  return good;
}

static gboolean
takes_parts (const DifSettings *settings)
{
  return settings->chain_frames == 0
         && dif_ui_task_takes_whole (&settings->params);
}

DifGimpJobs *
dif_gimp_jobs_new (GimpImage             *image,
                   GimpDrawable         **drawables,
                   DifModel              *model,
                   const DifGimpRequest  *request,
                   gint64                 slice,
                   GError               **error)
{
  const DifSettings *settings = &request->settings;
  GimpDrawable      *reference = takes_parts (settings) ? request->reference
                                                        : NULL;
  DifGimpJobs       *jobs;

  if (! check_sources (drawables, request->protect, error) ||
      (reference && ! dif_gimp_reference_check (reference, error)))
    return NULL;
  if (settings->chain_frames > 0 && ! (settings->params.strength > 0.0))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("At strength 0 there is no chain to show. Set a "
                             "strength above 0."));
      return NULL;
    }

  jobs = g_new0 (DifGimpJobs, 1);
  jobs->image = image;
  jobs->settings = settings;
  jobs->picks = request->picks;
  jobs->show = request->show;
  jobs->protect = request->protect;
  jobs->reference = reference;
  jobs->model = dif_model_ref (model);
  jobs->drawables = drawables;
  jobs->slice = slice;
  jobs->n_drawables = (int)
    gimp_core_object_array_get_length ((GObject **) drawables);
  jobs->n_passes = settings->chain_frames > 0
                   ? 1 : MAX (1, (int) request->picks->len);
  jobs->layers = g_ptr_array_new ();
  jobs->sources = g_ptr_array_new ();
  jobs->origins = g_ptr_array_new_with_free_func (g_free);
  jobs->started = g_get_monotonic_time ();
  return jobs;
}

/* The parameters of this pass over the source. */
static void
set_params (DifGimpJobs *jobs)
{
  const DifGimpSource *source = &jobs->source;
  DifParams           *params = &jobs->params;

  *params = jobs->settings->params;
  if (jobs->picks->len > 0)
    {
      DifUiPick pick = g_array_index (jobs->picks, DifUiPick, jobs->pass);

      params->seed = pick.seed;
      params->vary = pick.vary;
      params->vary_seed = pick.vary_seed;
      params->num_variations = 1;
    }
  if (jobs->settings->chain_frames > 0)
    {
      params->num_variations = 1;
      /* There is no other chain to show. */
      params->made_of = DIF_MADE_OF_MODEL;
    }

  /* The noise is keyed to the layer, not to what is selected of it. */
  params->origin_x = source->region.x;
  params->origin_y = source->region.y;
  params->scale_side = MIN (source->width, source->height);
}

/* Notes what will be needed to put the results of the source, which is being
 * copied, into the image.
 */
static void
add_origin (DifGimpJobs *jobs)
{
  DifGimpOrigin *origin = g_new (DifGimpOrigin, 1);
  GimpDrawable  *layer = GIMP_DRAWABLE (jobs->source.layer);

  origin->layer = jobs->source.layer;
  origin->format = jobs->source.format;
  gimp_drawable_get_offsets (layer, &origin->x, &origin->y);
  origin->width = gimp_drawable_get_width (layer);
  origin->height = gimp_drawable_get_height (layer);
  jobs->layer_format = gimp_drawable_get_format (layer);
  g_ptr_array_add (jobs->origins, origin);
}

/* Memory is checked before anything is copied. */
static gboolean
open_source (DifGimpJobs *jobs)
{
  GimpDrawable *drawable = jobs->drawables[jobs->current];

  if (! dif_gimp_source_init (&jobs->source, drawable, jobs->protect,
                              &jobs->error))
    return FALSE;
  set_params (jobs);
  if (jobs->reference && gimp_item_is_valid (GIMP_ITEM (jobs->reference)) &&
      gimp_item_get_image (GIMP_ITEM (jobs->reference)) == jobs->image)
    jobs->source.made_with = gimp_item_get_tattoo (GIMP_ITEM (jobs->reference));
  if (dif_ui_task_takes_whole (&jobs->params))
    {
      dif_gimp_source_widen (&jobs->source);
      set_params (jobs);
    }
  /* Its memory counts as free for the next. */
  g_clear_pointer (&jobs->last, dif_job_free);
  if ((jobs->reference &&
       ! dif_gimp_reference_check (jobs->reference, &jobs->error)) ||
      ! dif_gimp_memory_check (jobs->model, &jobs->source, &jobs->params,
                               jobs->settings->chain_frames, jobs->reference,
                               &jobs->error) ||
      ! dif_gimp_source_copy_begin (&jobs->source,
                                    jobs->settings->selection_mask &&
                                    jobs->settings->chain_frames == 0,
                                    &jobs->error))
    return FALSE;
  add_origin (jobs);
  return TRUE;
}

/* Where a layer gets another format while it is copied, if only another
 * profile, some pixels have been read in the old one and some in the new.
 */
static gboolean
same_format (DifGimpJobs *jobs)
{
  GimpLayer *layer = jobs->source.layer;

  if (! gimp_item_is_valid (GIMP_ITEM (layer)) ||
      gimp_drawable_get_format (GIMP_DRAWABLE (layer)) == jobs->layer_format)
    return TRUE;
  g_set_error_literal (&jobs->error, GIMP_PLUG_IN_ERROR, 0,
                       _("The size or format of a layer or of the image "
                         "changed while it was read."));
  return FALSE;
}

/* Takes the reading of the current drawable further, until its job runs.
 * FALSE if it cannot.
 */
static gboolean
prepare (DifGimpJobs *jobs,
         gint64       until)
{
  gboolean more = FALSE;

  if (! jobs->source.stand_in && ! open_source (jobs))
    return FALSE;
  if (jobs->source.copying &&
      (! dif_gimp_source_copy_more (&jobs->source, until, &more,
                                    &jobs->error) ||
       (! more && ! same_format (jobs))))
    return FALSE;
  if (more)
    return TRUE;

  if (! jobs->feed)
    {
      set_params (jobs);
      jobs->taken = 0;
      jobs->feed = dif_gimp_feed_new (&jobs->source, jobs->model, &jobs->params,
                                      jobs->settings->chain_frames,
                                      jobs->reference,
                                      g_steal_pointer (&jobs->last),
                                      &jobs->error);
      if (! jobs->feed)
        return FALSE;
    }
  dif_gimp_feed_more (jobs->feed, until);
  if (dif_gimp_feed_take (jobs->feed, until == G_MAXINT64, &jobs->job,
                          &jobs->chain, &jobs->error))
    g_clear_pointer (&jobs->feed, dif_gimp_feed_free);
  return jobs->error == NULL;
}

/* Begins a layer for what the job has made meanwhile; FALSE where that is
 * nothing, or goes wrong.
 */
static gboolean
take_result (DifGimpJobs *jobs)
{
  DifSettings settings = *jobs->settings;
  DifImage   *picture;
  double      t = 0.0;

  if (jobs->chain)
    {
      /* The result is its last frame; all others were made before it. */
      picture = dif_gimp_chain_take (jobs->chain, &t);
      if (! picture && ! jobs->busy)
        picture = dif_job_take_result (jobs->job, 0);
      if (picture)
        jobs->out = dif_gimp_layer_out_frame (&jobs->source, picture, t,
                                              jobs->taken + 1,
                                              jobs->settings->chain_frames,
                                              &jobs->error);
    }
  else
    {
      settings.params = jobs->params;
      picture = dif_job_take_result (jobs->job, jobs->taken);
      if (picture)
        jobs->out = dif_gimp_layer_out_new (&jobs->source, picture, &settings,
                                            jobs->model, jobs->taken,
                                            &jobs->error);
    }
  jobs->taken += jobs->out != NULL;
  return jobs->out != NULL;
}

/* Writes layers until all that is finished is written (*more is FALSE) or
 * time is up.
 */
static gboolean
write_results (DifGimpJobs *jobs,
               gint64       until,
               gboolean    *more)
{
  while (jobs->out || take_result (jobs))
    {
      if (! dif_gimp_layer_out_more (jobs->out, until, more, &jobs->error))
        return FALSE;
      if (*more)
        return TRUE;
      g_ptr_array_add (jobs->layers,
                       dif_gimp_layer_out_end (g_steal_pointer (&jobs->out)));
      g_ptr_array_add (jobs->sources,
                       jobs->origins->pdata[jobs->origins->len - 1]);
      *more = g_get_monotonic_time () >= until;
      if (*more)
        return TRUE;
    }
  *more = FALSE;
  return jobs->error == NULL;
}

/* Seconds left for all jobs, going by the share of them that is done; the
 * engine knows only the job that it works on.
 */
static double
remaining (DifGimpJobs       *jobs,
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
next_job (DifGimpJobs *jobs)
{
  jobs->last = g_steal_pointer (&jobs->job);
  g_clear_pointer (&jobs->chain, dif_gimp_chain_free);
  jobs->pass++;
  if (jobs->pass == jobs->n_passes)
    {
      dif_gimp_source_clear (&jobs->source);
      jobs->pass = 0;
      jobs->current++;
    }
  return jobs->current < jobs->n_drawables && ! jobs->stopping;
}

static void
tell (DifGimpJobs        *jobs,
      DifProgress        *progress,
      double             *fraction,
      char              **text)
{
  *fraction = (jobs->current + (jobs->pass + progress->fraction)
                               / jobs->n_passes) / jobs->n_drawables;
  if (! jobs->job)
    {
      *text = g_strdup (_("Reading the layer…"));
      return;
    }
  if (jobs->n_passes > 1)
    {
      progress->variation = jobs->pass;
      progress->num_variations = jobs->n_passes;
    }
  *text = dif_ui_message_progress (progress, &jobs->params, jobs->current,
                                   jobs->n_drawables,
                                   remaining (jobs, progress, *fraction));
}

gboolean
dif_gimp_jobs_work (double    *fraction,
                    char     **text,
                    gpointer   data)
{
  DifGimpJobs  *jobs = data;
  DifProgress   progress = { 0 };
  gint64        until = jobs->slice > 0 ? g_get_monotonic_time () + jobs->slice
                                      : G_MAXINT64;
  gboolean      more;

  if (jobs->error || jobs->current >= jobs->n_drawables)
    return FALSE;
  if (! jobs->job)
    {
      if (jobs->stopping || ! prepare (jobs, until))
        return FALSE;
      tell (jobs, &progress, fraction, text);
      return TRUE;
    }

  /* First the job is asked: what it has finished by then is written below. */
  jobs->busy = dif_job_poll (jobs->job, &progress);
  tell (jobs, &progress, fraction, text);
  if (! write_results (jobs, until, &more))
    return FALSE;
  if (jobs->busy || more)
    return TRUE;

  /* What was finished before an error has been written. */
  if (! dif_job_wait (jobs->job, jobs->stopping ? NULL : &jobs->error))
    return FALSE;
  if (jobs->chain && ! dif_gimp_chain_check (jobs->chain, &jobs->error))
    return FALSE;
  return next_job (jobs);
}

void
dif_gimp_jobs_stop (DifGimpJobs *jobs)
{
  jobs->stopping = TRUE;
  if (jobs->job)
    dif_job_cancel (jobs->job);
  dif_gimp_chain_stop (jobs->chain);
}

const GError *
dif_gimp_jobs_error (DifGimpJobs *jobs)
{
  return jobs->error;
}

GPtrArray *
dif_gimp_jobs_insert (DifGimpJobs *jobs)
{
  GPtrArray *layers = g_ptr_array_new ();
  GError    *error = NULL;
  guint      i;

  if (! gimp_image_is_valid (jobs->image))
    {
      if (! jobs->error)
        g_set_error_literal (&jobs->error, GIMP_PLUG_IN_ERROR, 0,
                             _("The image was closed before its results "
                               "were finished."));
      g_ptr_array_set_size (jobs->layers, 0);
      return layers;
    }
  if (jobs->settings->chain_frames > 0
      && jobs->settings->chain_as == DIF_CHAIN_IMAGE)
    dif_gimp_chain_images (jobs->image, jobs->layers, jobs->sources,
                      jobs->show, &error);
  else if (jobs->layers->len > 0)
    dif_gimp_layer_out_insert (jobs->image, jobs->layers, jobs->sources,
                               jobs->settings->group ||
                               jobs->settings->chain_frames > 0,
                               jobs->settings->chain_frames > 0, &error);
  /* What was lost last matters most. */
  if (error)
    {
      g_clear_error (&jobs->error);
      jobs->error = error;
    }
  for (i = 0; i < jobs->layers->len; i++)
    g_ptr_array_add (layers, jobs->layers->pdata[i]);
  g_ptr_array_set_size (jobs->layers, 0);
  return layers;
}

void
dif_gimp_jobs_free (DifGimpJobs *jobs)
{
  if (! jobs)
    return;
  g_clear_pointer (&jobs->feed, dif_gimp_feed_free);
  if (jobs->out)
    g_ptr_array_add (jobs->layers, dif_gimp_layer_out_end (jobs->out));
  dif_gimp_drop_job (jobs->last, NULL);
  dif_gimp_drop_job (jobs->job, jobs->chain);
  dif_gimp_source_clear (&jobs->source);
  dif_gimp_layer_out_delete (jobs->image, jobs->layers);
  dif_model_unref (jobs->model);
  g_ptr_array_unref (jobs->layers);
  g_ptr_array_unref (jobs->sources);
  g_ptr_array_unref (jobs->origins);
  g_clear_error (&jobs->error);
  g_free (jobs);
}
