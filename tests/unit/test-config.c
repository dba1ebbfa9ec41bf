/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-config.c: config.json of a network: defaults, variants, and what
 * is refused by the key's name.
 */

#include <string.h>

#include "fixture.h"
#include "denoise/unet/config.h"

/* A valid configuration, in which a case replaces one key. */
static const char *const base[][2] =
{
  { "in_channels",        "3"                                   },
  { "out_channels",       "3"                                   },
  { "block_out_channels", "[32, 64]"                            },
  { "down_block_types",   "[\"DownBlock2D\", \"DownBlock2D\"]"  },
  { "up_block_types",     "[\"UpBlock2D\", \"UpBlock2D\"]"      },
  { "norm_num_groups",    "16"                                  }
};

static char *
write_config (Fixture    *fixture,
              const char *key,
              const char *value)
{
  GString *text = g_string_new ("{\"_class_name\": \"UNet2DModel\"");
  char    *path;
  guint    i;

  for (i = 0; i < G_N_ELEMENTS (base); i++)
    if (strcmp (base[i][0], key) != 0)
      g_string_append_printf (text, ", \"%s\": %s", base[i][0], base[i][1]);
  if (strcmp (key, "_class_name") == 0)
    g_string_assign (text, "{\"a\": 1");
  g_string_append_printf (text, ", \"%s\": %s}", key, value);

  path = fixture_text (fixture, "config.json", text->str);
  g_string_free (text, TRUE);

  return path;
}

static DifUnetConfig
read_ok (Fixture    *fixture,
         const char *key,
         const char *value)
{
  DifUnetConfig  config;
  GError        *error = NULL;
  char          *path = write_config (fixture, key, value);

  dif_unet_config_read (path, &config, &error);
  g_assert_no_error (error);
  g_free (path);

  return config;
}

/* Defaults are those of the class's signature. */
static void
test_defaults (Fixture       *fixture,
               gconstpointer  data)
{
  static const int channels[] = { 224, 448, 672, 896 };
  DifUnetConfig  config;
  GError        *error = NULL;
  char          *path = fixture_text (fixture, "config.json", "{}");
  int            i;

  g_assert_true (dif_unet_config_read (path, &config, &error));
  g_assert_no_error (error);
  g_assert_cmpint (config.in_channels, ==, 3);
  g_assert_cmpint (config.out_channels, ==, 3);
  g_assert_cmpint (config.n_levels, ==, 4);
  g_assert_cmpint (config.layers_per_block, ==, 2);
  for (i = 0; i < 4; i++)
    {
      g_assert_cmpint (config.down[i].channels, ==, channels[i]);
      g_assert_cmpint (config.up[3 - i].channels, ==, channels[i]);
      g_assert_cmpint (config.down[i].attention, ==, i > 0);
      g_assert_cmpint (config.up[i].attention, ==, i < 3);
      g_assert_cmpint (config.down[i].resample_present, ==, i < 3);
      g_assert_cmpint (config.up[i].resample_present, ==, i < 3);
      g_assert_cmpint (config.down[i].resample, ==, DIF_RESAMPLE_CONV);
      g_assert_cmpint (config.up[i].resample, ==, DIF_RESAMPLE_CONV);
    }
  g_assert_cmpint (config.head_dim, ==, 8);
  g_assert_cmpint (config.norm_groups, ==, 32);
  g_assert_cmpint (config.attn_norm_groups, ==, 32);
  g_assert_cmpfloat (config.norm_eps, ==, 1e-5f);
  g_assert_cmpint (config.downsample_padding, ==, 1);
  g_assert_false (config.scale_shift);
  g_assert_true (config.mid_block && config.mid_attention);
  g_assert_cmpfloat (config.mid_scale, ==, 1.f);
  g_assert_false (config.center_input);
  g_assert_true (config.flip_sin_to_cos);
  g_assert_cmpfloat (config.freq_shift, ==, 0.f);
  g_assert_cmpint (config.time_embed_dim, ==, 896);
  g_assert_cmpint (config.class_embed, ==, DIF_CLASS_NONE);
  g_assert_cmpint (config.sample_size, ==, 0);
  g_free (path);
}

/* As the first published checkpoints have it: few keys, null heads, and
 * names that the class no longer writes.
 */
