/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config-check.c: what must hold between the keys of a config.json that
 * are well formed one by one.
 */

#include "denoise/unet/config-private.h"

/* The most parameters that a network may have: 4 GiB as float32. */
#define MAX_PARAMETERS ((double) (1 << 30))

/* Every division must come out even.  The sums of channels that the way
 * up joins are then divisible too.
 */
static gboolean
check_groups (DifJson              *json,
              const DifUnetConfig  *config,
              GError              **error)
{
  int last = config->down[config->n_levels - 1].channels;
  int i;

  for (i = 0; i < config->n_levels; i++)
    if (config->down[i].channels % config->norm_groups != 0)
      return dif_json_fault (json, "norm_num_groups", DIF_ERROR_MALFORMED,
                             error, "%d does not divide %d channels.",
                             config->norm_groups, config->down[i].channels);

  if (config->attn_norm_groups > 0 && last % config->attn_norm_groups != 0)
    return dif_json_fault (json, "attn_norm_num_groups", DIF_ERROR_MALFORMED,
                           error, "%d does not divide %d channels.",
                           config->attn_norm_groups, last);

  return TRUE;
}

static gboolean
check_heads (DifJson              *json,
             const DifUnetConfig  *config,
             GError              **error)
{
  int i;

  for (i = 0; i < config->n_levels && config->head_dim > 0; i++)
    {
      int      channels = config->down[i].channels;
      gboolean used = config->down[i].attention ||
                      config->up[config->n_levels - 1 - i].attention ||
                      (i == config->n_levels - 1 && config->mid_block &&
                       config->mid_attention);

      if (used && channels % config->head_dim != 0)
        return dif_json_fault (json, "attention_head_dim",
                               DIF_ERROR_UNSUPPORTED, error,
                               "%d does not divide %d channels.",
                               config->head_dim, channels);
    }

  return TRUE;
}

/* Not far from the number of parameters: only weight matrices count, and
 * shortcuts and the small ends are left out.
 */
static gboolean
check_total (DifJson              *json,
             const DifUnetConfig  *config,
             GError              **error)
{
  double total = (double) config->num_class_embeds * config->time_embed_dim;
  int    i;

  for (i = 0; i < config->n_levels; i++)
    {
      const DifLevel *down = &config->down[i];
      const DifLevel *up = &config->up[i];
      double          in = config->down[MAX (i - 1, 0)].channels;
      double          below = config->up[MAX (i - 1, 0)].channels;
      double          layers = config->layers_per_block;

      total += layers * down->channels *
               (9 * (in + down->channels) + config->time_embed_dim +
                (down->attention ? 4 * down->channels : 0));
      total += (layers + 1) * up->channels *
               (9 * (below + 2 * up->channels) + config->time_embed_dim +
                (up->attention ? 4 * up->channels : 0));
    }

  if (total > MAX_PARAMETERS)
    return dif_json_fault (json, "block_out_channels", DIF_ERROR_UNSUPPORTED,
                           error, "implies about %.3g parameters, more than "
                           "%.3g.", total, MAX_PARAMETERS);

  return TRUE;
}

gboolean
dif_unet_config_check (DifJson              *json,
                       const DifUnetConfig  *config,
                       GError              **error)
{
  return check_groups (json, config, error) &&
         check_heads (json, config, error) &&
         check_total (json, config, error);
}
