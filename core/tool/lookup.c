/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * lookup.c: search folders and names of models.  The user's GIMP folder
 * is found as GIMP 3.0 finds it: GIMP3_DIRECTORY, taken from the home
 * folder if relative, else GIMP/3.0 below the configuration folder.
 */

#include <string.h>

#include "tool/lookup.h"

static char *
user_folder (void)
{
  const char *folder = g_getenv ("GIMP3_DIRECTORY");

  if (folder != NULL && folder[0] != '\0')
    return g_build_filename (g_path_is_absolute (folder) ? "/"
                                                         : g_get_home_dir (),
                             folder, NULL);
  return g_build_filename (g_get_user_config_dir (), "GIMP", "3.0", NULL);
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
dif_lookup_folders (void)
{
  GPtrArray  *folders = g_ptr_array_new ();
  const char *listed = g_getenv ("GIMP_DIFFUSION_MODELS");
  char      **extra = g_strsplit (listed != NULL ? listed : "",
                                  G_SEARCHPATH_SEPARATOR_S, -1);
  char       *user = user_folder ();
  char       *source = source_folder ();

  for (int i = 0; extra[i] != NULL; i++)
    if (extra[i][0] != '\0')
      g_ptr_array_add (folders, g_strdup (extra[i]));
  g_ptr_array_add (folders, g_build_filename (user, "plug-ins", "diffusion",
                                              "models", NULL));
  g_ptr_array_add (folders, g_strdup (DIF_MODELS_DIR));
  if (source != NULL)
    g_ptr_array_add (folders, source);
  /* As in the plug-in: a folder of the user's with a bundled model's name
   * does not stand in for it unnoticed.
   */
  g_ptr_array_add (folders, g_build_filename (user, "diffusion-models",
                                              NULL));
  g_ptr_array_add (folders, NULL);

  g_free (user);
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
dif_lookup_model (const char  *name,
                  GError     **error)
{
  char      **folders;
  char      **paths;
  const char *path;
  GString    *names;
  DifModel   *model = NULL;

  if (is_path (name))
    return dif_model_load (name, error);

  folders = dif_lookup_folders ();
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
