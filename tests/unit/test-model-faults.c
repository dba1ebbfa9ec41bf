/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-model-faults.c: folders that are no model, or a broken one: each
 * is refused with the file's name and the fault.
 */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

#define INDEX "{\"_class_name\": \"DDPMPipeline\", \"pixel_unshuffle\": 4"

#define MODEL_INDEX "m/model_index.json"
#define CONFIG      "m/unet/config.json"
#define WEIGHTS     "m/unet/diffusion_pytorch_model.safetensors"
#define SCHEDULE    "m/scheduler/scheduler_config.json"

/* A valid model of the named network, for a case to spoil. */
static void
write_model (Fixture    *fixture,
             const char *network,
             const char *index)
{
  char *config = g_strdup_printf ("tests/golden/data/unet/%s/config.json",
                                  network);
  char *weights = g_strdup_printf ("tests/golden/data/unet/%s/"
                                   "diffusion_pytorch_model.safetensors",
                                   network);

  g_free (fixture_text (fixture, MODEL_INDEX, index));
  g_free (fixture_copy (fixture, CONFIG, config));
  g_free (fixture_copy (fixture, WEIGHTS, weights));
  g_free (fixture_copy (fixture, SCHEDULE,
                        "tests/golden/data/scheduler/ddpm-linear-eps/"
                        "scheduler_config.json"));
  g_free (weights);
  g_free (config);
}

static void
expect_fault (Fixture    *fixture,
              const char *folder,
              DifError    code,
              const char *file,
              const char *fault)
{
  char   *path = g_build_filename (fixture->dir, folder, NULL);
  GError *error = NULL;

  g_assert_null (dif_model_load (path, &error));
  fixture_fault (&error, code, file, fault);
  g_free (path);
}

static void
test_no_folder (Fixture       *fixture,
                gconstpointer  data)
{
  GError *error = NULL;
  char   *loop = g_build_filename (fixture->dir, "loop", NULL);

  g_assert_null (dif_model_load ("", &error));
  fixture_fault (&error, DIF_ERROR_NOT_FOUND, "", "cannot be opened");
  expect_fault (fixture, "m", DIF_ERROR_NOT_FOUND, "m:", "cannot be opened");

  g_free (fixture_text (fixture, "file", "x"));
  expect_fault (fixture, "file", DIF_ERROR_NOT_FOUND, "file:",
                "is not a folder");
  expect_fault (fixture, "file/m", DIF_ERROR_NOT_FOUND, "file/m:",
                "cannot be opened");

  g_assert_cmpint (symlink (loop, loop), ==, 0);
  expect_fault (fixture, "loop", DIF_ERROR_IO, "loop:", "cannot be opened");

  expect_fault (fixture, ".", DIF_ERROR_NOT_FOUND, "model_index.json",
                "cannot be opened");
  g_free (loop);
}

/* Each of the four files, spoiled in each of these ways. */
static void
test_bad_file (Fixture       *fixture,
               gconstpointer  data)
{
  const char *name = data;
  char       *path = g_build_filename (fixture->dir, name, NULL);

  write_model (fixture, "no-attention", INDEX "}");
  g_assert_cmpint (g_remove (path), ==, 0);
  expect_fault (fixture, "m", DIF_ERROR_NOT_FOUND, name, "cannot be opened");

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  expect_fault (fixture, "m", DIF_ERROR_IO, name, "is not a regular file");
  g_assert_cmpint (g_remove (path), ==, 0);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  expect_fault (fixture, "m", DIF_ERROR_IO, name, "is not a regular file");
  g_assert_cmpint (g_remove (path), ==, 0);

  /* A dangling link to the weights is as good as none. */
  g_assert_cmpint (symlink ("nowhere", path), ==, 0);
  expect_fault (fixture, "m", DIF_ERROR_NOT_FOUND, name, "cannot be opened");
  g_assert_cmpint (g_remove (path), ==, 0);

  g_assert_cmpint (symlink (path, path), ==, 0);
  expect_fault (fixture, "m", DIF_ERROR_IO, name, "cannot be opened");
  g_assert_cmpint (g_remove (path), ==, 0);

  g_free (fixture_text (fixture, name, ""));
  expect_fault (fixture, "m", DIF_ERROR_MALFORMED, name, "");
  g_free (fixture_text (fixture, name, "not what it should be"));
  expect_fault (fixture, "m", DIF_ERROR_MALFORMED, name, "");
  g_free (fixture_text (fixture, name,
                        "version https://git-lfs.github.com/spec/v1\n"
                        "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32"
                        "b1258daaa5e2ca24d17e2393\nsize 12345\n"));
  expect_fault (fixture, "m", DIF_ERROR_NOT_FOUND, name,
                "is a Git LFS pointer");
  g_free (path);
}

