/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * lookup.c: search folders and names of models.  The user's GIMP folder
 * is found as GIMP 3 finds it: GIMP3_DIRECTORY, taken from the home folder
 * if relative, else GIMP/3.2 below the configuration folder, with the
 * series of GIMP.  Which of them is in use is not known here: all are.
 */

#include <string.h>

#include "tool/lookup.h"

/* The N of a folder named 3.N, or -1. */
static int
series (const char *path)
{
  const char *name = strrchr (path, G_DIR_SEPARATOR);
  guint64     n;

  name = name != NULL ? name + 1 : path;
  if (! g_str_has_prefix (name, "3.") ||
      ! g_ascii_string_to_unsigned (name + 2, 10, 0, G_MAXINT, &n, NULL))
    return -1;
  return (int) n;
}

/* The newest first. */
static int
compare_series (gconstpointer a,
                gconstpointer b)
{
  return series (*(char *const *) b) - series (*(char *const *) a);
}

/* The user's GIMP folders, first choice first. */
static char **
user_folders (void)
{
  const char *folder = g_getenv ("GIMP3_DIRECTORY");
  GPtrArray  *folders = g_ptr_array_new ();
  char       *all = g_build_filename (g_get_user_config_dir (), "GIMP", NULL);
  GDir       *dir = NULL;
  const char *name;

  if (folder != NULL && folder[0] != '\0')
    g_ptr_array_add (folders, g_build_filename (
      g_path_is_absolute (folder) ? "/" : g_get_home_dir (), folder, NULL));
  else
    dir = g_dir_open (all, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (series (name) >= 0)
      g_ptr_array_add (folders, g_build_filename (all, name, NULL));
  g_ptr_array_sort (folders, compare_series);
  g_ptr_array_add (folders, NULL);

  g_clear_pointer (&dir, g_dir_close);
  g_free (all);
  return (char **) g_ptr_array_free (folders, FALSE);
}

/* plugin/models of the source tree whose build folder, directly below
 * it, holds this program; NULL for an installed one.
 */
static char *
source_folder (void)
{
  char *self = g_file_read_link ("/proc/self/exe", NULL);
  char *here = self != NULL ? g_path_get_dirname (self) : NULL;
  char *found = NULL;

  if (here != NULL && g_str_has_suffix (here, "/core/tool"))
    found = g_canonicalize_filename ("../../../plugin/models", here);
  g_free (self);
  g_free (here);
  return found;
}

char **
dif_tool_lookup_folders (void)
{
  GPtrArray  *folders = g_ptr_array_new ();
  const char *listed = g_getenv ("GIMP_DIFFUSION_MODELS");
  char      **extra = g_strsplit (listed != NULL ? listed : "",
                                  G_SEARCHPATH_SEPARATOR_S, -1);
  char      **users = user_folders ();
  char       *source = source_folder ();

  for (int i = 0; extra[i] != NULL; i++)
    if (extra[i][0] != '\0')
      g_ptr_array_add (folders, g_strdup (extra[i]));
  for (int i = 0; users[i] != NULL; i++)
    g_ptr_array_add (folders, g_build_filename (users[i], "plug-ins",
                                                "diffusion", "models", NULL));
  g_ptr_array_add (folders, g_strdup (DIF_MODELS_DIR));
  if (source != NULL)
    g_ptr_array_add (folders, source);
  /* As in the plug-in: a folder of the user's with a bundled model's name
   * does not stand in for it unnoticed.
   */
  for (int i = 0; users[i] != NULL; i++)
    g_ptr_array_add (folders, g_build_filename (users[i], "diffusion-models",
                                                NULL));
  g_ptr_array_add (folders, NULL);

  g_strfreev (users);
  g_strfreev (extra);
  return (char **) g_ptr_array_free (folders, FALSE);
}

static gboolean
is_path (const char *name)
{
  char    *index = g_build_filename (name, "model_index.json", NULL);
  gboolean found = strchr (name, G_DIR_SEPARATOR) != NULL ||
                   g_file_test (index, G_FILE_TEST_EXISTS);

  g_free (index);
  return found;
}

/* Looks for name among the paths; lists the names for a message. */
static const char *
find_name (char       **paths,
           const char  *name,
           GString     *names)
{
  for (int i = 0; paths[i] != NULL; i++)
    {
      const char *base = strrchr (paths[i], G_DIR_SEPARATOR);

      base = base != NULL ? base + 1 : paths[i];
      if (strcmp (base, name) == 0)
        return paths[i];
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", base);
    }
  return NULL;
}

DifModel *
dif_tool_lookup_model (const char *name,
                       GError    **error)
{
  char      **folders;
  char      **paths;
  const char *path;
  GString    *names;
  DifModel   *model = NULL;

  if (is_path (name))
    return dif_model_load (name, error);

  folders = dif_tool_lookup_folders ();
  paths = dif_models_find ((const char *const *) folders);
  names = g_string_new (NULL);
  path = find_name (paths, name, names);
  if (path != NULL)
    model = dif_model_load (path, error);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOT_FOUND,
                 "there is no model \"%s\"; there is: %s", name,
                 names->len > 0 ? names->str : "none");
  g_string_free (names, TRUE);
  g_strfreev (paths);
  g_strfreev (folders);
  return model;
}
