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

/* A level's side as a share of the next finer one's.  The last step may be a
 * larger one, up to LAST_RATIO of this.
 */
#define RATIO      0.75
#define LAST_RATIO 0.87

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

DifQuiltLevels *
dif_levels_new (const DifImage *source,
                const guint8   *excluded,
                int             canvas_width,
                int             canvas_height,
                gboolean        wrapped)
{
  DifQuiltLevels *l = g_new0 (DifQuiltLevels, 1);
  double     coarsest = coarsest_scale (source->width, source->height,
                                        canvas_width, canvas_height);
  int        i, last = 1;

  l->source = source;
  l->excluded = excluded;
  l->wrapped = wrapped;
  while (coarsest / pow (RATIO, last) < LAST_RATIO)
    last++;
  l->n = last + 1;
  l->levels = g_new0 (DifQuiltLevel, l->n);
  for (i = 0; i < l->n; i++)
    {
      double scale = i == last ? 1.0 : coarsest / pow (RATIO, i);

      l->levels[i].width = scaled (source->width, scale);
      l->levels[i].height = scaled (source->height, scale);
      l->levels[i].canvas_width = scaled (canvas_width, scale);
      l->levels[i].canvas_height = scaled (canvas_height, scale);
    }
  return l;
}

void
dif_levels_drop (DifQuiltLevels *levels,
                 int        i)
{
  g_clear_pointer (&levels->levels[i].picture, dif_image_free);
  g_clear_pointer (&levels->levels[i].bias, dif_free);
  g_clear_pointer (&levels->levels[i].known, dif_free);
}

void
dif_levels_free (DifQuiltLevels *levels)
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
dif_levels_find (const DifQuiltLevels *levels,
                 int              side)
{
  int i = 0;

  while (i + 1 < levels->n
         && MIN (levels->levels[i].width, levels->levels[i].height) < side)
    i++;
  return i;
}

int
dif_levels_turn (const DifQuiltLevels *levels,
                 double           structure)
{
  const DifQuiltLevel *level = &levels->levels[0];

  if (structure >= (double) DIF_LEVELS_COARSE_PATCH
                   / MIN (level->width, level->height))
    return 0;
  return MIN (levels->n - 2,
              dif_levels_find (levels, (int) (DIF_LEVELS_PATCH / structure)));
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
  int *first = g_new (int, width + 1), x, y, k;

  memset (to, 0, (gsize) width * height);
  for (x = 0; x <= width; x++)
    first[x] = (int) (((gint64) x * from_width + width - 1) / width);
  for (y = 0; y < from_height; y++)
    {
      const guint8 *row = mask + (gsize) y * from_width;
      guint8       *out = to + (gsize) ((gint64) y * height / from_height) * width;

      for (x = 0; x < width; x++)
        for (k = first[x]; k < first[x + 1] && ! out[x]; k++)
          out[x] = row[k] != 0;
    }
  g_free (first);
}

/* [rows][columns] of places of a picture of that size: 1 where a patch has a pixel of
 * mask, which has the size of the finest level's, else 0.
 */
static guint8 *
touch_places (int            width,
              int            height,
              int            patch,
              gboolean       wrapped,
              const guint8  *mask,
              int            mask_width,
              int            mask_height,
              GError       **error)
{
  int     columns = dif_field_places (width, patch, wrapped);
  int     rows = dif_field_places (height, patch, wrapped), x, y, dx, dy;
  guint8 *small = dif_alloc ((gsize) width * height, 1, "a mask", error);
  guint8 *touched = small ? dif_alloc ((gsize) columns * rows, 1, "a mask", error)
                          : NULL;

  if (touched)
    {
      shrink_mask (mask, mask_width, mask_height, small, width, height);
      memset (touched, 0, (gsize) columns * rows);
      for (y = 0; y < height; y++)
        for (x = 0; x < width; x++)
          if (small[(gsize) y * width + x])
            for (dy = 0; dy < patch; dy++)
              for (dx = 0; dx < patch; dx++)
                {
                  int px = x - dx, py = y - dy;

                  if (wrapped)
                    {
                      px = (px + width) % width;
                      py = (py + height) % height;
                    }
                  if (px >= 0 && py >= 0 && px < columns && py < rows)
                    touched[(gsize) py * columns + px] = 1;
                }
    }
  dif_free (small);
  return touched;
}

