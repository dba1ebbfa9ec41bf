/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-layer-noise.c: noise of a known kind is measured as what it is, on flat
 * pictures and on pictures with detail, and a job takes it out.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "denoise/model.h"
#include "gaussian.h"
#include "job-fixture.h"
#include "pipeline/jpeg-blocks.h"
#include "pipeline/restore.h"

#define SIDE 256

/* A ramp of brightness, with detail of that height in the left half, and noise of
 * variance slope * x + base, each value mixed with the ones beside it if coarse.
 */
static DifImage *
noisy_picture (double   height,
               double   slope,
               double   base,
               gboolean coarse)
{
  DifImage *image = dif_image_new (SIDE, SIDE, NULL);
  gsize     plane = (gsize) SIDE * SIDE;
  float     noise[3 * (SIDE + 1)], below[3 * (SIDE + 1)];
  int       x, y, c;

  for (y = 0; y < SIDE; y++)
    {
      dif_rng_normal_rgb (7, 0, 0, y, SIDE + 1, noise, SIDE + 1);
      dif_rng_normal_rgb (7, 0, 0, y + 1, SIDE + 1, below, SIDE + 1);
      for (c = 0; c < 3; c++)
        for (x = 0; x < SIDE; x++)
          {
            const float *n = noise + c * (SIDE + 1) + x;
            const float *m = below + c * (SIDE + 1) + x;
            double       v = 1.2 * y / SIDE - 0.6;
            double       z = coarse ? (n[0] + n[1] + m[0] + m[1]) / 2.0 : n[0];

            if (x < SIDE / 2)
              v += height * sin (x * 0.9) * sin (y * 0.7);
            image->rgb[c * plane + (gsize) y * SIDE + x]
              = (float) (v + sqrt (slope * v + base) * z);
          }
    }
  return image;
}

static DifLayerNoise
measure (DifImage *image)
{
  DifLayerNoise noise;

  g_assert_true (dif_layer_noise_measure (image, &noise, NULL));
  dif_image_free (image);
  return noise;
}

static void
expect_near (double found,
             double wanted,
             double tolerance)
{
  g_test_message ("%g, wanted %g", found, wanted);
  g_assert_true (fabs (found - wanted) <= tolerance * wanted);
}

static void
test_white (void)
{
  static const double levels[] = { 0.01, 0.04, 0.12, 0.2 };
  guint               i;

  for (i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      double        base = levels[i] * levels[i];
      DifLayerNoise flat = measure (noisy_picture (0.0, 0.0, base, FALSE));
      DifLayerNoise fine = measure (noisy_picture (0.3, 0.0, base, FALSE));

      expect_near (flat.deviation, levels[i], 0.06);
      expect_near (fine.deviation, levels[i], 0.1);
      g_assert_cmpfloat (flat.coarseness, <, 1.3);
    }
}

/* Twice as much light, more noise; each channel by itself. */
static void
test_signal (void)
{
  DifLayerNoise noise = measure (noisy_picture (0.0, 0.006, 0.008, FALSE));
  int           c;

  for (c = 0; c < 3; c++)
    {
      expect_near (dif_layer_noise_variance (&noise, c, -0.4), 0.0056, 0.2);
      expect_near (dif_layer_noise_variance (&noise, c, 0.4), 0.0104, 0.2);
    }
}

static void
test_coarse (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.01);
  DifLayerNoise        noise = measure (noisy_picture (0.0, 0.0, 0.0016, TRUE));

  expect_near (noise.deviation, 0.04, 0.2);
  g_assert_cmpfloat (noise.coarseness, >, 1.5);
  g_assert_cmpint (dif_restore_kind (model, &noise, &(DifParams) { .amount = 1.0 }),
                   ==, DIF_NOISE_CAMERA);
}

/* Nothing is found in a clean picture, nor where there is nothing to look at:
 * all clipped, no numbers, too small.
 */
