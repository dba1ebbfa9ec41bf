/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-scale.c: parts of a layer out of a picture of it in another size.
 */

#include <math.h>

#include "scale.h"

#define WIDTH  12
#define HEIGHT 8

static float
value (int x,
       int y,
       int c)
{
  return (float) (x + 2 * y + 3 * c) / 40.0f - 0.5f;
}

static DifImage *
picture (void)
{
  DifImage *image = dif_image_new (WIDTH, HEIGHT, NULL);
  int       x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < HEIGHT; y++)
      for (x = 0; x < WIDTH; x++)
        image->rgb[(c * HEIGHT + y) * WIDTH + x] = value (x, y, c);
  return image;
}

static float
at (const DifImage *image,
    int             x,
    int             y,
    int             c)
{
  return image->rgb[(c * image->height + y) * image->width + x];
}

/* As large as the picture has it a part is that of the picture, to the bit. */
static void
test_same (void)
{
  g_autoptr (DifImage) image = picture ();
  DifRect              part = { 3, 2, 5, 4 };
  g_autoptr (DifImage) cut = dif_ui_scale (image, WIDTH, HEIGHT, &part, 5, 4,
                                           NULL);
  int                  x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < 4; y++)
      for (x = 0; x < 5; x++)
        g_assert_cmpfloat (at (cut, x, y, c), ==, value (x + 3, y + 2, c));
}

/* A smaller one is averaged, over pixels of which some are cut through. */
static void
test_smaller (void)
{
  g_autoptr (DifImage) image = picture ();
  DifRect              all = { 0, 0, 2 * WIDTH, 2 * HEIGHT };
  g_autoptr (DifImage) half = dif_ui_scale (image, 2 * WIDTH, 2 * HEIGHT, &all,
                                            WIDTH / 2, HEIGHT / 2, NULL);
  g_autoptr (DifImage) odd = dif_ui_scale (image, 2 * WIDTH, 2 * HEIGHT, &all,
                                           8, 3, NULL);
  double               sum = 0.0, whole = 0.0;
  int                  x, y, c, i;

  for (c = 0; c < 3; c++)
    for (y = 0; y < HEIGHT / 2; y++)
      for (x = 0; x < WIDTH / 2; x++)
        g_assert_cmpfloat_with_epsilon (
          at (half, x, y, c), (value (2 * x, 2 * y, c)
                               + value (2 * x + 1, 2 * y + 1, c)) / 2.0, 1e-6);
  for (i = 0; i < 3 * 8 * 3; i++)
    sum += odd->rgb[i] / (3 * 8 * 3);
  for (i = 0; i < 3 * WIDTH * HEIGHT; i++)
    whole += image->rgb[i] / (3 * WIDTH * HEIGHT);
  g_assert_cmpfloat_with_epsilon (sum, whole, 1e-6);
}

/* A larger one goes evenly from one pixel's middle to the next one's. */
static void
test_larger (void)
{
  g_autoptr (DifImage) image = picture ();
  DifRect              part = { 4, 4, 8, 8 };
  g_autoptr (DifImage) twice = dif_ui_scale (image, 2 * WIDTH, 2 * HEIGHT,
                                             &part, 8, 8, NULL);
  int                  x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < 8; y++)
      for (x = 0; x < 8; x++)
        g_assert_cmpfloat_with_epsilon (
          at (twice, x, y, c),
          value (0, 0, c) + (2 + x / 2.0 - 0.25 + 2 * (2 + y / 2.0 - 0.25))
                            / 40.0, 1e-6);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scale/same", test_same);
  g_test_add_func ("/scale/smaller", test_smaller);
  g_test_add_func ("/scale/larger", test_larger);
  return g_test_run ();
}
