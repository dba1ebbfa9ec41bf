/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-sampler-theory.c: the samplers with networks whose answer is
 * known.  One that knows x_0 has to lead back to it from anywhere; one
 * that knows that pictures are normally distributed gives an equation
 * with a solution in closed form, which solvers approach at their order.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "sample/sampler.h"

#define N 30000 /* values, three planes of N / 3 */

static DifSchedule *
make_schedule (const char *class,
               const char *keys)
{
  char        *json = g_strdup_printf ("{\"_class_name\": \"%s\", %s}", class,
                                       keys);
  GError      *error = NULL;
  DifSchedule *schedule = dif_schedule_parse (json, strlen (json), "test",
                                              &error);

  g_assert_no_error (error);
  g_free (json);
  return schedule;
}

static DifSampler *
make_sampler (const DifSchedule      *schedule,
              const DifSamplerParams *params)
{
  DifSamplerParams  of_schedule = *params;
  GError           *error = NULL;
  DifSampler       *sampler;

  of_schedule.prediction = schedule->prediction;
  sampler = dif_sampler_new (schedule, &of_schedule, &error);
  g_assert_no_error (error);
  return sampler;
}

static void
fill_noise (float    *x,
            uint32_t  stream)
{
  dif_rng_normal_rgb (3, stream, 0, 0, N / 3, x, N / 3);
}

/* What a network that has x and x0 would say. */
static void
oracle (DifPrediction  prediction,
        double         abar,
        const float   *x,
        const float   *x0,
        float         *output)
{
  const double a = sqrt (abar);
  const double s = sqrt (1.0 - abar);

  for (int i = 0; i < N; i++)
    {
      const double noise = (x[i] - a * x0[i]) / s;

      output[i] = (float) (prediction == DIF_PREDICTION_EPSILON  ? noise
                           : prediction == DIF_PREDICTION_SAMPLE ? x0[i]
                                             : a * noise - s * x0[i]);
    }
}

/* What is left of x besides a x_0 has to be normal of the step's level. */
static void
assert_level (double       abar,
              const float *x,
              const float *x0)
{
  const double a = sqrt (abar);
  const double s = sqrt (1.0 - abar);
  double       mean = 0.0;
  double       square = 0.0;

  for (int i = 0; i < N; i++)
    {
      const double rest = x[i] - a * x0[i];

      mean += rest / N;
      square += rest * rest / N;
    }
  g_assert_cmpfloat_with_epsilon (mean, 0.0, 5.0 * s / sqrt (N) + 1e-5);
  g_assert_cmpfloat_with_epsilon (square, s * s,
                                  5.0 * s * s * sqrt (2.0 / N) + 1e-5);
}

/* A whole run with the oracle.  Deterministic samplers have to keep the
 * very noise that they started from, others its law; all end at x_0.
 */
static void
run_oracle (const DifSchedule      *schedule,
            const DifSamplerParams *params,
            const float            *x0)
{
  DifSampler *sampler = make_sampler (schedule, params);
  const int   n_steps = dif_sampler_n_steps (sampler);
  float      *x = g_new (float, N);
  float      *start = g_new (float, N);
  float      *output = g_new (float, N);
  float      *noise = g_new (float, N);
  float      *estimate = g_new (float, N);
  float      *history = g_new (float, N);
  gboolean    deterministic = TRUE;
  double      abar = dif_sampler_alpha_bar (sampler, 0);

  fill_noise (start, DIF_STREAM_FORWARD);
  for (int i = 0; i < N; i++)
    x[i] = (float) (sqrt (abar) * x0[i] + sqrt (1.0 - abar) * start[i]);

  for (int i = 0; i < n_steps; i++)
    {
      const gboolean wants = dif_sampler_wants_noise (sampler, i);

      abar = dif_sampler_alpha_bar (sampler, i);
      oracle (schedule->prediction, abar, x, x0, output);
      fill_noise (noise, DIF_STREAM_STEP (i));
      dif_sampler_step (sampler, i, N, output, wants ? noise : NULL, history,
                        x, estimate);
      deterministic = deterministic && ! wants;

      for (int j = 0; j < N; j++)
        g_assert_cmpfloat_with_epsilon (estimate[j], x0[j],
                                        2e-6 / sqrt (abar) + 1e-6);
      abar = dif_sampler_alpha_bar (sampler, i + 1);
      g_assert_cmpfloat (abar, >, dif_sampler_alpha_bar (sampler, i));
      assert_level (abar, x, x0);
      for (int j = 0; deterministic && j < N; j++)
        g_assert_cmpfloat_with_epsilon (x[j], sqrt (abar) * x0[j]
                                        + sqrt (1.0 - abar) * start[j], 1e-4);
    }
  g_assert_cmpfloat (abar, ==, 1.0);
  g_assert_true (deterministic || params->kind == DIF_SAMPLER_DDPM
                 || params->kind == DIF_SAMPLER_DPMPP_2M_SDE
                 || params->eta > 0.0);

  dif_sampler_free (sampler);
  g_free (x);
  g_free (start);
  g_free (output);
  g_free (noise);
  g_free (estimate);
  g_free (history);
}