static void
test_old (Fixture       *fixture,
          gconstpointer  data)
{
  const char *text =
    "{\"_class_name\": \"UNet2DModel\", \"_diffusers_version\": \"0.0.4\","
    " \"act_fn\": \"silu\", \"attention_head_dim\": null,"
    " \"block_out_channels\": [128, 128, 256, 256, 512, 512],"
    " \"center_input_sample\": false, \"down_block_types\": "
    " [\"UNetResDownBlock2D\", \"DownBlock2D\", \"DownBlock2D\","
    " \"DownBlock2D\", \"UNetResAttnDownBlock2D\", \"DownBlock2D\"],"
    " \"downsample_padding\": 0, \"flip_sin_to_cos\": false,"
    " \"freq_shift\": 1, \"in_channels\": 3, \"layers_per_block\": 2,"
    " \"mid_block_scale_factor\": 1, \"norm_eps\": 1e-06,"
    " \"norm_num_groups\": 32, \"out_channels\": 3, \"sample_size\": 256,"
    " \"time_embedding_type\": \"positional\", \"up_block_types\": "
    " [\"UpBlock2D\", \"AttnUpBlock2D\", \"UpBlock2D\", \"UpBlock2D\","
    " \"UpBlock2D\", \"UpBlock2D\"], \"decay\": 0.9999, \"power\": 0.75}";
  DifUnetConfig  config;
  GError        *error = NULL;
  char          *path = fixture_text (fixture, "config.json", text);
  int            i;

  g_assert_true (dif_unet_config_read (path, &config, &error));
  g_assert_no_error (error);
  g_assert_cmpint (config.n_levels, ==, 6);
  g_assert_cmpint (config.head_dim, ==, 0);
  g_assert_cmpint (config.downsample_padding, ==, 0);
  g_assert_cmpfloat (config.freq_shift, ==, 1.f);
  g_assert_false (config.flip_sin_to_cos);
  g_assert_cmpfloat (config.norm_eps, ==, 1e-6f);
  g_assert_cmpint (config.sample_size, ==, 256);
  g_assert_cmpint (config.attn_norm_groups, ==, 32);
  for (i = 0; i < 6; i++)
    {
      g_assert_cmpint (config.down[i].attention, ==, i == 4);
      g_assert_cmpint (config.up[i].attention, ==, i == 1);
    }
  g_free (path);
}

static void
test_blocks (Fixture       *fixture,
             gconstpointer  data)
{
  DifUnetConfig config;

  /* The resnet kind is in the name; "resample" of attention blocks is
   * in a key of its own, which says nothing about the plain ones.
   */
  config = read_ok (fixture, "down_block_types",
                    "[\"ResnetDownsampleBlock2D\", \"AttnDownBlock2D\"]");
  g_assert_cmpint (config.down[0].resample, ==, DIF_RESAMPLE_RESNET);
  g_assert_cmpint (config.down[1].resample, ==, DIF_RESAMPLE_CONV);
  g_assert_false (config.down[0].attention);
  g_assert_true (config.down[1].attention);
  g_assert_cmpint (config.up[0].resample, ==, DIF_RESAMPLE_CONV);

  config = read_ok (fixture, "down_block_types",
                    "[\"AttnDownBlock2D\", \"DownBlock2D\"], "
                    "\"downsample_type\": \"resnet\"");
  g_assert_cmpint (config.down[0].resample, ==, DIF_RESAMPLE_RESNET);
  config = read_ok (fixture, "downsample_type", "\"resnet\"");
  g_assert_cmpint (config.down[0].resample, ==, DIF_RESAMPLE_CONV);

  config = read_ok (fixture, "up_block_types",
                    "[\"AttnUpBlock2D\", \"ResnetUpsampleBlock2D\"], "
                    "\"upsample_type\": \"resnet\"");
  g_assert_cmpint (config.up[0].resample, ==, DIF_RESAMPLE_RESNET);
  g_assert_cmpint (config.up[1].resample, ==, DIF_RESAMPLE_RESNET);
  g_assert_false (config.up[1].resample_present);
  config = read_ok (fixture, "up_block_types",
                    "[\"AttnUpBlock2D\", \"UpBlock2D\"], "
                    "\"upsample_type\": null");
  g_assert_cmpint (config.up[0].resample, ==, DIF_RESAMPLE_CONV);
  g_assert_true (config.up[0].attention);
}

