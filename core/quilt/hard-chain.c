/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hard-chain.c: see hard-chain.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "quilt/hard-chain.h"
#include "quilt/uses.h"

/* Steps of the way back. */
#define STEPS 8

/* Gaussian of the vote, in pixels. */
#define WIDTH 1.5

/* Cost of a match that no neighbour shares. */
#define TEARING 0.002f

/* Passes of the search at each step. */
#define PASSES 2

/* Cost of a match, times the logarithm of how many times more than USE_SLACK it was
 * used than others at each step before.
 */
#define USE       0.5f
#define USE_SLACK 1.3f

/* Pixels from one value of the noise to the next; between them it is even. */
#define CELL (2 * DIF_LEVELS_PATCH)

void
dif_hard_chain_free (DifHardChain *chain)
{
  if (! chain)
    return;
  dif_texels_free (chain->query);
  dif_texels_free (chain->key);
  dif_field_free (chain->spare);
  dif_free (chain->costs);
  dif_free (chain->bias);
  dif_free (chain->often);
  dif_free (chain->used);
  g_free (chain);
}

DifHardChain *
dif_hard_chain_new (DifQuiltLevels *levels,
                    int        i,
                    DifPool   *pool,
                    GError   **error)
{
  DifHardChain   *c = g_new0 (DifHardChain, 1);
  const DifQuiltLevel *level = &levels->levels[i];
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
  c->bias = c->costs ? dif_alloc ((gsize) level->width * level->height,
                                  sizeof (float), "costs", error) : NULL;
  c->often = c->bias ? dif_alloc ((gsize) level->width * level->height,
                                  sizeof (float), "counts", error) : NULL;
  c->used = c->often ? dif_alloc ((gsize) level->width * level->height,
                                  sizeof (float), "counts", error) : NULL;
  if (! c->used)
    g_clear_pointer (&c, dif_hard_chain_free);
  else
    dif_texels_fill (c->key, dif_levels_picture (levels, i), 0.0, 0, 0, pool);
  return c;
}

static double
square (double v)
{
  return v * v;
}

/* Takes down how often each place of the source is used. */
static void
count_uses (DifHardChain   *c,
            const DifField *field)
{
  const DifQuiltLevel *level = &c->levels->levels[c->i];
  int             columns = dif_field_places (level->width, field->patch,
                                              field->wrapped);
  int             rows = dif_field_places (level->height, field->patch,
                                           field->wrapped);
  int             i;

  dif_uses_count (field, columns, rows, field->patch - 1, c->often, c->bias);
  for (i = 0; i < columns * rows; i++)
    c->used[i] += logf (MAX (1.0f, c->often[i] / USE_SLACK));
}

/* What each place of the source costs: smooth noise with a deviation of cost, and
 * more where it has been used often.
 */
static void
draw_bias (DifHardChain   *c,
           double          cost,
           guint64         seed,
           const DifField *field)
{
  const DifQuiltLevel *level = &c->levels->levels[c->i];
  int             columns = dif_field_places (level->width, field->patch,
                                              field->wrapped);
  int             rows = dif_field_places (level->height, field->patch,
                                           field->wrapped);
  int             wide = columns / CELL + 2, tall = rows / CELL + 2, x, y;
  float          *cells = g_new (float, 3 * (gsize) wide * tall);

  for (y = 0; y < tall; y++)
    dif_rng_normal_rgb (seed, DIF_STREAM_QUILT (0x400000), 0, y, wide,
                        cells + (gsize) y * wide, (gsize) wide * tall);
  for (y = 0; y < rows; y++)
    for (x = 0; x < columns; x++)
      {
        const float *at = cells + (gsize) (y / CELL) * wide + x / CELL;
        float        u = (float) (x % CELL) / CELL, v = (float) (y % CELL) / CELL;
        float        noise = (1.0f - v) * ((1.0f - u) * at[0] + u * at[1])
                             + v * ((1.0f - u) * at[wide] + u * at[wide + 1]);
        gsize        k = (gsize) y * columns + x;

        c->bias[k] = (float) cost * (noise + USE * c->used[k])
                     + (level->bias ? level->bias[k] : 0.0f);
      }
  g_free (cells);
}

void
dif_hard_chain_go (DifHardChain *c,
                   double        cost,
                   double        layout,
                   guint64       seed,
                   const guint8 *held,
                   DifField     *field,
                   DifImage     *picture,
                   DifPool      *pool)
{
  const DifQuiltLevel *level = &c->levels->levels[c->i];
  const DifImage *source = dif_levels_picture (c->levels, c->i);
  double          side = MIN (level->width, level->height);
  DifFieldSearch  search = {
    .query = c->query, .key = c->key, .bias = c->bias, .held = held,
    .layout_y = (float) (layout * square (level->height / side)),
    .layout_x = (float) (layout * square (level->width / side)),
    .tearing = TEARING, .jumps = { 1, 4 },
    .reaches = { DIF_LEVELS_PATCH, 3 * DIF_LEVELS_PATCH }, .anywhere = 1
  };
  int             step, pass;

  dif_field_fix (field, NULL);
  memset (c->costs, 0, (gsize) field->rows * field->columns * sizeof (float));
  memset (c->used, 0, (gsize) level->width * level->height * sizeof (float));
  memcpy (picture->rgb, source->rgb,
          3 * (gsize) picture->width * picture->height * sizeof (float));
  for (step = 0; step < STEPS && ! dif_pool_is_stopped (pool); step++)
    {
      draw_bias (c, cost * (STEPS - 1 - step) / (STEPS - 1), seed, field);
      dif_texels_fill (c->query, picture, 0.0, seed, 0, pool);
      for (pass = 0; pass < PASSES; pass++)
        {
          DifMatch *at = field->at;

          search.seed = seed + (guint64) (PASSES * step + pass);
          dif_field_search (&search, field, c->spare, c->costs, pool);
          field->at = c->spare->at;
          c->spare->at = at;
        }
      count_uses (c, field);
      dif_field_vote (field, source, WIDTH, picture, pool);
    }
}
