/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-tiling.c: tiles cover every pixel of the canvas, their windows sum
 * to one, and estimates that are the canvas itself make the same picture.
 */

#include <math.h>
#include <string.h>

#include "pipeline/tiling.h"

static void
check_axis (const DifAxis *axis,
            int            length,
            int            multiple,
            int            native)
{
  g_autofree double *sum = g_new0 (double, axis->length);
  int                i, j;

  g_assert_cmpint (axis->length % multiple, ==, 0);
  g_assert_cmpint (axis->size % multiple, ==, 0);
  g_assert_cmpint (axis->length, >=, MAX (length, native));
  g_assert_cmpint (axis->length, <, MAX (length, native) + multiple);
  g_assert_cmpint (axis->size, <=, MAX (DIF_TILE_SIDE, native) + multiple);
  g_assert_cmpint (axis->before, >=, 0);
  g_assert_cmpint (axis->before + length, <=, axis->length);
  g_assert_cmpint (axis->start[0], ==, 0);
  g_assert_cmpint (axis->start[axis->n - 1] + axis->size, ==, axis->length);
  for (i = 0; i < axis->n; i++)
    {
      g_assert_cmpint (axis->start[i] % multiple, ==, 0);
      if (i > 0)      /* neighbours overlap */
        g_assert_cmpint (axis->start[i - 1] + axis->size - axis->start[i], >=,
                         MIN (DIF_TILE_OVERLAP, axis->size / 2) - multiple);
      for (j = 0; j < axis->size; j++)
        {
          g_assert_cmpfloat (axis->window[i * axis->size + j], >, 0.0f);
          sum[axis->start[i] + j] += axis->window[i * axis->size + j];
        }
    }
  for (i = 0; i < axis->length; i++)
    g_assert_cmpfloat (fabs (sum[i] - 1.0), <, 1e-6);
}

static void
test_axes (void)
{
  static const int multiples[] = { 1, 2, 8, 16, 32, 64 };
  guint            m;
  int              length;

  for (m = 0; m < G_N_ELEMENTS (multiples); m++)
    for (length = 1; length < 6000; length += length < 900 ? 1 : 37)
      {
        DifTiling *t = dif_tiling_new (length, 7, multiples[m], 64, FALSE);

        check_axis (&t->x, length, multiples[m], 64);
        check_axis (&t->y, 7, multiples[m], 64);
        dif_tiling_free (t);
      }
}

/* A large picture of any size needs few more pixels than it has. */
static void
test_overhead (void)
{
  int side;

  for (side = 1000; side < 6000; side += 123)
    {
      DifTiling *t = dif_tiling_new (side, side, 8, 64, FALSE);
      double     pixels = (double) dif_tiling_n_tiles (t) * t->x.size * t->y.size;

      g_assert_cmpfloat (pixels / ((double) side * side), <, 1.45);
      dif_tiling_free (t);
    }
}

/* What is on n tiles of the canvas, [n][3][height][width]. */
static void
cut_tiles (const DifTiling *t,
           int              first,
           int              n,
           const float     *planes,
           float           *out)
{
  g_autofree DifRect *tiles = g_new (DifRect, n);
  int                 i, c, y;

  dif_tiling_place (t, first, n, tiles);
  for (i = 0; i < n; i++)
    for (c = 0; c < 3; c++)
      for (y = 0; y < tiles[i].height; y++, out += tiles[i].width)
        memcpy (out, planes + ((gsize) c * t->y.length + tiles[i].y + y)
                              * t->x.length + tiles[i].x,
                tiles[i].width * sizeof (float));
}

static void
round_trip (int w,
            int h,
            int multiple,
            int batch,
            int n_threads)
{
  DifPool          *pool = dif_pool_new (n_threads);
  DifTiling        *t = dif_tiling_new (w, h, multiple, 64, FALSE);
  gsize             n = (gsize) t->x.length * t->y.length * 3;
  g_autofree float *planes = g_new (float, n);
  g_autofree float *back = g_new0 (float, n);
  g_autofree float *tiles = g_new (float, (gsize) t->x.size * t->y.size * 3 * batch);
  int               i, n_tiles = dif_tiling_n_tiles (t);
  gsize             j;

  for (j = 0; j < n; j++)
    planes[j] = (float) sin (j * 0.7);
  for (i = 0; i < n_tiles; i += batch)
    {
      cut_tiles (t, i, MIN (batch, n_tiles - i), planes, tiles);
      dif_tiling_add (t, pool, i, MIN (batch, n_tiles - i), tiles, 0,
                      t->y.length, back);
    }
  for (j = 0; j < n; j++)
    g_assert_cmpfloat (fabs (back[j] - planes[j]), <, 1e-5);
  dif_tiling_free (t);
  dif_pool_free (pool);
}

