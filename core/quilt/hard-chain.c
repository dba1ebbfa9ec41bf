/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hard-chain.c: see hard-chain.h.
 */

#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "quilt/hard-chain.h"

/* Steps of the way back. */
#define STEPS 8

/* Gaussian of the vote, in pixels. */
#define WIDTH 1.5

/* Cost of a match that no neighbour shares. */
#define TEARING 0.002f

/* Passes of the search at each step. */
#define PASSES 2

void
dif_hard_chain_free (DifHardChain *chain)
{
  if (! chain)
    return;
  dif_texels_free (chain->query);
  dif_texels_free (chain->key);
  dif_field_free (chain->spare);
  dif_free (chain->costs);
  g_free (chain);
}

DifHardChain *
dif_hard_chain_new (DifLevels *levels,
                    int        i,
                    DifPool   *pool,
                    GError   **error)
{
  DifHardChain   *c = g_new0 (DifHardChain, 1);
  const DifLevel *level = &levels->levels[i];
  int             wrapped = levels->wrapped ? DIF_LEVELS_PATCH : 0;

  c->levels = levels;
  c->i = i;
  c->query = dif_texels_new (level->canvas_width, level->canvas_height, wrapped,
                             error);
  c->key = c->query ? dif_texels_new (level->width, level->height, wrapped, error)
                    : NULL;
  c->spare = c->key ? dif_field_new (DIF_LEVELS_PATCH, level->canvas_width,
                                     level->canvas_height, levels->wrapped, error)
                    : NULL;
  c->costs = c->spare ? dif_alloc (dif_product (c->spare->columns, c->spare->rows),
                                   sizeof (float), "costs", error) : NULL;
  if (! c->costs)
    g_clear_pointer (&c, dif_hard_chain_free);
  else
    dif_texels_fill (c->key, dif_levels_picture (levels, i), 0.0, 0, 0, pool);
  return c;
}

void
dif_hard_chain_go (DifHardChain *c,
                   double        sigma,
                   double        layout,
                   guint64       seed,
                   const guint8 *held,
                   DifField     *field,
                   DifImage     *picture,
                   DifPool      *pool)
{
  const DifLevel *level = &c->levels->levels[c->i];
  const DifImage *source = dif_levels_picture (c->levels, c->i);
  DifFieldSearch  search = {
    .query = c->query, .key = c->key, .bias = level->bias, .held = held,
    .layout_y = (float) layout, .tearing = TEARING, .jumps = { 1, 4 },
    .reaches = { 4, MAX (8, level->height / 6) }, .anywhere = 4
  };
  int             step, pass, x, y;

  for (y = 0; y < field->rows; y++)
    for (x = 0; x < field->columns; x++)
      field->at[(gsize) y * field->columns + x] = (DifMatch) { (guint16) y,
                                                               (guint16) x };
  memset (c->costs, 0, (gsize) field->rows * field->columns * sizeof (float));
  memcpy (picture->rgb, source->rgb,
          3 * (gsize) picture->width * picture->height * sizeof (float));
  for (step = 0; step < STEPS && ! dif_pool_is_stopped (pool); step++)
    {
      double noise = sigma * (STEPS - 1 - step) / (STEPS - 1);

      dif_texels_fill (c->query, picture, noise, seed, DIF_STREAM_QUILT (0x400000),
                       pool);
      for (pass = 0; pass < PASSES; pass++)
        {
          DifMatch *at = field->at;

          search.seed = seed + (guint64) (PASSES * step + pass);
          dif_field_search (&search, field, c->spare, c->costs, pool);
          field->at = c->spare->at;
          c->spare->at = at;
        }
      dif_field_vote (field, source, WIDTH, picture, pool);
    }
}
