/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * levels.c: see levels.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/coarse.h"
#include "quilt/levels.h"
#include "quilt/resample.h"

/* Shorter side of the coarsest level, in pixels. */
#define START 32

/* A level's side as a share of the next finer one's, about. */
#define RATIO 0.75

/* How much smaller the coarsest level is than the source: its places are not more
 * than what the coarsest level can do.
 */
static double
coarsest_scale (int source_width,
                int source_height,
                int canvas_width,
                int canvas_height)
{
  double scale = (double) START / MIN (MIN (source_width, source_height),
                                       MIN (canvas_width, canvas_height));
  double pairs = (double) source_width * source_height
                 * canvas_width * canvas_height;

  scale = MIN (scale, sqrt (sqrt (DIF_COARSE_MAX_PAIRS / pairs)));
  return MIN (scale, 1.0);
}

static int
scaled (int    side,
        double scale)
{
  return MAX (1, (int) lrint (side * scale));
}

DifLevels *
dif_levels_new (const DifImage *source,
                const guint8   *excluded,
                int             canvas_width,
                int             canvas_height,
                gboolean        wrapped)
{
  DifLevels *l = g_new0 (DifLevels, 1);
  double     coarsest = coarsest_scale (source->width, source->height,
                                        canvas_width, canvas_height);
  int        i, last = MAX (1, (int) lrint (log (coarsest) / log (RATIO)));

  l->source = source;
  l->excluded = excluded;
  l->wrapped = wrapped;
  l->n = last + 1;
  l->levels = g_new0 (DifLevel, l->n);
  for (i = 0; i < l->n; i++)
    {
      double scale = pow (coarsest, 1.0 - (double) i / last);

      l->levels[i].width = scaled (source->width, scale);
      l->levels[i].height = scaled (source->height, scale);
      l->levels[i].canvas_width = scaled (canvas_width, scale);
      l->levels[i].canvas_height = scaled (canvas_height, scale);
    }
  return l;
}

void
dif_levels_drop (DifLevels *levels,
                 int        i)
{
  g_clear_pointer (&levels->levels[i].picture, dif_image_free);
  g_clear_pointer (&levels->levels[i].bias, dif_free);
}

void
dif_levels_free (DifLevels *levels)
{
  int i;

  if (! levels)
    return;
  for (i = 0; i < levels->n; i++)
    dif_levels_drop (levels, i);
  g_free (levels->levels);
  g_free (levels);
}

int
dif_levels_find (const DifLevels *levels,
                 int              side)
{
  int i = 0;

  while (i + 1 < levels->n
         && MIN (levels->levels[i].width, levels->levels[i].height) < side)
    i++;
  return i;
}

/* [height][width], other than 0 where any pixel of the larger mask is. */
static void
shrink_mask (const guint8 *mask,
             int           from_width,
             int           from_height,
             guint8       *to,
             int           width,
             int           height)
{
  int x, y;

  memset (to, 0, (gsize) width * height);
  for (y = 0; y < from_height; y++)
    for (x = 0; x < from_width; x++)
      if (mask[(gsize) y * from_width + x])
        to[(gsize) ((gint64) y * height / from_height) * width
           + (gint64) x * width / from_width] = 1;
}

float *
dif_levels_forbid (int            width,
                   int            height,
                   int            patch,
                   gboolean       wrapped,
                   const guint8  *mask,
                   GError       **error)
{
  int    columns = dif_field_places (width, patch, wrapped);
  int    rows = dif_field_places (height, patch, wrapped), x, y, i, j;
  float *bias = dif_alloc ((gsize) columns * rows, sizeof (float),
                           "the places of patches", error);
  gsize  left = 0;

  for (y = 0; bias && y < rows; y++)
    for (x = 0; x < columns; x++)
      {
        gboolean any = FALSE;

        for (j = 0; j < patch && ! any; j++)
          for (i = 0; i < patch && ! any; i++)
            any = mask[(gsize) ((y + j) % height) * width + (x + i) % width] != 0;
        bias[(gsize) y * columns + x] = any ? INFINITY : 0.0f;
        left += ! any;
      }
  if (bias && left == 0)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                           "Too little of the picture may be copied: no patch of "
                           "it is left.");
      g_clear_pointer (&bias, dif_free);
    }
  return bias;
}

static gboolean
make_bias (DifLevels  *levels,
           DifLevel   *level,
           int         patch,
           GError    **error)
{
  guint8 *mask;

  if (! levels->excluded)
    return TRUE;
  mask = dif_alloc ((gsize) level->width * level->height, 1, "a mask", error);
  if (mask)
    {
      shrink_mask (levels->excluded, levels->source->width,
                   levels->source->height, mask, level->width, level->height);
      level->bias = dif_levels_forbid (level->width, level->height, patch,
                                       levels->wrapped, mask, error);
      dif_free (mask);
    }
  return level->bias != NULL;
}

gboolean
dif_levels_make (DifLevels  *levels,
                 int         i,
                 DifPool    *pool,
                 GError    **error)
{
  DifLevel       *level = &levels->levels[i];
  const DifImage *from = levels->source;
  int             k;

  if (level->picture)
    return TRUE;
  for (k = levels->n - 2; k > i && levels->levels[k].width >= 2 * level->width; k--)
    if (levels->levels[k].picture)
      from = levels->levels[k].picture;
  level->picture = dif_image_new (level->width, level->height, error);
  if (level->picture
      && dif_resample (from, level->picture, levels->wrapped, pool, error)
      && make_bias (levels, level,
                    i == 0 ? DIF_LEVELS_COARSE_PATCH : DIF_LEVELS_PATCH, error))
    return TRUE;
  dif_levels_drop (levels, i);
  return FALSE;
}
