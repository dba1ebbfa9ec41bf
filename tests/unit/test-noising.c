/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-noising.c: the closed form and the Markov chain are the same
 * forward process: both leave the mean, the variance and the covariance
 * with x_0 that the theory says.  Seeds are fixed; bounds are five
 * standard deviations.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "sample/noising.h"

#define SIDE 112
#define N    (3 * SIDE * SIDE)

static const char *const schedules[] = {
  "\"beta_schedule\": \"linear\"",
  "\"beta_schedule\": \"scaled_linear\", \"beta_start\": 0.00085, "
    "\"beta_end\": 0.012",
  "\"beta_schedule\": \"squaredcos_cap_v2\"",
  "\"beta_schedule\": \"linear\", \"rescale_betas_zero_snr\": true, "
    "\"prediction_type\": \"sample\"",
  "\"num_train_timesteps\": 3, \"trained_betas\": [0.2, 0.5, 0.9]"
};

static DifSchedule *
make_schedule (const char *keys)
{
  char        *json = g_strdup_printf ("{\"_class_name\": \"DDPMScheduler\", "
                                       "%s}", keys);
  GError      *error = NULL;
  DifSchedule *schedule = dif_schedule_parse (json, strlen (json), "test",
                                              &error);

  g_assert_no_error (error);
  g_free (json);
  return schedule;
}

static DifRows
whole (float *rgb)
{
  return (DifRows) { rgb, SIDE * SIDE, SIDE, SIDE, -40, 17 };
}

/* Not symmetric, not of mean 0: values from -1 to 1. */
static void
picture (float *rgb)
{
  for (int i = 0; i < N; i++)
    {
      const int x = i % SIDE;
      const int y = i / SIDE % SIDE;

      rgb[i] = 0.3f + 0.5f * sinf (0.11f * x) * cosf (0.07f * y)
               + 0.2f * (i / (SIDE * SIDE) - 1);
    }
}

/* TRUE if x may be a x_0 + sqrt (1 - a^2) noise: by the mean and the
 * variance of what a x_0 leaves, and its covariance with x_0.
 */
static gboolean
moments_agree (const float *x0,
               const float *x,
               double       abar)
{
  const double a = sqrt (abar);
  const double s = sqrt (1.0 - abar);
  double       mean = 0.0;
  double       square = 0.0;
  double       product = 0.0;
  double       power = 0.0;

  for (int i = 0; i < N; i++)
    {
      const double rest = x[i] - a * x0[i];

      mean += rest / N;
      square += rest * rest / N;
      product += rest * x0[i] / N;
      power += (double) x0[i] * x0[i] / N;
    }
  return fabs (mean) < 5.0 * s / sqrt (N)
         && fabs (square - s * s) < 5.0 * s * s * sqrt (2.0 / N)
         && fabs (product) < 5.0 * s * sqrt (power / N);
}

static void
run_chain (const DifSchedule *schedule,
           int                t,
           const float       *x0,
           float             *x)
{
  const DifRows rows = whole (x);

  memcpy (x, x0, N * sizeof (float));
  for (int i = 1; i <= t; i++)
    dif_noising_chain_step (&rows, schedule, i,
                            &(DifNoise) { .seed = 12345, .reduction = 1 });
}

static void
run_closed_form (const DifSchedule *schedule,
                 int                t,
                 const float       *x0,
                 float             *x)
{
  const DifRows rows = whole (x);

  memcpy (x, x0, N * sizeof (float));
  dif_noising_closed_form (&rows, dif_schedule_alpha_bar (schedule, t),
                           &(DifNoise) { .seed = 12345, .reduction = 1 });
}

static void
test_moments (gconstpointer data)
{
  static const int positions[] = { 1, 2, 3, 50, 1000 };
  DifSchedule     *schedule = make_schedule (data);
  float           *x0 = g_new (float, N);
  float           *x = g_new (float, N);

  picture (x0);
  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    {
      const int t = positions[i];
      double    abar;

      if (t > schedule->n_train_steps)
        continue;
      abar = dif_schedule_alpha_bar (schedule, t);
      run_closed_form (schedule, t, x0, x);
      g_assert_true (moments_agree (x0, x, abar));
      run_chain (schedule, t, x0, x);
      g_assert_true (moments_agree (x0, x, abar));
    }
  g_free (x0);
  g_free (x);
  dif_schedule_free (schedule);
}

/* The bounds above are narrow enough to see a tenth too much noise, and
 * a chain that is a step short.
 */
