/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-model.c: whole models, in the forms that folders come in, and
 * the search for them.
 */

#include <glib/gstdio.h>
#include <malloc.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "job-fixture.h"
#include "bundle/bundle.h"
#include "denoise/model.h"
#include "denoise/unet/unet-private.h"

#define UNET      "tests/golden/data/unet/"
#define SCHEDULER "tests/golden/data/scheduler/ddpm-linear-eps/"
#define INDEX     "{\"_class_name\": \"DDPMPipeline\","               \
                  " \"_diffusers_version\": \"0.0.4\","                \
                  " \"scheduler\": [\"diffusers\", \"DDPMScheduler\"]," \
                  " \"unet\": [\"diffusers\", \"UNet2DModel\"]"

static DifModel *
load_ok (const char *folder)
{
  GError   *error = NULL;
  DifModel *model = dif_model_load (folder, &error);

  g_assert_no_error (error);
  g_assert_nonnull (model);

  return model;
}

/* The first 16 digits of the sum of three files. */
static char *
hash_files (const char *folder)
{
  static const char *const names[] =
  {
    "unet/config.json", "scheduler/scheduler_config.json",
    "unet/diffusion_pytorch_model.safetensors"
  };
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA256);
  char      *hash;
  guint      i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char *path = g_build_filename (folder, names[i], NULL);
      char *data;
      gsize length;

      g_assert_true (g_file_get_contents (path, &data, &length, NULL));
      g_checksum_update (sum, (guchar *) data, length);
      g_free (data);
      g_free (path);
    }
  hash = g_strndup (g_checksum_get_string (sum), 16);
  g_checksum_free (sum);

  return hash;
}

/* The model that comes with the program. */
static void
test_bundled (void)
{
  char               *folder = fixture_source ("plugin/models/photo");
  DifModel           *model = load_ok (folder);
  const DifModelInfo *info = dif_model_info (model);
  char               *hash = hash_files (folder);
  int                 t;

  g_assert_cmpstr (info->id, ==, "photo");
  g_assert_cmpstr (info->folder, ==, folder);
  g_assert_cmpint (strlen (info->name), >, 0);
  g_assert_cmpstr (info->hash, ==, hash);
  g_assert_cmpuint (info->n_parameters, ==, 11262716);
  g_assert_cmpint (info->n_train_steps, ==, 1000);
  g_assert_cmpint (info->native_size, ==, 64);
  g_assert_cmpint (info->pixel_unshuffle, ==, 2);
  g_assert_cmpint (info->octaves, ==, 4);
  g_assert_cmpint (fixture_unet (model)->config.num_class_embeds, ==, 7);
  g_assert_true (info->knows_cameras);
  g_assert_true (info->knows_jpeg);

  g_assert_cmpfloat (dif_model_alpha_bar (model, 0), ==, 1.0);
  for (t = 1; t <= info->n_train_steps; t++)
    g_assert_cmpfloat (dif_model_alpha_bar (model, t), <,
                       dif_model_alpha_bar (model, t - 1));
  g_assert_cmpfloat (dif_model_alpha_bar (model, 1000), <, 1e-6);

  g_assert_true (dif_model_ref (model) == model);
  dif_model_unref (model);
  g_assert_cmpstr (dif_model_info (model)->id, ==, "photo");
  dif_model_unref (model);
  g_free (hash);
  g_free (folder);
}

static char *
write_model (Fixture    *fixture,
             const char *network,
             const char *unet_part,
             const char *weights_name,
             const char *scheduler_part,
             const char *index)
{
  const char *copies[3][3] =
  {
    { UNET, "config.json", unet_part },
    { UNET, "diffusion_pytorch_model.safetensors", unet_part },
    { SCHEDULER, "scheduler_config.json", scheduler_part }
  };
  guint i;

  for (i = 0; i < 3; i++)
    {
      char *from = g_strconcat (copies[i][0], i < 2 ? network : "", "/",
                                copies[i][1], NULL);
      char *to = g_strconcat ("my model/", copies[i][2],
                              i == 1 ? weights_name : copies[i][1], NULL);

      g_free (fixture_copy (fixture, to, from));
      g_free (to);
      g_free (from);
    }
  g_free (fixture_text (fixture, "my model/model_index.json", index));

  return g_build_filename (fixture->dir, "my model", NULL);
}

