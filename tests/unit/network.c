/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * network.c: see network.h.
 */

#include <math.h>
#include <string.h>

#include "network.h"

#define MAX_CHANNELS 72

static int
divisor_of (GRand *rand,
            int    n)
{
  int d;

  do
    d = g_rand_int_range (rand, 1, n + 1);
  while (n % d != 0);
  return d;
}

/* A key's value as it stands, which is taken over. */
static void
add_key (GString    *text,
         const char *key,
         char       *value)
{
  g_string_append_printf (text, "%s\"%s\": %s", text->len > 1 ? ", " : "", key,
                          value);
  g_free (value);
}

static void
add_int (GString    *text,
         const char *key,
         int         value)
{
  add_key (text, key, g_strdup_printf ("%d", value));
}

/* One of two values as they stand. */
static void
add_either (GString    *text,
            GRand      *rand,
            const char *key,
            const char *a,
            const char *b)
{
  add_key (text, key, g_strdup (g_rand_int_range (rand, 0, 2) ? a : b));
}

/* One name of a block for each level, as a list. */
static void
add_blocks (GString           *text,
            GRand             *rand,
            const char        *key,
            const char *const  names[3],
            int                n_levels)
{
  GString *list = g_string_new ("[");
  int      i;

  for (i = 0; i < n_levels; i++)
    g_string_append_printf (list, "%s\"%s\"", i > 0 ? ", " : "",
                            names[g_rand_int_range (rand, 0, 3)]);
  g_string_append_c (list, ']');
  add_key (text, key, g_string_free (list, FALSE));
}

/* Levels whose channels are multiples of an even number, so that there are
 * groups and heads which divide all of them.
 */
static void
add_levels_text (GString *text,
                 GRand   *rand,
                 int      unit)
{
  static const char *const down[] = { "DownBlock2D", "AttnDownBlock2D",
                                      "ResnetDownsampleBlock2D" };
  static const char *const up[] = { "UpBlock2D", "AttnUpBlock2D",
                                    "ResnetUpsampleBlock2D" };
  int      n_levels = g_rand_int_range (rand, 1, 4), channels, first = 0, i;
  GString *list = g_string_new ("[");

  for (i = 0; i < n_levels; i++)
    {
      channels = unit * g_rand_int_range (rand, 1, MAX_CHANNELS / unit + 1);
      first = i == 0 ? channels : first;
      g_string_append_printf (list, "%s%d", i > 0 ? ", " : "", channels);
    }
  g_string_append_c (list, ']');
  add_key (text, "block_out_channels", g_string_free (list, FALSE));
  add_blocks (text, rand, "down_block_types", down, n_levels);
  add_blocks (text, rand, "up_block_types", up, n_levels);
  if (g_rand_int_range (rand, 0, 2))
    add_int (text, "time_embedding_dim",
             4 * first + g_rand_int_range (rand, 0, 40));
}

