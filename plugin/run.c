/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run.c: takes the selected layers through the engine one after the
 * other.  The engine works in threads of its own; everything here runs
 * in the main thread, most of it in work(), which the progress bar's
 * side calls some twenty times a second.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "dialog.h"
#include "drawable-io.h"
#include "layer-out.h"
#include "messages.h"
#include "params.h"
#include "progress.h"
#include "run.h"

typedef struct
{
  DifParams      params;
  DifModel      *model;
  GimpDrawable **drawables;
  int            n_drawables;
  int            current;   /* the drawable that is being worked on        */
  DifSource      source;    /* that drawable, while there is a job         */
  DifJob        *job;
  int            taken;     /* variations of it that are layers            */
  gint64         started;   /* of the first job, in microseconds           */
  GPtrArray     *layers;    /* finished, not in the image yet              */
  GPtrArray     *sources;   /* the layer that each was made of             */
  GError        *error;     /* what ended the work                         */
} Run;


/* Bytes that the system could give this process now; 0 if unknown. */
static guint64
available_memory (void)
{
  char       *text = NULL;
  const char *line;
  guint64     bytes = 0;

  if (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    {
      line = strstr (text, "MemAvailable:");
      if (line)
        bytes = 1024 * g_ascii_strtoull (line + strlen ("MemAvailable:"),
                                         NULL, 10);
      g_free (text);
    }
  return bytes;
}

static gboolean
check_memory (Run              *run,
              const DifParams  *params)
{
  const GeglRectangle *region = &run->source.region;
  guint64              needed;
  guint64              available = available_memory ();
  char                *need;
  char                *have;

  needed = dif_job_memory (run->model, region->width, region->height, params);
  if (available == 0 || needed <= available)
    return TRUE;

  need = g_format_size (needed);
  have = g_format_size (available);
  g_set_error (&run->error, DIF_ERROR, DIF_ERROR_MEMORY,
               "%d x %d pixels need %s; %s are free.", region->width,
               region->height, need, have);
  g_free (need);
  g_free (have);
  return FALSE;
}

/* Opens the current drawable and sets the engine to work on it.  Memory
 * is checked before anything is copied.
 */
static gboolean
start_job (Run *run)
{
  DifParams     params = run->params;
  DifSource    *source = &run->source;
  GimpDrawable *drawable = run->drawables[run->current];
  DifImage     *image;

  if (! dif_source_init (source, drawable, &run->error) ||
      ! check_memory (run, &params) ||
      ! dif_source_copy (source, &run->error))
    return FALSE;

  /* The noise is keyed to the layer, not to what is selected of it. */
  params.origin_x = source->region.x;
  params.origin_y = source->region.y;
  params.scale_side = MIN (source->width, source->height);

  if (! check_memory (run, &params))
    return FALSE;

  image = dif_source_read (source, &run->error);
  if (! image)
    return FALSE;

  run->job = dif_job_new (run->model, image, &params, &run->error);
  if (! run->job)
    return FALSE;

  run->taken = 0;
  dif_job_start (run->job);
  return TRUE;
}

static void
end_job (Run *run)
{
  g_clear_pointer (&run->job, dif_job_free);
  dif_source_clear (&run->source);
}

/* Makes layers of the variations that have been finished meanwhile. */
static gboolean
take_results (Run *run)
{
  DifImage *result;

  while (run->taken < run->params.num_variations &&
         (result = dif_job_take_result (run->job, run->taken)))
    {
      GimpLayer *layer = dif_layer_out_new (&run->source, result,
                                            &run->params, run->model,
                                            run->taken, &run->error);

      dif_image_free (result);
      if (! layer)
        return FALSE;

      g_ptr_array_add (run->layers, layer);
      g_ptr_array_add (run->sources, run->source.layer);
      run->taken++;
    }
  return TRUE;
}

/* Seconds left for all layers, going by the share of the whole that is
 * done; the engine knows only the layer that it works on.
 */
static double
remaining (Run               *run,
           const DifProgress *progress,
           double             fraction)
{
  double elapsed;

  if (run->n_drawables == 1 || progress->remaining < 0.0)
    return progress->remaining;

  elapsed = (double) (g_get_monotonic_time () - run->started) / 1e6;
  return elapsed * (1.0 - fraction) / MAX (fraction, 1e-6);
}

/* One look at the work, see progress.h. */
static gboolean
work (double    *fraction,
      char     **text,
      gpointer   data)
{
  Run         *run = data;
  DifProgress  progress = { 0 };
  gboolean     busy;

  if (! run->job && ! start_job (run))
    return FALSE;

  busy = dif_job_poll (run->job, &progress);
  *fraction = (run->current + progress.fraction) / run->n_drawables;
  *text = dif_message_progress (&progress, run->current, run->n_drawables,
                                remaining (run, &progress, *fraction));

  if (! take_results (run))
    return FALSE;
  if (busy)
    return TRUE;

  if (! dif_job_wait (run->job, &run->error))
    return FALSE;

  end_job (run);
  run->current++;
  return run->current < run->n_drawables;
}

/* Runs to the end, an error, or the user's Cancel, which keeps what is
 * finished and, if nothing is, becomes the error DIF_ERROR_CANCELLED.
 */
static void
run_jobs (Run        *run,
          GimpPlugIn *plug_in)
{
  run->started = g_get_monotonic_time ();

  if (! dif_progress_run (plug_in, work, run) && ! run->error)
    {
      if (run->job)
        {
          dif_job_cancel (run->job);
          dif_job_wait (run->job, NULL);
          take_results (run);
        }
      if (run->layers->len == 0 && ! run->error)
        g_set_error_literal (&run->error, DIF_ERROR, DIF_ERROR_CANCELLED,
                             "Stopped before a variation was finished.");
    }
  end_job (run);
}

static gboolean
check_drawables (GimpDrawable **drawables,
                 GError       **error)
{
  int i;

  if (! drawables || ! drawables[0])
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("Select a layer first."));
      return FALSE;
    }

  for (i = 0; drawables[i]; i++)
    if (! dif_source_check (drawables[i], error))
      return FALSE;
  return TRUE;
}