typedef struct
{
  const char *name;
  const char *network;
  const char *unet_part;
  const char *weights_name;
  const char *scheduler_part;
  const char *index;
  int         pixel_unshuffle;
  int         octaves;
  int         native_size;
  gboolean    knows_cameras;
  gboolean    knows_jpeg;
} Form;

static const Form forms[] =
{
  { "present", "ddpm-like", "unet/", "diffusion_pytorch_model.safetensors",
    "scheduler/", INDEX "}", 1, 0, 32 },
  { "flat", "ddpm-like", "", "diffusion_pytorch_model.safetensors", "",
    INDEX "}", 1, 0, 32 },
  { "fp16", "pixelshuffle-v", "unet/",
    "diffusion_pytorch_model.fp16.safetensors", "scheduler/",
    INDEX ", \"pixel_unshuffle\": 2, \"octaves\": 6}", 2, 6, 64 },
  { "camera", "pixelshuffle-v", "unet/",
    "diffusion_pytorch_model.fp16.safetensors", "scheduler/",
    INDEX ", \"pixel_unshuffle\": 2, \"octaves\": 4, \"camera_label\": 5}", 2, 4,
    64, TRUE },
  { "jpeg", "pixelshuffle-v", "unet/",
    "diffusion_pytorch_model.fp16.safetensors", "scheduler/",
    INDEX ", \"pixel_unshuffle\": 2, \"octaves\": 4, \"jpeg_label\": 4}", 2, 4,
    64, FALSE, TRUE },
  { "bf16", "no-attention", "unet/",
    "diffusion_pytorch_model.bf16.safetensors", "scheduler/",
    INDEX ", \"pixel_unshuffle\": 4, \"vae\": null}", 4, 0, 64 }
};

static void
test_form (Fixture       *fixture,
           gconstpointer  data)
{
  const Form         *form = data;
  char               *folder = write_model (fixture, form->network,
                                            form->unet_part,
                                            form->weights_name,
                                            form->scheduler_part, form->index);
  DifModel           *model = load_ok (folder);
  const DifModelInfo *info = dif_model_info (model);

  g_assert_cmpstr (info->id, ==, "my model");
  g_assert_cmpstr (info->name, ==, "my model");
  g_assert_null (info->licence);
  g_assert_cmpint (info->pixel_unshuffle, ==, form->pixel_unshuffle);
  g_assert_cmpint (info->octaves, ==, form->octaves);
  g_assert_cmpint (info->knows_cameras, ==, form->knows_cameras);
  g_assert_cmpint (info->knows_jpeg, ==, form->knows_jpeg);
  g_assert_cmpint (info->native_size, ==, form->native_size);
  g_assert_cmpint (strlen (info->hash), ==, 16);
  dif_model_unref (model);
  g_free (folder);
}

/* What the index says for people, and the ways to write a path. */
static void
test_names (Fixture       *fixture,
            gconstpointer  data)
{
  char     *folder = write_model (fixture, "no-attention", "unet/",
                                  "diffusion_pytorch_model.safetensors",
                                  "scheduler/",
                                  INDEX ", \"pixel_unshuffle\": 4,"
                                  " \"name\": \"Brush \\u2013 fine\","
                                  " \"license\": \"CC-BY-4.0\"}");
  char     *slash = g_strconcat (folder, "/./", NULL);
  char     *link = g_build_filename (fixture->dir, "linked", NULL);
  DifModel *model = load_ok (slash);

  g_assert_cmpstr (dif_model_info (model)->id, ==, "my model");
  g_assert_cmpstr (dif_model_info (model)->folder, ==, slash);
  g_assert_cmpstr (dif_model_info (model)->name, ==,
                   "Brush \xe2\x80\x93 fine");
  g_assert_cmpstr (dif_model_info (model)->licence, ==, "CC-BY-4.0");
  dif_model_unref (model);

  g_assert_cmpint (symlink (folder, link), ==, 0);
  model = load_ok (link);
  g_assert_cmpstr (dif_model_info (model)->id, ==, "linked");
  dif_model_unref (model);
  g_free (link);
  g_free (slash);
  g_free (folder);
}

