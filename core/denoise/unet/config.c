/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.c: config.json of a UNet2DModel.  What a missing or null key
 * means follows src/diffusers/models/unets/unet_2d.py and
 * unet_2d_blocks.py of the diffusers library, at commit 58eb52c.
 */

#include <string.h>

#include "base/file.h"
#include "denoise/unet/config-private.h"

#define MAX_CHANNELS 4096
#define MAX_LAYERS   16
#define MAX_LABELS   65536

/* An int that may be null. */
static gboolean
get_optional_int (DifJson     *json,
                  const char  *key,
                  int          if_missing,
                  int          if_null,
                  int          max,
                  int         *value,
                  GError     **error)
{
  if (! dif_json_is_null (json, key))
    return dif_json_get_int (json, key, if_missing, 1, max, value, error);

  *value = if_null;
  return TRUE;
}

/* A key of which only some values are run; null counts as missing. */
static gboolean
get_choice_or_null (DifJson            *json,
                    const char         *key,
                    const char *const  *names,
                    int                *value,
                    GError            **error)
{
  *value = 0;
  return dif_json_is_null (json, key) ||
         dif_json_get_choice (json, key, 0, names, value, error);
}

/* Keys that we read, and keys that cannot change what the network
 * computes: dropout acts in training alone, num_train_timesteps only on
 * learned time embeddings (refused), and the rest is what the library's
 * moving average of the weights leaves in the file.
 */
static gboolean
check_keys (DifJson  *json,
            GError  **error)
{
  static const char *const known[] =
  {
    "act_fn", "add_attention", "attention_head_dim", "attn_norm_num_groups",
    "block_out_channels", "center_input_sample", "class_embed_type",
    "down_block_types", "downsample_padding", "downsample_type",
    "flip_sin_to_cos", "freq_shift", "in_channels", "layers_per_block",
    "mid_block_scale_factor", "mid_block_type", "norm_eps",
    "norm_num_groups", "num_class_embeds", "out_channels",
    "resnet_time_scale_shift", "sample_size", "time_embedding_dim",
    "time_embedding_type", "up_block_types", "upsample_type",
    "dropout", "num_train_timesteps",
    "decay", "inv_gamma", "min_decay", "optimization_step", "power",
    "update_after_step", "use_ema_warmup",
    NULL
  };
  int i;

  for (i = 0; i < dif_json_n_keys (json); i++)
    {
      const char *key = dif_json_key (json, i);

      if (key[0] != '_' && ! g_strv_contains (known, key))
        return dif_json_fault (json, key, DIF_ERROR_UNSUPPORTED, error,
                               "is not known, so neither is what it would "
                               "change.");
    }

  return TRUE;
}

/* Keys of which we run one value only. */
static gboolean
check_fixed (DifJson  *json,
             GError  **error)
{
  static const char *const classes[] = { "UNet2DModel", NULL };
  static const char *const embeddings[] = { "positional", NULL };
  static const char *const activations[] = { "silu", "swish", NULL };
  int ignored;

  return dif_json_get_choice (json, "_class_name", 0, classes, &ignored,
                              error) &&
         dif_json_get_choice (json, "time_embedding_type", 0, embeddings,
                              &ignored, error) &&
         dif_json_get_choice (json, "act_fn", 0, activations, &ignored, error);
}

/* A number or [height, width], of which the smaller counts. */
static gboolean
read_sample_size (DifJson        *json,
                  DifUnetConfig  *config,
                  GError        **error)
{
  int      size[2];
  int      n;
  gboolean is_number;

  config->sample_size = 0;
  if (! dif_json_has (json, "sample_size"))
    return TRUE;

  is_number = get_optional_int (json, "sample_size", 0, 0, DIF_MAX_SIDE,
                                &config->sample_size, NULL);
  if (is_number)
    return TRUE;

  if (! dif_json_get_ints (json, "sample_size", 1, DIF_MAX_SIDE, 2, size, &n,
                           NULL) || n != 2)
    return dif_json_fault (json, "sample_size", DIF_ERROR_MALFORMED, error,
                           "must be a size in pixels, two of them, or null.");

  config->sample_size = MIN (size[0], size[1]);
  return TRUE;
}

