/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-sensor-faults.c: hot pixels and banding are no noise, to what measures it and
 * to what takes it out.
 */

#include <math.h>

#include "base/rng.h"
#include "job-fixture.h"
#include "pipeline/hot-pixels.h"

#define SIDE  256
#define PLANE (SIDE * SIDE)
#define LEVEL (1.0 / 127.5)

/* One pixel of 2000 is hot. */
#define SPACING 2003

static float *
pixel (DifImage *image,
       int       c,
       int       x,
       int       y)
{
  return &image->rgb[(gsize) c * PLANE + (gsize) y * SIDE + x];
}

/* A sky with noise of that many steps of 8 bits, each value mixed with the ones
 * beside it if coarse.
 */
static DifImage *
sky (double   deviation,
     gboolean coarse)
{
  DifImage *image = dif_image_new (SIDE, SIDE, NULL);
  float     noise[3 * (SIDE + 1)], below[3 * (SIDE + 1)];
  int       x, y, c;

  for (y = 0; y < SIDE; y++)
    {
      dif_rng_normal_rgb (5, 0, 0, y, SIDE + 1, noise, SIDE + 1);
      dif_rng_normal_rgb (5, 0, 0, y + 1, SIDE + 1, below, SIDE + 1);
      for (c = 0; c < 3; c++)
        for (x = 0; x < SIDE; x++)
          {
            const float *n = noise + c * (SIDE + 1) + x;
            const float *m = below + c * (SIDE + 1) + x;
            double       z = coarse ? (n[0] + n[1] + m[0] + m[1]) / 2.0 : n[0];

            *pixel (image, c, x, y) = (float)
              ((60.0 + 15.0 * c + 40.0 * y / SIDE + deviation * z) * LEVEL - 1.0);
          }
    }
  return image;
}

/* Hot pixels, each in a channel of its own. */
static void
add_hot (DifImage *image)
{
  int at;

  for (at = 3 * SIDE; at < PLANE - 3 * SIDE; at += SPACING)
    image->rgb[(at % 3) * PLANE + at] += (float) ((80 + at % 50) * LEVEL);
}

static DifLayerNoise
measure (const DifImage *image)
{
  DifLayerNoise noise;

  g_assert_true (dif_layer_noise_measure (image, &noise, NULL));
  return noise;
}

static DifParams
params_of (double amount)
{
  DifParams params = dif_params_default ();

  params.task = DIF_JOB_RESTORE;
  params.num_variations = 1;
  params.amount = amount;
  params.threads = 2;
  return params;
}

/* Neither white nor coarse noise is measured as more or less for them. */
static void
test_measured (void)
{
  static const double levels[] = { 1.0, 4.0, 12.0, 25.0 };
  guint               i, coarse;

  for (i = 0; i < G_N_ELEMENTS (levels); i++)
    for (coarse = 0; coarse < 2; coarse++)
      {
        g_autoptr (DifImage) image = sky (levels[i], coarse);
        DifLayerNoise        without = measure (image), with;

        add_hot (image);
        with = measure (image);
        g_test_message ("%g instead of %g, coarseness %g instead of %g",
                        with.deviation / LEVEL, without.deviation / LEVEL,
                        with.coarseness, without.coarseness);
        g_assert_cmpfloat (without.deviation, >, 0.7 * levels[i] * LEVEL);
        g_assert_cmpfloat_with_epsilon (with.deviation / without.deviation, 1.0,
                                        0.05);
        g_assert_cmpfloat_with_epsilon (with.coarseness / without.coarseness, 1.0,
                                        0.1);
      }
}

/* All are taken out, and no other pixel changes. */
static void
test_taken_out (void)
{
  g_autoptr (DifImage) clean = sky (4.0, FALSE), image = sky (4.0, FALSE);
  DifParams            params = params_of (1.0);
  int                  n = 0, changed = 0, found, i;

  add_hot (image);
  found = dif_hot_pixels_take_out (image, &params);
  for (i = 0; i < 3 * PLANE; i++)
    {
      float off = fabsf (image->rgb[i] - clean->rgb[i]);

      changed += off > 0.0f;
      n += off > 20.0 * LEVEL;
    }
  g_assert_cmpint (found, ==, (PLANE - 6 * SIDE + SPACING - 1) / SPACING);
  g_assert_cmpint (changed, ==, found);
  g_assert_cmpint (n, ==, 0);
}

/* The share of a pixel's light that one has which is so far away. */
static double
light (double width,
       int    far)
{
  double w = width * G_SQRT2;

  return (erf ((far + 0.5) / w) - erf ((far - 0.5) / w)) / (2.0 * erf (0.5 / w));
}

/* What is in all channels, what lenses have spread, and what has company. */
static void
test_stay (void)
{
  static const double widths[] = { 0.5, 0.7, 1.0, 2.0 };
  g_autoptr (DifImage) image = sky (2.0, FALSE);
  g_autoptr (DifImage) before = NULL;
  DifParams            params = params_of (1.0);
  int                  x, y, c, i;

  for (i = 0; i < 4; i++)
    for (c = 0; c < 3; c++)
      for (y = -6; y <= 6; y++)
        for (x = -6; x <= 6; x++)
          {
            double own = 120.0 * LEVEL * light (widths[i], x) * light (widths[i], y);

            /* A red one, and one that is in all channels, though not alike. */
            if (c == 0)
              *pixel (image, c, 30 + 40 * i + x, 60 + y) += (float) own;
            *pixel (image, c, 30 + 40 * i + x, 90 + y)
              += (float) (own * (1.0 - 0.3 * c));
          }
  for (c = 0; c < 3; c++)
    *pixel (image, c, 50, 150) += (float) (120.0 * LEVEL);
  *pixel (image, 1, 90, 150) += (float) (120.0 * LEVEL);
  *pixel (image, 1, 91, 150) += (float) (120.0 * LEVEL);
  *pixel (image, 2, 130, 150) = NAN;
  *pixel (image, 2, 131, 150) += (float) (120.0 * LEVEL);
  before = dif_image_copy (image, NULL);
  g_assert_cmpint (dif_hot_pixels_take_out (image, &params), ==, 0);
  g_assert_cmpmem (image->rgb, 12 * PLANE, before->rgb, 12 * PLANE);
}