/* The hash depends on every one of the three files. */
static void
test_hash (Fixture       *fixture,
           gconstpointer  data)
{
  char       *folder = write_model (fixture, "no-attention", "unet/",
                                    "diffusion_pytorch_model.safetensors",
                                    "scheduler/",
                                    INDEX ", \"pixel_unshuffle\": 4}");
  static const char *const names[] =
  {
    "unet/config.json", "scheduler/scheduler_config.json",
    "unet/diffusion_pytorch_model.safetensors"
  };
  char  hashes[4][17];
  guint i;
  guint j;

  for (i = 0; i < 4; i++)
    {
      DifModel *model;
      char     *path;
      char     *text;
      gsize     length;

      if (i > 0)
        {
          path = g_build_filename (folder, names[i - 1], NULL);
          g_assert_true (g_file_get_contents (path, &text, &length, NULL));

          /* Space in the texts, the last bit in the weights. */
          text = g_realloc (text, length + 1);
          text[length] = ' ';
          if (i == 3)
            text[length - 4] ^= 1;
          g_assert_true (g_file_set_contents (path, text,
                                              length + (i < 3 ? 1 : 0), NULL));
          g_free (text);
          g_free (path);
        }

      model = load_ok (folder);
      g_strlcpy (hashes[i], dif_model_info (model)->hash, 17);
      for (j = 0; j < i; j++)
        g_assert_cmpstr (hashes[i], !=, hashes[j]);
      dif_model_unref (model);
    }
  g_free (folder);
}

static void
test_find (Fixture       *fixture,
           gconstpointer  data)
{
  static const char *const files[] =
  {
    "one/b/model_index.json", "one/a/model_index.json", "one/c/other.json",
    "one/model_index.json", "two/b/model_index.json",
    "two/d/model_index.json", "two/B/model_index.json"
  };
  static const char *const expected[] =
    { "one/a", "one/b", "two/B", "two/d", NULL };
  const char *dirs[5] = { NULL };
  char      **found;
  guint       i;

  for (i = 0; i < G_N_ELEMENTS (files); i++)
    g_free (fixture_text (fixture, files[i], "not read"));

  dirs[0] = g_build_filename (fixture->dir, "missing", NULL);
  dirs[1] = g_build_filename (fixture->dir, "one", NULL);
  dirs[2] = g_build_filename (fixture->dir, "one", "model_index.json", NULL);
  dirs[3] = g_build_filename (fixture->dir, "two", NULL);

  found = dif_models_find (dirs);
  g_assert_cmpuint (g_strv_length (found), ==, 4);
  for (i = 0; expected[i]; i++)
    {
      char *path = g_build_filename (fixture->dir, expected[i], NULL);

      g_assert_cmpstr (found[i], ==, path);
      g_free (path);
    }
  g_strfreev (found);

  found = dif_models_find ((const char *const[]) { NULL });
  g_assert_cmpuint (g_strv_length (found), ==, 0);
  g_strfreev (found);

  for (i = 0; i < 4; i++)
    g_free ((char *) dirs[i]);
}

/* What a network would take is known before any of it is taken. */
static void
test_memory (void)
{
  char                *folder = fixture_source ("plugin/models/photo");
  GError              *error = NULL;
  DifModel            *model = load_ok (folder);
  const DifUnetConfig *config = &fixture_unet (model)->config;
  guint64              needed, held;

  held = dif_unet_memory (config, &dif_kernels_ref, &needed);
  /* As they are read and as they are packed, in float32 both. */
  g_assert_cmpuint (held, >=, 4 * model->info.n_parameters);
  g_assert_cmpuint (held, <, 4.1 * model->info.n_parameters);
  g_assert_cmpuint (needed, >=, held + 4 * (model->info.n_parameters - 100000));
  g_assert_cmpuint (needed, <, held + 4 * model->info.n_parameters);
  held = dif_unet_memory (config, dif_kernels_get (), &needed);
  g_assert_cmpuint (dif_model_info (model)->memory, ==, held);
  g_assert_true (dif_bundle_fits ("weights.file", config, needed, &error));
  g_assert_true (dif_bundle_fits ("weights.file", config, 0, &error));
  g_assert_no_error (error);
  g_assert_false (dif_bundle_fits ("weights.file", config, needed - 1, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "weights.file"));
  g_clear_error (&error);
  g_assert_cmpuint (dif_unet_workspace (fixture_unet (model), 1, 64, 64, 1), <,
                    G_MAXINT);
  g_assert_cmpuint (dif_unet_workspace (fixture_unet (model), 1 << 20,
                                        DIF_MAX_SIDE, DIF_MAX_SIDE, 1), ==,
                    G_MAXSIZE);
  dif_model_unref (model);
  g_free (folder);
}