/* The results of a run as the procedure returns them. */
static GimpValueArray *
return_values (GimpProcedure *procedure,
               Run           *run)
{
  GimpValueArray *values;

  if (run->error)
    {
      if (g_error_matches (run->error, DIF_ERROR, DIF_ERROR_CANCELLED))
        {
          g_clear_error (&run->error);
          return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL,
                                                   NULL);
        }
      return gimp_procedure_new_return_values (
        procedure, GIMP_PDB_EXECUTION_ERROR,
        dif_message_from_error (g_steal_pointer (&run->error)));
    }

  g_ptr_array_add (run->layers, NULL);
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS,
                                             NULL);
  GIMP_VALUES_SET_CORE_OBJECT_ARRAY (values, 1, run->layers->pdata);
  return values;
}

static GimpValueArray *
run_all (GimpProcedure       *procedure,
         GimpImage           *image,
         GimpDrawable       **drawables,
         GimpProcedureConfig *config)
{
  Run             run = { 0 };
  char           *nick = dif_params_from_config (config, &run.params);
  GimpValueArray *values;

  run.drawables = drawables;
  run.n_drawables = (int)
    gimp_core_object_array_get_length ((GObject **) drawables);
  run.layers = g_ptr_array_new ();
  run.sources = g_ptr_array_new ();

  run.model = dif_params_load_model (nick, &run.error);
  g_free (nick);
  if (run.model)
    {
      g_debug ("kernels: %s", dif_cpu_path ());
      run_jobs (&run, gimp_procedure_get_plug_in (procedure));
    }

  if (! run.error && ! gimp_image_is_valid (image))
    g_set_error_literal (&run.error, GIMP_PLUG_IN_ERROR, 0,
                         _("The image was closed before its variations were "
                           "finished."));
  if (run.error)
    dif_layer_out_delete (image, run.layers);
  else
    dif_layer_out_insert (image, run.layers, run.sources);

  values = return_values (procedure, &run);
  g_ptr_array_unref (run.layers);
  g_ptr_array_unref (run.sources);
  g_clear_pointer (&run.model, dif_model_unref);
  return values;
}

GimpValueArray *
dif_run (GimpProcedure        *procedure,
         GimpRunMode           run_mode,
         GimpImage            *image,
         GimpDrawable        **drawables,
         GimpProcedureConfig  *config,
         gpointer              run_data)
{
  GError *error = NULL;

  gegl_init (NULL, NULL);

  if (! check_drawables (drawables, &error))
    return gimp_procedure_new_return_values (procedure,
                                             GIMP_PDB_CALLING_ERROR, error);

  if (run_mode == GIMP_RUN_INTERACTIVE && ! dif_dialog_run (procedure, config))
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);

  return run_all (procedure, image, drawables, config);
}
