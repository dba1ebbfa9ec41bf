/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tiling-move.c: pixels from the canvas to the tiles and back.
 */

#include <string.h>

#include "pipeline/tiling.h"

/* Gathering ---------------------------------------------------------- */

typedef struct
{
  const DifTiling *tiling;
  int              first;
  int              n;
  const float     *from;
  float           *to;
  int              top;       /* of the canvas rows at to, of which there */
  int              height;    /*   are so many in each plane              */
} Move;

/* w network pixels of p x p pixels each, whose 3 p rows of pixels begin at
 * from, dy after dy at stride, channel after channel at plane.  p is a
 * constant where this is inlined.
 */
static inline __attribute__ ((always_inline)) void
gather_pixels (const float *from,
               gsize        plane,
               gsize        stride,
               int          w,
               int          p,
               float       *to)
{
  int x, c, dy, dx;

  for (x = 0; x < w; x++, from += p)
    for (c = 0; c < 3; c++)
      for (dy = 0; dy < p; dy++)
        for (dx = 0; dx < p; dx++)
          *to++ = from[c * plane + dy * stride + dx];
}

/* One row of the network's pixels of one tile. */
static void
gather_row (int   chunk,
            int   worker,
            void *data)
{
  const Move      *m = data;
  const DifTiling *t = m->tiling;
  int              p = t->unshuffle;
  int              w = t->x.size / p, h = t->y.size / p;
  int              tile = m->first + chunk / h, row = chunk % h;
  int              x0 = t->x.start[tile % t->x.n];
  int              y0 = t->y.start[tile / t->x.n] + row * p;
  gsize            stride = t->x.length, plane = stride * t->y.length;
  const float     *from = m->from + y0 * stride + x0;
  float           *to = m->to + (gsize) chunk * w * 3 * p * p;

  if (p == 2)
    gather_pixels (from, plane, stride, w, 2, to);
  else
    gather_pixels (from, plane, stride, w, p, to);
}

void
dif_tiling_gather (const DifTiling *tiling,
                   DifPool         *pool,
                   int              first,
                   int              n,
                   const float     *planes,
                   float           *input)
{
  Move m = { .tiling = tiling, .first = first, .n = n, .from = planes,
             .to = input };

  dif_pool_run (pool, n * (tiling->y.size / tiling->unshuffle), gather_row, &m);
}

/* Scattering --------------------------------------------------------- */

/* The way back of gather_pixels(), each value added by its weight: rows are
 * the windows' weights of the p rows, columns those of the columns.
 */
static inline __attribute__ ((always_inline)) void
add_pixels (const float *from,
            const float *rows,
            const float *columns,
            gsize        plane,
            gsize        stride,
            int          w,
            int          p,
            float       *to)
{
  int x, c, dy, dx;

  for (x = 0; x < w; x++, to += p, columns += p)
    for (c = 0; c < 3; c++)
      for (dy = 0; dy < p; dy++)
        for (dx = 0; dx < p; dx++)
          to[c * plane + dy * stride + dx] += rows[dy] * columns[dx] * *from++;
}

/* What tile i of the batch says of the p canvas rows from y on, which is
 * a multiple of p as the tiles' starts are.
 */
static void
add_tile_rows (const Move *m,
               int         i,
               int         y)
{
  const DifTiling *t = m->tiling;
  int              p = t->unshuffle;
  int              tile = m->first + i, tx = tile % t->x.n, ty = tile / t->x.n;
  int              row = y - t->y.start[ty];
  int              w = t->x.size / p, h = t->y.size / p;
  gsize            stride = t->x.length, plane = stride * m->height;
  const float     *columns = t->x.window + (gsize) tx * t->x.size;
  const float     *rows = t->y.window + (gsize) ty * t->y.size + row;
  const float     *from = m->from + ((gsize) i * h + row / p) * w * 3 * p * p;
  float           *to = m->to + (y - m->top) * stride + t->x.start[tx];

  if (p == 2)
    add_pixels (from, rows, columns, plane, stride, w, 2, to);
  else
    add_pixels (from, rows, columns, plane, stride, w, p, to);
}

/* p rows of the canvas, tile by tile in their order: however many tiles a
 * network call takes, a pixel's sum is the same.
 */
static void
scatter_rows (int   chunk,
              int   worker,
              void *data)
{
  const Move      *m = data;
  const DifTiling *t = m->tiling;
  int              y = t->y.start[m->first / t->x.n] + chunk * t->unshuffle;
  int              i;

  for (i = 0; i < m->n; i++)
    {
      int start = t->y.start[(m->first + i) / t->x.n];

      if (y >= start && y < start + t->y.size)
        add_tile_rows (m, i, y);
    }
}

void
dif_tiling_scatter (const DifTiling *tiling,
                    DifPool         *pool,
                    int              first,
                    int              n,
                    const float     *output,
                    int              from,
                    int              height,
                    float           *planes)
{
  Move           m = { tiling, first, n, output, planes, from, height };
  const DifAxis *ay = &tiling->y;
  int            top = ay->start[first / tiling->x.n];
  int            bottom = ay->start[(first + n - 1) / tiling->x.n] + ay->size;

  dif_pool_run (pool, (bottom - top) / tiling->unshuffle, scatter_rows, &m);
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

/* Within one row of a plane: every place of a pixel gets the sum. */
static void
fold_row (int   chunk,
          int   worker,
          void *data)
{
  const Move    *m = data;
  const DifAxis *ax = &m->tiling->x;
  float         *row = m->to + (gsize) chunk * ax->length;
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
  const Move    *m = data;
  const DifAxis *ax = &m->tiling->x, *ay = &m->tiling->y;
  int            c = chunk / ay->picture, y = chunk % ay->picture;
  float         *plane = m->to + (gsize) c * ax->length * ay->length;
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
  Move m = { .tiling = tiling, .to = planes };

  if (! tiling->wrapped)
    return;
  dif_pool_run (pool, 3 * tiling->y.length, fold_row, &m);
  dif_pool_run (pool, 3 * tiling->y.picture, fold_column, &m);
}
