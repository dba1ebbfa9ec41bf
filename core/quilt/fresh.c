/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fresh.c: see fresh.h.
 */

#include <math.h>

#include "quilt/fresh.h"

#define BLOCKS 16

/* Difference of a new block, and the share of it that has to come from far away. */
#define CHANGED  (12.0 / 127.5)
#define FAR_PART 0.4

typedef struct
{
  const DifQuiltLevel *level;
  const DifImage      *picture;
  const DifShift      *shifts;
  int                  width;     /* of shifts                      */
  int                  height;
  gboolean             wrapped;
  double               far;       /* in pixels of them              */
} Fresh;

static int
within (int      v,
        int      n,
        gboolean wrapped)
{
  return wrapped ? ((v % n) + n) % n : CLAMP (v, 0, n - 1);
}

static gboolean
is_fresh (const Fresh *w,
          int          x0,
          int          y0,
          int          side)
{
  const DifImage *p = w->picture;
  double          scale_x = (double) p->width / w->width;
  double          scale_y = (double) p->height / w->height, sum = 0.0;
  gsize           plane = (gsize) p->width * p->height;
  int             n_far = 0, x, y, c;

  for (y = y0; y < y0 + side; y++)
    for (x = x0; x < x0 + side; x++)
      {
        DifShift s = w->shifts[(gsize) MIN ((int) (y / scale_y), w->height - 1)
                               * w->width
                               + MIN ((int) (x / scale_x), w->width - 1)];
        int      sx = within (x + (int) lrint (s.x * scale_x), p->width, w->wrapped);
        int      sy = within (y + (int) lrint (s.y * scale_y), p->height, w->wrapped);

        for (c = 0; c < 3; c++)
          {
            double d = p->rgb[c * plane + (gsize) sy * p->width + sx]
                       - p->rgb[c * plane + (gsize) y * p->width + x];

            sum += d * d;
          }
        n_far += (double) s.x * s.x + (double) s.y * s.y > w->far * w->far;
      }
  return sqrt (sum / (3.0 * side * side)) > CHANGED && n_far > FAR_PART * side * side;
}

double
dif_fresh_share (const DifQuiltLevels *levels,
                 int                   at,
                 const DifShift       *shifts,
                 int                   width,
                 int                   height,
                 double                far)
{
  const DifQuiltLevel *level = &levels->levels[at];
  Fresh                w = { level, dif_levels_picture (levels, at), shifts, width,
                             height, levels->wrapped, far * MIN (width, height) };
  int                  side = MAX (1, MIN (level->width, level->height) / BLOCKS);
  int                  columns = level->width / side, rows = level->height / side;
  int                  x, y, n = 0;

  for (y = 0; y < rows; y++)
    for (x = 0; x < columns; x++)
      n += is_fresh (&w, x * side, y * side, side);
  return (double) n / (columns * rows);
}
