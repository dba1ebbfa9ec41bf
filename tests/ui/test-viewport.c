/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-viewport.c: what is seen of a layer, at every zoom and place.
 */

#include <math.h>

#include "viewport.h"

static DifUiViewport
look (int layer_width,
      int layer_height,
      int width,
      int height)
{
  DifUiViewport view;

  dif_ui_viewport_init (&view, layer_width, layer_height);
  dif_ui_viewport_resize (&view, width, height);
  return view;
}

/* The layer position at a window position. */
static double
layer_x (const DifUiViewport *view,
         double               x)
{
  return view->x + (x - view->width / 2.0) / view->zoom;
}

/* What holds at every zoom and place. */
static void
check (const DifUiViewport *view)
{
  DifRect seen = dif_ui_viewport_visible (view);
  int     f = dif_ui_viewport_reduction (view);
  double  x, y, left = MAX (0.0, layer_x (view, 0.0));
  double  right = MIN (view->layer_width, layer_x (view, view->width));

  g_assert_cmpint (f, >=, 1);
  g_assert_cmpint (f, <=, DIF_MAX_REDUCTION);
  g_assert_true (f == 1 || f <= 1.0 / view->zoom + 1e-6);
  g_assert_cmpint (seen.x, >=, 0);
  g_assert_cmpint (seen.y, >=, 0);
  g_assert_cmpint (seen.width, >, 0);
  g_assert_cmpint (seen.height, >, 0);
  g_assert_cmpint (seen.x + seen.width, <=, view->layer_width);
  g_assert_cmpint (seen.y + seen.height, <=, view->layer_height);
  g_assert_cmpint (seen.x % f, ==, 0);
  g_assert_true (seen.width % f == 0 || seen.width < f);

  /* All that is seen is there, but for the rest of a division. */
  g_assert_cmpfloat (seen.x, <=, left + 1e-6);
  g_assert_cmpfloat (seen.x + seen.width, >=, right - f - 1e-6);

  /* A layer that fits is in the middle, one that does not fills. */
  dif_ui_viewport_origin (view, &x, &y);
  if (view->layer_width * view->zoom <= view->width)
    g_assert_cmpfloat (fabs (x - (view->width - view->layer_width * view->zoom)
                             / 2.0), <=, 1.0);
  else
    {
      g_assert_cmpfloat (x, <=, 0.5);
      g_assert_cmpfloat (x + view->layer_width * view->zoom, >=,
                         view->width - 0.5);
    }
}

static void
test_fit (void)
{
  DifUiViewport view = look (4000, 3000, 400, 400);
  DifRect       seen = dif_ui_viewport_visible (&view);

  g_assert_cmpfloat (view.zoom, ==, 0.1);
  g_assert_cmpint (dif_ui_viewport_reduction (&view), ==,
                   MIN (10, DIF_MAX_REDUCTION));
  g_assert_cmpint (seen.width, ==, 4000);
  g_assert_cmpint (seen.height, ==, 3000);

  /* It follows the window, and never exceeds 100 %. */
  dif_ui_viewport_resize (&view, 2000, 1500);
  g_assert_cmpfloat (view.zoom, ==, 0.5);
  dif_ui_viewport_resize (&view, 9000, 9000);
  g_assert_cmpfloat (view.zoom, ==, 1.0);
  check (&view);
}

/* What is under the mouse stays there. */
static void
test_zoom (void)
{
  DifUiViewport view = look (4000, 3000, 800, 600);
  double        before;

  dif_ui_viewport_zoom_at (&view, 1.0, 400.0, 300.0);
  before = layer_x (&view, 500.0);
  dif_ui_viewport_zoom_at (&view, 2.0, 500.0, 200.0);
  g_assert_cmpfloat (fabs (layer_x (&view, 500.0) - before), <, 1e-9);
  g_assert_false (view.fit);

  /* So does the zoom, when the window changes. */
  dif_ui_viewport_resize (&view, 700, 500);
  g_assert_cmpfloat (view.zoom, ==, 2.0);
  dif_ui_viewport_zoom_at (&view, 1e9, 0.0, 0.0);
  g_assert_cmpfloat (view.zoom, ==, DIF_UI_MAX_ZOOM);
  dif_ui_viewport_zoom_at (&view, 0.0, 0.0, 0.0);
  g_assert_cmpfloat (view.zoom, >, 0.0);
  check (&view);
}

static void
test_pan (void)
{
  DifUiViewport view = look (1000, 1000, 100, 100);
  DifRect       seen;

  dif_ui_viewport_zoom_at (&view, 1.0, 50.0, 50.0);
  dif_ui_viewport_pan (&view, 30.0, -20.0);
  seen = dif_ui_viewport_visible (&view);
  g_assert_cmpint (seen.x, ==, 420);
  g_assert_cmpint (seen.y, ==, 470);
  g_assert_cmpint (seen.width, ==, 100);
  dif_ui_viewport_pan (&view, 1e6, 1e6);
  seen = dif_ui_viewport_visible (&view);
  g_assert_cmpint (seen.x, ==, 0);
  g_assert_cmpint (seen.y, ==, 0);
  dif_ui_viewport_pan (&view, -1e6, -1e6);
  seen = dif_ui_viewport_visible (&view);
  g_assert_cmpint (seen.x + seen.width, ==, 1000);
}

static void
test_anywhere (void)
{
  static const int sizes[] = { 1, 2, 7, 99, 640, 5003, 30000 };
  GRand           *rand = g_rand_new_with_seed (3);
  int              i, k;

  for (i = 0; i < 400; i++)
    {
      DifUiViewport view = look (sizes[g_rand_int_range (rand, 0, 7)],
                                 sizes[g_rand_int_range (rand, 0, 7)],
                                 g_rand_int_range (rand, 1, 1500),
                                 g_rand_int_range (rand, 1, 1500));

      check (&view);
      for (k = 0; k < 20; k++)
        {
          if (g_rand_boolean (rand))
            dif_ui_viewport_pan (&view, g_rand_double_range (rand, -900, 900),
                                 g_rand_double_range (rand, -900, 900));
          else
            dif_ui_viewport_zoom_at (
              &view, view.zoom * g_rand_double_range (rand, 0.3, 3),
              g_rand_double_range (rand, 0, view.width),
              g_rand_double_range (rand, 0, view.height));
          check (&view);
        }
    }
  g_rand_free (rand);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewport/fit", test_fit);
  g_test_add_func ("/viewport/zoom", test_zoom);
  g_test_add_func ("/viewport/pan", test_pan);
  g_test_add_func ("/viewport/anywhere", test_anywhere);
  return g_test_run ();
}