static void
test_oracle (gconstpointer data)
{
  static const struct
  {
    int n_steps;
    int t_start;
  } runs[] = { { 1, 1000 }, { 2, 400 }, { 20, 1000 }, { 16, 37 }, { 5, 1 } };
  DifSchedule *schedule = make_schedule ("DDPMScheduler", data);
  float       *x0 = g_new (float, N);

  for (int i = 0; i < N; i++)
    x0[i] = sinf (0.001f * i);
  for (guint r = 0; r < G_N_ELEMENTS (runs); r++)
    for (int kind = 0; kind < DIF_N_SAMPLERS; kind++)
      for (int stochastic = 0; stochastic < 2; stochastic++)
        {
          /* The smallest variance is the one that keeps the law. */
          const DifSamplerParams params = {
            .kind = kind, .spacing = DIF_SPACING_TRAILING,
            .n_steps = runs[r].n_steps, .t_start = runs[r].t_start,
            .eta = stochastic, .karras = stochastic
          };

          g_test_message ("%s, %d steps from %d, %d",
                          dif_sampler_kind_to_string (kind), runs[r].n_steps,
                          runs[r].t_start, stochastic);
          run_oracle (schedule, &params, x0);
        }
  g_free (x0);
  dif_schedule_free (schedule);
}

/* The best network for pictures of N(MEAN, SPREAD^2): their expectation
 * given x.  With it (x - a MEAN) / sqrt (a^2 SPREAD^2 + s^2) stays the
 * same along the way that DDIM and DPM-Solver++ follow.
 */
#define MEAN   0.4
#define SPREAD 0.3

static double
expectation (double x,
             double abar)
{
  const double power = abar * SPREAD * SPREAD + 1.0 - abar;

  return MEAN + sqrt (abar) * SPREAD * SPREAD / power
                * (x - sqrt (abar) * MEAN);
}

/* The error at the end of a run from x = 1.3 at t = 800. */
static double
solver_error (const char     *class,
              const char     *keys,
              DifSamplerKind  kind,
              int             n_steps)
{
  DifSchedule            *schedule = make_schedule (class, keys);
  const DifSamplerParams  params = { .kind = kind, .n_steps = n_steps,
                                     .spacing = DIF_SPACING_TRAILING,
                                     .t_start = 800 };
  DifSampler             *sampler = make_sampler (schedule, &params);
  double                  abar = dif_sampler_alpha_bar (sampler, 0);
  const double            place
    = (1.3 - sqrt (abar) * MEAN) / sqrt (abar * SPREAD * SPREAD + 1.0 - abar);
  float                   x = 1.3f, history;

  for (int i = 0; i < n_steps; i++)
    {
      float output;

      abar = dif_sampler_alpha_bar (sampler, i);
      output = (float) expectation (x, abar);
      dif_sampler_step (sampler, i, 1, &output, NULL, &history, &x, NULL);
    }
  abar = dif_sampler_alpha_bar (sampler, n_steps);
  dif_sampler_free (sampler);
  dif_schedule_free (schedule);
  return fabs (x - sqrt (abar) * MEAN
               - place * sqrt (abar * SPREAD * SPREAD + 1.0 - abar));
}

