/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record.c: what made a layer, written to it and read again.  The record
 * may come from a stranger's file: every value is checked before it goes
 * into settings.
 */

#include <string.h>

#include <libgimp/gimp.h>

#include "params.h"

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

/* The record of layer, or NULL if it has none that can be read. */
static GKeyFile *
read_record (GimpLayer *layer)
{
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer),
                                                   DIF_PARASITE);
  GKeyFile     *file = g_key_file_new ();
  const char   *data;
  guint32       size = 0;
  gboolean      good = FALSE;

  if (parasite)
    {
      data = gimp_parasite_get_data (parasite, &size);
      good = size > 0 && data[size - 1] == '\0' &&
             g_key_file_load_from_data (file, data, strlen (data),
                                        G_KEY_FILE_NONE, NULL) &&
             g_key_file_has_group (file, "diffusion");
      gimp_parasite_free (parasite);
    }
  if (! good)
    g_clear_pointer (&file, g_key_file_unref);
  return file;
}

gboolean
dif_params_has_record (GimpLayer *layer)
{
  GKeyFile *file = read_record (layer);
  gboolean  has = file != NULL;

  g_clear_pointer (&file, g_key_file_unref);
  return has;
}

GimpLayer *
dif_params_source_of (GimpLayer *result)
{
  GKeyFile  *file = read_record (result);
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (result));
  guint64    tattoo;
  GimpLayer *source = NULL;

  if (! file)
    return NULL;
  tattoo = g_key_file_get_uint64 (file, "diffusion", "source-tattoo", NULL);
  if (tattoo > 0 && tattoo <= G_MAXUINT32)
    source = gimp_image_get_layer_by_tattoo (image, (guint) tattoo);
  g_key_file_unref (file);
  return source;
}

/* Sets a property from text, if the property takes what the text says. */
static void
recall_value (GKeyFile            *file,
              const char          *key,
              GimpProcedureConfig *config)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (config),
                                                   key);
  char       *text = g_key_file_get_string (file, "diffusion", key, NULL);
  GValue      value = G_VALUE_INIT;
  gint64      number;

  if (! text || ! spec)
    {
      g_free (text);
      return;
    }
  g_value_init (&value, spec->value_type);
  if (G_VALUE_HOLDS_DOUBLE (&value))
    g_value_set_double (&value, g_ascii_strtod (text, NULL));
  else if (G_VALUE_HOLDS_BOOLEAN (&value))
    g_value_set_boolean (&value, strcmp (text, "true") == 0);
  else if (G_VALUE_HOLDS_STRING (&value))
    g_value_set_string (&value, text);
  else if (G_VALUE_HOLDS_INT (&value) &&
           g_ascii_string_to_signed (text, 10, 0, G_MAXINT, &number, NULL))
    g_value_set_int (&value, (int) number);

  /* TRUE if the value had to be changed to be valid. */
  if (! g_param_value_validate (spec, &value))
    g_object_set_property (G_OBJECT (config), key, &value);
  g_value_unset (&value);
  g_free (text);
}

void
dif_params_recall (GimpLayer           *layer,
                   GimpProcedureConfig *config)
{
  static const char *const keys[] = {
    "strength", "seed", "steps", "sampler", "eta", "model", "tileable",
    "keep-colours", "vary", "vary-seed"
  };
  GKeyFile *file = read_record (layer);
  guint     i;

  if (! file)
    return;
  for (i = 0; i < G_N_ELEMENTS (keys); i++)
    recall_value (file, keys[i], config);
  g_object_set (config, "picks", "", "chain-frames", 0, NULL);
  g_key_file_unref (file);
}