static void
test_variants (Fixture       *fixture,
               gconstpointer  data)
{
  DifUnetConfig config;

  config = read_ok (fixture, "resnet_time_scale_shift", "\"scale_shift\"");
  g_assert_true (config.scale_shift);
  g_assert_cmpint (config.attn_norm_groups, ==, 0);
  config = read_ok (fixture, "resnet_time_scale_shift",
                    "\"scale_shift\", \"attn_norm_num_groups\": 4");
  g_assert_cmpint (config.attn_norm_groups, ==, 4);
  config = read_ok (fixture, "attn_norm_num_groups", "null");
  g_assert_cmpint (config.attn_norm_groups, ==, 16);

  g_assert_false (read_ok (fixture, "mid_block_type", "null").mid_block);
  g_assert_false (read_ok (fixture, "add_attention", "false").mid_attention);
  g_assert_cmpfloat (read_ok (fixture, "mid_block_scale_factor",
                              "1.5").mid_scale, ==, 1.5f);
  g_assert_true (read_ok (fixture, "center_input_sample",
                          "true").center_input);
  g_assert_cmpint (read_ok (fixture, "time_embedding_dim",
                            "100").time_embed_dim, ==, 100);
  g_assert_cmpint (read_ok (fixture, "time_embedding_dim",
                            "null").time_embed_dim, ==, 128);
  g_assert_cmpint (read_ok (fixture, "sample_size", "[48, 32]").sample_size,
                   ==, 32);
  g_assert_cmpint (read_ok (fixture, "sample_size", "null").sample_size,
                   ==, 0);
  read_ok (fixture, "act_fn", "\"swish\"");
  read_ok (fixture, "dropout", "0.5");
  read_ok (fixture, "num_train_timesteps", "1000");
  read_ok (fixture, "_anything", "[{}]");

  config = read_ok (fixture, "num_class_embeds", "10");
  g_assert_cmpint (config.class_embed, ==, DIF_CLASS_EMBEDDING);
  g_assert_cmpint (config.num_class_embeds, ==, 10);
  config = read_ok (fixture, "class_embed_type", "\"timestep\"");
  g_assert_cmpint (config.class_embed, ==, DIF_CLASS_TIMESTEP);
  config = read_ok (fixture, "class_embed_type",
                    "null, \"num_class_embeds\": null");
  g_assert_cmpint (config.class_embed, ==, DIF_CLASS_NONE);

  /* Heads matter only where there is attention. */
  config = read_ok (fixture, "attention_head_dim",
                    "7, \"add_attention\": false");
  g_assert_cmpint (config.head_dim, ==, 7);
}

typedef struct
{
  const char *key;
  const char *value;
  DifError    code;
  const char *fault;
} Refusal;

#define BAD(key, value, fault) \
  { key, value, DIF_ERROR_MALFORMED, "key \"" key "\": " fault }
#define NOT_RUN(key, value, fault) \
  { key, value, DIF_ERROR_UNSUPPORTED, "key \"" key "\": " fault }

static const Refusal refusals[] =
{
  NOT_RUN ("_class_name", "\"UNet1DModel\"", "\"UNet1DModel\" is not"),
  NOT_RUN ("act_fn", "\"gelu\"", "\"gelu\" is not supported"),
  NOT_RUN ("time_embedding_type", "\"fourier\"", "\"fourier\" is not"),
  NOT_RUN ("time_embedding_type", "\"learned\"", "\"learned\" is not"),
  NOT_RUN ("class_embed_type", "\"identity\"", "\"identity\" is not"),
  NOT_RUN ("mid_block_type", "\"UNetMidBlock2DCrossAttn\"",
           "\"UNetMidBlock2DCrossAttn\" is not"),
  NOT_RUN ("resnet_time_scale_shift", "\"spatial\"", "\"spatial\" is not"),
  NOT_RUN ("downsample_type", "\"fir\"", "\"fir\" is not supported"),
  NOT_RUN ("upsample_type", "\"fir\"", "\"fir\" is not supported"),
  NOT_RUN ("down_block_types", "[\"DownBlock2D\", \"SkipDownBlock2D\"]",
           "\"SkipDownBlock2D\" is not supported"),
  NOT_RUN ("up_block_types", "[\"CrossAttnUpBlock2D\", \"UpBlock2D\"]",
           "\"CrossAttnUpBlock2D\" is not supported"),
  NOT_RUN ("cross_attention_dim", "768", "is not known"),
  NOT_RUN ("attention_head_dim", "24", "24 does not divide 64 channels"),
  NOT_RUN ("block_out_channels", "[33, 64]", "starts with an odd number"),
  NOT_RUN ("block_out_channels", "[4096, 4096]", "implies about"),
  { "num_class_embeds", "65536, \"time_embedding_dim\": 16384",
    DIF_ERROR_UNSUPPORTED, "implies about 1.08e+09 parameters" },

  BAD ("in_channels", "0", "is 0, outside 1 to 4096"),
  BAD ("in_channels", "\"3\"", "must be a whole number"),
  BAD ("out_channels", "-3", "is -3, outside 1 to 4096"),
  BAD ("out_channels", "null", "must be a whole number"),
  BAD ("layers_per_block", "17", "is 17, outside 1 to 16"),
  BAD ("layers_per_block", "1.5", "must be a whole number"),
  BAD ("block_out_channels", "[]", "is empty"),
  BAD ("block_out_channels", "[32, 8192]", "is 8192, outside 1 to 4096"),
  BAD ("block_out_channels", "32", "must be an array"),
  BAD ("block_out_channels", "[32,32,32,32,32,32,32,32,32]",
       "has 9 elements, more than 8"),
  BAD ("down_block_types", "[\"DownBlock2D\"]", "has 1 blocks, but"),
  BAD ("up_block_types", "[\"UpBlock2D\", 5]", "must be a string"),
  BAD ("norm_num_groups", "12", "12 does not divide 32 channels"),
  BAD ("norm_num_groups", "0", "is 0, outside 1"),
  BAD ("norm_num_groups", "null", "must be a whole number"),
  BAD ("attn_norm_num_groups", "48", "48 does not divide 64 channels"),
  BAD ("norm_eps", "0", "is 0, outside"),
  BAD ("norm_eps", "Infinity", "is inf, outside"),
  BAD ("mid_block_scale_factor", "0", "is 0, outside"),
  BAD ("mid_block_scale_factor", "true", "must be a number"),
  BAD ("downsample_padding", "2", "is 2, outside 0 to 1"),
  BAD ("freq_shift", "16", "is 16, outside 0 to 15.5"),
  BAD ("flip_sin_to_cos", "1", "must be true or false"),
  BAD ("add_attention", "null", "must be true or false"),
  BAD ("attention_head_dim", "0", "is 0, outside 1"),
  BAD ("num_class_embeds", "0", "is 0, outside 1"),
  BAD ("num_class_embeds", "1000000", "is 1000000, outside 1"),
  BAD ("time_embedding_dim", "-1", "is -1, outside 1"),
  BAD ("sample_size", "[32, 32, 32]", "must be a size in pixels"),
  BAD ("sample_size", "0", "must be a size in pixels"),
  BAD ("sample_size", "{}", "must be a size in pixels")
};