/* Channels and levels; the blocks' kinds come later. */
static gboolean
read_channels (DifJson        *json,
               DifUnetConfig  *config,
               GError        **error)
{
  int channels[DIF_MAX_LEVELS] = { 224, 448, 672, 896 };
  int n;
  int i;

  if (! dif_json_get_int (json, "in_channels", 3, 1, MAX_CHANNELS,
                          &config->in_channels, error) ||
      ! dif_json_get_int (json, "out_channels", 3, 1, MAX_CHANNELS,
                          &config->out_channels, error) ||
      ! dif_json_get_int (json, "layers_per_block", 2, 1, MAX_LAYERS,
                          &config->layers_per_block, error) ||
      ! dif_json_get_ints (json, "block_out_channels", 1, MAX_CHANNELS,
                           DIF_MAX_LEVELS, channels, &n, error))
    return FALSE;

  if (n < 0)
    n = 4;
  if (n == 0)
    return dif_json_fault (json, "block_out_channels", DIF_ERROR_MALFORMED,
                           error, "is empty.");

  /* The time embedding is sines and cosines of half of them each. */
  if (channels[0] % 2 != 0)
    return dif_json_fault (json, "block_out_channels", DIF_ERROR_UNSUPPORTED,
                           error, "starts with an odd number, %d.",
                           channels[0]);

  config->n_levels = n;
  for (i = 0; i < n; i++)
    {
      config->down[i].channels = channels[i];
      config->up[n - 1 - i].channels = channels[i];
    }

  return TRUE;
}

/* One of the two ways through the levels.  How a block resamples is said by
 * resample_key for blocks with attention, and by their names for the others.
 */
