/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fresh.c: see fresh.h.
 */

#include <math.h>

#include "quilt/fresh.h"

#define BLOCKS 16

/* Difference of a new block; and where large things may move most of what it shows
 * comes from farther away than a share of the shorter side.
 */
#define CHANGED     (12.0 / 127.5)
#define WARP        0.05
#define MAX_WARPED 0.4

/* One part that is displaced by less than this share of the shorter side as a
 * whole is not new, as far as it is more than that share of the picture.
 */
#define NEAR       0.15
#define MOVED_FREE 0.15

typedef struct
{
  const DifQuiltLevels *levels;
  int              at;
  const DifField  *field;
  gboolean         large;
  int              side;        /* of a block                   */
  int              columns;     /* of blocks                    */
  int              rows;
  int              n_fresh;     /* atomic                       */
} Fresh;

static gboolean
is_fresh (const Fresh *w,
          int          x0,
          int          y0)
{
  const DifQuiltLevel *at = &w->levels->levels[w->at];
  const DifImage *p = dif_levels_picture (w->levels, w->at);
  const DifField *f = w->field;
  int             side = w->side;
  double          scale_x = (double) at->canvas_width / f->width;
  double          scale_y = (double) at->canvas_height / f->height;
  double          sum = 0.0, far = WARP * MIN (f->width, f->height);
  gsize           plane = (gsize) p->width * p->height;
  int             warped = 0, x, y, c;

  for (y = y0; y < y0 + side; y++)
    for (x = x0; x < x0 + side; x++)
      {
        int             px = CLAMP ((int) (x / scale_x) - f->patch / 2, 0,
                                    f->columns - 1);
        int             py = CLAMP ((int) (y / scale_y) - f->patch / 2, 0,
                                    f->rows - 1);
        const DifMatch *m = &f->at[(gsize) py * f->columns + px];
        int             dx = m->x - px, dy = m->y - py;
        int             sx = CLAMP (x + (int) lrint (dx * scale_x), 0, p->width - 1);
        int             sy = CLAMP (y + (int) lrint (dy * scale_y), 0, p->height - 1);

        for (c = 0; c < 3; c++)
          {
            double d = p->rgb[c * plane + (gsize) sy * p->width + sx]
                       - p->rgb[c * plane + (gsize) y * p->width + x];

            sum += d * d;
          }
        warped += (double) dx * dx + (double) dy * dy > far * far;
      }
  return sqrt (sum / (3.0 * side * side)) > CHANGED
         && (! w->large || warped > MAX_WARPED * side * side);
}

/* The share of the largest part that is displaced by little as a whole. */
static double
find_moved (const DifField *f)
{
  int     most = (int) (NEAR * MIN (f->width, f->height)) + 1, side = 2 * most + 1;
  int    *count = g_new0 (int, (gsize) side * side);
  int     x, y, dx, dy, best = 0;

  for (y = 0; y < f->rows; y++)
    for (x = 0; x < f->columns; x++)
      {
        const DifMatch *m = &f->at[(gsize) y * f->columns + x];

        dx = m->x - x;
        dy = m->y - y;
        if (ABS (dx) < most && ABS (dy) < most && (ABS (dx) > 1 || ABS (dy) > 1))
          count[(dy + most) * side + dx + most]++;
      }
  for (y = 1; y < side - 1; y++)
    for (x = 1; x < side - 1; x++)
      {
        int sum = 0;

        for (dy = -1; dy <= 1; dy++)
          for (dx = -1; dx <= 1; dx++)
            sum += count[(y + dy) * side + x + dx];
        best = MAX (best, sum);
      }
  g_free (count);
  return (double) best / ((double) f->columns * f->rows);
}

static void
count_row (int   row,
           int   worker,
           void *data)
{
  Fresh *w = data;
  int    x, n = 0;

  for (x = 0; x < w->columns; x++)
    n += is_fresh (w, x * w->side, row * w->side);
  g_atomic_int_add (&w->n_fresh, n);
}

double
dif_fresh_share (const DifQuiltLevels *levels,
                 int              at,
                 const DifField  *field,
                 gboolean         large,
                 DifPool         *pool)
{
  const DifQuiltLevel *level = &levels->levels[at];
  int             side = MAX (1, MIN (level->width, level->height) / BLOCKS);
  Fresh           w = { levels, at, field, large, side, level->width / side,
                        level->height / side };
  double          moved = large ? MAX (0.0, find_moved (field) - MOVED_FREE) : 0.0;

  dif_pool_run (pool, w.rows, count_row, &w);
  return MAX (0.0, (double) w.n_fresh / (w.columns * w.rows) - moved);
}