/* What a model says that it takes is what the blocks of its network have;
 * blocks of whole pages and lines are a little larger.
 */
static void
test_memory_held (void)
{
  char     *folder = fixture_source ("plugin/models/photo");
  DifModel *model = load_ok (folder);
  guint64   said = dif_model_info (model)->memory, held = 0;
  guint     i;

  for (i = 0; i < fixture_unet (model)->blocks->len; i++)
    held += malloc_usable_size (fixture_unet (model)->blocks->pdata[i]);
  g_test_message ("%s: %" G_GUINT64_FORMAT " bytes said, %" G_GUINT64_FORMAT
                  " held", dif_cpu_path (), said, held);
  g_assert_cmpuint (said, >=, 2 * dif_model_info (model)->n_parameters);
  g_assert_cmpuint (said, <=, held);
  g_assert_cmpuint (held - said, <, said / 10);
  dif_model_unref (model);
  g_free (folder);
}

/* A network of Ho et al. 2020 for pictures of 256 x 256: in every table most
 * of its weights are as large as those of one of its layers.
 */
static void
test_memory_large (Fixture       *fixture,
                   gconstpointer  data)
{
  static const char text[] =
    "{\"block_out_channels\": [128, 128, 256, 256, 512, 512],"
    " \"down_block_types\": [\"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\","
    " \"DownBlock2D\", \"AttnDownBlock2D\", \"DownBlock2D\"],"
    " \"up_block_types\": [\"UpBlock2D\", \"AttnUpBlock2D\", \"UpBlock2D\","
    " \"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\"],"
    " \"attention_head_dim\": null, \"downsample_padding\": 0}";
  const DifConvShape shape = { 256, 256, 3, 1 };
  const guint64      n_parameters = 113673219;
  char              *path = fixture_text (fixture, "config.json", text);
  GError            *error = NULL;
  DifUnetConfig      config;
  const DifKernels  *kernels;
  int                i;

  dif_unet_config_read (path, &config, &error);
  g_assert_no_error (error);
  for (i = 0; (kernels = dif_kernels_nth (i)); i++)
    {
      double  bytes = 4.0 * kernels->packed_size (&shape) / (9 * 256 * 256);
      guint64 held = dif_unet_memory (&config, kernels, NULL);

      g_test_message ("%s: %" G_GUINT64_FORMAT " bytes, %.1f a parameter of a layer",
                      kernels->name, held, bytes);
      g_assert_cmpfloat (held, >, 0.85 * bytes * n_parameters);
      g_assert_cmpfloat (held, <, 1.1 * bytes * n_parameters);
      if (kernels == &dif_kernels_ref)
        g_assert_cmpfloat (fabs (held / 4.0 - n_parameters), <,
                           0.001 * n_parameters);
    }
  g_free (path);
}

int
main (int   argc,
      char *argv[])
{
  guint i;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/bundled", test_bundled);
  for (i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      char *name = g_strconcat ("/model/form/", forms[i].name, NULL);

      fixture_add (name, test_form, &forms[i]);
      g_free (name);
    }
  g_test_add_func ("/model/memory", test_memory);
  g_test_add_func ("/model/memory/held", test_memory_held);
  fixture_add ("/model/memory/large", test_memory_large, NULL);
  fixture_add ("/model/names", test_names, NULL);
  fixture_add ("/model/hash", test_hash, NULL);
  fixture_add ("/model/find", test_find, NULL);

  return g_test_run ();
}
