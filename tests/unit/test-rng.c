/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-rng.c: the generator against published vectors, the normals
 * against libm and against the normal law.  Seeds are fixed; bounds are
 * five standard deviations of the statistic, unless said otherwise.
 */

#include <math.h>
#include <string.h>

#include <glib.h>

#include "base/rng.h"

/* A square of noise for the statistics, in three planes. */
#define SIDE 600
#define N    (SIDE * SIDE)

/* The vectors that Salmon et al. publish with their library. */
static void
test_philox (void)
{
  static const struct
  {
    uint32_t counter[4];
    uint32_t key[2];
    uint32_t expected[4];
  } vectors[] = {
    { { 0, 0, 0, 0 }, { 0, 0 },
      { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
      { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } }
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      uint32_t out[4];

      dif_philox4x32 (vectors[i].counter, vectors[i].key, out);
      for (int w = 0; w < 4; w++)
        g_assert_cmphex (out[w], ==, vectors[i].expected[w]);
    }
}

/* What the header says a pixel is, by libm. */
static void
reference (uint64_t seed,
           uint32_t stream,
           int32_t  x,
           int32_t  y,
           double   out[3])
{
  const uint32_t counter[4] = { (uint32_t) x, (uint32_t) y, 0, stream };
  const uint32_t key[2] = { (uint32_t) seed, (uint32_t) (seed >> 32) };
  uint32_t       words[4];
  double         u[4];
  double         r;

  dif_philox4x32 (counter, key, words);
  for (int w = 0; w < 4; w++)
    u[w] = (words[w] + 0.5) / 4294967296.0;
  r = sqrt (-2.0 * log (u[0]));
  out[0] = r * cos (2.0 * G_PI * u[1]);
  out[1] = r * sin (2.0 * G_PI * u[1]);
  out[2] = sqrt (-2.0 * log (u[2])) * cos (2.0 * G_PI * u[3]);
}

static void
assert_pixel (uint64_t seed,
              uint32_t stream,
              int32_t  x,
              int32_t  y)
{
  double expected[3];
  float  value[3];

  reference (seed, stream, x, y, expected);
  dif_rng_normal_rgb (seed, stream, x, y, 1, value, 1);
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (value[c], expected[c],
                                    6.1e-8 * fabs (expected[c]) + 1e-9);
}

static void
test_normals (void)
{
  const uint64_t seed = G_GUINT64_CONSTANT (0x0123456789abcdef);

  for (int i = 0; i < 100000; i++)
    assert_pixel (seed + i % 7 * G_GUINT64_CONSTANT (0x100000000),
                  DIF_STREAM_STEP (i % 5), i * 37 - 1000000, i / 3 - 5000);
}

/* Places where the word that gives the radius is 0 or all ones, found
 * by search: the farthest and the nearest values there are.
 */
static void
test_extremes (void)
{
  static const struct
  {
    uint32_t x;
    uint32_t y;
    int      channel;
    gboolean farthest;
  } places[] = {
    { 91093890, 0, 0, TRUE }, { 802741123, 2, 2, TRUE },
    { 1711450034, 0, 0, FALSE }, { 2678213260u, 1, 2, FALSE }
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const uint32_t counter[4] = { places[i].x, places[i].y, 0, 0 };
      const uint32_t key[2] = { 1, 0 };
      uint32_t       words[4];
      float          value[3];

      dif_philox4x32 (counter, key, words);
      g_assert_cmphex (words[places[i].channel], ==,
                       places[i].farthest ? 0 : 0xffffffff);
      assert_pixel (1, 0, (int32_t) places[i].x, (int32_t) places[i].y);
      dif_rng_normal_rgb (1, 0, (int32_t) places[i].x, (int32_t) places[i].y,
                          1, value, 1);
      g_assert_true (isfinite (value[places[i].channel]));
      if (! places[i].farthest)
        g_assert_cmpfloat (fabsf (value[places[i].channel]), <, 1.6e-5f);
    }
}

/* The same bits in one call, pixel by pixel, and in uneven pieces. */
static void
test_split (void)
{
  enum { WIDTH = 517 };
  static const int pieces[] = { 1, 63, 64, 65, 129, 3, 192 };
  const int32_t    x = -200;
  const int32_t    y = -3;
  float            whole[3 * WIDTH];
  float            parts[3 * WIDTH];
  int              at = 0;

  dif_rng_normal_rgb (42, DIF_STREAM_FORWARD, x, y, WIDTH, whole, WIDTH);

  for (int i = 0; i < WIDTH; i++)
    dif_rng_normal_rgb (42, DIF_STREAM_FORWARD, x + i, y, 1, parts + i, WIDTH);
  g_assert_cmpmem (whole, sizeof whole, parts, sizeof parts);

  memset (parts, 0, sizeof parts);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      dif_rng_normal_rgb (42, DIF_STREAM_FORWARD, x + at, y, pieces[i],
                          parts + at, WIDTH);
      at += pieces[i];
    }
  g_assert_cmpint (at, ==, WIDTH);
  g_assert_cmpmem (whole, sizeof whole, parts, sizeof parts);
}

/* Nothing is written beyond n values of each plane. */
static void
test_bounds (void)
{
  float out[3 * 70];

  for (int i = 0; i < 3 * 70; i++)
    out[i] = 99.0f;
  dif_rng_normal_rgb (1, 2, 3, 4, 65, out, 70);
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < 70; i++)
      if (i < 65)
        g_assert_cmpfloat (fabsf (out[c * 70 + i]), <, 6.8f);
      else
        g_assert_cmpfloat (out[c * 70 + i], ==, 99.0f);

  dif_rng_normal_rgb (1, 2, 3, 4, 0, out + 65, 70);
  g_assert_cmpfloat (out[65], ==, 99.0f);
}

