/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tiling.c: tiles form a grid, so each axis is cut up on its own and a
 * tile's window is the product of two.
 */

#include <stdbool.h>

#include "pipeline/tiling.h"

static int
round_up (int a,
          int multiple)
{
  return (a + multiple - 1) / multiple * multiple;
}

/* Rises smoothly from just above 0 at the edge to 1 at the overlap's
 * width, falls likewise; an edge that is the canvas's own stays at 1.
 * The outermost quarter of the overlap counts next to nothing: there a
 * tile knows too little of its surroundings.
 */
static float
window_at (int  i,
           int  size,
           int  ramp,
           bool first,
           bool last)
{
  double a = first ? 1.0 : (i + 0.5) / ramp;
  double b = last ? 1.0 : (size - i - 0.5) / ramp;
  double v = (MIN (MIN (a, b), 1.0) - 0.25) / 0.75;

  v = MAX (v, 0.0);
  return (float) (v * v * (3.0 - 2.0 * v) + 1e-4);
}

static void
fill_windows (DifAxis *axis,
              int      ramp)
{
  g_autofree float *sum = g_new0 (float, axis->length);
  int               i, j;

  for (i = 0; i < axis->n; i++)
    for (j = 0; j < axis->size; j++)
      {
        float w = window_at (j, axis->size, ramp, i == 0, i == axis->n - 1);

        axis->window[i * axis->size + j] = w;
        sum[axis->start[i] + j] += w;
      }
  for (i = 0; i < axis->n; i++)
    for (j = 0; j < axis->size; j++)
      axis->window[i * axis->size + j] /= sum[axis->start[i] + j];
}

static void
axis_init (DifAxis *axis,
           int      length,
           int      multiple,
           int      native)
{
  int most = round_up (MAX (DIF_TILE_SIDE, native), multiple);
  int overlap = round_up (DIF_TILE_OVERLAP, multiple);
  int i;

  axis->length = round_up (MAX (length, native), multiple);
  axis->before = (axis->length - length) / 2;
  if (axis->length <= most)
    {
      axis->n = 1;
      axis->size = axis->length;
    }
  else
    {
      overlap = MIN (overlap, most / 2 / multiple * multiple);
      axis->n = (axis->length - overlap + most - overlap - 1) / (most - overlap);
      axis->size = round_up ((axis->length + (axis->n - 1) * overlap + axis->n - 1)
                             / axis->n, multiple);
    }
  axis->start = g_new0 (int, axis->n);
  for (i = 1; i < axis->n; i++)
    axis->start[i] = (int) ((gint64) (axis->length - axis->size) * i
                            / (axis->n - 1)) / multiple * multiple;
  axis->window = g_new (float, (gsize) axis->n * axis->size);
  fill_windows (axis, overlap);
}

static void
axis_clear (DifAxis *axis)
{
  g_free (axis->start);
  g_free (axis->window);
}

DifTiling *
dif_tiling_new (int width,
                int height,
                int multiple,
                int native,
                int unshuffle)
{
  DifTiling *tiling = g_new0 (DifTiling, 1);

  axis_init (&tiling->x, width, multiple, native);
  axis_init (&tiling->y, height, multiple, native);
  tiling->unshuffle = unshuffle;
  return tiling;
}

void
dif_tiling_free (DifTiling *tiling)
{
  if (! tiling)
    return;
  axis_clear (&tiling->x);
  axis_clear (&tiling->y);
  g_free (tiling);
}

int
dif_tiling_n_tiles (const DifTiling *tiling)
{
  return tiling->x.n * tiling->y.n;
}

gsize
dif_tiling_values (const DifTiling *tiling)
{
  return (gsize) tiling->x.length * tiling->y.length * 3;
}

/* Gathering ---------------------------------------------------------- */

typedef struct
{
  const DifTiling *tiling;
  int              first;
  int              n;
  const float     *from;
  float           *to;
} Move;

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
  gsize            plane = (gsize) t->x.length * t->y.length;
  float           *to = m->to + (gsize) chunk * w * 3 * p * p;
  int              x, c, dy, dx;

  for (c = 0; c < 3; c++)
    for (dy = 0; dy < p; dy++)
      {
        const float *from = m->from + c * plane
                            + (gsize) (y0 + dy) * t->x.length + x0;
        float       *out = to + (c * p + dy) * p;

        for (x = 0; x < w; x++, out += 3 * p * p)
          for (dx = 0; dx < p; dx++)
            out[dx] = *from++;
      }
}

void
dif_tiling_gather (const DifTiling *tiling,
                   DifPool         *pool,
                   int              first,
                   int              n,
                   const float     *planes,
                   float           *input)
{
  Move m = { tiling, first, n, planes, input };

  dif_pool_run (pool, n * (tiling->y.size / tiling->unshuffle), gather_row, &m);
}

/* Scattering --------------------------------------------------------- */

static void
add_tile_row (const Move *m,
              int         i,
              int         y)
{
  const DifTiling *t = m->tiling;
  int              p = t->unshuffle;
  int              tile = m->first + i, tx = tile % t->x.n, ty = tile / t->x.n;
  int              row = y - t->y.start[ty];
  int              w = t->x.size / p, h = t->y.size / p;
  gsize            plane = (gsize) t->x.length * t->y.length;
  const float     *window = t->x.window + (gsize) tx * t->x.size;
  float            weight = t->y.window[(gsize) ty * t->y.size + row];
  const float     *from = m->from + ((gsize) i * h + row / p) * w * 3 * p * p;
  int              x, dx, c;

  for (c = 0; c < 3; c++)
    {
      const float *in = from + (c * p + row % p) * p;
      float       *out = m->to + c * plane + (gsize) y * t->x.length
                         + t->x.start[tx];

      for (x = 0; x < t->x.size; x += p, in += 3 * p * p)
        for (dx = 0; dx < p; dx++)
          out[x + dx] += weight * window[x + dx] * in[dx];
    }
}

/* One row of the canvas, tile by tile in their order: however many tiles
 * a network call takes, a pixel's sum is the same.
 */
static void
scatter_row (int   y,
             int   worker,
             void *data)
{
  const Move      *m = data;
  const DifTiling *t = m->tiling;
  int              i;

  for (i = 0; i < m->n; i++)
    {
      int start = t->y.start[(m->first + i) / t->x.n];

      if (y >= start && y < start + t->y.size)
        add_tile_row (m, i, y);
    }
}

void
dif_tiling_scatter (const DifTiling *tiling,
                    DifPool         *pool,
                    int              first,
                    int              n,
                    const float     *output,
                    float           *planes)
{
  Move m = { tiling, first, n, output, planes };

  dif_pool_run (pool, tiling->y.length, scatter_row, &m);
}