static gboolean
read_way (DifJson            *json,
          const char         *types_key,
          const char *const  *default_types,
          const char         *names[3],
          const char         *resample_key,
          int                 n_levels,
          DifLevel           *levels,
          GError            **error)
{
  static const char *const resamples[] = { "conv", "resnet", NULL };
  const char *types[DIF_MAX_LEVELS];
  int         resample;
  int         n;
  int         i;

  if (! get_choice_or_null (json, resample_key, resamples, &resample, error) ||
      ! dif_json_get_strings (json, types_key, DIF_MAX_LEVELS, types, &n,
                              error))
    return FALSE;

  if (n < 0)
    for (n = 0; n < 4; n++)
      types[n] = default_types[n];
  if (n != n_levels)
    return dif_json_fault (json, types_key, DIF_ERROR_MALFORMED, error,
                           "has %d blocks, but block_out_channels has %d.",
                           n, n_levels);

  for (i = 0; i < n; i++)
    {
      const char *type = types[i];

      /* The library takes each name with this in front as well. */
      if (g_str_has_prefix (type, "UNetRes"))
        type += strlen ("UNetRes");

      levels[i].attention = strcmp (type, names[1]) == 0;
      levels[i].resample_present = i < n - 1;
      levels[i].resample = DIF_RESAMPLE_CONV;
      if ((levels[i].attention && resample == 1) ||
          strcmp (type, names[2]) == 0)
        levels[i].resample = DIF_RESAMPLE_RESNET;
      else if (! levels[i].attention && strcmp (type, names[0]) != 0)
        {
          char *quoted = dif_file_quote (types[i]);

          dif_json_fault (json, types_key, DIF_ERROR_UNSUPPORTED, error,
                          "%s is not supported (only: %s, %s, %s).",
                          quoted, names[0], names[1], names[2]);
          g_free (quoted);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
read_blocks (DifJson        *json,
             DifUnetConfig  *config,
             GError        **error)
{
  static const char *const default_down[] =
    { "DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D" };
  static const char *const default_up[] =
    { "AttnUpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D" };
  static const char *down[] =
    { "DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D" };
  static const char *up[] =
    { "UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D" };
  static const char *const mid[] = { "UNetMidBlock2D", NULL };
  double scale;
  int    ignored;

  config->mid_block = ! dif_json_is_null (json, "mid_block_type");

  if (! read_way (json, "down_block_types", default_down, down,
                  "downsample_type", config->n_levels, config->down, error) ||
      ! read_way (json, "up_block_types", default_up, up, "upsample_type",
                  config->n_levels, config->up, error) ||
      ! get_choice_or_null (json, "mid_block_type", mid, &ignored, error) ||
      ! dif_json_get_bool (json, "add_attention", TRUE,
                           &config->mid_attention, error) ||
      ! dif_json_get_double (json, "mid_block_scale_factor", 1, 1e-3, 1e3,
                             &scale, error) ||
      ! dif_json_get_int (json, "downsample_padding", 1, 0, 1,
                          &config->downsample_padding, error) ||
      ! dif_json_get_bool (json, "center_input_sample", FALSE,
                           &config->center_input, error))
    return FALSE;

  config->mid_scale = scale;
  return TRUE;
}

/* Normalisation and attention. */
static gboolean
read_norms (DifJson        *json,
            DifUnetConfig  *config,
            GError        **error)
{
  static const char *const shifts[] = { "default", "scale_shift", NULL };
  double eps;

  if (! dif_json_get_choice (json, "resnet_time_scale_shift", 0, shifts,
                             &config->scale_shift, error) ||
      ! dif_json_get_double (json, "norm_eps", 1e-5, 1e-12, 1, &eps, error) ||
      ! dif_json_get_int (json, "norm_num_groups", 32, 1, MAX_CHANNELS,
                          &config->norm_groups, error) ||
      ! get_optional_int (json, "attn_norm_num_groups", 0, 0, MAX_CHANNELS,
                          &config->attn_norm_groups, error) ||
      ! get_optional_int (json, "attention_head_dim", 8, 0, MAX_CHANNELS,
                          &config->head_dim, error))
    return FALSE;

  config->norm_eps = eps;
  if (config->attn_norm_groups == 0 && ! config->scale_shift)
    config->attn_norm_groups = config->norm_groups;

  return TRUE;
}

/* Time and class embeddings. */
static gboolean
read_embeddings (DifJson        *json,
                 DifUnetConfig  *config,
                 GError        **error)
{
  static const char *const types[] = { "timestep", NULL };
  int    first = config->down[0].channels;
  int    ignored;
  double shift;

  /* shift = channels / 2 would divide by 0. */
  if (! dif_json_get_bool (json, "flip_sin_to_cos", TRUE,
                           &config->flip_sin_to_cos, error) ||
      ! dif_json_get_double (json, "freq_shift", 0, 0, first / 2 - 0.5,
                             &shift, error) ||
      ! get_optional_int (json, "time_embedding_dim", 4 * first, 4 * first,
                          4 * MAX_CHANNELS, &config->time_embed_dim, error) ||
      ! get_optional_int (json, "num_class_embeds", 0, 0, MAX_LABELS,
                          &config->num_class_embeds, error))
    return FALSE;

  config->freq_shift = shift;
  if (dif_json_has (json, "class_embed_type") &&
      ! dif_json_is_null (json, "class_embed_type"))
    {
      config->class_embed = DIF_CLASS_TIMESTEP;
      return dif_json_get_choice (json, "class_embed_type", 0, types, &ignored,
                                  error);
    }

  config->class_embed = config->num_class_embeds > 0 ? DIF_CLASS_EMBEDDING
                                                     : DIF_CLASS_NONE;
  return TRUE;
}

gboolean
dif_unet_config_read (const char     *path,
                      DifUnetConfig  *config,
                      GError        **error)
{
  DifJson  *json = dif_json_read (path, error);
  gboolean  ok;

  if (! json)
    return FALSE;

  memset (config, 0, sizeof (*config));
  ok = check_fixed (json, error) &&
       check_keys (json, error) &&
       read_sample_size (json, config, error) &&
       read_channels (json, config, error) &&
       read_blocks (json, config, error) &&
       read_norms (json, config, error) &&
       read_embeddings (json, config, error) &&
       dif_unet_config_check (json, config, error);
  dif_json_free (json);

  return ok;
}