static void
test_refusal (Fixture       *fixture,
              gconstpointer  data)
{
  const Refusal *refusal = data;
  DifUnetConfig  config;
  GError        *error = NULL;
  char          *path = write_config (fixture, refusal->key, refusal->value);

  g_assert_false (dif_unet_config_read (path, &config, &error));
  fixture_fault (&error, refusal->code, path, refusal->fault);
  g_free (path);
}

/* The configurations that the network is tested with. */
static void
test_golden (void)
{
  static const struct
  {
    const char *folder;
    int         in;
    int         out;
    int         levels;
    gboolean    scale_shift;
    int         head_dim;
    int         attn_groups;
    int         labels;
    int         padding;
  }
  cases[] =
  {
    { "tests/golden/data/unet/ddpm-like", 3, 3, 4, FALSE, 0, 32, 0, 0 },
    { "tests/golden/data/unet/no-attention", 48, 48, 2, TRUE, 8, 0, 0, 1 },
    { "tests/golden/data/unet/pixelshuffle-v", 12, 12, 3, TRUE, 16, 0, 7, 1 },
    { "tests/golden/data/unet/resnet-resample", 3, 6, 3, TRUE, 32, 0, 0, 1 },
    { "plugin/models/photo/unet", 12, 12, 4, TRUE, 32, 16, 7, 1 }
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char          *name = g_strconcat (cases[i].folder, "/config.json", NULL);
      char          *path = fixture_source (name);
      GError        *error = NULL;
      DifUnetConfig  config;

      dif_unet_config_read (path, &config, &error);
      g_assert_no_error (error);
      g_assert_cmpint (config.in_channels, ==, cases[i].in);
      g_assert_cmpint (config.out_channels, ==, cases[i].out);
      g_assert_cmpint (config.n_levels, ==, cases[i].levels);
      g_assert_cmpint (config.scale_shift, ==, cases[i].scale_shift);
      g_assert_cmpint (config.head_dim, ==, cases[i].head_dim);
      g_assert_cmpint (config.attn_norm_groups, ==, cases[i].attn_groups);
      g_assert_cmpint (config.num_class_embeds, ==, cases[i].labels);
      g_assert_cmpint (config.downsample_padding, ==, cases[i].padding);
      g_free (path);
      g_free (name);
    }
}

int
main (int   argc,
      char *argv[])
{
  guint i;

  g_test_init (&argc, &argv, NULL);

  fixture_add ("/config/defaults", test_defaults, NULL);
  fixture_add ("/config/old", test_old, NULL);
  fixture_add ("/config/blocks", test_blocks, NULL);
  fixture_add ("/config/variants", test_variants, NULL);
  for (i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      char *name = g_strdup_printf ("/config/refusal/%u-%s", i,
                                    refusals[i].key);

      fixture_add (name, test_refusal, &refusals[i]);
      g_free (name);
    }
  g_test_add_func ("/config/golden", test_golden);

  return g_test_run ();
}
