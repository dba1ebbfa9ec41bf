/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.c: choices and settings of the procedure.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "params.h"
#include "picks.h"


GimpChoice *
dif_params_sampler_choice (void)
{
  static const struct
  {
    const char *label;
    const char *help;
  } texts[DIF_N_SAMPLERS] = {
    [DIF_SAMPLER_DDPM] = {
      N_("DDPM (ancestral)"),
      N_("Adds fresh noise at every step; best with many steps")
    },
    [DIF_SAMPLER_DDIM] = {
      N_("DDIM"),
      N_("Adds no noise on the way; simple and predictable")
    },
    [DIF_SAMPLER_DPMPP_2M] = {
      N_("DPM-Solver++ 2M"),
      N_("Good results in few steps")
    },
    [DIF_SAMPLER_DPMPP_2M_SDE] = {
      N_("DPM-Solver++ 2M SDE"),
      N_("The same with fresh noise at every step: livelier texture")
    },
    [DIF_SAMPLER_DPMPP_2M_KARRAS] = {
      N_("DPM-Solver++ 2M Karras"),
      N_("More of its steps at low noise: the best in few steps")
    },
  };
  DifParams   usual = DIF_PARAMS_INIT;
  GimpChoice *choice = gimp_choice_new ();
  int         kind;

  /* The default comes first, then the rest in the engine's order. */
  gimp_choice_add (choice,
                   dif_sampler_kind_to_string (usual.sampler), usual.sampler,
                   _(texts[usual.sampler].label),
                   _(texts[usual.sampler].help));
  for (kind = 0; kind < DIF_N_SAMPLERS; kind++)
    if (kind != (int) usual.sampler)
      gimp_choice_add (choice,
                       dif_sampler_kind_to_string ((DifSamplerKind) kind),
                       kind, _(texts[kind].label), _(texts[kind].help));
  return choice;
}

GimpChoice *
dif_params_chain_choice (void)
{
  GimpChoice *choice = gimp_choice_new ();

  gimp_choice_add (choice, "group", 0, _("In a layer group"),
                   _("Above the layer, as one undo step"));
  gimp_choice_add (choice, "image", 1, _("As a new image"),
                   _("Can be exported as an animation"));
  return choice;
}

char **
dif_params_model_dirs (void)
{
  char **dirs = g_new0 (char *, 3);
  char  *folder = g_path_get_dirname (gimp_get_progname ());

  dirs[0] = g_build_filename (folder, "models", NULL);
  dirs[1] = g_build_filename (gimp_directory (), "diffusion-models", NULL);
  g_free (folder);
  return dirs;
}

/* A folder's name need not be UTF-8, a nick must be.  The same text is
 * made again to find the folder, so nothing has to be undone.
 */
static char *
nick_of_folder (const char *folder)
{
  char *name = g_path_get_basename (folder);
  char *nick = g_utf8_make_valid (name, -1);

  g_free (name);
  return nick;
}

GimpChoice *
dif_params_model_choice (void)
{
  GimpChoice  *choice = gimp_choice_new ();
  char       **dirs = dif_params_model_dirs ();
  char       **found = dif_models_find ((const char *const *) dirs);
  GHashTable  *known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              NULL);
  int          id = 0;
  char       **folder;

  gimp_choice_add (choice, DIF_DEFAULT_MODEL, id++, _("Photo"), NULL);
  g_hash_table_add (known, g_strdup (DIF_DEFAULT_MODEL));

  for (folder = found; *folder; folder++)
    {
      char *nick = nick_of_folder (*folder);

      if (g_hash_table_add (known, nick))
        gimp_choice_add (choice, nick, id++, nick, *folder);
    }

  g_hash_table_unref (known);
  g_strfreev (found);
  g_strfreev (dirs);
  return choice;
}

void
dif_params_from_config (GimpProcedureConfig *config,
                        DifParams           *params)
{
  DifParams defaults = DIF_PARAMS_INIT;
  double    strength;
  int       seed;
  int       vary_seed;

  *params = defaults;
  g_object_get (config,
                "strength",       &strength,
                "num-variations", &params->num_variations,
                "seed",           &seed,
                "steps",          &params->steps,
                "eta",            &params->eta,
                "vary",           &params->vary,
                "vary-seed",      &vary_seed,
                "tileable",       &params->tileable,
                "keep-colours",   &params->keep_colours,
                NULL);
  params->strength = strength / 100.0;
  params->seed = (guint64) seed;
  params->vary_seed = (guint64) vary_seed;
  params->sampler = (DifSamplerKind)
    gimp_procedure_config_get_choice_id (config, "sampler");
}

gboolean
dif_settings_from_config (GimpProcedureConfig  *config,
                          DifSettings          *settings,
                          GError              **error)
{
  char *picks;

  memset (settings, 0, sizeof (*settings));
  dif_params_from_config (config, &settings->params);
  g_object_get (config,
                "model",        &settings->model,
                "picks",        &picks,
                "group",        &settings->group,
                "selection-mask", &settings->selection_mask,
                "chain-frames", &settings->chain_frames,
                NULL);
  settings->chain_image = gimp_procedure_config_get_choice_id (config,
                                                               "chain-as") != 0;
  settings->picks = dif_ui_picks_from_string (picks, error);
  g_free (picks);
  return settings->picks != NULL;
}

DifModel *
dif_params_load_model_from (char       **dirs,
                            const char  *nick,
                            GError     **error)
{
  char     **found = dif_models_find ((const char *const *) dirs);
  DifModel  *model = NULL;
  gboolean   matched = FALSE;
  char     **folder;

  for (folder = found; *folder && ! matched; folder++)
    {
      char *name = nick_of_folder (*folder);

      matched = strcmp (name, nick) == 0;
      if (matched)
        model = dif_model_load (*folder, error);
      g_free (name);
    }

  if (! matched)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOT_FOUND,
                 "There is no model \"%s\" in %s or %s.", nick, dirs[0],
                 dirs[1]);

  g_strfreev (found);
  return model;
}

DifModel *
dif_params_load_model (const char  *nick,
                       GError     **error)
{
  char     **dirs = dif_params_model_dirs ();
  DifModel  *model = dif_params_load_model_from (dirs, nick, error);

  g_strfreev (dirs);
  return model;
}