static void
test_none (void)
{
  static const float values[] = { 1.0f, -1.0f, NAN, INFINITY, 0.25f };
  DifImage          *image;
  DifLayerNoise      found;
  guint              i, k;

  g_assert_cmpfloat (measure (noisy_picture (0.0, 0.0, 0.0, FALSE)).deviation, <,
                     0.001);
  for (k = 0; k < G_N_ELEMENTS (values); k++)
    {
      image = dif_image_new (40, 30, NULL);
      for (i = 0; i < 3 * 40 * 30; i++)
        image->rgb[i] = values[k];
      found = measure (image);
      g_assert_cmpfloat (found.deviation, <, 1e-6);
      g_assert_cmpfloat (found.blocks, ==, 0.0);
    }
  g_assert_cmpfloat (measure (fixture_picture (3, 5)).deviation, ==, 0.0);
}

/* Blocks -------------------------------------------------------------- */

#define STEP    20
#define BLOCK_X 3
#define BLOCK_Y 6

static double
cosine (int k,
        int i)
{
  return sqrt ((k == 0 ? 1.0 : 2.0) / 8) * cos (G_PI * (2 * i + 1) * k / 16);
}

/* The coefficients of a block of a grey picture in steps of 8 bits. */
static void
coefficients (const float *from,
              double       out[8][8])
{
  int u, v, i, j;

  for (v = 0; v < 8; v++)
    for (u = 0; u < 8; u++)
      {
        out[v][u] = 0.0;
        for (i = 0; i < 8; i++)
          for (j = 0; j < 8; j++)
            out[v][u] += cosine (v, i) * cosine (u, j)
                         * (127.5 * from[i * SIDE + j] - 0.5);
      }
}

/* Makes the picture grey and the coefficients of its blocks, from BLOCK_X, BLOCK_Y on,
 * multiples of STEP.
 */
static DifImage *
quantised (DifImage *image)
{
  gsize plane = (gsize) SIDE * SIDE;
  int   x, y, u, v, i, j;

  for (y = BLOCK_Y; y + 8 <= SIDE; y += 8)
    for (x = BLOCK_X; x + 8 <= SIDE; x += 8)
      {
        float *block = image->rgb + y * SIDE + x;
        double values[8][8];

        coefficients (block, values);
        for (i = 0; i < 8; i++)
          for (j = 0; j < 8; j++)
            {
              double sum = 0.5;

              for (v = 0; v < 8; v++)
                for (u = 0; u < 8; u++)
                  sum += cosine (v, i) * cosine (u, j) * STEP
                         * rint (values[v][u] / STEP);
              block[i * SIDE + j] = (float) (rint (sum + 127.5) / 127.5 - 1.0);
            }
      }
  memcpy (image->rgb + plane, image->rgb, plane * sizeof (float));
  memcpy (image->rgb + 2 * plane, image->rgb, plane * sizeof (float));
  return image;
}

/* One that had noise of variance base. */
static DifImage *
blocky_picture (double base)
{
  return quantised (noisy_picture (0.3, 0.0, base, FALSE));
}

/* One that is hardly more than the means of its blocks, as a sky is. */
static DifImage *
blocky_sky (void)
{
  DifImage *image = dif_image_new (SIDE, SIDE, NULL);
  int       x, y;

  for (y = 0; y < SIDE; y++)
    for (x = 0; x < SIDE; x++)
      image->rgb[y * SIDE + x] = (float) (0.3 * sin (x / 60.0) + 0.2 * cos (y / 50.0));
  return quantised (image);
}

