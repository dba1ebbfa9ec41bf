/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-bounded-noise.c: no cluster of the noise is far out, what is left is
 * standard normal noise as it was, and a value depends on its place alone.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"
#include "base/rng.h"
#include "pipeline/flatness.h"
#include "sample/bounded-noise.h"

/* Not a multiple of the blocks that noise is drawn in. */
#define SIDE  501
#define PLANE ((gsize) SIDE * SIDE)

static const DifNoise plain = { .seed = 0, .reduction = 1 };

static float *
draw (const DifNoise *noise,
      guint8          flatness)
{
  g_autofree guint8 *flat = g_malloc (PLANE);
  float             *out = g_new (float, 3 * PLANE);

  memset (flat, flatness, PLANE);
  dif_bounded_noise (&(DifBoundedNoise) { noise, 3, -40, 17, SIDE, SIDE, flat,
                                          SIDE, out, SIDE, PLANE });
  return out;
}

/* The largest size of a sum of side x side values, or where all is TRUE of
 * three channels of them, in its deviations.  NaN is the largest of all.
 */
static double
most_extreme (const float *noise,
              int          side,
              gboolean     all)
{
  double most = 0.0;
  int    x, y, i, c, channel;

  for (channel = 0; channel < (all ? 1 : 3); channel++)
    for (y = 0; y + side <= SIDE; y++)
      for (x = 0; x + side <= SIDE; x++)
        {
          double sum = 0.0, size;

          for (c = channel; c < (all ? 3 : channel + 1); c++)
            for (i = 0; i < side * side; i++)
              sum += noise[c * PLANE + (gsize) (y + i / side) * SIDE
                           + x + i % side];
          size = fabs (sum) / side / (all ? sqrt (3.0) : 1.0);
          if (! (size <= most))
            most = size;
        }
  return most;
}

/* Seed 0 has clusters beyond 4.7 deviations; none of bounded noise is more
 * than a quarter beyond its bound, and of all channels together 15 %.
 */
static void
test_clusters (void)
{
  static const int    sides[] = { 1, 2, 3, 4, 6 };
  static const struct { guint8 flatness; double bound; } kinds[] = {
    { 51, 4.52 }, { 128, 3.8 }, { 255, 2.6 }
  };
  g_autofree float *raw = g_new (float, 3 * PLANE);
  double            most = 0.0;
  guint             k, i;
  int               y;

  for (y = 0; y < SIDE; y++)
    dif_noise_row (&plain, 3, -40, 17 + y, SIDE, raw + (gsize) y * SIDE, PLANE);
  for (i = 0; i < G_N_ELEMENTS (sides); i++)
    most = MAX (most, most_extreme (raw, sides[i], TRUE));
  g_test_message ("as it is drawn: %.2f deviations", most);
  g_assert_cmpfloat (most, >, 4.7);

  for (k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autofree float *noise = draw (&plain, kinds[k].flatness);

      for (i = 0; i < G_N_ELEMENTS (sides); i++)
        {
          double one = most_extreme (noise, sides[i], FALSE);
          double all = most_extreme (noise, sides[i], TRUE);

          g_test_message ("flatness %d, %d pixels a side: %.2f, %.2f",
                          kinds[k].flatness, sides[i], one, all);
          g_assert_cmpfloat (one, <, kinds[k].bound * 1.25);
          g_assert_cmpfloat (all, <, kinds[k].bound * 1.15);
          /* It is a bound, not a blanket. */
          g_assert_cmpfloat (one, >, kinds[k].bound * 0.8);
        }
    }
}

/* The mean and, to within 0.2 %, the variance of the noise as it is drawn,
 * nearly that noise, and white: neighbours and channels go together by less
 * than 2 % even where the bound is narrow.
 */
static void
test_moments (void)
{
  static const guint8 kinds[] = { 0, 70, 128, 200, 255 };
  g_autofree float   *raw = g_new (float, 3 * PLANE);
  guint               k;
  int                 y;
  gsize               i;
  double              drawn = 0.0;

  for (y = 0; y < SIDE; y++)
    dif_noise_row (&plain, 3, -40, 17 + y, SIDE, raw + (gsize) y * SIDE, PLANE);
  for (i = 0; i < 3 * PLANE; i++)
    drawn += (double) raw[i] * raw[i];
  for (k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autofree float *noise = draw (&plain, kinds[k]);
      double            mean = 0.0, square = 0.0, with_raw = 0.0, beside = 0.0;
      double            below = 0.0, across = 0.0;

      for (i = 0; i < 3 * PLANE; i++)
        {
          mean += noise[i];
          square += (double) noise[i] * noise[i];
          with_raw += (double) noise[i] * raw[i];
        }
      for (i = 0; i < 2 * PLANE; i++)
        {
          beside += (double) noise[i] * noise[i + 1];
          below += (double) noise[i] * noise[i + SIDE];
          across += (double) noise[i] * noise[i + PLANE];
        }
      g_test_message ("flatness %d: variance %.4f, with what was drawn %.4f, "
                      "neighbours %.4f %.4f %.4f", kinds[k],
                      square / (3 * PLANE), with_raw / (3 * PLANE),
                      beside / (2 * PLANE), below / (2 * PLANE),
                      across / (2 * PLANE));
      g_assert_cmpfloat (fabs (mean / (3 * PLANE)), <, 5.0 / sqrt (3 * PLANE));
      g_assert_cmpfloat (fabs (square / drawn - 1.0), <, 0.002);
      g_assert_cmpfloat (with_raw / drawn, >, 0.99);
      g_assert_cmpfloat (fabs (beside / (2 * PLANE)), <, 0.02);
      g_assert_cmpfloat (fabs (below / (2 * PLANE)), <, 0.02);
      g_assert_cmpfloat (fabs (across / (2 * PLANE)), <, 0.02);
    }
}

