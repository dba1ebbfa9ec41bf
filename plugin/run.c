/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run.c: the procedures in their three run modes: jobs with GIMP's progress
 * bar, or the dialog, which makes any number of runs of its own.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "ask.h"
#include "dialog.h"
#include "jobs.h"
#include "layer-host.h"
#include "lineage.h"
#include "messages.h"
#include "params.h"
#include "progress.h"
#include "recall.h"
#include "record.h"
#include "reference-host.h"
#include "run.h"

#define SLICE      8000        /* microseconds of pixels at a time      */
#define PATIENCE   10000       /* microseconds between two looks        */
#define TILE_CACHE (8 << 20)   /* bytes                                 */
#define SEED_LIMIT 1000000     /* of seeds that are chosen by chance    */

typedef struct
{
  GimpProcedureConfig  *config;
  GimpImage            *image;
  GimpDrawable        **drawables;
  char                **model_dirs; /* see dif_gimp_params_model_dirs() */
  DifGimpRequest        request;    /* of the run under way          */
  DifGimpJobs          *jobs;       /* that, or NULL                 */
  GPtrArray            *layers;     /* of all runs                   */
  GimpDrawable        **recalled;   /* drawables, where they are not
                                       the procedure's own, or NULL  */
  GimpDrawable        **channels;   /* what was listed to choose from, */
  GimpDrawable        **layers_there; /*   or NULL                     */
  DifGimpReferenceHost *reference;  /* of the dialog, or NULL        */
  DifGimpLayerHost     *host;       /* of the dialog, or NULL        */
  char                 *made_model; /* see DifUiDialogOps            */
  char                 *made_hash;
} Session;


static gboolean
check_drawables (GimpImage     *image,
                 GimpDrawable **drawables,
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
    if (gimp_item_get_image (GIMP_ITEM (drawables[i])) != image)
      {
        char *name = gimp_item_get_name (GIMP_ITEM (drawables[i]));

        g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
                     _("\"%s\" belongs to another image than the one that "
                       "was given with it."), name);
        g_free (name);
        return FALSE;
      }
    else if (! dif_gimp_source_check (drawables[i], error))
      return FALSE;
  return TRUE;
}

/* What GIMP remembers of another image, or of a time when it was there, protects
 * nothing.
 */
static void
forget_strange (GObject   *config,
                GimpImage *image)
{
  GimpDrawable *protect = dif_gimp_request_protect (config);

  GimpDrawable *reference = dif_gimp_request_reference (config);

  if (protect && ! dif_gimp_protect_check (protect, image, NULL))
    g_object_set (config, "protect", NULL, NULL);
  if (reference && ! dif_gimp_reference_check (reference, NULL))
    g_object_set (config, "reference", NULL, NULL);
  g_clear_object (&protect);
  g_clear_object (&reference);
}

static gboolean
check_others (GObject    *config,
              GimpImage  *image,
              GError    **error)
{
  GimpDrawable *protect = dif_gimp_request_protect (config);
  GimpDrawable *reference = dif_gimp_request_reference (config);
  gboolean      good = (! protect
                        || dif_gimp_protect_check (protect, image, error))
                       && (! reference
                           || dif_gimp_reference_check (reference, error));

  g_clear_object (&protect);
  g_clear_object (&reference);
  return good;
}

/* The results as the procedure returns them: layers, unless there is an error,
 * which is taken over.  Layers that were made before it stay in the image.
 */
static GimpValueArray *
return_values (GimpProcedure *procedure,
               GPtrArray     *layers,
               GError        *error)
{
  GimpValueArray *values;

  if (g_error_matches (error, DIF_ERROR, DIF_ERROR_CANCELLED))
    {
      g_error_free (error);
      return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL,
                                               NULL);
    }
  if (error)
    {
      error = dif_ui_message_made_before (error, layers ? layers->len : 0);
      return gimp_procedure_new_return_values (procedure,
                                               GIMP_PDB_EXECUTION_ERROR, error);
    }

  g_ptr_array_add (layers, NULL);
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS,
                                             NULL);
  GIMP_VALUES_SET_CORE_OBJECT_ARRAY (values, 1, layers->pdata);
  return values;
}