/* Weights that we do not read are named, not merely missed. */
static void
test_other_weights (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char *const others[][2] =
  {
    { ".bin", "is a pickle, which could run any code" },
    { "-00002-of-00002.safetensors", "is one of the parts" },
    { "-00001-of-00002.safetensors", "is one of the parts" },
    { "-00001-of-00002.bin", "is one of the parts" },
    { ".safetensors.index.json", "splits the weights into parts" },
    { ".safetensors.index.fp16.json", "splits the weights into parts" },
    { ".bin.index.json", "splits the weights into parts" }
  };
  char  *path = g_build_filename (fixture->dir, WEIGHTS, NULL);
  guint  i;

  write_model (fixture, "no-attention", INDEX "}");
  g_assert_cmpint (g_remove (path), ==, 0);

  /* Each goes before those before it. */
  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      char *name = g_strconcat ("m/unet/diffusion_pytorch_model",
                                others[i][0], NULL);

      g_free (fixture_text (fixture, name, "x"));
      expect_fault (fixture, "m", DIF_ERROR_UNSUPPORTED, name, others[i][1]);
      expect_fault (fixture, "m", DIF_ERROR_UNSUPPORTED, name,
                    "; only diffusion_pytorch_model.safetensors is read");
      g_free (name);
    }
  g_free (path);
}

typedef struct
{
  const char *network;
  const char *index;
  DifError    code;
  const char *file;
  const char *fault;
} Mismatch;

