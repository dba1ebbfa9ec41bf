/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tiling.c: where tiles lie.  They form a grid, so each axis is cut up on
 * its own and a tile's window is the product of two.
 */

#include <stdbool.h>
#include <string.h>

#include "pipeline/tiling.h"

static int
round_up (int a,
          int multiple)
{
  return (a + multiple - 1) / multiple * multiple;
}

/* A window rises smoothly from just above 0 at the edge of the tile to 1 at
 * the overlap's width, and falls likewise; at an edge of the canvas it stays 1.
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

static int
modulo (int i,
        int n)
{
  i %= n;
  return i < 0 ? i + n : i;
}

/* cut_before, cut_after: the canvas goes on there, in tiles that are not
 * ours or on the other side.
 */
static void
fill_windows (DifAxis *axis,
              int      ramp,
              bool     cut_before,
              bool     cut_after,
              bool     wrapped)
{
  int               period = wrapped ? axis->picture : axis->length;
  g_autofree float *sum = g_new0 (float, axis->length);
  int               i, j;

  for (i = 0; i < axis->n; i++)
    for (j = 0; j < axis->size; j++)
      {
        float w = window_at (j, axis->size, ramp, i == 0 && ! cut_before,
                             i == axis->n - 1 && ! cut_after);

        axis->window[i * axis->size + j] = w;
        sum[modulo (axis->start[i] + j - axis->before, period)] += w;
      }
  for (i = 0; i < axis->n; i++)
    for (j = 0; j < axis->size; j++)
      axis->window[i * axis->size + j]
        /= sum[modulo (axis->start[i] + j - axis->before, period)];
}

static void
axis_init (DifAxis *axis,
           int      length,
           int      multiple,
           int      native,
           bool     wrapped)
{
  int most = round_up (MAX (DIF_TILE_SIDE, native), multiple);
  int overlap = round_up (DIF_TILE_OVERLAP, multiple);
  int i;

  axis->picture = length;
  axis->length = round_up (MAX (length + (wrapped ? 2 * overlap : 0), native),
                           multiple);
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
  axis->overlap = overlap;
  axis->start = g_new0 (int, axis->n);
  for (i = 1; i < axis->n; i++)
    axis->start[i] = (int) ((gint64) (axis->length - axis->size) * i
                            / (axis->n - 1)) / multiple * multiple;
  axis->window = g_new (float, (gsize) axis->n * axis->size);
  fill_windows (axis, overlap, wrapped, wrapped, wrapped);
}

/* TRUE if tile i touches from .. to-1 of the picture, or sees nothing
 * beyond.
 */
static bool
belongs (const DifAxis *axis,
         int            i,
         int            from,
         int            to,
         bool           within)
{
  int begin = MAX (0, axis->start[i] - axis->before);
  int end = MIN (axis->picture, axis->start[i] + axis->size - axis->before);

  return within ? begin >= from && end <= to : begin < to && end > from;
}

static void
axis_part (DifAxis       *part,
           const DifAxis *whole,
           int            from,
           int            length,
           bool           within)
{
  int first = 0, last = whole->n - 1, end, i;

  while (first < last && ! belongs (whole, first, from, from + length, within))
    first++;
  while (last > first && ! belongs (whole, last, from, from + length, within))
    last--;
  end = whole->start[last] + whole->size;
  *part = *whole;
  part->n = last - first + 1;
  part->length = end - whole->start[first];
  part->offset = MAX (0, whole->start[first] - whole->before);
  part->before = part->offset + whole->before - whole->start[first];
  part->picture = MIN (whole->picture, end - whole->before) - part->offset;
  part->start = g_new (int, part->n);
  for (i = 0; i < part->n; i++)
    part->start[i] = whole->start[first + i] - whole->start[first];
  part->window = g_new (float, (gsize) part->n * part->size);
  fill_windows (part, whole->overlap, first > 0, last < whole->n - 1, false);
}

static void
axis_clear (DifAxis *axis)
{
  g_free (axis->start);
  g_free (axis->window);
}

DifTiling *
dif_tiling_new (int      width,
                int      height,
                int      multiple,
                int      native,
                gboolean wrapped)
{
  DifTiling *tiling = g_new0 (DifTiling, 1);

  axis_init (&tiling->x, width, multiple, native, wrapped);
  axis_init (&tiling->y, height, multiple, native, wrapped);
  tiling->wrapped = wrapped;
  return tiling;
}

DifTiling *
dif_tiling_part (const DifTiling *whole,
                 const DifRect   *rect,
                 gboolean         within)
{
  DifTiling *part = g_new (DifTiling, 1);
  DifRect    seen = *rect;

  *part = *whole;
  if (whole->wrapped)
    seen = (DifRect) { 0, 0, whole->x.picture, whole->y.picture };
  axis_part (&part->x, &whole->x, seen.x, seen.width, within);
  axis_part (&part->y, &whole->y, seen.y, seen.height, within);
  if (whole->wrapped)
    {
      memcpy (part->x.window, whole->x.window,
              (gsize) whole->x.n * whole->x.size * sizeof (float));
      memcpy (part->y.window, whole->y.window,
              (gsize) whole->y.n * whole->y.size * sizeof (float));
    }
  return part;
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

void
dif_tiling_place (const DifTiling *tiling,
                  int              first,
                  int              n,
                  DifRect         *tiles)
{
  const DifAxis *ax = &tiling->x, *ay = &tiling->y;
  int            i;

  for (i = 0; i < n; i++)
    tiles[i] = (DifRect) { ax->start[(first + i) % ax->n],
                           ay->start[(first + i) / ax->n], ax->size, ay->size };
}

int
dif_tiling_row (const DifTiling *tiling,
                int              first)
{
  return first < dif_tiling_n_tiles (tiling)
         ? tiling->y.start[first / tiling->x.n] : tiling->y.length;
}

int
dif_tiling_band (const DifTiling *tiling,
                 int              batch)
{
  int n = dif_tiling_n_tiles (tiling), rows = 0, first;

  if (tiling->wrapped)
    return tiling->y.length;
  for (first = 0; first < n; first += batch)
    rows = MAX (rows, dif_tiling_row (tiling, MIN (first + batch, n) - 1)
                      + tiling->y.size - dif_tiling_row (tiling, first));
  return rows;
}

int
dif_axis_source (const DifAxis *axis,
                 gboolean       wrapped,
                 int            i)
{
  int n = axis->picture;

  i -= axis->before;
  if (wrapped)
    return modulo (i, n);
  if (n == 1)
    return 0;
  i = ABS (i) % (2 * (n - 1));
  return i < n ? i : 2 * (n - 1) - i;
}