/* Coordinates below zero and at the ends of their range go on. */
static void
test_coordinates (void)
{
  float line[3 * 4];
  float last[3];
  float first[3];

  dif_rng_normal_rgb (9, 0, -2, 5, 4, line, 4);
  for (int i = 0; i < 4; i++)
    {
      dif_rng_normal_rgb (9, 0, i - 2, 5, 1, first, 1);
      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat (line[c * 4 + i], ==, first[c]);
    }
  /* One value per place: -1 is neither 1 nor 0. */
  g_assert_cmpfloat (fabs (line[1] - line[2]), >, 0.0);
  g_assert_cmpfloat (fabs (line[1] - line[3]), >, 0.0);

  dif_rng_normal_rgb (9, 0, INT32_MAX, INT32_MIN, 1, last, 1);
  dif_rng_normal_rgb (9, 0, INT32_MIN, INT32_MAX, 1, first, 1);
  for (int c = 0; c < 3; c++)
    {
      g_assert_true (isfinite (last[c]) && isfinite (first[c]));
      g_assert_cmpfloat (last[c], !=, first[c]);
    }
}

static void
fill (float    *planes,
      uint64_t  seed,
      uint32_t  stream)
{
  for (int y = 0; y < SIDE; y++)
    dif_rng_normal_rgb (seed, stream, 0, y, SIDE, planes + y * SIDE, N);
}

static void
test_moments (void)
{
  float *planes = g_new (float, 3 * N);

  fill (planes, 7, DIF_STREAM_FORWARD);
  for (int c = 0; c < 3; c++)
    {
      /* Powers 1 to 4: what they are on average, and the variance of
       * the power of one value.
       */
      static const double expected[] = { 0.0, 1.0, 0.0, 3.0 };
      static const double variance[] = { 1.0, 2.0, 15.0, 96.0 };
      double              sum[4] = { 0.0 };

      for (int i = 0; i < N; i++)
        {
          const double z = planes[c * N + i];

          sum[0] += z;
          sum[1] += z * z;
          sum[2] += z * z * z;
          sum[3] += z * z * z * z;
        }
      for (int p = 0; p < 4; p++)
        g_assert_cmpfloat_with_epsilon (sum[p] / N, expected[p],
                                        5.0 * sqrt (variance[p] / N));
    }
  g_free (planes);
}

/* How many values lie below given points, the tails included. */
static void
test_distribution (void)
{
  static const double points[] = {
    -4.5, -4.0, -3.0, -2.0, -1.0, -0.5, -0.1, 0.0, 0.2, 0.7, 1.5, 2.5, 3.5,
    4.25
  };
  float *planes = g_new (float, 3 * N);

  fill (planes, 8, DIF_STREAM_STEP (3));
  for (guint k = 0; k < G_N_ELEMENTS (points); k++)
    {
      const double p = 0.5 * erfc (-points[k] / sqrt (2.0));
      double       below = 0.0;

      for (int i = 0; i < 3 * N; i++)
        below += planes[i] < points[k];
      g_assert_cmpfloat_with_epsilon (below, 3.0 * N * p,
                                      5.0 * sqrt (3.0 * N * p * (1.0 - p)));
    }
  g_free (planes);
}

static double
correlation (const float *a,
             const float *b,
             int          n)
{
  double sum = 0.0;

  for (int i = 0; i < n; i++)
    sum += (double) a[i] * b[i];
  return sum / n;
}

/* Channels, neighbours, seeds and streams know nothing of each other,
 * neither in their values nor in their squares.
 */
static void
test_independence (void)
{
  static const struct
  {
    uint64_t seed;
    uint32_t stream;
  } others[] = {
    { 8, DIF_STREAM_FORWARD }, { 7, DIF_STREAM_STEP (0) },
    { 7, DIF_STREAM_CHAIN (1) },
    { 7 + G_GUINT64_CONSTANT (0x100000000), DIF_STREAM_FORWARD }
  };
  const double bound = 5.0 / sqrt (N);
  float       *a = g_new (float, 3 * N);
  float       *b = g_new (float, 3 * N);

  fill (a, 7, DIF_STREAM_FORWARD);
  for (int c = 0; c < 3; c++)
    {
      const float *plane = a + c * N;
      const float *next = a + (c + 1) % 3 * N;

      g_assert_cmpfloat (fabs (correlation (plane, next, N)), <, bound);
      g_assert_cmpfloat (fabs (correlation (plane, plane + 1, N - 1)),
                         <, bound);
      g_assert_cmpfloat (fabs (correlation (plane, plane + SIDE, N - SIDE)),
                         <, bound);
    }
  for (guint k = 0; k < G_N_ELEMENTS (others); k++)
    {
      fill (b, others[k].seed, others[k].stream);
      g_assert_cmpfloat (fabs (correlation (a, b, 3 * N)), <, bound);
    }

  for (int i = 0; i < 3 * N; i++)
    a[i] = a[i] * a[i] - 1.0f; /* of variance 2 */
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat (fabs (correlation (a + c * N, a + (c + 1) % 3 * N, N)),
                       <, 2.0 * bound);
  g_free (a);
  g_free (b);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rng/philox", test_philox);
  g_test_add_func ("/rng/normals", test_normals);
  g_test_add_func ("/rng/extremes", test_extremes);
  g_test_add_func ("/rng/split", test_split);
  g_test_add_func ("/rng/bounds", test_bounds);
  g_test_add_func ("/rng/coordinates", test_coordinates);
  g_test_add_func ("/rng/moments", test_moments);
  g_test_add_func ("/rng/distribution", test_distribution);
  g_test_add_func ("/rng/independence", test_independence);
  return g_test_run ();
}