/* Ends the jobs, puts their layers into the image and returns these. */
static GPtrArray *
finish (Session  *session,
        GError  **error)
{
  GPtrArray    *layers;
  const GError *fault;
  double        fraction;
  char         *text = NULL;

  dif_gimp_jobs_stop (session->jobs);
  while (dif_gimp_jobs_work (&fraction, &text, session->jobs))
    {
      g_clear_pointer (&text, g_free);
      g_usleep (PATIENCE);
    }
  g_free (text);
  layers = dif_gimp_jobs_insert (session->jobs);
  fault = dif_gimp_jobs_error (session->jobs);
  if (fault)
    g_propagate_error (error, g_error_copy (fault));
  g_clear_pointer (&session->jobs, dif_gimp_jobs_free);
  dif_gimp_request_clear (&session->request);
  return layers;
}

/* A run without a dialog.  What is finished when the user cancels it stays.
 * repeat: the settings are those of the last run, and no variation is made
 * again.
 */
static GimpValueArray *
run_once (GimpProcedure *procedure,
          Session       *session,
          gboolean       repeat)
{
  DifParams      *params = &session->request.settings.params;
  GError         *error = NULL;
  DifModel       *model = NULL;
  GPtrArray      *layers = NULL;
  GimpValueArray *values;

  if (dif_gimp_request_init (&session->request, G_OBJECT (session->config),
                             &error))
    model = dif_gimp_params_load_model (session->request.settings.model,
                                        &error);
  if (model && repeat && params->task != DIF_JOB_RESTORE && ! (params->vary > 0.0))
    params->seed = dif_gimp_lineage_seed_after (session->image,
                                                session->drawables, params);
  if (model)
    {
      g_debug ("kernels: %s", dif_cpu_path ());
      session->jobs = dif_gimp_jobs_new (session->image, session->drawables,
                                         model, &session->request, 0, &error);
    }
  if (session->jobs)
    {
      dif_gimp_progress_run (gimp_procedure_get_plug_in (procedure),
                             dif_gimp_jobs_work, session->jobs);
      layers = finish (session, &error);
      if (layers->len == 0 && ! error)
        g_set_error_literal (&error, DIF_ERROR, DIF_ERROR_CANCELLED,
                             "Stopped before a layer was finished.");
    }
  values = return_values (procedure, layers, error);
  g_clear_pointer (&layers, g_ptr_array_unref);
  dif_gimp_request_clear (&session->request);
  g_clear_pointer (&model, dif_model_unref);
  return values;
}


/* What the dialog asks for ------------------------------------------- */

static void
get_params (gpointer             data,
            GimpProcedureConfig *config,
            DifParams           *params)
{
  dif_gimp_params_from_config (G_OBJECT (config), params);
}

static int
get_layers (gpointer         data,
            DifUiLayerSize **layers)
{
  Session      *session = data;
  GimpDrawable *protect = dif_gimp_request_protect (G_OBJECT (session->config));
  int           n = 0, i;

  *layers = g_new0 (DifUiLayerSize, gimp_core_object_array_get_length (
                      (GObject **) session->drawables));
  for (i = 0; session->drawables[i]; i++)
    {
      DifGimpSource source;

      if (dif_gimp_source_init (&source, session->drawables[i], protect, NULL))
        (*layers)[n++] = (DifUiLayerSize) {
          source.width, source.height, source.bytes,
          source.region.width, source.region.height
        };
      dif_gimp_source_clear (&source);
    }
  g_clear_object (&protect);
  return n;
}

static DifModel *
load_model (gpointer     data,
            const char  *nick,
            GError     **error)
{
  return dif_gimp_params_load_model_from (((Session *) data)->model_dirs, nick,
                                          error);
}

/* Adds the layers among items and in groups there, but not that one.  Takes
 * ownership of items.
 */
static void
add_layers (GPtrArray    *can,
            GimpItem    **items,
            GimpDrawable *but)
{
  GimpItem **item;

  for (item = items; item && *item; item++)
    if (gimp_item_is_group (*item))
      add_layers (can, gimp_item_get_children (*item), but);
    else if (GIMP_DRAWABLE (*item) != but)
      g_ptr_array_add (can, *item);
  g_free (items);
}