static void
test_blocks (void)
{
  g_autoptr (DifImage) image = blocky_picture (0.0064);
  g_autoptr (DifImage) result = dif_image_new (SIDE, SIDE, NULL);
  DifLayerNoise        noise, plain;
  DifParams            params = { .amount = 1.0 };
  double               was[8][8], is[8][8];
  int                  i, j, at = BLOCK_Y * SIDE + BLOCK_X + 8;

  g_assert_true (dif_layer_noise_measure (image, &noise, NULL));
  g_assert_true (noise.blocks_visible);
  g_assert_cmpint (noise.block_x, ==, BLOCK_X);
  g_assert_cmpint (noise.block_y, ==, BLOCK_Y);
  for (i = 0; i < 64; i++)
    g_assert_cmpint (noise.block_steps[i], ==, STEP);
  /* Rounding to steps makes an error of about a third of them. */
  expect_near (127.5 * noise.blocks, STEP / sqrt (12.0), 0.2);
  g_assert_true (dif_restore_blocks (&noise, &params));
  params.blocks = DIF_BLOCKS_OFF;
  g_assert_false (dif_restore_blocks (&noise, &params));

  /* A result that is far from the source comes back to within half a step. */
  for (i = 0; i < 3 * SIDE * SIDE; i++)
    result->rgb[i] = 0.0f;
  dif_jpeg_blocks_hold (&noise, BLOCK_X, SIDE, image->rgb + BLOCK_Y * SIDE,
                        SIDE * SIDE, result->rgb + BLOCK_Y * SIDE, SIDE * SIDE);
  coefficients (image->rgb + at, was);
  coefficients (result->rgb + at, is);
  for (i = 0; i < 8; i++)
    for (j = 0; j < 8; j++)
      g_assert_cmpfloat (fabs (is[i][j] - STEP * rint (was[i][j] / STEP)), <=,
                         0.5 * STEP + 0.01);

  noise = measure (blocky_sky ());
  g_assert_true (noise.blocks_visible);
  g_assert_cmpint (noise.block_x, ==, BLOCK_X);
  g_assert_cmpint (noise.block_y, ==, BLOCK_Y);

  plain = measure (noisy_picture (0.3, 0.0, 0.0016, FALSE));
  g_assert_cmpfloat (plain.blocks, ==, 0.0);
  params.blocks = DIF_BLOCKS_ON;
  g_assert_false (dif_restore_blocks (&plain, &params));
}

/* A file with blocks is called one where the model knows such files, and noise that is
 * stronger is not in it.  Its level follows the steps, and grows with the amount.
 */
static void
test_kind (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.01);
  DifLayerNoise        noise = measure (blocky_picture (0.0064));
  DifParams            params = { .amount = 1.0 };
  double               sigma = 4.0 * pow (STEP, 0.32) / 127.5;

  g_assert_cmpfloat (dif_jpeg_blocks_low_step (&noise), ==, STEP);
  noise.block_steps[1] = 0;
  noise.block_steps[63] = 1;
  g_assert_cmpfloat (dif_jpeg_blocks_low_step (&noise), ==, STEP);
  g_assert_cmpfloat (dif_jpeg_blocks_low_step (&(DifLayerNoise) { .blocks = 0.1 }),
                     ==, 0.0);

  noise.deviation = 0.5 * sigma;
  g_assert_cmpint (dif_restore_kind (model, &noise, &params), ==, DIF_NOISE_CAMERA);
  g_assert_cmpint (dif_restore_draws (DIF_NOISE_CAMERA, &params, 9, 9), ==, 4);
  model->info.knows_jpeg = TRUE;
  g_assert_cmpint (dif_restore_kind (model, &noise, &params), ==, DIF_NOISE_JPEG);
  expect_near (dif_restore_t (model, &noise, &params),
               dif_schedule_position (model->schedule, 1.0 / (1.0 + sigma * sigma)),
               0.02);
  params.amount = 1.5;
  expect_near (dif_restore_t (model, &noise, &params),
               dif_schedule_position (model->schedule,
                                      1.0 / (1.0 + 2.25 * sigma * sigma)), 0.02);
  params.amount = 2.0;
  sigma = 18.8 / 127.5;
  expect_near (dif_restore_t (model, &noise, &params),
               dif_schedule_position (model->schedule, 1.0 / (1.0 + sigma * sigma)),
               0.02);
  sigma = 4.0 * pow (STEP, 0.32) / 127.5;
  params.draws = 9;
  g_assert_cmpint (dif_restore_draws (DIF_NOISE_JPEG, &params, 9, 9), ==, 4);
  g_assert_cmpint (dif_restore_draws (DIF_NOISE_CAMERA, &params, 9, 9), ==, 9);
  noise.deviation = 1.1 * sigma;
  g_assert_cmpint (dif_restore_kind (model, &noise, &params), ==, DIF_NOISE_CAMERA);
  noise.deviation = 0.0;
  params.blocks = DIF_BLOCKS_OFF;
  g_assert_cmpint (dif_restore_kind (model, &noise, &params), ==, DIF_NOISE_WHITE);
}

