/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * procedure.c: declares what the plug-in adds to GIMP: menus, documentation and
 * arguments.  Each control of the dialog is one.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "params.h"
#include "procedure.h"
#include "run.h"
#include "texture.h"

/* Of an argument that belongs to one layer: GIMP neither saves it with the
 * settings nor takes it for the next run.
 */
#define ONCE (G_PARAM_READWRITE | GIMP_PARAM_DONT_SERIALIZE)

/* A procedure, and what people read of it.  It has the arguments of tasks. */
typedef struct
{
  const char *name;
  guint       tasks;        /* DifTaskKind */
  const char *menu_path;
  const char *menu_label;
  const char *blurb;
  const char *help;
} ProcedureWords;

static const ProcedureWords procedures[] =
{
  {
    DIF_GIMP_PROCEDURE, DIF_TASK_VARY | DIF_TASK_RESTORE,
    "<Image>/Filters", N_("_Diffusion..."),
    N_("Make variations of a layer with a diffusion model"),
    N_("Makes variations of each selected layer. They are put together anew "
       "from the layer's own parts, which a diffusion model goes over lightly, "
       "or made by the model alone, which turns the layer part of the way into "
       "noise and removes the noise step by step. Each variation becomes a new "
       "layer above its source, which stays as it is. With a selection, only "
       "the selected pixels change. With the task Restore it takes out the "
       "noise that the layers have instead. Works on this machine alone, "
       "without a network connection.")
  },
  {
    DIF_GIMP_RESTORE_PROCEDURE, DIF_TASK_RESTORE,
    "<Image>/Filters/Enhance", N_("_Restore (Diffusion)..."),
    N_("Take the noise out of a photograph with a diffusion model"),
    N_("Measures the noise of each selected layer, that of cameras, film and "
       "JPEG files, and lets a diffusion model take it out. The result becomes "
       "a new layer above its source, which stays as it is. With a selection, "
       "only the selected pixels change. Works on this machine alone, without "
       "a network connection.")
  },
  {
    DIF_GIMP_FILL_PROCEDURE, DIF_TASK_FILL,
    "<Image>/Filters/Enhance", N_("_Fill (Diffusion)..."),
    N_("Draw what is selected anew from what is around it"),
    N_("Draws the selected part of each selected layer, or without a selection its "
       "transparent part, anew from what is around it: wires, spots, a sign or a "
       "person go away, torn edges are filled. Several proposals become new layers "
       "with a mask of the selection above their source, which stays as it is. "
       "Works on this machine alone, without a network connection.")
  },
  {
    DIF_GIMP_TEXTURE_PROCEDURE, DIF_TASK_TEXTURE,
    "<Image>/Filters/Render", N_("_Texture (Diffusion)..."),
    N_("Make a texture of any size of a layer's stuff"),
    N_("Makes a texture of the stuff of the layer, or of its selected part, of any "
       "size, seamless if asked for: a new image or a new layer. Works on this "
       "machine alone, without a network connection.")
  }
};

static const ProcedureWords *
find_words (const char *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (procedures); i++)
    if (strcmp (procedures[i].name, name) == 0)
      return &procedures[i];
  return NULL;
}

static void
add_documentation (GimpProcedure        *procedure,
                   const ProcedureWords *words)
{
  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure,
                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLE |
                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLES);

  gimp_procedure_set_menu_label (procedure, _(words->menu_label));
  gimp_procedure_set_icon_name (procedure, GIMP_ICON_EFFECT);
  gimp_procedure_add_menu_path (procedure, words->menu_path);
  gimp_procedure_set_documentation (procedure, _(words->blurb),
                                    _(words->help), words->name);
  gimp_procedure_set_attribution (procedure, "The GIMP Diffusion developers",
                                  "The GIMP Diffusion developers", "2026");
}

static void
add_argument (GimpProcedure  *procedure,
              const DifParam *row,
              guint           tasks)
{
  const char *label = _(row->label), *help = _(row->help);
  GParamFlags flags = row->uses & DIF_PARAM_ONCE ? ONCE : G_PARAM_READWRITE;
  double      unit = dif_param_unit (row), usual = dif_param_usual (row, tasks);

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      gimp_procedure_add_double_argument (procedure, row->name, label, help,
                                          row->min * unit, row->max * unit,
                                          usual * unit, flags);
      break;
    case DIF_PARAM_WHOLE:
      gimp_procedure_add_int_argument (procedure, row->name, label, help,
                                       (int) row->min, (int) row->max,
                                       (int) usual, flags);
      break;
    case DIF_PARAM_SEED:
      gimp_procedure_add_int_argument (procedure, row->name, label, help, 0,
                                       G_MAXINT, (int) row->usual, flags);
      break;
    case DIF_PARAM_SWITCH:
      gimp_procedure_add_boolean_argument (procedure, row->name, label, help,
                                           row->usual != 0.0, flags);
      break;
    case DIF_PARAM_CHOICE:
      gimp_procedure_add_choice_argument (
        procedure, row->name, label, help, dif_gimp_params_choice (row, tasks),
        row->choices[(int) row->usual].nick, flags);
      break;
    case DIF_PARAM_TEXT:
      gimp_procedure_add_string_argument (procedure, row->name, label, help,
                                          row->usual_text, flags);
      break;
    case DIF_PARAM_MODEL:
      gimp_procedure_add_choice_argument (procedure, row->name, label, help,
                                          dif_gimp_params_model_choice (),
                                          row->usual_text, flags);
      break;
    }
}

static void
add_arguments (GimpProcedure *procedure,
               guint          tasks)
{
  gboolean        several = (tasks & (tasks - 1)) != 0;
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    if ((row->tasks & tasks) && row->label
        && (several || strcmp (row->name, "task") != 0))
      add_argument (procedure, row, tasks);

  if (tasks & DIF_TASK_VARY)
    {
      gimp_procedure_add_drawable_argument (
        procedure, "protect", _("Protect"),
        _("A channel or mask of the image, or none: what is white in it stays "
          "as it is"), TRUE, G_PARAM_READWRITE);
      gimp_procedure_add_drawable_argument (
        procedure, "reference", _("Parts of"),
        _("A layer, of this image or another one, or none: variations are made "
          "of its parts instead of the layer's own"), TRUE, G_PARAM_READWRITE);
    }

  gimp_procedure_add_core_object_array_return_value (
    procedure, "layers", "Layers",
    "The new layers, by source layer and variation", GIMP_TYPE_LAYER,
    G_PARAM_READWRITE);
}

GList *
dif_gimp_procedure_names (void)
{
  GList *names = NULL;
  gsize  i;

  for (i = 0; i < G_N_ELEMENTS (procedures); i++)
    names = g_list_append (names, g_strdup (procedures[i].name));
  return names;
}

GimpProcedure *
dif_gimp_procedure_new (GimpPlugIn *plug_in,
                        const char *name)
{
  const ProcedureWords *words = find_words (name);
  GimpProcedure        *procedure;

  if (! words)
    return NULL;
  procedure = gimp_image_procedure_new (
    plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN,
    words->tasks == DIF_TASK_TEXTURE ? dif_gimp_texture_run : dif_gimp_run, NULL,
    NULL);
  add_documentation (procedure, words);
  add_arguments (procedure, words->tasks);
  return procedure;
}
