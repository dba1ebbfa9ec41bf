/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record.c: what made a layer, written to it and read again.
 */

#include <string.h>

#include <libgimp/gimp.h>

#include "params.h"
#include "picks.h"

static void
set_double (GKeyFile   *file,
            const char *key,
            double      value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof (text), "%.10g", value);
  g_key_file_set_string (file, "diffusion", key, text);
}

GimpParasite *
dif_params_to_parasite (const DifParams *params,
                        const DifModel  *model,
                        gboolean         group,
                        gboolean         selection_mask,
                        int              variation,
                        const char      *source,
                        guint            tattoo)
{
  const DifModelInfo *info = dif_model_info (model);
  GKeyFile           *file = g_key_file_new ();
  GimpParasite       *parasite;
  guint64             seeds = params->vary > 0.0 ? 0 : (guint64) variation;
  char               *id = g_utf8_make_valid (info->id, -1);
  char               *data;
  gsize               length;

  g_key_file_set_string (file, "diffusion", "version", DIF_VERSION);
  g_key_file_set_string (file, "diffusion", "model", id);
  g_key_file_set_string (file, "diffusion", "model-hash", info->hash);
  set_double (file, "strength", params->strength * 100.0);
  g_key_file_set_integer (file, "diffusion", "t",
                          dif_strength_to_t (model, params->strength));
  g_key_file_set_uint64 (file, "diffusion", "seed", params->seed + seeds);
  g_key_file_set_integer (file, "diffusion", "steps", params->steps);
  g_key_file_set_string (file, "diffusion", "sampler",
                         dif_sampler_kind_to_string (params->sampler));
  set_double (file, "eta", params->eta);
  g_key_file_set_boolean (file, "diffusion", "tileable", params->tileable);
  g_key_file_set_boolean (file, "diffusion", "keep-colours",
                          params->keep_colours);
  g_key_file_set_boolean (file, "diffusion", "group", group);
  g_key_file_set_boolean (file, "diffusion", "selection-mask", selection_mask);
  set_double (file, "vary", params->vary);
  g_key_file_set_uint64 (file, "diffusion", "vary-seed",
                         params->vary_seed + (guint64) variation);
  g_key_file_set_integer (file, "diffusion", "variation", variation + 1);
  g_key_file_set_string (file, "diffusion", "source", source);
  g_key_file_set_uint64 (file, "diffusion", "source-tattoo", tattoo);

  data = g_key_file_to_data (file, &length, NULL);
  parasite = gimp_parasite_new (DIF_PARASITE, GIMP_PARASITE_PERSISTENT,
                                length + 1, data);
  g_free (data);
  g_free (id);
  g_key_file_unref (file);
  return parasite;
}

gboolean
dif_params_read_record (GimpLayer *layer,
                        DifRecord *record)
{
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer),
                                                   DIF_PARASITE);
  const void   *data;
  guint32       size = 0;
  gboolean      good = FALSE;

  memset (record, 0, sizeof *record);
  if (parasite)
    {
      data = gimp_parasite_get_data (parasite, &size);
      good = data && dif_record_parse (record, data, size);
      gimp_parasite_free (parasite);
    }
  return good;
}

gboolean
dif_params_has_record (GimpLayer *layer)
{
  DifRecord record;
  gboolean  has = dif_params_read_record (layer, &record);

  dif_record_clear (&record);
  return has;
}

static void
set_truth (GimpProcedureConfig *config,
           const char          *name,
           int                  truth)
{
  if (truth >= 0)
    g_object_set (config, name, truth == 1, NULL);
}

/* A seed that no number of the settings can hold, and one with another seed
 * that it is near to, become the one variation that is picked.
 */
static void
recall_seed (const DifRecord     *record,
             GimpProcedureConfig *config)
{
  DifUiPick  pick = { record->seed, MAX (0.0, record->vary),
                      record->vary_seed };
  GArray    *picks = g_array_new (FALSE, TRUE, sizeof (DifUiPick));
  char      *text;

  if (record->seed <= G_MAXINT)
    g_object_set (config, "seed", (int) record->seed, NULL);
  if (pick.vary > 0.0 || record->seed > G_MAXINT)
    g_array_append_val (picks, pick);
  text = dif_ui_picks_to_string (picks);
  g_object_set (config, "picks", text, NULL);
  g_free (text);
  g_array_unref (picks);
}

/* Sets the model if there is one of that nick. */
static void
recall_model (const DifRecord     *record,
              GimpProcedureConfig *config)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (config),
                                                   "model");
  GValue      value = G_VALUE_INIT;

  if (! record->model)
    return;
  g_value_init (&value, spec->value_type);
  g_value_set_string (&value, record->model);
  /* TRUE if the value had to be changed to be valid. */
  if (! g_param_value_validate (spec, &value))
    g_object_set_property (G_OBJECT (config), "model", &value);
  g_value_unset (&value);
}

void
dif_params_recall (GimpLayer            *layer,
                   GimpProcedureConfig  *config,
                   char                **model,
                   char                **model_hash)
{
  DifRecord record;

  *model = *model_hash = NULL;
  if (dif_params_read_record (layer, &record))
    {
      if (record.strength >= 0.0)
        g_object_set (config, "strength", record.strength, NULL);
      if (record.steps >= 0)
        g_object_set (config, "steps", record.steps, NULL);
      if (record.eta >= 0.0)
        g_object_set (config, "eta", record.eta, NULL);
      if (record.sampler >= 0)
        g_object_set (config, "sampler", dif_sampler_kind_to_string (
                        (DifSamplerKind) record.sampler), NULL);
      set_truth (config, "tileable", record.tileable);
      set_truth (config, "keep-colours", record.keep_colours);
      set_truth (config, "group", record.group);
      set_truth (config, "selection-mask", record.selection_mask);
      if (record.has_seed)
        recall_seed (&record, config);
      recall_model (&record, config);
      *model = g_steal_pointer (&record.model);
      *model_hash = g_steal_pointer (&record.model_hash);
    }
  dif_record_clear (&record);
}