/* Where it has less than the level, noise is topped up to it, and nowhere else. */
static void
test_top_up (void)
{
  enum { N = 20000 };
  DifLayerNoise  noise = { .base = { 0.01, 0.01, 0.01 },
                           .least = { 0.01, 0.01, 0.01 },
                           .most = { 0.01, 0.01, 0.01 } };
  DifParams      params = { .amount = 1.0 };
  float         *x = g_new0 (float, 3 * N), *white = g_new (float, 3 * N);
  double         sum = 0.0, colour = 0.0;
  int            i;

  dif_rng_normal_rgb (3, 0, 0, 0, N, white, N);
  dif_restore_top_up (DIF_NOISE_WHITE, &noise, &params, 1.0 / 1.04, N, white, N, x, N);
  for (i = 0; i < N; i++)
    sum += x[i] * x[i];
  expect_near (sum / N, 0.03 / 1.04, 0.05);
  for (i = 0; i < N; i++)
    x[i] = 0.5f;
  dif_restore_top_up (DIF_NOISE_WHITE, &noise, &params, 1.0 / 1.005, N, white, N, x, N);
  for (i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (x[i], 0.5 / sqrt (1.005), 1e-6);

  /* A JPEG file is shown as it is. */
  for (i = 0; i < 3 * N; i++)
    x[i] = 0.5f;
  dif_restore_top_up (DIF_NOISE_JPEG, &noise, &params, 1.0 / 1.04, N, white, N, x, N);
  for (i = 0; i < 3 * N; i++)
    g_assert_cmpfloat_with_epsilon (x[i], 0.5 / sqrt (1.04), 1e-6);

  /* Of a grey picture the mean of the channels has all the noise there is. */
  noise.grey = TRUE;
  memset (x, 0, 3 * N * sizeof (float));
  dif_restore_top_up (DIF_NOISE_WHITE, &noise, &params, 1.0 / 1.04, N, white, N, x, N);
  for (i = 0, sum = 0.0; i < N; i++)
    {
      double mean = (x[i] + x[N + i] + x[2 * N + i]) / 3.0;

      sum += mean * mean;
      colour += (x[i] - mean) * (x[i] - mean);
    }
  expect_near (sum / N, (0.04 - 0.03) / 3.0 / 1.04, 0.05);
  expect_near (colour / N, 0.04 * 2.0 / 3.0 / 1.04, 0.05);
  g_free (white);
  g_free (x);
}

/* Whole jobs, of a prior under which every pixel's value is N (0, 0.01). */

static DifParams
params_of (double amount,
           int    draws)
{
  DifParams params = dif_params_default ();

  params.task = DIF_JOB_RESTORE;
  params.num_variations = 1;
  params.amount = amount;
  params.draws = draws;
  params.threads = 2;
  return params;
}

static double
mean_square (const DifImage *image)
{
  gsize  n = (gsize) image->width * image->height * 3, i;
  double sum = 0.0;

  for (i = 0; i < n; i++)
    sum += image->rgb[i] * image->rgb[i];
  return sum / n;
}

static DifImage *
pure_noise (double deviation)
{
  DifImage *image = dif_image_new (SIDE, SIDE, NULL);
  gsize     plane = (gsize) SIDE * SIDE;
  int       y;

  for (y = 0; y < SIDE; y++)
    dif_rng_normal_rgb (11, 0, 0, y, SIDE, image->rgb + (gsize) y * SIDE, plane);
  for (gsize i = 0; i < 3 * plane; i++)
    image->rgb[i] *= (float) deviation;
  return image;
}

/* With noise of variance s the mean is v / (v + s) of what is seen. */
static void
test_job (void)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.01);
  g_autoptr (GPtrArray) all = fixture_run (model, pure_noise (0.1),
                                           params_of (1.0, 1));
  g_autoptr (GPtrArray) half = fixture_run (model, pure_noise (0.1),
                                            params_of (0.5, 1));
  g_autoptr (GPtrArray) none = fixture_run (model, pure_noise (0.1),
                                            params_of (0.0, 1));
  g_autoptr (GPtrArray) four = fixture_run (model, pure_noise (0.1),
                                            params_of (1.0, 4));
  g_autoptr (DifImage)  source = pure_noise (0.1);

  expect_near (mean_square (all->pdata[0]), 0.25 * 0.01, 0.1);
  expect_near (mean_square (half->pdata[0]), 0.5625 * 0.01, 0.1);
  g_assert_cmpmem (((DifImage *) none->pdata[0])->rgb, 12 * SIDE * SIDE,
                   source->rgb, 12 * SIDE * SIDE);
  expect_near (mean_square (four->pdata[0]), 0.25 * 0.01, 0.1);
}