guint8 *
dif_levels_fix (const DifQuiltLevels  *levels,
                int                    i,
                int                    patch,
                const guint8          *change,
                GError               **error)
{
  const DifQuiltLevel *level = &levels->levels[i];
  const DifQuiltLevel *last = &levels->levels[levels->n - 1];
  int                  width = level->canvas_width, height = level->canvas_height;
  guint8              *fixed = touch_places (width, height, patch, levels->wrapped,
                                             change, last->canvas_width,
                                             last->canvas_height, error);
  gsize                n = (gsize) dif_field_places (width, patch, levels->wrapped)
                           * dif_field_places (height, patch, levels->wrapped), k;

  for (k = 0; fixed && k < n; k++)
    fixed[k] = ! fixed[k];
  return fixed;
}

guint8 *
dif_levels_hide (const DifQuiltLevels  *levels,
                 int                    i,
                 GError               **error)
{
  const DifQuiltLevel *level = &levels->levels[i];

  return touch_places (level->width, level->height, 1, levels->wrapped,
                       levels->excluded, levels->source->width,
                       levels->source->height, error);
}

/* The bias of a level's places from what is excluded. */
static gboolean
make_bias (DifQuiltLevels  *levels,
           int         i,
           int         patch,
           GError    **error)
{
  DifQuiltLevel *level = &levels->levels[i];
  gsize     n = (gsize) dif_field_places (level->width, patch, levels->wrapped)
                * dif_field_places (level->height, patch, levels->wrapped), k;
  guint8   *touched;
  gboolean  any = FALSE;

  if (! levels->excluded && ! levels->cut)
    return TRUE;
  touched = levels->excluded
            ? touch_places (level->width, level->height, patch, levels->wrapped,
                            levels->excluded, levels->source->width,
                            levels->source->height, error)
            : dif_alloc (n, 1, "a mask", error);
  if (touched && ! levels->excluded)
    memset (touched, 0, n);
  for (k = 0; touched && levels->cut && k < n; k++)
    touched[k] |= (int) (k % level->width) > level->width - patch
                  || (int) (k / level->width) > level->height - patch;
  level->bias = touched ? dif_alloc (n, sizeof (float), "biases", error) : NULL;
  for (k = 0; level->bias && k < n; k++)
    {
      level->bias[k] = touched[k] ? INFINITY : 0.0f;
      any = any || ! touched[k];
    }
  dif_free (touched);
  if (level->bias && ! any)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                           "Too little of the picture can be copied: no patch of "
                           "it is left.");
      g_clear_pointer (&level->bias, dif_free);
    }
  return level->bias != NULL;
}

static gboolean
make_known (DifQuiltLevels  *levels,
            int              i,
            GError         **error)
{
  if (! levels->filled)
    return TRUE;
  levels->levels[i].known = dif_levels_fix (levels, i, 1, levels->filled, error);
  return levels->levels[i].known != NULL;
}

gboolean
dif_levels_make (DifQuiltLevels  *levels,
                 int         i,
                 DifPool    *pool,
                 GError    **error)
{
  DifQuiltLevel       *level = &levels->levels[i];
  const DifImage *from = levels->source;
  int             k;

  if (level->picture || (i + 1 == levels->n && level->bias))
    return TRUE;
  if (i + 1 == levels->n)
    return make_known (levels, i, error)
           && make_bias (levels, i, DIF_LEVELS_PATCH, error);
  for (k = levels->n - 2; k > i && levels->levels[k].width >= 2 * level->width; k--)
    if (levels->levels[k].picture)
      from = levels->levels[k].picture;
  level->picture = dif_image_new (level->width, level->height, error);
  if (level->picture && make_known (levels, i, error)
      && dif_resample (from, level->picture, levels->wrapped, pool, error)
      && make_bias (levels, i,
                    i == 0 ? DIF_LEVELS_COARSE_PATCH : DIF_LEVELS_PATCH, error))
    return TRUE;
  dif_levels_drop (levels, i);
  return FALSE;
}