/* What can be chosen for a setting. */
static GPtrArray *
all_for (Session    *session,
         const char *setting)
{
  GPtrArray    *can = g_ptr_array_new ();
  GimpImage   **images, **image;
  GimpChannel **channels, **channel;

  if (strcmp (setting, "reference") == 0)
    {
      images = gimp_get_images ();
      for (image = images; image && *image; image++)
        add_layers (can, (GimpItem **) gimp_image_get_layers (*image),
                    session->drawables[0]);
      g_free (images);
    }
  else if (gimp_image_is_valid (session->image))
    {
      channels = gimp_image_get_channels (session->image);
      for (channel = channels; channel && *channel; channel++)
        g_ptr_array_add (can, *channel);
      g_free (channels);
    }
  return can;
}

/* A drawable's name, and its image's, if that is another. */
static char *
name_of (Session      *session,
         GimpDrawable *drawable)
{
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (drawable));
  char      *name = gimp_item_get_name (GIMP_ITEM (drawable));
  char      *of, *both;

  if (image == session->image)
    return name;
  of = gimp_image_get_name (image);
  both = g_strdup_printf ("%s (%s)", name, of);
  g_free (of);
  g_free (name);
  return both;
}

static GimpDrawable ***
listed_for (Session    *session,
            const char *setting)
{
  return strcmp (setting, "reference") == 0 ? &session->layers_there
                                            : &session->channels;
}

/* What is chosen is listed, whatever it is. */
static char **
list (gpointer    data,
      const char *setting,
      int        *chosen)
{
  Session       *session = data;
  GPtrArray     *can = all_for (session, setting);
  GPtrArray     *names = g_ptr_array_new ();
  GimpDrawable  *drawable;
  GimpDrawable ***listed = listed_for (session, setting);
  guint          i, at;

  g_object_get (session->config, setting, &drawable, NULL);
  *chosen = -1;
  if (drawable && gimp_item_is_valid (GIMP_ITEM (drawable)))
    {
      if (! g_ptr_array_find (can, drawable, NULL))
        g_ptr_array_add (can, drawable);
      g_ptr_array_find (can, drawable, &at);
      *chosen = (int) at;
    }
  g_clear_object (&drawable);
  for (i = 0; i < can->len; i++)
    g_ptr_array_add (names, name_of (session, can->pdata[i]));
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (can, NULL);
  g_free (*listed);
  *listed = (GimpDrawable **) g_ptr_array_free (can, FALSE);
  return (char **) g_ptr_array_free (names, FALSE);
}

/* It may have been deleted since it was listed. */
static void
choose (gpointer    data,
        const char *setting,
        int         which)
{
  Session      *session = data;
  GimpDrawable *drawable = NULL;

  if (which >= 0)
    drawable = (*listed_for (session, setting))[which];
  if (drawable && ! gimp_item_is_valid (GIMP_ITEM (drawable)))
    drawable = NULL;
  g_object_set (session->config, setting, drawable, NULL);
}

static const DifUiHost *
reference (gpointer data)
{
  Session      *session = data;
  GimpDrawable *drawable = dif_gimp_request_reference (
    G_OBJECT (session->config));

  g_clear_pointer (&session->reference, dif_gimp_reference_host_free);
  if (drawable && gimp_item_is_valid (GIMP_ITEM (drawable)))
    session->reference = dif_gimp_reference_host_new (drawable);
  g_clear_object (&drawable);
  return session->reference ? dif_gimp_reference_host_get (session->reference)
                            : NULL;
}

static void
on_protect (GObject    *config,
            GParamSpec *spec,
            gpointer    data)
{
  GimpDrawable *protect = dif_gimp_request_protect (config);

  dif_gimp_layer_host_protect (((Session *) data)->host, protect);
  g_clear_object (&protect);
}

static char *
models_folder (gpointer data)
{
  char *folder = g_build_filename (gimp_directory (), "diffusion-models", NULL);

  g_mkdir_with_parents (folder, 0755);
  return folder;
}

static gboolean
start (gpointer          data,
       DifModel         *model,
       const DifParams  *chain,
       int               n_frames,
       GError          **error)
{
  Session *session = data;

  if (! gimp_image_is_valid (session->image))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("The image was closed."));
      return FALSE;
    }
  if (! dif_gimp_request_init (&session->request, G_OBJECT (session->config),
                               error))
    {
      dif_gimp_request_clear (&session->request);
      return FALSE;
    }
  session->request.show = TRUE;
  session->request.settings.chain_frames = chain ? n_frames : 0;
  if (chain)
    {
      session->request.settings.params = *chain;
      g_array_set_size (session->request.picks, 0);
    }
  session->jobs = dif_gimp_jobs_new (session->image, session->drawables, model,
                                     &session->request, SLICE, error);
  if (! session->jobs)
    dif_gimp_request_clear (&session->request);
  return session->jobs != NULL;
}