/* A config.json, to be freed. */
static char *
draw_text (GRand *rand)
{
  int      unit = 2 * g_rand_int_range (rand, 1, 13), class;
  GString *text = g_string_new ("{");

  add_levels_text (text, rand, unit);
  add_int (text, "layers_per_block", g_rand_int_range (rand, 1, 4));
  add_int (text, "in_channels", g_rand_int_range (rand, 1, 14));
  add_int (text, "out_channels", g_rand_int_range (rand, 1, 14));
  add_int (text, "norm_num_groups", divisor_of (rand, unit));
  if (g_rand_int_range (rand, 0, 2))
    add_int (text, "attn_norm_num_groups", divisor_of (rand, unit));
  if (g_rand_int_range (rand, 0, 2))
    add_int (text, "attention_head_dim", divisor_of (rand, unit));
  else
    add_key (text, "attention_head_dim", g_strdup ("null"));
  if (g_rand_int_range (rand, 0, 4) == 0)
    add_key (text, "mid_block_type", g_strdup ("null"));
  add_int (text, "mid_block_scale_factor", g_rand_int_range (rand, 1, 4));
  add_either (text, rand, "add_attention", "true", "false");
  add_either (text, rand, "center_input_sample", "true", "false");
  add_either (text, rand, "resnet_time_scale_shift", "\"default\"",
              "\"scale_shift\"");
  add_either (text, rand, "downsample_type", "\"conv\"", "\"resnet\"");
  add_either (text, rand, "upsample_type", "\"conv\"", "\"resnet\"");
  add_either (text, rand, "downsample_padding", "0", "1");
  class = g_rand_int_range (rand, 0, 3);
  if (class == 1)
    add_int (text, "num_class_embeds", NETWORK_LABELS);
  else if (class == 2)
    add_key (text, "class_embed_type", g_strdup ("\"timestep\""));
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

/* Weights ------------------------------------------------------------ */

typedef struct
{
  GRand               *rand;
  const DifUnetConfig *config;
  GArray              *tensors;  /* of FixtureTensor; all it points at is freed */
} Writer;

/* Values of a size that neither dies out nor grows from layer to layer. */
static void
add_tensor (Writer     *w,
            const char *prefix,
            const char *suffix,
            int         n_dims,
            const int  *dims)
{
  GString      *shape = g_string_new ("[");
  gsize         n = 1, i;
  float         scale, *values;
  FixtureTensor tensor;

  for (i = 0; i < (gsize) n_dims; i++)
    {
      n *= dims[i];
      g_string_append_printf (shape, "%s%d", i > 0 ? ", " : "", dims[i]);
    }
  g_string_append_c (shape, ']');
  scale = n_dims == 1 ? 0.5f : 2.6f / sqrtf ((float) n / dims[0]);
  values = g_new (float, n);
  for (i = 0; i < n; i++)
    values[i] = scale * (float) g_rand_double_range (w->rand, -1.0, 1.0)
                + (n_dims == 1 && strstr (prefix, "norm") && suffix[1] == 'w');
  tensor = (FixtureTensor) { g_strconcat (prefix, suffix, NULL), "F32",
                             g_string_free (shape, FALSE), values,
                             n * sizeof (float) };
  g_array_append_val (w->tensors, tensor);
}

static void
tensor_clear (void *data)
{
  FixtureTensor *tensor = data;

  g_free ((char *) tensor->name);
  g_free ((char *) tensor->shape);
  g_free ((void *) tensor->data);
}

/* kernel 0: a matrix. */
static void
add_layer (Writer     *w,
           const char *prefix,
           const char *name,
           int         cin,
           int         cout,
           int         kernel)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);
  int              dims[4] = { cout, cin, kernel, kernel };

  add_tensor (w, full, ".weight", kernel > 0 ? 4 : 2, dims);
  add_tensor (w, full, ".bias", 1, dims);
}

static void
add_norm (Writer     *w,
          const char *prefix,
          const char *name,
          int         channels)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);

  add_tensor (w, full, ".weight", 1, &channels);
  add_tensor (w, full, ".bias", 1, &channels);
}

static void
add_resnet (Writer     *w,
            const char *prefix,
            int         cin,
            int         cout)
{
  add_norm (w, prefix, "norm1", cin);
  add_layer (w, prefix, "conv1", cin, cout, 3);
  add_layer (w, prefix, "time_emb_proj", w->config->time_embed_dim,
             w->config->scale_shift ? 2 * cout : cout, 0);
  add_norm (w, prefix, "norm2", cout);
  add_layer (w, prefix, "conv2", cout, cout, 3);
  if (cin != cout)
    add_layer (w, prefix, "conv_shortcut", cin, cout, 1);
}

static void
add_attention (Writer     *w,
               const char *prefix,
               int         channels,
               gboolean    has_norm)
{
  if (has_norm)
    add_norm (w, prefix, "group_norm", channels);
  add_layer (w, prefix, "to_q", channels, channels, 0);
  add_layer (w, prefix, "to_k", channels, channels, 0);
  add_layer (w, prefix, "to_v", channels, channels, 0);
  add_layer (w, prefix, "to_out.0", channels, channels, 0);
}

/* One level of the way down, or up, where cin[j] are the channels that the
 * residual block j takes.
 */
