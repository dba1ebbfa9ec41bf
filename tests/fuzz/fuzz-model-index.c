/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fuzz-model-index.c: whatever model_index.json is accepted must name
 * files inside its folder.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "fuzz.h"
#include "bundle/folder.h"

static char *dir;
static char *file;

static void
remove_folder (void)
{
  g_remove (file);
  g_remove (dir);
  g_free (file);
  g_free (dir);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  DifFolder  folder;
  GError    *error = NULL;

  if (! dir)
    {
      dir = g_dir_make_tmp ("dif-fuzz-XXXXXX", NULL);
      FUZZ_REQUIRE (dir != NULL);
      file = g_build_filename (dir, "model_index.json", NULL);
      atexit (remove_folder);
    }

  FUZZ_REQUIRE (g_file_set_contents_full (file, (const char *) data, size,
                                          G_FILE_SET_CONTENTS_NONE, 0600,
                                          NULL));
  if (fuzz_check (dif_folder_read (dir, &folder, &error), dir, &error))
    {
      FUZZ_REQUIRE (folder.pixel_unshuffle >= 1);
      FUZZ_REQUIRE (folder.pixel_unshuffle <= 16);
      FUZZ_REQUIRE (folder.octaves >= 0 && folder.octaves <= 64);
      FUZZ_REQUIRE (folder.camera_label >= -1 && folder.camera_label < 1024);
      FUZZ_REQUIRE (folder.jpeg_label >= -1 && folder.jpeg_label < 1024);
      FUZZ_REQUIRE (g_str_has_prefix (folder.config, dir));
      FUZZ_REQUIRE (g_str_has_prefix (folder.weights, dir));
      FUZZ_REQUIRE (g_str_has_prefix (folder.schedule, dir));
    }
  dif_folder_clear (&folder);

  return 0;
}