static const Mismatch mismatches[] =
{
  { "no-attention", "[]", DIF_ERROR_MALFORMED, MODEL_INDEX,
    "does not hold a JSON object" },
  { "no-attention", INDEX ", \"pixel_unshuffle\": 4}", DIF_ERROR_MALFORMED,
    MODEL_INDEX, "gives the same key twice" },
  { "no-attention", "{\"_class_name\": \"StableDiffusionPipeline\"}",
    DIF_ERROR_UNSUPPORTED, MODEL_INDEX,
    "key \"_class_name\": \"StableDiffusionPipeline\" is not supported" },
  { "no-attention", INDEX ", \"vqvae\": [\"diffusers\", \"VQModel\"]}",
    DIF_ERROR_UNSUPPORTED, MODEL_INDEX,
    "key \"vqvae\": is not supported as a part" },
  { "no-attention", INDEX ", \"unet\": [\"diffusers\", "
    "\"UNet2DConditionModel\"]}", DIF_ERROR_UNSUPPORTED, MODEL_INDEX,
    "key \"unet\": is not a UNet2DModel" },
  { "no-attention", "{\"pixel_unshuffle\": 0}", DIF_ERROR_MALFORMED,
    MODEL_INDEX, "key \"pixel_unshuffle\": is 0, outside 1 to 16" },
  { "no-attention", INDEX ", \"octaves\": -1}", DIF_ERROR_MALFORMED,
    MODEL_INDEX, "key \"octaves\": is -1, outside 0 to 64" },
  { "no-attention", INDEX ", \"name\": 5}", DIF_ERROR_MALFORMED, MODEL_INDEX,
    "key \"name\": must be a string" },
  { "no-attention", "{}", DIF_ERROR_UNSUPPORTED, CONFIG,
    "key \"in_channels\": is 48, but a colour picture with pixel_unshuffle 1 "
    "has 3" },
  { "no-attention", INDEX ", \"octaves\": 2}", DIF_ERROR_MALFORMED, CONFIG,
    "takes no class label" },
  { "resnet-resample", "{}", DIF_ERROR_UNSUPPORTED, CONFIG,
    "key \"out_channels\": is 6, twice in_channels: networks with a learned "
    "variance" },
  { "pixelshuffle-v", "{\"pixel_unshuffle\": 2}", DIF_ERROR_UNSUPPORTED,
    CONFIG, "the network wants a class label" },
  { "pixelshuffle-v", "{\"pixel_unshuffle\": 2, \"octaves\": 7}",
    DIF_ERROR_MALFORMED, CONFIG, "key \"num_class_embeds\": is 7, but the "
    "octaves of model_index.json and \"unknown\" take 8" },
  { "pixelshuffle-v", "{\"pixel_unshuffle\": 2, \"octaves\": 4, "
    "\"camera_label\": 3}", DIF_ERROR_MALFORMED, CONFIG,
    "the \"camera_label\" of model_index.json is 3, which is none" },
  { "pixelshuffle-v", "{\"pixel_unshuffle\": 2, \"octaves\": 4, "
    "\"camera_label\": 6}", DIF_ERROR_MALFORMED, CONFIG,
    "the \"camera_label\" of model_index.json is 6, which is none" },
  { "no-attention", INDEX ", \"camera_label\": 0}", DIF_ERROR_MALFORMED, CONFIG,
    "the \"camera_label\" of model_index.json is 0, which is none" },
  { "no-attention", INDEX ", \"camera_label\": -1}", DIF_ERROR_MALFORMED,
    MODEL_INDEX, "key \"camera_label\": is -1, outside 0 to 1023" },
  { "pixelshuffle-v", "{\"pixel_unshuffle\": 2, \"octaves\": 4, "
    "\"jpeg_label\": 3}", DIF_ERROR_MALFORMED, CONFIG,
    "the \"jpeg_label\" of model_index.json is 3, which is none" },
  { "pixelshuffle-v", "{\"pixel_unshuffle\": 2, \"octaves\": 4, "
    "\"jpeg_label\": 6}", DIF_ERROR_MALFORMED, CONFIG,
    "the \"jpeg_label\" of model_index.json is 6, which is none" },
  { "no-attention", INDEX ", \"jpeg_label\": 0}", DIF_ERROR_MALFORMED, CONFIG,
    "the \"jpeg_label\" of model_index.json is 0, which is none" },
  { "no-attention", INDEX ", \"jpeg_label\": 1024}", DIF_ERROR_MALFORMED,
    MODEL_INDEX, "key \"jpeg_label\": is 1024, outside 0 to 1023" }
};

static void
test_mismatch (Fixture       *fixture,
               gconstpointer  data)
{
  const Mismatch *mismatch = data;

  write_model (fixture, mismatch->network, mismatch->index);
  expect_fault (fixture, "m", mismatch->code, mismatch->file,
                mismatch->fault);
}

/* A valid file changed in one place. */
typedef struct
{
  const char *name;
  const char *file;
  const char *from;
  const char *to;
  DifError    code;
  const char *fault_file;
  const char *fault;
} Edit;

static const Edit edits[] =
{
  { "missing", WEIGHTS, "\"conv_in.bias\"", "\"conv_in.bios\"",
    DIF_ERROR_MALFORMED, WEIGHTS, "tensor \"conv_in.bias\" is missing" },
  { "unknown-key", CONFIG, "\"layers_per_block\": 1",
    "\"layers_per_block\": 1, \"x\": 0", DIF_ERROR_UNSUPPORTED, CONFIG,
    "key \"x\": is not known" },
  { "surplus", CONFIG, "\"mid_block_type\": \"UNetMidBlock2D\"",
    "\"mid_block_type\": null", DIF_ERROR_MALFORMED, WEIGHTS,
    "has no place in the network" },
  { "layers", CONFIG, "\"layers_per_block\": 1", "\"layers_per_block\": 2",
    DIF_ERROR_MALFORMED, WEIGHTS, "is missing" },
  { "channels", CONFIG, "    48,\n", "    64,\n", DIF_ERROR_MALFORMED,
    WEIGHTS, "has shape [" },
  { "shift", CONFIG, "\"scale_shift\"", "\"default\"", DIF_ERROR_MALFORMED,
    WEIGHTS, "has shape [" },
  { "shape", WEIGHTS, "[48,48,3,3]", "[48,3,3,48]", DIF_ERROR_MALFORMED,
    WEIGHTS, "tensor \"conv_in.weight\" has shape [48, 3, 3, 48], but" },
  { "dtype", WEIGHTS, "\"conv_in.bias\":{\"dtype\":\"F32\"",
    "\"conv_in.bias\":{\"dtype\":\"I32\"", DIF_ERROR_UNSUPPORTED, WEIGHTS,
    "\"conv_in.bias\" does not hold floating-point numbers" },
  { "schedule", SCHEDULE, "\"linear\"", "\"sigmoid\"", DIF_ERROR_UNSUPPORTED,
    SCHEDULE, "beta_schedule" }
};