/* What so many draws of that seed make of a picture of which green is said to have
 * less noise than the others.
 */
static DifImage *
drawn (int    draws,
       guint  seed)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.01);
  DifParams            params = params_of (1.0, draws);
  DifRect              all = { 0, 0, SIDE, SIDE };
  DifLayerNoise        noise = { .base = { 0.01, 0.001, 0.01 },
                                 .most = { 0.01, 0.001, 0.01 },
                                 .deviation = 0.1, .coarseness = 1.0 };
  g_autoptr (DifJob)   job = NULL;

  params.seed = seed;
  job = dif_job_new_restore (model, pure_noise (0.05), SIDE, SIDE, &all, &noise,
                             &params, NULL);
  g_assert_nonnull (job);
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  return dif_job_take_result (job, 0);
}

/* The noise of two draws is opposite: of an estimate that is linear none is left. */
static void
test_opposite (void)
{
  int draws, i;

  for (draws = 1; draws <= 4; draws++)
    {
      g_autoptr (DifImage) a = drawn (draws, 1), b = drawn (draws, 2);
      double               most = 0.0;

      for (i = 0; i < 3 * SIDE * SIDE; i++)
        {
          g_assert_true (isfinite (a->rgb[i]) && isfinite (b->rgb[i]));
          most = MAX (most, fabs (a->rgb[i] - b->rgb[i]));
        }
      g_test_message ("%d draws: %g", draws, most);
      if (draws % 2 == 1)
        g_assert_cmpfloat (most, >, 0.01);
      else
        g_assert_cmpfloat (most, <, 1e-5);
    }
}

/* Noise about white goes beyond it in floating-point pictures: it is taken out there
 * as elsewhere, and light that is much stronger than any noise stays.
 */
static void
test_beyond (void)
{
  g_autoptr (DifModel)  model = gaussian_model (1.0, 0.0001);
  DifImage             *source = pure_noise (0.1);
  g_autoptr (GPtrArray) results = NULL;
  const float          *rgb;
  double                mean = 0.0, beyond = 0.0;
  int                   i, n = 3 * SIDE * SIDE;

  for (i = 0; i < n; i++)
    source->rgb[i] += 1.0f;
  for (i = 0; i < 3; i++)
    source->rgb[i * SIDE * SIDE] = 5.0f;
  results = fixture_run (model, source, params_of (1.0, 1));
  rgb = ((DifImage *) results->pdata[0])->rgb;
  for (i = 0; i < n; i++)
    {
      if (i % (SIDE * SIDE) == 0)
        {
          g_assert_cmpfloat (rgb[i], >, 4.0);
          continue;
        }
      mean += rgb[i] / n;
      beyond = MAX (beyond, rgb[i] - 1.0);
    }
  expect_near (mean, 1.0, 0.005);
  g_assert_cmpfloat (beyond, <, 0.15);
}

