/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fuzz-config.c: whatever config.json is accepted must describe a
 * network within the limits.
 */

#include <math.h>

#include "fuzz.h"
#include "denoise/unet/config.h"

static void
check_level (const DifUnetConfig *config,
             const DifLevel      *level)
{
  FUZZ_REQUIRE (level->channels >= 1 && level->channels <= 4096);
  FUZZ_REQUIRE (level->channels % config->norm_groups == 0);
  FUZZ_REQUIRE (! level->attention || config->head_dim == 0 ||
                level->channels % config->head_dim == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char    *path = fuzz_file (data, size);
  GError        *error = NULL;
  DifUnetConfig  config;
  int            i;

  if (! fuzz_check (dif_unet_config_read (path, &config, &error), path,
                    &error))
    return 0;

  FUZZ_REQUIRE (config.n_levels >= 1 && config.n_levels <= DIF_MAX_LEVELS);
  FUZZ_REQUIRE (config.in_channels >= 1 && config.in_channels <= 4096);
  FUZZ_REQUIRE (config.out_channels >= 1 && config.out_channels <= 4096);
  FUZZ_REQUIRE (config.layers_per_block >= 1);
  FUZZ_REQUIRE (config.norm_groups >= 1);
  FUZZ_REQUIRE (config.norm_eps > 0 && isfinite (config.norm_eps));
  FUZZ_REQUIRE (config.mid_scale > 0 && isfinite (config.mid_scale));
  FUZZ_REQUIRE (config.down[0].channels / 2 > config.freq_shift);
  FUZZ_REQUIRE (config.time_embed_dim >= 1);
  FUZZ_REQUIRE ((config.class_embed == DIF_CLASS_EMBEDDING) <=
                (config.num_class_embeds >= 1));
  for (i = 0; i < config.n_levels; i++)
    {
      check_level (&config, &config.down[i]);
      check_level (&config, &config.up[i]);
      FUZZ_REQUIRE (config.down[i].channels ==
                    config.up[config.n_levels - 1 - i].channels);
    }

  return 0;
}
