/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * quilt-size.c: what of a quilt goes by the size of its source.
 */

#include "quilt/blend.h"
#include "quilt/levels.h"
#include "quilt/quilt.h"

/* Shorter side, in pixels, below which there are hardly any patches. */
#define LEAST_SIDE 16

/* Bytes that do not go by it, about. */
#define FIXED_MEMORY (20 << 20)

/* The work that does not go by it, and that of the ways into noise and back at a finer
 * level, of each of its megapixels; as measured on one AVX2 core, where a unit takes
 * 0.6 s.
 */
#define EXACT_ONCE  3.0
#define EXACT_FIRST 15.0
#define FILL_ONCE   0.5
#define FILL_FIRST  4.0
#define FINE_ONCE   45.0
#define FINE_FIRST  25.0

/* Of the coarsest level, whose places are limited. */
#define LEAST_COARSE_SIDE (DIF_LEVELS_COARSE_PATCH + 1)

gboolean
dif_quilt_is_small (int width,
                    int height)
{
  return MIN (width, height) < LEAST_SIDE;
}

/* Of a sample and what is made of it. */
static DifQuiltLevels *
levels_of_both (int      sample_width,
                int      sample_height,
                int      width,
                int      height,
                gboolean wrapped)
{
  DifImage size = { sample_width, sample_height, NULL };

  return dif_levels_new (&size, NULL, width, height, wrapped);
}

static DifQuiltLevels *
levels_of (int      width,
           int      height,
           gboolean wrapped)
{
  return levels_of_both (width, height, width, height, wrapped);
}

gboolean
dif_quilt_check (int      width,
                 int      height,
                 GError **error)
{
  DifQuiltLevels *levels = levels_of (width, height, FALSE);
  gboolean   good = MIN (levels->levels[0].width, levels->levels[0].height)
                    >= LEAST_COARSE_SIDE
                    && MAX (width, height) <= DIF_FIELD_MAX_SIDE;

  dif_levels_free (levels);
  if (! good)
    g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                 "A picture of %d x %d pixels is too long to be made of its own "
                 "parts.", width, height);
  return good;
}

gboolean
dif_quilt_check_texture (int      sample_width,
                         int      sample_height,
                         int      width,
                         int      height,
                         GError **error)
{
  const DifQuiltLevel *level;
  DifQuiltLevels      *levels;
  gboolean             good;

  if (dif_quilt_is_small (sample_width, sample_height))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                   "A sample of %d x %d pixels is too small: a texture takes one of "
                   "%d x %d pixels or more.", sample_width, sample_height, LEAST_SIDE,
                   LEAST_SIDE);
      return FALSE;
    }
  levels = levels_of_both (sample_width, sample_height, width, height, FALSE);
  level = &levels->levels[0];
  good = MIN (level->width, level->height) >= LEAST_COARSE_SIDE
         && MIN (level->canvas_width, level->canvas_height) >= LEAST_COARSE_SIDE
         && MAX (MAX (sample_width, sample_height), MAX (width, height))
            <= DIF_FIELD_MAX_SIDE;
  dif_levels_free (levels);
  if (! good)
    g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                 "A texture of %d x %d pixels is too large, too small or too long for "
                 "a sample of %d x %d pixels.", width, height, sample_width,
                 sample_height);
  return good;
}

/* Of the source and what is made, the larger. */
static double
pixels (const DifQuiltLevels *levels,
        int              i)
{
  const DifQuiltLevel *level = &levels->levels[i];

  return MAX ((double) level->width * level->height,
              (double) level->canvas_width * level->canvas_height);
}

static int
last_level (const DifQuiltLevels *levels,
            int              level_side)
{
  return level_side > 0 ? dif_levels_find (levels, level_side) : levels->n - 1;
}

/* Takes over levels. */
static guint64
memory_of (DifQuiltLevels *levels,
           int             level_side)
{
  int    last = last_level (levels, level_side), i;
  double most = 0.0, blending;

  for (i = 1; i <= last; i++)
    {
      double own = pixels (levels, i), before = pixels (levels, i - 1);

      /* The source of both, but of the last level, and what is made of both; texels
       * of what is looked for and where; matches, old, new and of the level before;
       * where nothing is copied from and what stays.
       */
      most = MAX (most, own * ((i + 1 < levels->n ? 12 : 0) + 12 + 2 * 6 + 2 * 4 + 5)
                        + before * (12 + 12 + 4 + 4));
    }
  i = last;
  blending = dif_quilt_blend_memory (levels->levels[i].canvas_width,
                                     levels->levels[i].canvas_height)
             + pixels (levels, i) * ((i + 1 < levels->n ? 12 : 0) + 12 + 4 + 5);
  dif_levels_free (levels);
  return (guint64) MAX (most, blending) + FIXED_MEMORY;
}

guint64
dif_quilt_memory (int      width,
                  int      height,
                  gboolean wrapped,
                  int      level_side)
{
  return memory_of (levels_of (width, height, wrapped), level_side);
}

guint64
dif_quilt_texture_memory (int      sample_width,
                          int      sample_height,
                          int      width,
                          int      height,
                          gboolean wrapped)
{
  return memory_of (levels_of_both (sample_width, sample_height, width, height,
                                    wrapped), 0);
}

DifQuiltWork
dif_quilt_work (int    width,
                int    height,
                double structure,
                int    level_side)
{
  DifQuiltLevels *levels = levels_of (width, height, FALSE);
  int             turn = dif_levels_turn (levels, structure);
  int             last = last_level (levels, level_side), i;
  double          size = 1e-6 * pixels (levels, turn);
  DifQuiltWork    work = { EXACT_ONCE, EXACT_FIRST, 0.0 };

  if (turn > 0)
    work = (DifQuiltWork) { FINE_ONCE * size, FINE_FIRST * size, 0.0 };
  for (i = turn + 1; i <= last; i++)
    work.finer += 1e-6 * pixels (levels, i);
  work.finer += DIF_QUILT_BLENDING * 1e-6 * pixels (levels, last);
  dif_levels_free (levels);
  return work;
}

/* Of the levels after the coarsest. */
static double
finer_work (DifQuiltLevels *levels)
{
  double work = DIF_QUILT_BLENDING * 1e-6 * pixels (levels, levels->n - 1);
  int    i;

  for (i = 1; i < levels->n; i++)
    work += 1e-6 * pixels (levels, i);
  dif_levels_free (levels);
  return work;
}

DifQuiltWork
dif_quilt_fill_work (int width,
                     int height)
{
  return (DifQuiltWork) { FILL_ONCE, FILL_FIRST,
                          finer_work (levels_of (width, height, FALSE)) };
}

DifQuiltWork
dif_quilt_texture_work (int sample_width,
                        int sample_height,
                        int width,
                        int height)
{
  return (DifQuiltWork) { FILL_ONCE, EXACT_FIRST,
                          finer_work (levels_of_both (sample_width, sample_height,
                                                      width, height, FALSE)) };
}