/* A preview with the same noise has the pixels of the whole. */
static void
test_preview (void)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.01);
  DifParams             params = params_of (1.0, 2);
  g_autoptr (DifImage)  source = pure_noise (0.1);
  g_autoptr (GPtrArray) whole = fixture_run (model, pure_noise (0.1), params);
  DifRect               visible = { 100, 90, 40, 30 }, area;
  DifImage             *part, *result;
  DifLayerNoise         noise;
  DifJob               *job;
  int                   x, y, c;

  g_assert_true (dif_layer_noise_measure (source, &noise, NULL));
  dif_job_preview_area (model, SIDE, SIDE, &params, &visible, &area);
  part = dif_image_new (area.width, area.height, NULL);
  for (c = 0; c < 3; c++)
    for (y = 0; y < area.height; y++)
      for (x = 0; x < area.width; x++)
        part->rgb[(c * area.height + y) * area.width + x]
          = source->rgb[(c * SIDE + area.y + y) * SIDE + area.x + x];
  job = dif_job_new_restore (model, part, SIDE, SIDE, &area, &noise, &params, NULL);
  g_assert_nonnull (job);
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  result = dif_job_take_result (job, 0);
  for (c = 0; c < 3; c++)
    for (y = 0; y < visible.height; y++)
      for (x = 0; x < visible.width; x++)
        g_assert_cmpfloat_with_epsilon (
          result->rgb[(c * area.height + visible.y - area.y + y) * area.width
                      + visible.x - area.x + x],
          ((DifImage *) whole->pdata[0])->rgb[(c * SIDE + visible.y + y) * SIDE
                                              + visible.x + x], 1e-5);
  dif_image_free (result);
  dif_job_free (job);
}

/* A file with blocks meets no fresh noise where the model knows such files. */
static void
test_jpeg_job (void)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.01);
  DifParams             params = params_of (1.0, 2), other = params;
  g_autoptr (GPtrArray) a = NULL, b = NULL;
  int                   knows;

  other.seed = 5;
  for (knows = 0; knows < 2; knows++)
    {
      model->info.knows_jpeg = knows;
      g_clear_pointer (&a, g_ptr_array_unref);
      g_clear_pointer (&b, g_ptr_array_unref);
      a = fixture_run (model, blocky_picture (0.0009), params);
      b = fixture_run (model, blocky_picture (0.0009), other);
      g_assert_cmpint (fixture_same (a, 0, b, 0), ==, knows);
    }
}

/* Threads and batches change no bit, the seed of what is topped up does. */
static void
test_same (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  DifParams             params = params_of (1.0, 2), other = params;
  g_autoptr (GPtrArray) a = NULL, b = NULL;

  other.threads = 1;
  other.batch = 3;
  a = fixture_run (model, pure_noise (0.1), params);
  b = fixture_run (model, pure_noise (0.1), other);
  g_assert_true (fixture_same (a, 0, b, 0));
  other.seed = 5;
  g_ptr_array_unref (b);
  b = fixture_run (model, pure_noise (0.1), other);
  g_assert_false (fixture_same (a, 0, b, 0));
  g_assert_cmpint (dif_params_n_steps (model, SIDE, SIDE, &params), ==, 2);
  /* As many draws as take no longer than one of 12 megapixels. */
  params.draws = 0;
  g_assert_cmpint (dif_params_n_steps (model, SIDE, SIDE, &params), ==, 4);
  g_assert_cmpint (dif_params_n_steps (model, 2500, 2000, &params), ==, 2);
  g_assert_cmpint (dif_params_n_steps (model, 6000, 4000, &params), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layer-noise/white", test_white);
  g_test_add_func ("/layer-noise/signal", test_signal);
  g_test_add_func ("/layer-noise/coarse", test_coarse);
  g_test_add_func ("/layer-noise/none", test_none);
  g_test_add_func ("/layer-noise/blocks", test_blocks);
  g_test_add_func ("/restore/kind", test_kind);
  g_test_add_func ("/restore/jpeg-job", test_jpeg_job);
  g_test_add_func ("/restore/beyond", test_beyond);
  g_test_add_func ("/restore/top-up", test_top_up);
  g_test_add_func ("/restore/job", test_job);
  g_test_add_func ("/restore/opposite", test_opposite);
  g_test_add_func ("/restore/preview", test_preview);
  fixture_add ("/restore/same", test_same, NULL);
  return g_test_run ();
}
