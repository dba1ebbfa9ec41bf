/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.c: choices and settings of the procedures.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "params.h"

static void
add_choice (GimpChoice     *choice,
            const DifParam *row,
            int             id)
{
  gimp_choice_add (choice, row->choices[id].nick, id, _(row->choices[id].label),
                   _(row->choices[id].help));
}

GimpChoice *
dif_gimp_params_choice (const DifParam *row,
                        guint           tasks)
{
  GimpChoice *choice = gimp_choice_new ();
  int         usual = (int) row->usual, id;
  gboolean    task = strcmp (row->name, "task") == 0;

  add_choice (choice, row, usual);
  for (id = 0; row->choices[id].nick; id++)
    if (id != usual
        && (! task || (dif_task_of_nick (row->choices[id].nick) & tasks)))
      add_choice (choice, row, id);
  return choice;
}

char **
dif_gimp_params_model_dirs (void)
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
dif_gimp_params_model_choice (void)
{
  GimpChoice  *choice = gimp_choice_new ();
  char       **dirs = dif_gimp_params_model_dirs ();
  char       **found = dif_models_find ((const char *const *) dirs);
  GHashTable  *known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              NULL);
  const char  *usual = dif_param_find ("model")->usual_text;
  int          id = 0;
  char       **folder;

  gimp_choice_add (choice, usual, id++, _("Photo"), NULL);
  g_hash_table_add (known, g_strdup (usual));

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

/* Takes a value as GIMP has it. */
static void
take_value (const DifParam *row,
            const GValue   *value,
            DifSettings    *settings)
{
  gpointer at = G_STRUCT_MEMBER_P (settings, row->offset);
  int      chosen;

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      *(double *) at = g_value_get_double (value) / dif_param_unit (row);
      break;
    case DIF_PARAM_WHOLE:
      *(int *) at = g_value_get_int (value);
      break;
    case DIF_PARAM_SEED:
      *(guint64 *) at = (guint64) g_value_get_int (value);
      break;
    case DIF_PARAM_SWITCH:
      *(gboolean *) at = g_value_get_boolean (value);
      break;
    case DIF_PARAM_CHOICE:
      chosen = dif_param_choice_find (row, g_value_get_string (value));
      *(int *) at = chosen >= 0 ? chosen : (int) row->usual;
      break;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      g_free (*(char **) at);
      *(char **) at = g_value_dup_string (value);
      break;
    }
}

static gboolean
has (GObject    *config,
     const char *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (config), name)
         != NULL;
}

guint
dif_gimp_params_tasks (GObject *config)
{
  if (has (config, "task"))
    return DIF_TASK_VARY | DIF_TASK_RESTORE;
  if (has (config, "context"))
    return DIF_TASK_FILL;
  return has (config, "texture-width") ? DIF_TASK_TEXTURE : DIF_TASK_RESTORE;
}

DifTaskKind
dif_gimp_params_task (GObject *config)
{
  guint       tasks = dif_gimp_params_tasks (config);
  DifTaskKind task = (DifTaskKind) tasks;
  char       *nick;

  if (has (config, "task"))
    {
      g_object_get (config, "task", &nick, NULL);
      task = dif_task_of_nick (nick);
      if (! (task & tasks))
        task = DIF_TASK_VARY;
      g_free (nick);
    }
  return task;
}

void
dif_gimp_settings_from_config (GObject     *config,
                               DifSettings *settings)
{
  DifTaskKind     task = dif_gimp_params_task (config);
  const DifParam *row;

  dif_settings_init (settings);
  dif_params_set_task (&settings->params, task);
  for (row = dif_param_table; row->name; row++)
    {
      GValue value = G_VALUE_INIT;

      if (! (row->tasks & task) || ! has (config, row->name))
        continue;
      g_object_get_property (config, row->name, &value);
      take_value (row, &value, settings);
      g_value_unset (&value);
    }
}

void
dif_gimp_params_from_config (GObject   *config,
                             DifParams *params)
{
  DifSettings settings;

  dif_gimp_settings_from_config (config, &settings);
  *params = settings.params;
  dif_settings_clear (&settings);
}

DifModel *
dif_gimp_params_load_model_from (char       **dirs,
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
dif_gimp_params_load_model (const char  *nick,
                            GError     **error)
{
  char     **dirs = dif_gimp_params_model_dirs ();
  DifModel  *model = dif_gimp_params_load_model_from (dirs, nick, error);

  g_strfreev (dirs);
  return model;
}
