/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * folder.c: folders of models, one and many.
 */

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/file.h"
#include "base/json.h"
#include "bundle/folder.h"

#define INDEX        "model_index.json"
#define WEIGHTS      "diffusion_pytorch_model"
#define MAX_UNSHUFFLE 16
#define MAX_OCTAVES   64
#define MAX_LABELS    1024

/* One folder --------------------------------------------------------- */

static gboolean
check_folder (const char  *path,
              GError     **error)
{
  GStatBuf st;

  if (g_stat (path, &st) < 0)
    {
      int missing = errno == ENOENT || errno == ENOTDIR;

      return dif_file_fault (path,
                             missing ? DIF_ERROR_NOT_FOUND : DIF_ERROR_IO,
                             error, "cannot be opened: %s.",
                             g_strerror (errno));
    }

  return S_ISDIR (st.st_mode) ||
         dif_file_fault (path, DIF_ERROR_NOT_FOUND, error,
                         "is not a folder.");
}

/* Accepts pipelines that consist of a network and a schedule alone.  They
 * differ in their sampler, and that is chosen here and not by the file.
 */
static gboolean
check_pipeline (DifJson  *json,
                GError  **error)
{
  static const char *const pipelines[] =
    { "DDPMPipeline", "DDIMPipeline", "PNDMPipeline", NULL };
  static const char *const known[] =
    { "unet", "scheduler", "pixel_unshuffle", "octaves", "camera_label",
      "jpeg_label", "name", "license", NULL };
  const char *unet[2];
  int         n;
  int         i;

  if (! dif_json_get_choice (json, "_class_name", 0, pipelines, &i, error) ||
      ! dif_json_get_strings (json, "unet", 2, unet, &n, error))
    return FALSE;

  if (n >= 0 && (n != 2 || strcmp (unet[1], "UNet2DModel") != 0))
    return dif_json_fault (json, "unet", DIF_ERROR_UNSUPPORTED, error,
                           "is not a UNet2DModel.");

  for (i = 0; i < dif_json_n_keys (json); i++)
    {
      const char *key = dif_json_key (json, i);

      if (key[0] != '_' && ! g_strv_contains (known, key) &&
          ! dif_json_is_null (json, key))
        return dif_json_fault (json, key, DIF_ERROR_UNSUPPORTED, error,
                               "is not supported as a part of a model.");
    }

  return TRUE;
}

static gboolean
read_index (const char  *path,
            DifFolder   *folder,
            GError     **error)
{
  DifJson    *json = dif_json_read (path, error);
  const char *name;
  const char *licence;
  gboolean    ok;

  if (! json)
    return FALSE;

  ok = check_pipeline (json, error) &&
       dif_json_get_int (json, "pixel_unshuffle", 1, 1, MAX_UNSHUFFLE,
                         &folder->pixel_unshuffle, error) &&
       dif_json_get_int (json, "octaves", 0, 0, MAX_OCTAVES,
                         &folder->octaves, error) &&
       dif_json_get_int (json, "camera_label", -1, 0, MAX_LABELS - 1,
                         &folder->camera_label, error) &&
       dif_json_get_int (json, "jpeg_label", -1, 0, MAX_LABELS - 1,
                         &folder->jpeg_label, error) &&
       dif_json_get_string (json, "name", NULL, &name, error) &&
       dif_json_get_string (json, "license", NULL, &licence, error);

  if (ok)
    {
      folder->name = g_strdup (name);
      folder->licence = g_strdup (licence);
    }
  dif_json_free (json);

  return ok;
}

/* The path of name in the folder's part, or beside the index if there
 * is no such part.
 */
static char *
build_path (const char *folder,
            const char *part,
            const char *name)
{
  char *path = g_build_filename (folder, part, NULL);
  char *file;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    file = g_build_filename (path, name, NULL);
  else
    file = g_build_filename (folder, name, NULL);
  g_free (path);

  return file;
}

/* Kinds of files that the library saves weights in and we do not read: what
 * their names contain, and what to say of them.
 */
static const char *const others[][2] =
{
  { ".index.", "splits the weights into parts"                       },
  { "-of-",    "is one of the parts that the weights are split into" },
  { ".bin",    "is a pickle, which could run any code"               }
};

/* A file of weights in the folder that we do not read, or NULL.  *kind is its
 * index in others, or behind the end for a name that is not in there.  Of
 * several the lowest kind is chosen, and of that the first name.
 */