/* Twice the steps: half the error at first order, a quarter at second. */
static void
test_order (void)
{
  static const struct
  {
    const char     *class;
    const char     *keys;
    DifSamplerKind  kind;
    double          least;
    double          most;
    double          error; /* with 80 steps */
  } cases[] = {
    { "DDIMScheduler", "\"prediction_type\": \"sample\", "
      "\"clip_sample\": false, \"set_alpha_to_one\": false",
      DIF_SAMPLER_DDIM, 1.8, 2.3, 2e-2 },
    { "DPMSolverMultistepScheduler", "\"prediction_type\": \"sample\", "
      "\"final_sigmas_type\": \"sigma_min\", \"solver_order\": 1",
      DIF_SAMPLER_DPMPP_2M_KARRAS, 1.8, 2.3, 2e-2 },
    { "DPMSolverMultistepScheduler", "\"prediction_type\": \"sample\", "
      "\"final_sigmas_type\": \"sigma_min\"",
      DIF_SAMPLER_DPMPP_2M_KARRAS, 3.3, 5.0, 1e-3 },
    { "DPMSolverMultistepScheduler", "\"prediction_type\": \"sample\", "
      "\"final_sigmas_type\": \"sigma_min\", \"solver_type\": \"heun\"",
      DIF_SAMPLER_DPMPP_2M_KARRAS, 3.3, 5.0, 1e-3 }
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double before = 0.0;

      for (int n = 20; n <= 80; n *= 2)
        {
          const double error = solver_error (cases[i].class, cases[i].keys,
                                             cases[i].kind, n);

          g_test_message ("case %u: %d steps, error %g, ratio %g", i, n,
                          error, before / error);
          if (n > 20)
            {
              g_assert_cmpfloat (before / error, >, cases[i].least);
              g_assert_cmpfloat (before / error, <, cases[i].most);
            }
          before = error;
        }
      g_assert_cmpfloat (before, <, cases[i].error);
    }
}

/* Ancestral sampling with every step of the chain has to end in the law
 * that the network stands for.  Each step neglects how uncertain the
 * estimate is, which may cost a hundredth of the variance.
 */
static void
test_all_steps (void)
{
  DifSchedule            *schedule
    = make_schedule ("DDPMScheduler", "\"prediction_type\": \"sample\", "
                     "\"clip_sample\": false");
  const int               T = schedule->n_train_steps;
  const DifSamplerParams  params = { .kind = DIF_SAMPLER_DDPM, .n_steps = T,
                                     .t_start = T };
  DifSampler             *sampler = make_sampler (schedule, &params);
  float                  *x = g_new (float, N);
  float                  *output = g_new (float, N);
  float                  *noise = g_new (float, N);
  double                  mean = 0.0, square = 0.0, third = 0.0;

  g_assert_cmpint (T, ==, DIF_MAX_STEPS);
  g_assert_cmpint (dif_sampler_n_steps (sampler), ==, T);
  fill_noise (x, DIF_STREAM_FORWARD);
  for (int i = 0; i < T; i++)
    {
      const double abar = dif_sampler_alpha_bar (sampler, i);

      g_assert_cmpfloat (dif_sampler_timestep (sampler, i), ==, T - 1 - i);
      for (int j = 0; j < N; j++)
        output[j] = (float) expectation (x[j], abar);
      fill_noise (noise, DIF_STREAM_STEP (i));
      dif_sampler_step (sampler, i, N, output,
                        dif_sampler_wants_noise (sampler, i) ? noise : NULL,
                        NULL, x, NULL);
    }
  for (int j = 0; j < N; j++)
    {
      const double z = (x[j] - MEAN) / SPREAD;

      mean += z / N;
      square += z * z / N;
      third += z * z * z / N;
    }
  g_test_message ("mean %.4f, mean square %.4f, cube %.4f; expected 0, 1, 0",
                  mean, square, third);
  g_assert_cmpfloat_with_epsilon (mean, 0.0, 4.0 / sqrt (N));
  g_assert_cmpfloat_with_epsilon (square, 1.0, 4.0 * sqrt (2.0 / N) + 0.01);
  g_assert_cmpfloat_with_epsilon (third, 0.0, 4.0 * sqrt (15.0 / N));
  dif_sampler_free (sampler);
  dif_schedule_free (schedule);
  g_free (x);
  g_free (output);
  g_free (noise);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sampler-theory/oracle/epsilon",
                        "\"clip_sample\": false", test_oracle);
  g_test_add_data_func ("/sampler-theory/oracle/v",
                        "\"clip_sample\": false, \"beta_schedule\": "
                        "\"squaredcos_cap_v2\", \"prediction_type\": "
                        "\"v_prediction\"", test_oracle);
  g_test_add_data_func ("/sampler-theory/oracle/zero-snr-v",
                        "\"rescale_betas_zero_snr\": true, "
                        "\"prediction_type\": \"v_prediction\"",
                        test_oracle);
  g_test_add_data_func ("/sampler-theory/oracle/zero-snr-sample",
                        "\"rescale_betas_zero_snr\": true, "
                        "\"prediction_type\": \"sample\"", test_oracle);
  g_test_add_func ("/sampler-theory/order", test_order);
  g_test_add_func ("/sampler-theory/all-steps", test_all_steps);
  return g_test_run ();
}