static void
test_power (void)
{
  DifSchedule *schedule = make_schedule (schedules[0]);
  const double abar = dif_schedule_alpha_bar (schedule, 300);
  float       *x0 = g_new (float, N);
  float       *x = g_new (float, N);

  picture (x0);
  run_chain (schedule, 290, x0, x);
  g_assert_false (moments_agree (x0, x, abar));
  for (int k = 0; k < 1000; k++)
    schedule->betas[k] *= 1.1;
  run_chain (schedule, 300, x0, x);
  g_assert_false (moments_agree (x0, x, abar));
  run_closed_form (schedule, 300, x0, x);
  g_assert_false (moments_agree (x0, x, abar * 0.9));
  g_free (x0);
  g_free (x);
  dif_schedule_free (schedule);
}

/* The two draw from streams of their own, and so does each step. */
static void
test_streams (void)
{
  DifSchedule *schedule = make_schedule ("\"num_train_timesteps\": 2, "
                                         "\"trained_betas\": [0.5, 0.5]");
  float       *zero = g_new0 (float, N);
  float       *once = g_new (float, N);
  float       *twice = g_new (float, N);
  float       *closed = g_new (float, N);
  double       same = 0.0;
  double       other = 0.0;

  run_chain (schedule, 1, zero, once);
  run_chain (schedule, 2, zero, twice);
  run_closed_form (schedule, 1, zero, closed);
  for (int i = 0; i < N; i++)
    {
      /* The noise of step 2 alone, then the product of both. */
      const double second = twice[i] - sqrt (0.5) * once[i];

      same += second * once[i] / N;
      other += (double) closed[i] * once[i] / N;
    }
  g_assert_cmpfloat (fabs (same), <, 5.0 * 0.5 / sqrt (N));
  g_assert_cmpfloat (fabs (other), <, 5.0 * 0.5 / sqrt (N));
  g_free (zero);
  g_free (once);
  g_free (twice);
  g_free (closed);
  dif_schedule_free (schedule);
}

/* A part of the canvas is noised as it is within the whole. */
static void
test_parts (void)
{
  enum { X = 13, Y = 29, WIDTH = 77, HEIGHT = 31 };
  float         *all = g_new (float, N);
  float         *part = g_new (float, 3 * WIDTH * HEIGHT);
  const DifNoise noise = { .seed = 77, .reduction = 1 };
  const DifRows  rows = whole (all);
  DifRows        some = { part, WIDTH * HEIGHT, WIDTH, 1, -40 + X, 17 + Y };

  picture (all);
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < HEIGHT; y++)
      memcpy (part + (c * HEIGHT + y) * WIDTH,
              all + (c * SIDE + Y + y) * SIDE + X, WIDTH * sizeof (float));
  dif_noising_closed_form (&rows, 0.3, &noise);
  for (int y = 0; y < HEIGHT; y++, some.rgb += WIDTH, some.y++)
    dif_noising_closed_form (&some, 0.3, &noise);
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < HEIGHT; y++)
      g_assert_cmpmem (part + (c * HEIGHT + y) * WIDTH,
                       WIDTH * sizeof (float),
                       all + (c * SIDE + Y + y) * SIDE + X,
                       WIDTH * sizeof (float));
  g_free (all);
  g_free (part);
}

/* keep = 0 overwrites whatever was there; amount = 0 leaves it alone. */
static void
test_ends (void)
{
  float         *x = g_new (float, N);
  float         *expected = g_new (float, N);
  const DifRows  rows = whole (x);

  for (int i = 0; i < N; i++)
    x[i] = NAN;
  dif_noising_mix (&rows, 0.0, 1.0, &(DifNoise) { .seed = 5, .reduction = 1 },
                   6);
  for (int y = 0; y < SIDE; y++)
    dif_rng_normal_rgb (5, 6, -40, 17 + y, SIDE, expected + y * SIDE,
                        SIDE * SIDE);
  g_assert_cmpmem (x, N * sizeof (float), expected, N * sizeof (float));

  dif_noising_closed_form (&rows, 1.0,
                           &(DifNoise) { .seed = 9, .reduction = 1 });
  g_assert_cmpmem (x, N * sizeof (float), expected, N * sizeof (float));
  g_free (x);
  g_free (expected);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const names[] = {
    "linear", "scaled-linear", "cosine", "zero-snr", "trained"
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (schedules); i++)
    {
      char *path = g_strconcat ("/noising/moments/", names[i], NULL);

      g_test_add_data_func (path, schedules[i], test_moments);
      g_free (path);
    }
  g_test_add_func ("/noising/power", test_power);
  g_test_add_func ("/noising/streams", test_streams);
  g_test_add_func ("/noising/parts", test_parts);
  g_test_add_func ("/noising/ends", test_ends);
  return g_test_run ();
}