static char *
find_other_weights (const char *folder,
                    guint      *kind)
{
  GDir       *dir = g_dir_open (folder, 0, NULL);
  char       *found = NULL;
  const char *name;
  guint       i;

  *kind = G_N_ELEMENTS (others);
  while (dir && (name = g_dir_read_name (dir)))
    {
      if (! g_str_has_prefix (name, WEIGHTS))
        continue;

      for (i = 0; i < G_N_ELEMENTS (others); i++)
        if (strstr (name, others[i][0]))
          break;

      if (i < *kind || (found && i == *kind && strcmp (name, found) < 0))
        {
          g_free (found);
          found = g_strdup (name);
          *kind = i;
        }
    }
  g_clear_pointer (&dir, g_dir_close);

  return found;
}

/* Finds the weights: the plain file, or else one in 16 bits. */
static gboolean
find_weights (const char  *path,
              DifFolder   *folder,
              GError     **error)
{
  static const char *const names[] =
  {
    WEIGHTS ".safetensors", WEIGHTS ".fp16.safetensors",
    WEIGHTS ".bf16.safetensors"
  };
  char  *where;
  char  *other;
  guint  i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_free (folder->weights);
      folder->weights = build_path (path, "unet", names[i]);
      if (g_file_test (folder->weights, G_FILE_TEST_EXISTS))
        return TRUE;
    }

  where = g_path_get_dirname (folder->weights);
  other = find_other_weights (where, &i);
  if (other)
    {
      char *file = g_build_filename (where, other, NULL);

      dif_file_fault (file, DIF_ERROR_UNSUPPORTED, error,
                      "%s; only %s.safetensors is read.", others[i][1],
                      WEIGHTS);
      g_free (file);
      g_free (other);
      g_free (where);
      return FALSE;
    }
  g_free (where);

  /* Opening this one will say what is wrong. */
  g_free (folder->weights);
  folder->weights = build_path (path, "unet", names[0]);
  return TRUE;
}

gboolean
dif_folder_read (const char  *path,
                 DifFolder   *folder,
                 GError     **error)
{
  char     *index = g_build_filename (path, INDEX, NULL);
  gboolean  ok;

  memset (folder, 0, sizeof (*folder));
  ok = check_folder (path, error) &&
       read_index (index, folder, error) &&
       find_weights (path, folder, error);
  g_free (index);

  if (ok)
    {
      folder->config = build_path (path, "unet", "config.json");
      folder->schedule = build_path (path, "scheduler",
                                     "scheduler_config.json");
    }

  return ok;
}

void
dif_folder_clear (DifFolder *folder)
{
  g_clear_pointer (&folder->config, g_free);
  g_clear_pointer (&folder->weights, g_free);
  g_clear_pointer (&folder->schedule, g_free);
  g_clear_pointer (&folder->name, g_free);
  g_clear_pointer (&folder->licence, g_free);
}

/* Many --------------------------------------------------------------- */

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
dif_models_find (const char *const *search_dirs)
{
  GPtrArray  *found = g_ptr_array_new ();
  GHashTable *met = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           NULL);

  for (; *search_dirs; search_dirs++)
    {
      GDir       *dir = g_dir_open (*search_dirs, 0, NULL);
      GPtrArray  *names;
      const char *name;
      guint       i;

      if (! dir)
        continue;

      names = g_ptr_array_new_with_free_func (g_free);
      while ((name = g_dir_read_name (dir)))
        g_ptr_array_add (names, g_strdup (name));
      g_dir_close (dir);
      g_ptr_array_sort (names, compare_names);

      for (i = 0; i < names->len; i++)
        {
          char *path;
          char *index;

          name = g_ptr_array_index (names, i);
          path = g_build_filename (*search_dirs, name, NULL);
          index = g_build_filename (path, INDEX, NULL);

          if (g_file_test (index, G_FILE_TEST_IS_REGULAR) &&
              g_hash_table_add (met, g_strdup (name)))
            g_ptr_array_add (found, g_steal_pointer (&path));
          g_free (index);
          g_free (path);
        }
      g_ptr_array_unref (names);
    }

  g_hash_table_unref (met);
  g_ptr_array_add (found, NULL);

  return (char **) g_ptr_array_free (found, FALSE);
}