static gboolean
work (gpointer   data,
      double    *fraction,
      char     **text)
{
  return dif_gimp_jobs_work (fraction, text, ((Session *) data)->jobs);
}

static void
stop (gpointer data)
{
  dif_gimp_jobs_stop (((Session *) data)->jobs);
}

static int
end (gpointer   data,
     GError   **error)
{
  Session   *session = data;
  GPtrArray *layers = finish (session, error);
  int        n = (int) layers->len;
  guint      i;

  for (i = 0; i < layers->len; i++)
    g_ptr_array_add (session->layers, layers->pdata[i]);
  g_ptr_array_unref (layers);
  if (gimp_image_is_valid (session->image))
    gimp_displays_flush ();
  return n;
}

/* Adds drawable to a NULL-terminated array, which has room for it, unless it
 * is in there.
 */
static void
add_once (GimpDrawable **drawables,
          GimpDrawable  *drawable)
{
  while (*drawables && *drawables != drawable)
    drawables++;
  *drawables = drawable;
}

/* The layer that drawable was made of by a run, if it will do. */
static GimpDrawable *
source_of (GimpDrawable *drawable)
{
  GimpLayer *source = dif_gimp_lineage_source (GIMP_LAYER (drawable));

  if (source && ! dif_gimp_source_check (GIMP_DRAWABLE (source), NULL))
    source = NULL;
  return source ? GIMP_DRAWABLE (source) : NULL;
}

/* Takes the settings of made, and in place of layers that a run has made those
 * that they were made of.
 */
static void
recall (Session      *session,
        GimpDrawable *made)
{
  int            n = (int) gimp_core_object_array_get_length (
    (GObject **) session->drawables);
  GimpDrawable **sources = g_new0 (GimpDrawable *, n + 1);
  int            i;

  dif_gimp_record_recall (GIMP_LAYER (made), session->config,
                          &session->made_model, &session->made_hash);
  for (i = 0; i < n; i++)
    {
      GimpDrawable *source = source_of (session->drawables[i]);

      add_once (sources, source ? source : session->drawables[i]);
    }
  session->drawables = session->recalled = sources;
}

/* Where layers were made by a run, offers to start from their settings.  FALSE
 * if the user would rather do nothing.
 */
static gboolean
offer_recall (Session *session)
{
  guint         tasks = dif_gimp_params_tasks (G_OBJECT (session->config));
  GimpDrawable *made = NULL;
  GimpDrawable *source;
  char         *name;
  char         *source_name = NULL;
  DifUiRecall   answer;
  int           i, n;

  for (i = n = 0; session->drawables[i]; i++)
    if (dif_gimp_record_task (GIMP_LAYER (session->drawables[i])) & tasks)
      {
        made = made ? made : session->drawables[i];
        n++;
      }
  if (! made)
    return TRUE;
  source = source_of (made);
  name = gimp_item_get_name (GIMP_ITEM (made));
  if (source)
    source_name = gimp_item_get_name (GIMP_ITEM (source));
  answer = dif_ui_recall_ask (name, i, source_name,
                              dif_gimp_record_task (GIMP_LAYER (made)),
                              dif_gimp_params_task (G_OBJECT (
                                                      session->config)));
  if (answer == DIF_UI_RECALL_YES)
    recall (session, made);
  g_free (name);
  g_free (source_name);
  return answer != DIF_UI_RECALL_CANCEL;
}

/* Leaves out layers that have been undone or deleted since they were made. */
static void
drop_deleted (Session *session)
{
  guint i;

  for (i = session->layers->len; i > 0; i--)
    if (! gimp_item_is_valid (session->layers->pdata[i - 1]))
      g_ptr_array_remove_index (session->layers, i - 1);
}

/* Chooses a seed for whoever has not made a run yet: GIMP's 0 would give the
 * same variations to everyone.
 */
