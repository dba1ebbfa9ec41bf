/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tiling-blend.c: estimates of tiles become one of the canvas.
 */

#include <string.h>

#include "pipeline/tiling.h"

typedef struct
{
  const DifTiling *tiling;
  int              first;
  int              n;
  const float     *estimates;
  float           *to;
  int              top;       /* of the canvas rows at to, of which there */
  int              height;    /*   are so many in each plane              */
} Blend;

/* Adds what tile i of a call estimates of canvas row y. */
static void
add_tile_row (const Blend *b,
              int          i,
              int          y)
{
  const DifTiling *t = b->tiling;
  int              tx = (b->first + i) % t->x.n, ty = (b->first + i) / t->x.n;
  int              w = t->x.size, h = t->y.size, row = y - t->y.start[ty], c, x;
  const float     *columns = t->x.window + (gsize) tx * w;
  float            weight = t->y.window[(gsize) ty * h + row];

  for (c = 0; c < 3; c++)
    {
      const float *from = b->estimates + (((gsize) i * 3 + c) * h + row) * w;
      float       *to = b->to + ((gsize) c * b->height + y - b->top) * t->x.length
                        + t->x.start[tx];

      for (x = 0; x < w; x++)
        to[x] += weight * columns[x] * from[x];
    }
}

/* A row of the canvas, tile by tile in their order: however many tiles a
 * call takes, a pixel's sum is the same.
 */
static void
add_row_of_tiles (int   chunk,
                  int   worker,
                  void *data)
{
  const Blend     *b = data;
  const DifTiling *t = b->tiling;
  int              y = dif_tiling_row (t, b->first) + chunk, i;

  for (i = 0; i < b->n; i++)
    {
      int start = t->y.start[(b->first + i) / t->x.n];

      if (y >= start && y < start + t->y.size)
        add_tile_row (b, i, y);
    }
}

void
dif_tiling_add (const DifTiling *tiling,
                DifPool         *pool,
                int              first,
                int              n,
                const float     *estimates,
                int              from,
                int              height,
                float           *planes)
{
  Blend b = { tiling, first, n, estimates, planes, from, height };
  int   bottom = dif_tiling_row (tiling, first + n - 1) + tiling->y.size;

  dif_pool_run (pool, bottom - dif_tiling_row (tiling, first), add_row_of_tiles,
                &b);
}

/* Folding ------------------------------------------------------------ */

/* Adds n values at from to those at to, which may be the same. */
static void
add_row (float       *to,
         const float *from,
         int          n)
{
  int i;

  for (i = 0; i < n; i++)
    to[i] += from[i];
}

/* Within one row of a plane, every place that shows a pixel gets the sum of
 * its places.
 */
static void
fold_row (int   chunk,
          int   worker,
          void *data)
{
  const Blend   *b = data;
  const DifAxis *ax = &b->tiling->x;
  float         *row = b->to + (gsize) chunk * ax->length;
  float         *picture = row + ax->before;
  int            i;

  for (i = 0; i < ax->length; i++)
    if (i < ax->before || i >= ax->before + ax->picture)
      picture[dif_axis_source (ax, TRUE, i)] += row[i];
  for (i = 0; i < ax->length; i++)
    if (i < ax->before || i >= ax->before + ax->picture)
      row[i] = picture[dif_axis_source (ax, TRUE, i)];
}

/* The rows of one plane that show row chunk % height of the picture. */
static void
fold_column (int   chunk,
             int   worker,
             void *data)
{
  const Blend   *b = data;
  const DifAxis *ax = &b->tiling->x, *ay = &b->tiling->y;
  int            c = chunk / ay->picture, y = chunk % ay->picture;
  float         *plane = b->to + (gsize) c * ax->length * ay->length;
  float         *sum = plane + (gsize) (ay->before + y) * ax->length;
  int            first = (ay->before + y) % ay->picture;
  int            i;

  for (i = first; i < ay->length; i += ay->picture)
    if (i != ay->before + y)
      add_row (sum, plane + (gsize) i * ax->length, ax->length);
  for (i = first; i < ay->length; i += ay->picture)
    if (i != ay->before + y)
      memcpy (plane + (gsize) i * ax->length, sum, ax->length * sizeof (float));
}

void
dif_tiling_fold (const DifTiling *tiling,
                 DifPool         *pool,
                 float           *planes)
{
  Blend b = { .tiling = tiling, .to = planes };

  if (! tiling->wrapped)
    return;
  dif_pool_run (pool, 3 * tiling->y.length, fold_row, &b);
  dif_pool_run (pool, 3 * tiling->y.picture, fold_column, &b);
}
