/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record.c: what made a layer, written to it and read again.
 */

#include <string.h>

#include <libgimp/gimp.h>

#include "picks.h"
#include "record.h"

GimpParasite *
dif_gimp_record_to_parasite (const DifSettings *settings,
                             const DifModel    *model,
                             int                variation,
                             const char        *source,
                             guint              tattoo,
                             guint              protect,
                             guint              reference)
{
  const DifModelInfo *info = dif_model_info (model);
  DifSettings         one = *settings;
  GKeyFile           *file = g_key_file_new ();
  GimpParasite       *parasite;
  char               *data;
  gsize               length;

  one.model = g_utf8_make_valid (info->id, -1);
  if (! (one.params.vary > 0.0))
    one.params.seed += (guint64) variation;
  one.params.vary_seed += (guint64) variation;

  g_key_file_set_string (file, DIF_GIMP_RECORD_GROUP, "version", DIF_VERSION);
  /* Here for their places: they are written with the others. */
  g_key_file_set_string (file, DIF_GIMP_RECORD_GROUP, "model", "");
  g_key_file_set_string (file, DIF_GIMP_RECORD_GROUP, "model-hash", info->hash);
  if (dif_params_task (&one.params) == DIF_TASK_VARY)
    {
      g_key_file_set_string (file, DIF_GIMP_RECORD_GROUP, "strength", "");
      g_key_file_set_integer (file, DIF_GIMP_RECORD_GROUP, "t",
                              dif_strength_to_t (model, one.params.strength));
    }
  dif_gimp_record_write (file, &one);
  g_key_file_set_integer (file, DIF_GIMP_RECORD_GROUP, "variation",
                          variation + 1);
  g_key_file_set_string (file, DIF_GIMP_RECORD_GROUP, "source", source);
  g_key_file_set_uint64 (file, DIF_GIMP_RECORD_GROUP, "source-tattoo", tattoo);
  if (protect > 0)
    g_key_file_set_uint64 (file, DIF_GIMP_RECORD_GROUP, "protect", protect);
  if (reference > 0)
    g_key_file_set_uint64 (file, DIF_GIMP_RECORD_GROUP, "reference", reference);

  data = g_key_file_to_data (file, &length, NULL);
  parasite = gimp_parasite_new (DIF_GIMP_PARASITE, GIMP_PARASITE_PERSISTENT,
                                length + 1, data);
  g_free (data);
  g_free (one.model);
  g_key_file_unref (file);
  return parasite;
}

gboolean
dif_gimp_record_read (GimpLayer     *layer,
                      DifGimpRecord *record)
{
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer),
                                                   DIF_GIMP_PARASITE);
  const void   *data;
  guint32       size = 0;
  gboolean      good = FALSE;

  memset (record, 0, sizeof *record);
  if (parasite)
    {
      data = gimp_parasite_get_data (parasite, &size);
      good = data && dif_gimp_record_parse (record, data, size);
      gimp_parasite_free (parasite);
    }
  return good;
}

guint
dif_gimp_record_task (GimpLayer *layer)
{
  DifGimpRecord record;
  guint         task = dif_gimp_record_read (layer, &record) ? record.task : 0;

  dif_gimp_record_clear (&record);
  return task;
}

/* A seed that no number of the settings can hold, and one with another seed
 * that it is near to, become the one variation that is picked.
 */
static void
recall_seed (const DifGimpRecord *record,
             GObject             *config)
{
  DifUiPick  pick = { record->seed, record->vary, record->vary_seed };
  GArray    *picks;
  char      *text;

  if (record->seed <= G_MAXINT)
    g_object_set (config, "seed", (int) record->seed, NULL);
  if (record->task != DIF_TASK_VARY)
    return;
  picks = g_array_new (FALSE, TRUE, sizeof (DifUiPick));
  if (pick.vary > 0.0 || record->seed > G_MAXINT)
    g_array_append_val (picks, pick);
  text = dif_ui_picks_to_string (picks);
  g_object_set (config, "picks", text, NULL);
  g_free (text);
  g_array_unref (picks);
}

void
dif_gimp_record_apply (const DifGimpRecord *record,
                       GObject             *config)
{
  const DifParam *row;

  /* One from before there were tasks does not say it. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (config), "task"))
    g_object_set (config, "task",
                  dif_task_nick (record->task), NULL);
  for (row = dif_param_table; row->name; row++)
    {
      GParamSpec   *spec = g_object_class_find_property (
        G_OBJECT_GET_CLASS (config), row->name);
      const GValue *said = dif_gimp_record_value (record, row->name);
      GValue        value = G_VALUE_INIT;

      /* What counts for the noise goes together, see recall_seed(). */
      if (! spec || ! said || (row->uses & DIF_PARAM_NOISE))
        continue;
      g_value_init (&value, spec->value_type);
      g_value_transform (said, &value);
      /* TRUE if the value had to be changed to be valid: a model of that
       * name need not be there.
       */
      if (! g_param_value_validate (spec, &value))
        g_object_set_property (config, row->name, &value);
      g_value_unset (&value);
    }
  if (record->has_seed)
    recall_seed (record, config);
}

/* Sets an argument to the drawable of image with that tattoo, or to none. */
static void
recall_drawable (GObject    *config,
                 const char *name,
                 GimpImage  *image,
                 guint       tattoo)
{
  gpointer found = NULL;

  if (tattoo > 0)
    {
      found = gimp_image_get_channel_by_tattoo (image, tattoo);
      if (! found)
        found = gimp_image_get_layer_by_tattoo (image, tattoo);
    }
  g_object_set (config, name, found, NULL);
}

void
dif_gimp_record_recall (GimpLayer            *layer,
                        GimpProcedureConfig  *config,
                        char                **model,
                        char                **model_hash)
{
  DifGimpRecord record;
  const GValue *nick;

  *model = *model_hash = NULL;
  if (dif_gimp_record_read (layer, &record))
    {
      GimpImage *image = gimp_item_get_image (GIMP_ITEM (layer));

      dif_gimp_record_apply (&record, G_OBJECT (config));
      if (record.task == DIF_TASK_VARY)
        {
          recall_drawable (G_OBJECT (config), "protect", image, record.protect);
          recall_drawable (G_OBJECT (config), "reference", image,
                           record.reference);
        }
      nick = dif_gimp_record_value (&record, "model");
      *model = nick ? g_value_dup_string (nick) : NULL;
      *model_hash = g_steal_pointer (&record.model_hash);
    }
  dif_gimp_record_clear (&record);
}