static void
choose_first_seed (GimpProcedureConfig *config)
{
  int seed;

  g_object_get (config, "seed", &seed, NULL);
  if (seed == 0)
    g_object_set (config, "seed", g_random_int_range (1, SEED_LIMIT), NULL);
}

static GimpValueArray *
run_dialog (GimpProcedure *procedure,
            Session       *session)
{
  GError           *error = NULL;
  GimpDrawable     *protect;
  DifUiDialogOps    ops = { .data = session, .get_params = get_params,
                            .get_layers = get_layers,
                            .load_model = load_model,
                            .list = list, .choose = choose,
                            .reference = reference,
                            .models_folder = models_folder, .start = start,
                            .work = work, .stop = stop, .end = end };
  GimpValueArray   *values;

  gimp_ui_init ("diffusion");
  if (dif_gimp_params_tasks (G_OBJECT (session->config)) & DIF_TASK_VARY)
    choose_first_seed (session->config);
  if (! offer_recall (session))
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);
  ops.made_model = session->made_model;
  ops.made_hash = session->made_hash;
  protect = dif_gimp_request_protect (G_OBJECT (session->config));
  session->host = dif_gimp_layer_host_new (session->drawables[0], protect,
                                           &error);
  g_clear_object (&protect);
  if (! session->host)
    return gimp_procedure_new_return_values (procedure,
                                             GIMP_PDB_EXECUTION_ERROR, error);
  ops.host = dif_gimp_layer_host_get (session->host);
  if (dif_gimp_params_tasks (G_OBJECT (session->config)) & DIF_TASK_VARY)
    g_signal_connect (session->config, "notify::protect",
                      G_CALLBACK (on_protect), session);
  session->model_dirs = dif_gimp_params_model_dirs ();
  session->layers = g_ptr_array_new ();
  if (! dif_ui_dialog_run (procedure, session->config, &ops))
    g_set_error_literal (&error, DIF_ERROR, DIF_ERROR_CANCELLED, "Closed.");
  g_signal_handlers_disconnect_by_data (session->config, session);
  dif_gimp_request_remember (G_OBJECT (session->config));
  dif_gimp_layer_host_free (session->host);
  dif_gimp_reference_host_free (session->reference);
  g_strfreev (session->model_dirs);
  drop_deleted (session);
  values = return_values (procedure, session->layers, error);
  g_ptr_array_unref (session->layers);
  return values;
}

/* Whether GIMP's own dialog asks for its arguments. */
static gboolean
is_plain (GObject *config)
{
  return dif_gimp_params_tasks (config) == DIF_TASK_FILL;
}

GimpValueArray *
dif_gimp_run (GimpProcedure        *procedure,
              GimpRunMode           run_mode,
              GimpImage            *image,
              GimpDrawable        **drawables,
              GimpProcedureConfig  *config,
              gpointer              run_data)
{
  Session         session = { .config = config, .image = image };
  GError         *error = NULL;
  GimpValueArray *values;

  gegl_init (NULL, NULL);
  /* Pixels are gone over once, in order.  A larger cache would be of no use
   * and is freed tile by tile with its buffer, in one long pause.
   */
  g_object_set (gegl_config (), "tile-cache-size", (guint64) TILE_CACHE, NULL);

  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    {
      forget_strange (G_OBJECT (config), image);
      dif_gimp_request_recall (G_OBJECT (config), image);
    }
  if (! check_drawables (image, drawables, &error) ||
      ! check_others (G_OBJECT (config), image, &error))
    return gimp_procedure_new_return_values (procedure,
                                             GIMP_PDB_CALLING_ERROR, error);

  session.drawables = drawables;
  if (run_mode == GIMP_RUN_INTERACTIVE && is_plain (G_OBJECT (config)))
    choose_first_seed (config);
  if (run_mode == GIMP_RUN_INTERACTIVE && is_plain (G_OBJECT (config))
      && ! dif_gimp_ask (procedure, config))
    values = gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);
  else if (run_mode == GIMP_RUN_INTERACTIVE && ! is_plain (G_OBJECT (config)))
    values = run_dialog (procedure, &session);
  else
    values = run_once (procedure, &session,
                       run_mode == GIMP_RUN_WITH_LAST_VALS);
  g_free (session.recalled);
  g_free (session.channels);
  g_free (session.layers_there);
  g_free (session.made_model);
  g_free (session.made_hash);
  return values;
}