/* The amount and the share of colour noise count, and small pictures are no
 * matter; at the edges of others pixels are looked at like the rest.
 */
static void
test_shares (void)
{
  DifParams            half = params_of (0.5), grey = params_of (1.0);
  g_autoptr (DifImage) image = sky (0.0, FALSE), small = dif_image_new (4, 4, NULL);
  float                before = *pixel (image, 1, 0, 100);
  int                  c;

  *pixel (image, 1, 0, 100) += 1.0f;
  g_assert_cmpint (dif_hot_pixels_take_out (image, &half), ==, 1);
  g_assert_cmpfloat_with_epsilon (*pixel (image, 1, 0, 100), before + 0.5, 0.01);
  *pixel (image, 1, 0, 100) = before + 1.0f;
  grey.colour_noise = 0.0;
  g_assert_cmpint (dif_hot_pixels_take_out (image, &grey), ==, 1);
  g_assert_cmpfloat_with_epsilon (*pixel (image, 1, 0, 100), before + 1.0 - 0.587,
                                  0.01);
  for (c = 0; c < 48; c++)
    small->rgb[c] = c == 5;
  g_assert_cmpint (dif_hot_pixels_take_out (small, &half), ==, 0);
}

/* The bundled model leaves nothing to be seen of hot pixels. */
static void
test_restored (void)
{
  g_autofree char      *folder = fixture_source ("plugin/models/photo");
  g_autoptr (DifModel)  model = dif_model_load (folder, NULL);
  DifImage             *image = sky (6.0, FALSE);
  g_autoptr (GPtrArray) results = NULL;
  const float          *with, *clean;
  g_autoptr (DifImage)  truth = sky (0.0, FALSE);
  int                   at;

  g_assert_nonnull (model);
  add_hot (image);
  results = fixture_run (model, image, params_of (1.0));
  with = ((DifImage *) results->pdata[0])->rgb;
  clean = truth->rgb;
  for (at = 3 * SIDE; at < PLANE - 3 * SIDE; at += SPACING)
    g_assert_cmpfloat (fabs (with[(at % 3) * PLANE + at]
                             - clean[(at % 3) * PLANE + at]) / LEVEL, <, 10.0);
}

/* Banding -------------------------------------------------------------- */

/* Rows or columns that are off by that many steps. */
static void
add_bands (DifImage *image,
           double    deviation,
           gboolean  columns)
{
  float offsets[3 * SIDE];
  int   x, y, c;

  dif_rng_normal_rgb (9, 0, 0, 0, SIDE, offsets, SIDE);
  for (c = 0; c < 3; c++)
    for (y = 0; y < SIDE; y++)
      for (x = 0; x < SIDE; x++)
        *pixel (image, c, x, y) += (float) (deviation * LEVEL
                                            * offsets[columns ? x : y]);
}

/* The root of the mean square of how far rows or columns are off, in steps. */
static double
bands_in (DifImage *image,
          DifImage *truth,
          gboolean  columns)
{
  double sum = 0.0;
  int    i, j, c;

  for (c = 0; c < 3; c++)
    for (i = 0; i < SIDE; i++)
      {
        double off = 0.0;

        for (j = 0; j < SIDE; j++)
          off += columns ? *pixel (image, c, i, j) - *pixel (truth, c, i, j)
                         : *pixel (image, c, j, i) - *pixel (truth, c, j, i);
        sum += off * off / (SIDE * SIDE);
      }
  return sqrt (sum / (3 * SIDE)) / LEVEL;
}

/* It counts as noise no more than it is, and not a bit of it is added. */
static void
test_bands (void)
{
  g_autofree char      *folder = fixture_source ("plugin/models/photo");
  g_autoptr (DifModel)  model = dif_model_load (folder, NULL);
  g_autoptr (DifImage)  truth = sky (0.0, FALSE);
  int                   columns;

  g_assert_nonnull (model);
  for (columns = 0; columns < 2; columns++)
    {
      DifImage             *image = sky (8.0, FALSE);
      g_autoptr (GPtrArray) results = NULL;
      DifLayerNoise         without = measure (image), with;
      double                before, after;

      add_bands (image, 3.0, columns);
      with = measure (image);
      before = bands_in (image, truth, columns);
      results = fixture_run (model, image, params_of (1.0));
      after = bands_in (results->pdata[0], truth, columns);
      g_test_message ("noise of %.2f instead of %.2f; bands of %.2f instead of %.2f",
                      with.deviation / LEVEL, without.deviation / LEVEL, after,
                      before);
      g_assert_cmpfloat (with.deviation, >, 0.97 * without.deviation);
      g_assert_cmpfloat (with.deviation, <,
                         1.03 * hypot (without.deviation, 3.0 * LEVEL));
      g_assert_cmpfloat (before, >, 2.5);
      g_assert_cmpfloat (after, <, before);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hot-pixels/measured", test_measured);
  g_test_add_func ("/hot-pixels/taken-out", test_taken_out);
  g_test_add_func ("/hot-pixels/stay", test_stay);
  g_test_add_func ("/hot-pixels/shares", test_shares);
  g_test_add_func ("/hot-pixels/restored", test_restored);
  g_test_add_func ("/bands", test_bands);
  return g_test_run ();
}