/* Wherever a part begins, across the edges of wrapped noise too. */
static void
test_places (void)
{
  enum { X = 77, Y = 130, WIDTH = 301, ROWS = 45 };
  DifNoise            noise = { .seed = 9, .other_seed = 4, .angle = 0.3,
                                .reduction = 2, .origin_x = 5, .origin_y = -8 };
  g_autofree guint8  *flat = g_malloc (PLANE);
  g_autofree float   *part = g_new (float, 3 * WIDTH * ROWS);
  int                 wrapped, c, y;
  gsize               i;

  for (i = 0; i < PLANE; i++)
    flat[i] = (guint8) (i * i / 7);
  for (wrapped = 0; wrapped < 2; wrapped++)
    {
      g_autofree float *all = g_new (float, 3 * PLANE);

      if (wrapped)
        {
          noise.wrap_width = 93;
          noise.wrap_height = 61;
        }
      dif_bounded_noise (&(DifBoundedNoise) { &noise, 1, -40, 17, SIDE, SIDE,
                                              flat, SIDE, all, SIDE, PLANE });
      dif_bounded_noise (&(DifBoundedNoise) {
        &noise, 1, -40 + X, 17 + Y, WIDTH, ROWS, flat + Y * SIDE + X, SIDE,
        part, WIDTH, WIDTH * ROWS });
      for (c = 0; c < 3; c++)
        for (y = 0; y < ROWS; y++)
          g_assert_cmpmem (part + (c * ROWS + y) * WIDTH,
                           WIDTH * sizeof (float),
                           all + c * PLANE + (Y + y) * SIDE + X,
                           WIDTH * sizeof (float));
      if (wrapped)
        {
          memset (flat, 99, PLANE);
          dif_bounded_noise (&(DifBoundedNoise) { &noise, 1, 0, 0, SIDE, SIDE,
                                                  flat, SIDE, all, SIDE, PLANE });
          g_assert_cmpmem (all, 300 * sizeof (float), all + 93,
                           300 * sizeof (float));
          g_assert_cmpmem (all, 300 * sizeof (float), all + 61 * SIDE,
                           300 * sizeof (float));
        }
    }
}

static guint8 *
measure (const DifImage *image,
         gboolean        wrapped)
{
  gsize             n = (gsize) image->width * image->height;
  g_autofree float *scratch = g_new (float, n);
  guint8           *flatness = g_malloc (n);
  DifPool          *pool = dif_pool_new (2);
  DifAxis           x = { .length = image->width, .picture = image->width };
  DifAxis           y = { .length = image->height, .picture = image->height };

  dif_flatness_measure (image, &x, &y, wrapped, pool, scratch, flatness);
  dif_pool_free (pool);
  return flatness;
}

/* A gradient with grain is flat, grating and edge are not; 14 pixels from the
 * edge it is again.
 */
static void
test_flatness (void)
{
  enum { W = 300, H = 90 };
  g_autoptr (DifImage) image = dif_image_new (W, H, NULL);
  g_autofree guint8   *flatness = NULL, *wrapped = NULL;
  float               *grain = g_new (float, 3 * W);
  int                  x, y, c;

  for (y = 0; y < H; y++)
    {
      dif_rng_normal_rgb (1, 0, 0, y, W, grain, W);
      for (c = 0; c < 3; c++)
        for (x = 0; x < W; x++)
          image->rgb[((gsize) c * H + y) * W + x] =
            x < 100 ? 0.003f * y + grain[c * W + x] * 3.0f / 127.5f
            : x < 200 ? 0.2f * sinf (0.9f * x) : -0.5f;
    }
  flatness = measure (image, FALSE);
  wrapped = measure (image, TRUE);
  for (y = 0; y < H; y++)
    {
      g_assert_cmpint (flatness[y * W + 50], >=, 170);
      g_assert_cmpint (flatness[y * W + 150], ==, 0);
      g_assert_cmpint (flatness[y * W + 199], ==, 0);
      g_assert_cmpint (flatness[y * W + 200 + DIF_FORWARD_REACH], ==, 255);
      g_assert_cmpint (flatness[y * W + W - 1], ==, 255);
      /* Across the edge there is another colour. */
      g_assert_cmpint (wrapped[y * W + W - 1], ==, 0);
      g_assert_cmpint (wrapped[y * W + 150], ==, 0);
    }
  g_free (grain);
}

/* What is not a number, or beyond the range, is taken as the engine does. */
static void
test_hostile (void)
{
  g_autoptr (DifImage) image = dif_image_new (3, 1, NULL);
  g_autofree guint8   *flatness = NULL;
  int                  i;

  for (i = 0; i < 9; i++)
    image->rgb[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -3e38f;
  flatness = measure (image, FALSE);
  for (i = 0; i < 3; i++)
    g_assert_cmpint (flatness[i], ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bounded-noise/clusters", test_clusters);
  g_test_add_func ("/bounded-noise/moments", test_moments);
  g_test_add_func ("/bounded-noise/places", test_places);
  g_test_add_func ("/bounded-noise/flatness", test_flatness);
  g_test_add_func ("/bounded-noise/hostile", test_hostile);
  return g_test_run ();
}
