/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * procedure.c: declares Filters > Diffusion: menu, documentation and
 * every argument.  Each control of the dialog is an argument here.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "params.h"
#include "procedure.h"
#include "run.h"

/* Of an argument that belongs to one layer: GIMP neither saves it with the
 * settings nor takes it for the next run.
 */
#define ONCE (G_PARAM_READWRITE | GIMP_PARAM_DONT_SERIALIZE)

static void
add_documentation (GimpProcedure *procedure)
{
  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure,
                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLE |
                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLES);

  gimp_procedure_set_menu_label (procedure, _("_Diffusion..."));
  gimp_procedure_set_icon_name (procedure, GIMP_ICON_EFFECT);
  gimp_procedure_add_menu_path (procedure, "<Image>/Filters");

  gimp_procedure_set_documentation (
    procedure,
    _("Make variations of a layer with a diffusion model"),
    _("Turns each selected layer part of the way into noise and lets a "
      "diffusion model remove the noise step by step. Each variation "
      "becomes a new layer above its source, which stays as it is. With a "
      "selection, only the selected pixels change. Works on this machine "
      "alone, without a network connection."),
    DIF_PROCEDURE);
  gimp_procedure_set_attribution (procedure, "The GIMP Diffusion developers",
                                  "The GIMP Diffusion developers", "2026");
}

static void
add_more_arguments (GimpProcedure *procedure)
{
  gimp_procedure_add_boolean_argument (
    procedure, "tileable", _("Tilea_ble"),
    _("The left edge continues at the right one and the top at the bottom"),
    FALSE, G_PARAM_READWRITE);

  gimp_procedure_add_boolean_argument (
    procedure, "keep-colours", _("_Keep colours"),
    _("The results keep the layer's colours on the large scale"),
    FALSE, G_PARAM_READWRITE);

  gimp_procedure_add_boolean_argument (
    procedure, "group", _("As a _group"),
    _("The results of each layer go into a layer group"),
    FALSE, G_PARAM_READWRITE);

  gimp_procedure_add_boolean_argument (
    procedure, "selection-mask", _("Selection as ad_justable mask"),
    _("With a selection, each result gets a layer mask of it: paint on that to "
      "show more or less of the result. Otherwise, and where the layer has a "
      "mask, the selected pixels of the result are blended into the layer's"),
    TRUE, G_PARAM_READWRITE);

  gimp_procedure_add_double_argument (
    procedure, "vary", _("Distance"),
    _("Above 0 the variations stay near the one of the seed: its noise is "
      "turned by this share of a right angle towards other noise"),
    0.0, 1.0, 0.0, ONCE);

  gimp_procedure_add_int_argument (
    procedure, "vary-seed", _("Other seed"),
    _("Chooses the noise that is turned to; each variation uses the next"),
    0, G_MAXINT, 0, ONCE);

  gimp_procedure_add_string_argument (
    procedure, "picks", _("Picks"),
    _("Makes these variations and no others: seeds with commas between; "
      "\"7~0.25~1001\" is seed 7 with distance 0.25 and other seed 1001"),
    "", ONCE);

  gimp_procedure_add_int_argument (
    procedure, "chain-frames", _("Frames of the chain"),
    _("Above 0, instead of variations: the way into noise and back, in so "
      "many layers"),
    0, DIF_MAX_FRAMES, 0, ONCE);

  gimp_procedure_add_choice_argument (
    procedure, "chain-as", _("Where the chain goes"),
    _("What the layers of the chain become"), dif_params_chain_choice (),
    "group", G_PARAM_READWRITE);
}

static void
add_arguments (GimpProcedure *procedure)
{
  DifParams defaults = DIF_PARAMS_INIT;

  gimp_procedure_add_double_argument (
    procedure, "strength", _("S_trength (%)"),
    _("How far the layer is turned into noise before it is restored: at 20 "
      "only fine detail changes, at 60 most of it, at 100 nothing of the "
      "layer is left"),
    0.0, 100.0, defaults.strength * 100.0, G_PARAM_READWRITE);

  gimp_procedure_add_int_argument (
    procedure, "num-variations", _("_Variations"),
    _("How many variations to make, each as a layer of its own"),
    1, DIF_MAX_VARIATIONS, defaults.num_variations, G_PARAM_READWRITE);

  gimp_procedure_add_int_argument (
    procedure, "seed", _("S_eed"),
    _("Chooses the noise: the same seed makes the same variations. The "
      "first uses this number, each further one the next"),
    0, G_MAXINT, (int) defaults.seed, G_PARAM_READWRITE);

  gimp_procedure_add_int_argument (
    procedure, "steps", _("Steps"),
    _("How many steps the model takes to remove the noise: more take "
      "longer and can look better"),
    1, DIF_MAX_STEPS, defaults.steps, G_PARAM_READWRITE);

  gimp_procedure_add_choice_argument (
    procedure, "sampler", _("S_ampler"),
    _("How the noise is removed from step to step"),
    dif_params_sampler_choice (),
    dif_sampler_kind_to_string (defaults.sampler), G_PARAM_READWRITE);

  gimp_procedure_add_double_argument (
    procedure, "eta", _("Eta"),
    _("With DDIM: how much fresh noise each step adds"),
    0.0, 1.0, defaults.eta, G_PARAM_READWRITE);

  gimp_procedure_add_choice_argument (
    procedure, "model", _("Mo_del"),
    _("The model that removes the noise. Folders placed in "
      "diffusion-models, in GIMP's user folder, appear here"),
    dif_params_model_choice (), DIF_DEFAULT_MODEL, G_PARAM_READWRITE);

  add_more_arguments (procedure);

  gimp_procedure_add_core_object_array_return_value (
    procedure, "layers", "Layers",
    "The new layers, by source layer and variation", GIMP_TYPE_LAYER,
    G_PARAM_READWRITE);
}

GimpProcedure *
dif_procedure_new (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure;

  procedure = gimp_image_procedure_new (plug_in, DIF_PROCEDURE,
                                        GIMP_PDB_PROC_TYPE_PLUGIN, dif_gimp_run,
                                        NULL, NULL);
  add_documentation (procedure);
  add_arguments (procedure);
  return procedure;
}