static void
add_level (Writer         *w,
           const char     *way,
           const char     *sampler,
           int             number,
           const DifLevel *level,
           int             n_layers,
           const int      *cin)
{
  g_autofree char *name = g_strdup_printf ("%s.%d.", way, number);
  g_autofree char *resampler = g_strdup_printf ("%s%s.0.", name, sampler);
  int              j;

  for (j = 0; j < n_layers; j++)
    {
      g_autofree char *resnet = g_strdup_printf ("%sresnets.%d.", name, j);
      g_autofree char *attention = g_strdup_printf ("%sattentions.%d.", name, j);

      add_resnet (w, resnet, cin[j], level->channels);
      if (level->attention)
        add_attention (w, attention, level->channels, TRUE);
    }
  if (! level->resample_present)
    return;
  if (level->resample == DIF_RESAMPLE_CONV)
    add_layer (w, resampler, "conv", level->channels, level->channels, 3);
  else
    add_resnet (w, resampler, level->channels, level->channels);
}

/* What the way down leaves to the way up, the last first. */
static void
add_levels (Writer *w)
{
  const DifUnetConfig *c = w->config;
  int                  skips[64] = { c->down[0].channels }, n_skips = 1;
  int                  x = c->down[0].channels, cin[32], i, j;

  for (i = 0; i < c->n_levels; i++)
    {
      for (j = 0; j < c->layers_per_block; j++)
        {
          cin[j] = x;
          x = skips[n_skips++] = c->down[i].channels;
        }
      if (c->down[i].resample_present)
        skips[n_skips++] = x;
      add_level (w, "down_blocks", "downsamplers", i, &c->down[i],
                 c->layers_per_block, cin);
    }
  for (i = 0; i < c->n_levels; i++)
    {
      for (j = 0; j <= c->layers_per_block; j++)
        {
          cin[j] = x + skips[--n_skips];
          x = c->up[i].channels;
        }
      add_level (w, "up_blocks", "upsamplers", i, &c->up[i],
                 c->layers_per_block + 1, cin);
    }
}

static void
add_network (Writer *w)
{
  const DifUnetConfig *c = w->config;
  int                  first = c->down[0].channels, time = c->time_embed_dim;
  int                  last = c->down[c->n_levels - 1].channels;
  int                  table[2] = { c->num_class_embeds, time };

  add_layer (w, "", "conv_in", c->in_channels, first, 3);
  add_layer (w, "time_embedding.", "linear_1", first, time, 0);
  add_layer (w, "time_embedding.", "linear_2", time, time, 0);
  if (c->class_embed == DIF_CLASS_EMBEDDING)
    add_tensor (w, "class_embedding", ".weight", 2, table);
  else if (c->class_embed == DIF_CLASS_TIMESTEP)
    {
      add_layer (w, "class_embedding.", "linear_1", first, time, 0);
      add_layer (w, "class_embedding.", "linear_2", time, time, 0);
    }
  add_levels (w);
  if (c->mid_block)
    {
      add_resnet (w, "mid_block.resnets.0.", last, last);
      add_resnet (w, "mid_block.resnets.1.", last, last);
      if (c->mid_attention)
        add_attention (w, "mid_block.attentions.0.", last, c->attn_norm_groups > 0);
    }
  add_norm (w, "", "conv_norm_out", first);
  add_layer (w, "", "conv_out", first, c->out_channels, 3);
}

DifWeights *
network_draw (Fixture       *fixture,
              GRand         *rand,
              DifUnetConfig *config)
{
  g_autofree char *text = draw_text (rand);
  g_autofree char *path = fixture_text (fixture, "config.json", text);
  g_autofree char *file = NULL;
  GError          *error = NULL;
  Writer           w = {
    rand, config, g_array_new (FALSE, FALSE, sizeof (FixtureTensor))
  };
  DifWeights      *weights;

  g_test_message ("%s", text);
  dif_unet_config_read (path, config, &error);
  g_assert_no_error (error);
  g_array_set_clear_func (w.tensors, tensor_clear);
  add_network (&w);
  file = fixture_tensors (fixture, (FixtureTensor *) w.tensors->data, w.tensors->len);
  weights = dif_weights_open (file, &error);
  g_assert_no_error (error);
  g_array_unref (w.tensors);
  return weights;
}
