/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-image.c: pictures, and the filling of what is transparent.
 */

#include <math.h>

#include "dif.h"

static void
test_new (void)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifImage) image = dif_image_new (3, 2, &error);
  int                  i;

  g_assert_no_error (error);
  for (i = 0; i < 18; i++)
    g_assert_cmpfloat (image->rgb[i], ==, -1.0f);
  dif_image_free (NULL);
}

static void
test_range (void)
{
  static const int sizes[][2] = {
    { 0, 1 }, { 1, 0 }, { -1, 5 }, { DIF_MAX_SIDE + 1, 1 },
    { DIF_MAX_SIDE, DIF_MAX_SIDE }, { G_MAXINT, G_MAXINT }
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (dif_image_new (sizes[i][0], sizes[i][1], &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
    }
}

/* A picture with a gradient, and NaN-free rubbish where alpha is 0. */
static DifImage *
gradient (int    w,
          int    h,
          float *alpha)
{
  DifImage *image = dif_image_new (w, h, NULL);
  int       x, y;

  for (y = 0; y < h; y++)
    for (x = 0; x < w; x++)
      {
        int i = y * w + x;

        image->rgb[i] = alpha[i] > 0 ? -0.5f + (float) x / w : 99.0f;
        image->rgb[w * h + i] = alpha[i] > 0 ? 0.25f : -99.0f;
        image->rgb[2 * w * h + i] = alpha[i] > 0 ? -0.5f + (float) y / h : 1e9f;
      }
  return image;
}

static void
test_opaque (void)
{
  float                alpha[30 * 20];
  g_autoptr (DifImage) image = NULL;
  g_autoptr (DifImage) same = NULL;
  int                  i;

  for (i = 0; i < 600; i++)
    alpha[i] = i % 3 ? 1.0f : 0.001f;
  image = gradient (30, 20, alpha);
  same = gradient (30, 20, alpha);
  g_assert_true (dif_image_fill_transparent (image, alpha, NULL));
  g_assert_cmpmem (image->rgb, 7200, same->rgb, 7200);
}

static void
test_hole (void)
{
  enum { W = 61, H = 47 };
  float                alpha[W * H];
  g_autoptr (DifImage) image = NULL;
  int                  x, y, i;

  for (y = 0; y < H; y++)
    for (x = 0; x < W; x++)
      alpha[y * W + x] = hypot (x - 30, y - 20) < 12 || x > 50 ? 0.0f : 0.7f;
  image = gradient (W, H, alpha);
  g_assert_true (dif_image_fill_transparent (image, alpha, NULL));
  for (y = 0; y < H; y++)
    for (x = 0; x < W; x++)
      {
        i = y * W + x;
        if (alpha[i] > 0)      /* what is visible stays to the bit */
          g_assert_cmpfloat (image->rgb[i], ==, -0.5f + (float) x / W);
        /* Never outside what is visible; close to it near the edge. */
        g_assert_cmpfloat (image->rgb[i], >=, -0.5f);
        g_assert_cmpfloat (image->rgb[i], <=, 0.5f);
        g_assert_cmpfloat (fabs (image->rgb[W * H + i] - 0.25f), <, 1e-5);
        g_assert_cmpfloat (fabs (image->rgb[i] - (-0.5f + (float) x / W)),
                           <, 0.25);
      }
}

static void
test_nothing_visible (void)
{
  float                alpha[35] = { 0.0f };
  g_autoptr (DifImage) image = gradient (7, 5, alpha);
  int                  i;

  g_assert_true (dif_image_fill_transparent (image, alpha, NULL));
  for (i = 0; i < 105; i++)
    g_assert_cmpfloat (image->rgb[i], ==, 0.0f);
}

static void
test_one_visible (void)
{
  float                alpha[400] = { 0.0f };
  g_autoptr (DifImage) image = NULL;
  int                  i;

  alpha[399] = 1.0f;
  image = gradient (400, 1, alpha);
  g_assert_true (dif_image_fill_transparent (image, alpha, NULL));
  for (i = 0; i < 400; i++)
    g_assert_cmpfloat (fabs (image->rgb[i] - 0.4975f), <, 1e-4);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/new", test_new);
  g_test_add_func ("/image/range", test_range);
  g_test_add_func ("/image/fill/opaque", test_opaque);
  g_test_add_func ("/image/fill/hole", test_hole);
  g_test_add_func ("/image/fill/nothing-visible", test_nothing_visible);
  g_test_add_func ("/image/fill/one-visible", test_one_visible);
  return g_test_run ();
}
