/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-specks.c: what the bundled model makes of a clear sky stays one.
 */

#include <math.h>

#include "job-fixture.h"

#define SIDE  256
#define EDGE  8
#define LEVEL (1.0 / 127.5)

static DifImage *
sky (void)
{
  static const double top[] = { 70, 110, 170 }, bottom[] = { 170, 195, 220 };
  DifImage           *image = dif_image_new (SIDE, SIDE, NULL);
  int                 x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < SIDE; y++)
      for (x = 0; x < SIDE; x++)
        image->rgb[(c * SIDE + y) * SIDE + x] = (float) (
          (top[c] + (bottom[c] - top[c]) * (y + 0.2 * x) / (1.2 * SIDE))
          * LEVEL - 1.0);
  return image;
}

static double
mean (const DifImage *image,
      int             c,
      int             x,
      int             y,
      int             reach)
{
  double sum = 0.0;
  int    i, j;

  for (j = y - reach; j <= y + reach; j++)
    for (i = x - reach; i <= x + reach; i++)
      sum += image->rgb[(c * SIDE + j) * SIDE + i];
  return sum / ((2 * reach + 1) * (2 * reach + 1));
}

/* The furthest that the mean of 3 x 3 pixels is from that of 15 x 15 around
 * them, in 8-bit levels.  NaN is the furthest of all.
 */
static double
worst_speck (const DifImage *image)
{
  double worst = 0.0;
  int    x, y, c;

  for (c = 0; c < 3; c++)
    for (y = EDGE; y < SIDE - EDGE; y++)
      for (x = EDGE; x < SIDE - EDGE; x++)
        {
          double off = fabs (mean (image, c, x, y, 1) - mean (image, c, x, y, 7))
                       / LEVEL;

          if (! (off <= worst))
            worst = off;
        }
  return worst;
}

static double
difference (const DifImage *a,
            const DifImage *b)
{
  double sum = 0.0;
  int    i;

  for (i = 0; i < 3 * SIDE * SIDE; i++)
    sum += pow (a->rgb[i] - b->rgb[i], 2.0);
  return sqrt (sum / (3 * SIDE * SIDE)) / LEVEL;
}

/* No 3 x 3 mean more than 6 levels from its surround, in variations that
 * differ from each other and from the sky by more than a level.
 */
static void
test_sky (void)
{
  g_autofree char      *folder = fixture_source ("plugin/models/photo");
  g_autoptr (DifModel)  model = dif_model_load (folder, NULL);
  g_autoptr (DifImage)  source = sky ();
  g_autoptr (GPtrArray) results = NULL;
  DifParams             params = dif_params_default ();
  guint                 i;

  params.made_of = DIF_MADE_OF_MODEL;
  g_assert_nonnull (model);
  params.scale_side = 512;
  results = fixture_run (model, sky (), params);
  g_assert_cmpuint (results->len, ==, 4);
  for (i = 0; i < results->len; i++)
    {
      double worst = worst_speck (results->pdata[i]);

      g_test_message ("seed %u: %.2f levels", i, worst);
      g_assert_cmpfloat (worst, <, 6.0);
      g_assert_cmpfloat (difference (results->pdata[i], source), >, 1.0);
      g_assert_cmpfloat (difference (results->pdata[i], results->pdata[(i + 1) % 4]),
                         >, 1.0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/specks/sky", test_sky);
  return g_test_run ();
}
