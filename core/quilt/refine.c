/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * refine.c: see refine.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "quilt/refine.h"
#include "quilt/resample.h"
#include "quilt/uses.h"

/* Of search and vote; the first compares with the source as blurred as what was
 * carried over.  Levels of more than LARGE pixels have fewer, and no matches
 * anywhere are tried there: at 12 megapixels that differs by 44 dB from the same
 * passes everywhere.
 */
#define PASSES       4
#define LARGE_PASSES 3
#define LARGE        1000000.0

/* Noise of the passes after the first, falling to nothing. */
#define NOISE 0.06

/* Cost of a match that no neighbour shares. */
#define TEARING 0.002f

/* Cost of a match, times the logarithm of how many times more than USE_SLACK it is
 * used than others.
 */
#define USE       0.002f
#define USE_SLACK 1.3f

/* Gaussian of the vote, in pixels; in the very last pass LAST_WIDTH. */
#define WIDTH      1.5
#define LAST_WIDTH 1.0

void
dif_refine_free (DifRefine *refine)
{
  if (! refine)
    return;
  dif_texels_free (refine->query);
  dif_texels_free (refine->key);
  dif_texels_free (refine->blurred);
  dif_field_free (refine->spare);
  dif_free (refine->bias);
  dif_free (refine->often);
  dif_free (refine->scratch);
  g_free (refine);
}

/* Fills texels with the source of the next coarser level, enlarged.  scratch NULL,
 * or a picture of the level's source that is overwritten.
 */
static gboolean
fill_blurred (const DifRefine  *r,
              DifTexels        *texels,
              DifImage         *scratch,
              DifPool          *pool,
              GError          **error)
{
  const DifQuiltLevel *level = &r->levels->levels[r->i];
  DifImage       *own = NULL;
  gboolean        good;

  if (! scratch)
    scratch = own = dif_image_new (level->width, level->height, error);
  good = scratch
         && dif_resample (dif_levels_picture (r->levels, r->i - 1), scratch,
                          r->levels->wrapped, pool, error);
  if (good)
    dif_texels_fill (texels, scratch, 0.0, 0, 0, pool);
  dif_image_free (own);
  return good;
}

DifRefine *
dif_refine_new (DifQuiltLevels *levels,
                int        i,
                gboolean   small,
                DifPool   *pool,
                GError   **error)
{
  DifRefine      *r = g_new0 (DifRefine, 1);
  const DifQuiltLevel *level = &levels->levels[i];
  int             wrapped = levels->wrapped ? DIF_LEVELS_PATCH : 0;
  gsize           n = (gsize) level->width * level->height;

  r->levels = levels;
  r->i = i;
  r->counted = small;
  r->query = dif_texels_new (level->canvas_width, level->canvas_height, wrapped,
                             error);
  r->key = r->query ? dif_texels_new (level->width, level->height, wrapped, error)
                    : NULL;
  r->spare = r->key ? dif_field_new (DIF_LEVELS_PATCH, level->canvas_width,
                                     level->canvas_height, levels->wrapped, error)
                    : NULL;
  if (r->spare && small)
    {
      r->blurred = dif_texels_new (level->width, level->height, wrapped, error);
      r->bias = dif_alloc (n, sizeof (float), "biases", error);
      r->often = dif_alloc (n, sizeof (float), "counts", error);
      r->scratch = dif_alloc (n, sizeof (float), "counts", error);
    }
  if (! r->spare || (small && ! (r->blurred && r->bias && r->often && r->scratch))
      || (small && ! fill_blurred (r, r->blurred, NULL, pool, error)))
    {
      dif_refine_free (r);
      return NULL;
    }
  if (small)
    dif_texels_fill (r->key, dif_levels_picture (levels, i), 0.0, 0, 0, pool);
  return r;
}

