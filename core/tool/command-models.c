/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command-models.c: "gimp-diffusion models": the models on this computer, for
 * people or as JSON.
 */

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "tool/command.h"
#include "tool/lookup.h"
#include "tool/options.h"
#include "tool/tool.h"

static void
print_model (const DifModelInfo *info)
{
  printf ("%s\n", info->id);
  printf ("  name     %s\n", info->name);
  printf ("  licence  %s\n",
          info->licence != NULL ? info->licence : "not named");
  printf ("  network  %.1f million parameters, trained on %d x %d pixels",
          (double) info->n_parameters / 1e6, info->native_size,
          info->native_size);
  if (info->octaves > 0)
    printf (" of %d octaves", info->octaves);
  if (info->knows_cameras)
    printf (" and on the noise of cameras");
  if (info->knows_jpeg)
    printf (" and on JPEG files");
  printf ("\n  chain    T = %d\n", info->n_train_steps);
  printf ("  hash     %s\n", info->hash);
  printf ("  folder   %s\n", info->folder);
}

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  if (value == NULL)
    json_builder_add_null_value (builder);
  else
    {
      char *text = g_utf8_make_valid (value, -1);

      json_builder_add_string_value (builder, text);
      g_free (text);
    }
}

static void
add_int (JsonBuilder *builder,
         const char  *name,
         gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_model (JsonBuilder        *builder,
           const DifModelInfo *info)
{
  json_builder_begin_object (builder);
  add_string (builder, "id", info->id);
  add_string (builder, "name", info->name);
  add_string (builder, "licence", info->licence);
  add_int (builder, "parameters", (gint64) info->n_parameters);
  add_int (builder, "train_steps", info->n_train_steps);
  add_int (builder, "native_size", info->native_size);
  add_int (builder, "pixel_unshuffle", info->pixel_unshuffle);
  add_int (builder, "octaves", info->octaves);
  json_builder_set_member_name (builder, "camera_noise");
  json_builder_add_boolean_value (builder, info->knows_cameras);
  json_builder_set_member_name (builder, "jpeg");
  json_builder_add_boolean_value (builder, info->knows_jpeg);
  add_string (builder, "hash", info->hash);
  add_string (builder, "folder", info->folder);
  json_builder_end_object (builder);
}

static void
print_json (JsonBuilder *builder)
{
  JsonNode *root = json_builder_get_root (builder);
  char     *text = json_to_string (root, TRUE);

  printf ("%s\n", text);
  g_free (text);
  json_node_unref (root);
}

/* A model that cannot be loaded does not hide the others. */
static gboolean
list (gboolean   json,
      GError   **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv)          folders = dif_tool_lookup_folders ();
  g_auto (GStrv)          paths = NULL;
  int                     n_bad = 0;

  paths = dif_models_find ((const char *const *) folders);
  json_builder_begin_array (builder);
  for (int i = 0; paths[i] != NULL; i++)
    {
      GError              *fault = NULL;
      g_autoptr (DifModel) model = dif_model_load (paths[i], &fault);

      if (model == NULL)
        {
          dif_tool_message ("%s", fault->message);
          g_error_free (fault);
          n_bad++;
        }
      else if (json)
        add_model (builder, dif_model_info (model));
      else
        print_model (dif_model_info (model));
    }
  json_builder_end_array (builder);
  if (json)
    print_json (builder);

  if (paths[0] == NULL)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOT_FOUND,
                 "no model is installed");
  else if (n_bad > 0)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                 "%d of %d models cannot be used", n_bad,
                 (int) g_strv_length (paths));
  return paths[0] != NULL && n_bad == 0;
}

gboolean
dif_tool_command_models (int      argc,
                         char   **argv,
                         GError **error)
{
  DifToolOptions options;
  gboolean       good;

  if (! dif_tool_options_parse (&options, DIF_TOOL_COMMAND_MODELS, argc, argv,
                                error))
    return FALSE;
  good = options.help || list (options.json, error);
  dif_tool_options_clear (&options);
  return good;
}