/* Finds bytes in bytes. */
static char *
find_bytes (char       *data,
            gsize       length,
            const char *wanted)
{
  char *found = memmem (data, length, wanted, strlen (wanted));

  g_assert_nonnull (found);
  return found;
}

static void
test_edit (Fixture       *fixture,
           gconstpointer  data)
{
  const Edit *edit = data;
  GString    *text = g_string_new (NULL);
  char       *path = g_build_filename (fixture->dir, edit->file, NULL);
  char       *bytes;
  gsize       length;
  gsize       at;

  write_model (fixture, "no-attention", INDEX "}");
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  at = find_bytes (bytes, length, edit->from) - bytes;
  g_string_append_len (text, bytes, length);
  g_string_erase (text, at, strlen (edit->from));
  g_string_insert (text, at, edit->to);
  g_free (fixture_write (fixture, edit->file, text->str, text->len));

  expect_fault (fixture, "m", edit->code, edit->fault_file, edit->fault);
  g_free (bytes);
  g_free (path);
  g_string_free (text, TRUE);
}

static void
test_data (Fixture       *fixture,
           gconstpointer  data)
{
  static const guint8 nan[] = { 0x00, 0x00, 0xc0, 0x7f };
  char  *path = g_build_filename (fixture->dir, WEIGHTS, NULL);
  char  *bytes;
  gsize  length;

  write_model (fixture, "no-attention", INDEX "}");
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));

  /* The last value of the last tensor. */
  memcpy (bytes + length - 4, nan, 4);
  g_free (fixture_write (fixture, WEIGHTS, bytes, length));
  expect_fault (fixture, "m", DIF_ERROR_MALFORMED, WEIGHTS,
                "holds NaN or infinity");

  /* The file cut in the data, in the header, and longer than it says. */
  memset (bytes + length - 4, 0, 4);
  g_free (fixture_write (fixture, WEIGHTS, bytes, length - 1));
  expect_fault (fixture, "m", DIF_ERROR_MALFORMED, WEIGHTS,
                "lies beyond the end of the file, which is truncated");
  g_free (fixture_write (fixture, WEIGHTS, bytes, 1000));
  expect_fault (fixture, "m", DIF_ERROR_MALFORMED, WEIGHTS,
                "is truncated: the header should have 10488 bytes");
  bytes = g_realloc (bytes, length + 1);
  bytes[length] = 0;
  g_free (fixture_write (fixture, WEIGHTS, bytes, length + 1));
  expect_fault (fixture, "m", DIF_ERROR_MALFORMED, WEIGHTS,
                "has 1 bytes after its last tensor");
  g_free (bytes);
  g_free (path);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const files[] =
    { MODEL_INDEX, CONFIG, WEIGHTS, SCHEDULE };
  char  name[80];
  guint i;

  g_test_init (&argc, &argv, NULL);

  fixture_add ("/model-faults/no-folder", test_no_folder, NULL);
  for (i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_snprintf (name, sizeof (name), "/model-faults/bad-file/%s",
                  strrchr (files[i], '/') + 1);
      fixture_add (name, test_bad_file, files[i]);
    }
  fixture_add ("/model-faults/other-weights", test_other_weights, NULL);
  for (i = 0; i < G_N_ELEMENTS (mismatches); i++)
    {
      g_snprintf (name, sizeof (name), "/model-faults/mismatch/%u", i);
      fixture_add (name, test_mismatch, &mismatches[i]);
    }
  for (i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_snprintf (name, sizeof (name), "/model-faults/edit/%s",
                  edits[i].name);
      fixture_add (name, test_edit, &edits[i]);
    }
  fixture_add ("/model-faults/data", test_data, NULL);

  return g_test_run ();
}
