/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * progress.c: both sides of the progress bar, see progress.h.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "progress.h"

#define INTERVAL 50000 /* microseconds */

typedef struct
{
  DifGimpProgressFunc func;
  gpointer            data;
  gboolean            running;
} ProgressWork;


/* The side that works ------------------------------------------------ */

static gboolean
tick (ProgressWork  *work,
      double        *fraction,
      char         **text)
{
  *fraction = 0.0;
  *text = NULL;
  if (work->running)
    work->running = work->func (fraction, text, work->data);
  return work->running;
}

/* The temporary procedure that the other process calls for news. */
static GimpValueArray *
answer (GimpProcedure       *procedure,
        GimpProcedureConfig *config,
        gpointer             run_data)
{
  GimpValueArray *values;
  double          fraction;
  char           *text;
  gboolean        running = tick (run_data, &fraction, &text);

  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS,
                                             NULL);
  GIMP_VALUES_SET_BOOLEAN (values, 1, running);
  GIMP_VALUES_SET_DOUBLE (values, 2, CLAMP (fraction, 0.0, 1.0));
  GIMP_VALUES_TAKE_STRING (values, 3, text ? text : g_strdup (""));
  return values;
}

static char *
add_callback (GimpPlugIn   *plug_in,
              ProgressWork *work)
{
  char          *name = gimp_pdb_temp_procedure_name (gimp_get_pdb ());
  GimpProcedure *callback;

  callback = gimp_procedure_new (plug_in, name, GIMP_PDB_PROC_TYPE_TEMPORARY,
                                 answer, work, NULL);
  gimp_procedure_add_boolean_return_value (callback, "running", "Running",
                                           "Whether there is more to do",
                                           FALSE, G_PARAM_READWRITE);
  gimp_procedure_add_double_return_value (callback, "fraction", "Fraction",
                                          "The share that is done",
                                          0.0, 1.0, 0.0, G_PARAM_READWRITE);
  gimp_procedure_add_string_return_value (callback, "text", "Text",
                                          "What is being done",
                                          "", G_PARAM_READWRITE);
  gimp_plug_in_add_temp_procedure (plug_in, callback);
  g_object_unref (callback);
  return name;
}

/* Of a process that has ended, GIMP reads one message more and drops the
 * rest.  The removal gets no answer, so a question follows that does;
 * otherwise a run that ends at once could lose its results.
 */
static void
remove_callback (GimpPlugIn *plug_in,
                 char       *name)
{
  gimp_plug_in_remove_temp_procedure (plug_in, name);
  gimp_pdb_procedure_exists (gimp_get_pdb (), name);
  g_free (name);
}

gboolean
dif_gimp_progress_run (GimpPlugIn          *plug_in,
                       DifGimpProgressFunc  func,
                       gpointer             data)
{
  ProgressWork       work = { func, data, TRUE };
  char              *name = add_callback (plug_in, &work);
  GimpProcedure     *owner;
  GimpPDBStatusType  status = GIMP_PDB_EXECUTION_ERROR;

  owner = gimp_pdb_lookup_procedure (gimp_get_pdb (),
                                     DIF_GIMP_PROGRESS_PROCEDURE);
  if (owner)
    {
      GimpValueArray *values = gimp_procedure_run (owner, "callback", name,
                                                   NULL);

      status = GIMP_VALUES_GET_ENUM (values, 0);
      gimp_value_array_unref (values);
    }
  remove_callback (plug_in, name);

  if (status == GIMP_PDB_CANCEL)
    return FALSE;

  /* The bar can fail without the work: then go on without it. */
  while (work.running)
    {
      double  fraction;
      char   *text;

      tick (&work, &fraction, &text);
      g_free (text);
      g_usleep (INTERVAL);
    }
  return TRUE;
}


/* The side that owns the bar ----------------------------------------- */

/* TRUE if those are the values that answer() returns. */
static gboolean
is_news (GimpValueArray *values)
{
  return (gimp_value_array_length (values) == 4 &&
          GIMP_VALUES_GET_ENUM (values, 0) == GIMP_PDB_SUCCESS &&
          G_VALUE_HOLDS_BOOLEAN (gimp_value_array_index (values, 1)) &&
          G_VALUE_HOLDS_DOUBLE (gimp_value_array_index (values, 2)) &&
          G_VALUE_HOLDS_STRING (gimp_value_array_index (values, 3)));
}

/* Asks once and shows the news.  FALSE when there is no more to come;
 * *broken tells whether that is because the question failed.
 */
static gboolean
ask (GimpProcedure  *callback,
     char          **shown,
     gboolean       *broken)
{
  GimpValueArray *values = gimp_procedure_run (callback, NULL, NULL);
  gboolean        running = FALSE;

  *broken = ! is_news (values);
  if (! *broken)
    {
      const char *text = GIMP_VALUES_GET_STRING (values, 3);

      running = GIMP_VALUES_GET_BOOLEAN (values, 1);
      if (text && *text && g_strcmp0 (text, *shown) != 0)
        {
          gimp_progress_set_text_printf ("%s", text);
          g_free (*shown);
          *shown = g_strdup (text);
        }
      gimp_progress_update (GIMP_VALUES_GET_DOUBLE (values, 2));
    }

  gimp_value_array_unref (values);
  return running;
}

static GimpValueArray *
own_bar (GimpProcedure       *procedure,
         GimpProcedureConfig *config,
         gpointer             run_data)
{
  GimpProcedure *callback = NULL;
  char          *name = NULL;
  char          *shown = NULL;
  gboolean       broken = FALSE;
  GError        *error = NULL;

  g_object_get (config, "callback", &name, NULL);
  if (name && *name && gimp_is_canonical_identifier (name) &&
      gimp_pdb_procedure_exists (gimp_get_pdb (), name))
    callback = gimp_pdb_lookup_procedure (gimp_get_pdb (), name);

  if (! callback ||
      gimp_procedure_get_proc_type (callback) != GIMP_PDB_PROC_TYPE_TEMPORARY)
    {
      g_set_error (&error, GIMP_PLUG_IN_ERROR, 0,
                   _("\"%s\" only works for %s."), DIF_GIMP_PROGRESS_PROCEDURE,
                   "plug-in-diffusion");
      g_free (name);
      return gimp_procedure_new_return_values (procedure,
                                               GIMP_PDB_CALLING_ERROR, error);
    }

  gimp_progress_init (_("Diffusion"));
  while (ask (callback, &shown, &broken))
    g_usleep (INTERVAL);

  g_free (shown);
  g_free (name);
  return gimp_procedure_new_return_values (procedure,
                                           broken ? GIMP_PDB_EXECUTION_ERROR
                                                  : GIMP_PDB_SUCCESS,
                                           NULL);
}

GimpProcedure *
dif_gimp_progress_procedure_new (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure;

  procedure = gimp_procedure_new (plug_in, DIF_GIMP_PROGRESS_PROCEDURE,
                                  GIMP_PDB_PROC_TYPE_PLUGIN, own_bar, NULL,
                                  NULL);
  gimp_procedure_set_documentation (
    procedure, "Shows the progress of plug-in-diffusion",
    "Only plug-in-diffusion itself calls this procedure. It keeps the "
    "progress bar in a process of its own, so that cancelling does not "
    "end the one that holds the finished layers.",
    NULL);
  gimp_procedure_set_attribution (procedure, "The GIMP Diffusion developers",
                                  "The GIMP Diffusion developers", "2026");
  gimp_procedure_add_string_argument (procedure, "callback", "Callback",
                                      "The temporary procedure to ask", NULL,
                                      G_PARAM_READWRITE);
  return procedure;
}