static void
test_round_trip (void)
{
  round_trip (1, 1, 16, 1, 1);
  round_trip (500, 70, 16, 1, 2);
  round_trip (401, 833, 32, 4, 2);
  round_trip (900, 500, 1, 3, 3);
}

/* What is estimated of a wrapped picture is the picture again, in every
 * place where the canvas shows it.
 */
static void
wrapped_trip (int w,
              int h,
              int multiple)
{
  DifPool          *pool = dif_pool_new (2);
  DifTiling        *t = dif_tiling_new (w, h, multiple, 64, TRUE);
  gsize             plane = (gsize) t->x.length * t->y.length;
  g_autofree float *planes = g_new (float, 3 * plane);
  g_autofree float *back = g_new0 (float, 3 * plane);
  g_autofree float *tile = g_new (float, (gsize) t->x.size * t->y.size * 3);
  int               x, y, c, i;

  g_assert_cmpint (t->x.before, >=, DIF_TILE_OVERLAP);
  for (c = 0; c < 3; c++)
    for (y = 0; y < t->y.length; y++)
      for (x = 0; x < t->x.length; x++)
        planes[c * plane + (gsize) y * t->x.length + x] = (float)
          sin (dif_axis_source (&t->x, TRUE, x) * 0.7 + c
               + dif_axis_source (&t->y, TRUE, y) * 1.3);
  for (i = 0; i < dif_tiling_n_tiles (t); i++)
    {
      cut_tiles (t, i, 1, planes, tile);
      dif_tiling_add (t, pool, i, 1, tile, 0, t->y.length, back);
    }
  dif_tiling_fold (t, pool, back);
  for (i = 0; i < (int) (3 * plane); i++)
    g_assert_cmpfloat (fabs (back[i] - planes[i]), <, 1e-5);
  dif_tiling_free (t);
  dif_pool_free (pool);
}

static void
test_wrapped (void)
{
  wrapped_trip (1, 3, 16);
  wrapped_trip (30, 500, 16);
  wrapped_trip (801, 64, 32);
}

/* A part's tiles lie where the whole's do, cover what was asked for, and
 * weigh the same but where their neighbours are missing.
 */
static void
check_part (const DifAxis *part,
            const DifAxis *whole,
            int            from,
            int            length)
{
  int shift = part->offset - part->before + whole->before;
  int i, j;

  g_assert_cmpint (part->offset, <=, from);
  g_assert_cmpint (part->offset + part->picture, >=, from + length);
  g_assert_cmpint (part->before, >=, 0);
  g_assert_cmpint (part->before + part->picture, <=, part->length);
  for (i = 0; i < part->n; i++)
    {
      for (j = 0; j < whole->n && whole->start[j] != part->start[i] + shift; j++)
        ;
      g_assert_cmpint (j, <, whole->n);
      if (i > 0 && i < part->n - 1)
        g_assert_cmpmem (part->window + i * part->size, part->size * 4,
                         whole->window + j * whole->size, whole->size * 4);
    }
}

static void
test_parts (void)
{
  DifTiling *whole = dif_tiling_new (3000, 1100, 16, 64, FALSE);
  int        x, w;

  for (x = 0; x < 3000; x += 77)
    for (w = 1; w <= 3000 - x; w += 333)
      {
        DifRect    visible = { x, x / 3, w, 90 };
        DifTiling *part = dif_tiling_part (whole, &visible, FALSE);

        check_part (&part->x, &whole->x, visible.x, visible.width);
        check_part (&part->y, &whole->y, visible.y, visible.height);
        dif_tiling_free (part);
      }
  dif_tiling_free (whole);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiling/axes", test_axes);
  g_test_add_func ("/tiling/overhead", test_overhead);
  g_test_add_func ("/tiling/round-trip", test_round_trip);
  g_test_add_func ("/tiling/wrapped", test_wrapped);
  g_test_add_func ("/tiling/parts", test_parts);
  return g_test_run ();
}
