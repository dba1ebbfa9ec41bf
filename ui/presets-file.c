/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets-file.c: see presets-file.h.
 */

#include <string.h>

#include <glib/gi18n.h>

#include "presets-file.h"

#define MAX_BYTES (1 << 20)

GKeyFile *
dif_ui_presets_load (const char  *path,
                     GError     **error)
{
  GKeyFile *file = g_key_file_new ();
  GError   *fault = NULL;
  char     *text = NULL;
  gsize     length;

  if (! g_file_get_contents (path, &text, &length, &fault))
    {
      if (g_error_matches (fault, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_clear_error (&fault);
    }
  else if (length > MAX_BYTES)
    g_set_error (&fault, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE,
                 _("It is larger than presets are."));
  else
    g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, &fault);
  g_free (text);
  if (! fault)
    return file;
  g_set_error (error, fault->domain, fault->code,
               _("The file of the presets cannot be read: %s\n%s"), path,
               fault->message);
  g_error_free (fault);
  g_key_file_unref (file);
  return NULL;
}

/* Which of a configuration may have no choice. */
static gboolean
is_task (const DifParam *row)
{
  return strcmp (row->name, "task") == 0;
}

DifTaskKind
dif_ui_presets_task (GKeyFile   *file,
                     const char *name)
{
  char       *nick = g_key_file_get_string (file, name, "task", NULL);
  DifTaskKind task = dif_task_of_nick (nick);

  g_free (nick);
  return task;
}

void
dif_ui_presets_store (GKeyFile   *file,
                      const char *name,
                      DifTaskKind task,
                      GObject    *config)
{
  const DifParam *row;

  if (g_key_file_has_group (file, name)
      && dif_ui_presets_task (file, name) != task)
    g_key_file_remove_group (file, name, NULL);
  for (row = dif_param_table; row->name; row++)
    {
      const char *key = row->name;
      GParamSpec *spec = g_object_class_find_property (
        G_OBJECT_GET_CLASS (config), key);
      GValue      value = G_VALUE_INIT;

      if (is_task (row))
        g_key_file_set_string (file, name, key, dif_task_nick (task));
      if (! (row->uses & DIF_PARAM_PRESET) || ! (row->tasks & task) || ! spec
          || is_task (row))
        continue;
      g_value_init (&value, spec->value_type);
      g_object_get_property (config, key, &value);
      if (G_VALUE_HOLDS_DOUBLE (&value))
        g_key_file_set_double (file, name, key, g_value_get_double (&value));
      else if (G_VALUE_HOLDS_BOOLEAN (&value))
        g_key_file_set_boolean (file, name, key,
                                g_value_get_boolean (&value));
      else if (G_VALUE_HOLDS_INT (&value))
        g_key_file_set_integer (file, name, key, g_value_get_int (&value));
      else if (g_value_get_string (&value))
        g_key_file_set_string (file, name, key, g_value_get_string (&value));
      g_value_unset (&value);
    }
}

void
dif_ui_presets_apply (GKeyFile   *file,
                      const char *name,
                      GObject    *config)
{
  DifTaskKind     task = dif_ui_presets_task (file, name);
  const DifParam *row;

  if (! g_key_file_has_group (file, name))
    return;
  for (row = dif_param_table; row->name; row++)
    {
      const char *key = row->name;
      GParamSpec *spec = g_object_class_find_property (
        G_OBJECT_GET_CLASS (config), key);
      GValue      value = G_VALUE_INIT;
      GError     *error = NULL;
      char       *text = NULL;

      if (! (row->uses & DIF_PARAM_PRESET) || ! spec || is_task (row))
        continue;
      if (! g_key_file_has_key (file, name, key, NULL))
        {
          if (row->before && (row->tasks & task))
            g_object_set (config, key, row->before, NULL);
          continue;
        }
      g_value_init (&value, spec->value_type);
      if (G_VALUE_HOLDS_DOUBLE (&value))
        g_value_set_double (&value, g_key_file_get_double (file, name, key,
                                                           &error));
      else if (G_VALUE_HOLDS_BOOLEAN (&value))
        g_value_set_boolean (&value, g_key_file_get_boolean (file, name, key,
                                                             &error));
      else if (G_VALUE_HOLDS_INT (&value))
        g_value_set_int (&value, g_key_file_get_integer (file, name, key,
                                                         &error));
      else if ((text = g_key_file_get_string (file, name, key, &error)))
        g_value_take_string (&value, text);

      /* TRUE if the value had to be changed to be valid. */
      if (! error && ! g_param_value_validate (spec, &value))
        g_object_set_property (config, key, &value);
      g_clear_error (&error);
      g_value_unset (&value);
    }
}

char *
dif_ui_presets_name (const char *text)
{
  char *name = g_strdup (text), *c;

  for (c = name; *c; c++)
    if (g_ascii_iscntrl (*c) || *c == '[' || *c == ']')
      *c = ' ';
  g_strstrip (name);
  if (! *name)
    g_clear_pointer (&name, g_free);
  return name;
}