/* Adds to the costs of places what their use says. */
static void
count_uses (DifRefine      *r,
            const DifField *field)
{
  const DifQuiltLevel *level = &r->levels->levels[r->i];
  int             columns = dif_field_places (level->width, field->patch,
                                              field->wrapped);
  int             rows = dif_field_places (level->height, field->patch,
                                           field->wrapped), i;

  dif_uses_count (field, columns, rows, field->patch - 1, r->often, r->scratch);
  for (i = 0; i < columns * rows; i++)
    if (r->often[i] > USE_SLACK)
      r->bias[i] += USE * logf (r->often[i] / USE_SLACK);
}

/* Biases before the first pass. */
static const float *
first_bias (DifRefine *r)
{
  const DifQuiltLevel *level = &r->levels->levels[r->i];
  gsize           n = (gsize) level->width * level->height;

  if (! r->counted)
    return level->bias;
  if (level->bias)
    {
      n = (gsize) dif_field_places (level->width, DIF_LEVELS_PATCH,
                                    r->levels->wrapped)
          * dif_field_places (level->height, DIF_LEVELS_PATCH, r->levels->wrapped);
      memcpy (r->bias, level->bias, n * sizeof (float));
    }
  else
    memset (r->bias, 0, n * sizeof (float));
  return r->bias;
}

static void
swap_matches (DifField *a,
              DifField *b)
{
  DifMatch *at = a->at;

  a->at = b->at;
  b->at = at;
}

/* What is known of picture is the source's. */
static void
put_known (const DifQuiltLevel *level,
           const DifImage      *source,
           DifImage            *picture)
{
  gsize n = (gsize) picture->width * picture->height, i;
  int   c;

  for (i = 0; level->known && i < n; i++)
    for (c = 0; level->known[i] && c < 3; c++)
      picture->rgb[c * n + i] = source->rgb[c * n + i];
}

gboolean
dif_refine_run (DifRefine       *r,
                guint64          seed,
                const DifImage  *before,
                const guint8    *held,
                DifField        *field,
                DifImage        *picture,
                DifPool         *pool,
                GError         **error)
{
  const DifQuiltLevel *level = &r->levels->levels[r->i];
  gboolean        same = level->width == level->canvas_width
                         && level->height == level->canvas_height;
  const DifImage *source = dif_levels_picture (r->levels, r->i);
  gboolean        last = r->i + 1 == r->levels->n;
  gboolean        large = (double) level->canvas_width * level->canvas_height
                          > LARGE;
  DifFieldSearch  search = {
    .query = r->query, .bias = first_bias (r), .held = held,
    .layout_y = r->levels->layout, .tearing = TEARING, .jumps = { 1, 3 },
    .reaches = { 2, 6 }, .anywhere = large ? 0 : 1
  };
  int             passes = large ? LARGE_PASSES : PASSES, pass;

  if (! r->blurred && ! fill_blurred (r, r->key, same ? picture : NULL, pool, error))
    return FALSE;
  if (! dif_resample (before, picture, r->levels->wrapped, pool, error))
    return FALSE;
  put_known (level, source, picture);
  for (pass = 0; pass < passes && ! dif_pool_is_stopped (pool); pass++)
    {
      double noise = pass > 0 ? NOISE * (1.0 - (double) pass / passes) : 0.0;

      if (pass == 1 && ! r->blurred)
        dif_texels_fill (r->key, source, 0.0, 0, 0, pool);
      search.key = pass == 0 && r->blurred ? r->blurred : r->key;
      search.seed = seed + (guint64) r->i * PASSES + pass;
      dif_texels_fill (r->query, picture, noise, seed,
                       DIF_STREAM_QUILT (r->i * PASSES + pass), pool);
      dif_field_search (&search, field, r->spare, NULL, pool);
      swap_matches (field, r->spare);
      if (r->counted)
        count_uses (r, field);
      dif_field_vote (field, source,
                      last && pass + 1 == passes ? LAST_WIDTH : WIDTH, picture,
                      pool);
      put_known (level, source, picture);
    }
  return ! dif_pool_is_stopped (pool);
}
