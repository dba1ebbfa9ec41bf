/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-resample.c: resampled pictures against Keys' formula written out, at
 * sizes that grow and shrink, wrapped and not; the same bits at any number of
 * threads; and what PIL makes of a step.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "quilt/resample.h"
#include "../larger.h"

#define LIMIT 2e-6

static const int sizes[][4] = {
  { 1, 1, 7, 5 },      { 7, 5, 1, 1 },     { 2, 3, 4, 9 },    { 13, 9, 13, 9 },
  { 30, 20, 40, 27 },  { 40, 27, 30, 20 }, { 64, 48, 9, 48 }, { 9, 48, 64, 12 },
  { 101, 1, 17, 3 },   { 1, 101, 3, 17 },  { 33, 65, 11, 13 }
};

static DifImage *
noise_new (int width,
           int height)
{
  DifImage *image = dif_image_new (width, height, NULL);
  int       y;

  for (y = 0; y < height; y++)
    dif_rng_normal_rgb (7, 0, 0, y, width, image->rgb + (gsize) y * width,
                        (gsize) width * height);
  return image;
}

static double
keys (double x)
{
  double a = -0.5;

  x = fabs (x);
  if (x <= 1.0)
    return (a + 2.0) * pow (x, 3.0) - (a + 3.0) * pow (x, 2.0) + 1.0;
  if (x < 2.0)
    return a * pow (x, 3.0) - 5.0 * a * pow (x, 2.0) + 8.0 * a * x - 4.0 * a;
  return 0.0;
}

/* The share that pixel k of a side of `before` has in pixel i of `after`; any k
 * where it is wrapped.
 */
static double
share (int k,
       int i,
       int before,
       int after)
{
  double wide = MAX ((double) before / after, 1.0);

  return keys (((k + 0.5) - (i + 0.5) * before / after) / wide);
}

/* Value (x, y) of a channel: all pixels of from, seen so often that the kernel
 * ends, with their shares.
 */
static double
expected (const DifImage *from,
          const DifImage *to,
          gboolean        wrapped,
          int             channel,
          int             x,
          int             y)
{
  int    w = from->width, h = from->height;
  int    more_x = wrapped ? 2 + 2 / w + (to->width < w ? 2 * w / to->width : 0)
                  : 0;
  int    more_y = wrapped ? 2 + 2 / h + (to->height < h ? 2 * h / to->height : 0)
                  : 0;
  double sum = 0.0, total = 0.0;
  int    u, v;

  more_x = MIN (more_x, 3 * w);
  more_y = MIN (more_y, 3 * h);
  for (v = -more_y; v < h + more_y; v++)
    {
      double down = share (v, y, h, to->height);

      if (down != 0.0)
        for (u = -more_x; u < w + more_x; u++)
          {
            double weight = down * share (u, x, w, to->width);

            sum += weight * from->rgb[((gsize) channel * h + (v + 3 * h) % h) * w
                                      + (u + 3 * w) % w];
            total += weight;
          }
    }
  return sum / total;
}

static void
test_formula (gconstpointer data)
{
  const int *size = data;
  DifPool   *pool = dif_pool_new (2);
  DifImage  *from = noise_new (size[0], size[1]);
  int        wrapped;

  for (wrapped = 0; wrapped < 2; wrapped++)
    {
      DifImage *to = dif_image_new (size[2], size[3], NULL);
      double    worst = 0.0;
      gsize     i, plane = (gsize) to->width * to->height;

      g_assert_true (dif_resample (from, to, wrapped, pool, NULL));
      for (i = 0; i < 3 * plane; i++)
        worst = larger (worst,
                        fabs (to->rgb[i]
                              - expected (from, to, wrapped, i / plane,
                                          i % to->width,
                                          i % plane / to->width)));
      g_assert_cmpfloat (worst, <, LIMIT);
      if (size[0] == size[2] && size[1] == size[3])
        g_assert_cmpmem (from->rgb, 3 * plane * sizeof (float), to->rgb,
                         3 * plane * sizeof (float));
      dif_image_free (to);
    }
  dif_image_free (from);
  dif_pool_free (pool);
}

static void
test_threads (void)
{
  DifImage *from = noise_new (97, 61);
  DifImage *first = dif_image_new (130, 41, NULL);
  DifImage *other = dif_image_new (130, 41, NULL);
  int       n;

  for (n = 1; n <= 5; n++)
    {
      DifPool *pool = dif_pool_new (n);

      g_assert_true (dif_resample (from, n == 1 ? first : other, TRUE, pool,
                                   NULL));
      if (n > 1)
        g_assert_cmpmem (first->rgb, 3 * 130 * 41 * sizeof (float),
                         other->rgb, 3 * 130 * 41 * sizeof (float));
      dif_pool_free (pool);
    }
  dif_image_free (from);
  dif_image_free (first);
  dif_image_free (other);
}

/* What PIL 11.1 makes of a row of 0 0 0 1 1 1 (Image.resize(), mode F). */
static void
test_step (void)
{
  static const float narrower[4] = {
    -0.00809062f, 0.04594181f, 0.95405817f, 1.00809062f
  };
  static const float wider[9] = {
    0.00000000f, 0.00000000f, -0.01157407f, -0.05787037f,
    0.50000000f, 1.05787039f, 1.01157403f, 1.00000000f,
    1.00000000f
  };
  static const struct { int width; const float *values; } made[] = {
    { G_N_ELEMENTS (narrower), narrower }, { G_N_ELEMENTS (wider), wider }
  };
  DifPool  *pool = dif_pool_new (1);
  DifImage *from = dif_image_new (6, 1, NULL);
  gsize     i;
  int       x;

  for (i = 0; i < 18; i++)
    from->rgb[i] = i % 6 / 3;
  for (i = 0; i < G_N_ELEMENTS (made); i++)
    {
      DifImage *to = dif_image_new (made[i].width, 1, NULL);

      g_assert_true (dif_resample (from, to, FALSE, pool, NULL));
      for (x = 0; x < made[i].width; x++)
        g_assert_cmpfloat_with_epsilon (to->rgb[x], made[i].values[x], 1e-6);
      dif_image_free (to);
    }
  dif_image_free (from);
  dif_pool_free (pool);
}

int
main (int    argc,
      char **argv)
{
  gsize i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/resample/formula/%dx%d-to-%dx%d",
                                               sizes[i][0], sizes[i][1],
                                               sizes[i][2], sizes[i][3]);

      g_test_add_data_func (path, sizes[i], test_formula);
    }
  g_test_add_func ("/resample/threads", test_threads);
  g_test_add_func ("/resample/pil", test_step);
  return g_test_run ();
}
