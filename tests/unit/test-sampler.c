/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-sampler.c: what the interface of the samplers promises: ranges,
 * runs one after another, clipping, noise, NaN, errors and names.
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

/* The same bits whether a step is done at once or in ranges. */
static void
test_ranges (void)
{
  DifSchedule *schedule = make_schedule ("DDPMScheduler", "\"clip_sample\": "
                                         "true");
  float       *whole = g_new (float, N);
  float       *parts = g_new (float, N);
  float       *history = g_new (float, N);
  float       *other_history = g_new (float, N);
  float       *output = g_new (float, N);
  float       *noise = g_new (float, N);

  for (int kind = 0; kind < DIF_N_SAMPLERS; kind++)
    {
      const DifSamplerParams params = { .kind = kind, .n_steps = 6,
                                        .spacing = DIF_SPACING_TRAILING,
                                        .t_start = 700, .eta = 0.5 };
      DifSampler *a = make_sampler (schedule, &params);
      DifSampler *b = make_sampler (schedule, &params);

      fill_noise (whole, 0);
      fill_noise (parts, 0);
      for (int i = 0; i < 6; i++)
        {
          fill_noise (output, 10 + i);
          fill_noise (noise, 20 + i);
          dif_sampler_step (a, i, N, output, noise, history, whole, NULL);
          for (size_t j = N; j > 0; )
            {
              const size_t count = MIN (j, 777);

              j -= count;
              dif_sampler_step (b, i, count, output + j, noise + j,
                                other_history + j, parts + j, NULL);
            }
          g_assert_cmpmem (whole, N * sizeof (float),
                           parts, N * sizeof (float));
        }
      dif_sampler_free (a);
      dif_sampler_free (b);
    }
  g_free (whole);
  g_free (parts);
  g_free (history);
  g_free (other_history);
  g_free (output);
  g_free (noise);
  dif_schedule_free (schedule);
}

/* A second run with one sampler knows nothing of the first. */
static void
test_again (void)
{
  DifSchedule            *schedule = make_schedule ("DDPMScheduler",
                                                    "\"clip_sample\": false");
  const DifSamplerParams  params = { .kind = DIF_SAMPLER_DPMPP_2M,
                                     .n_steps = 4, .t_start = 900,
                                     .spacing = DIF_SPACING_TRAILING };
  DifSampler             *sampler = make_sampler (schedule, &params);
  float                   x[2] = { 0.8f, 0.8f }, history = NAN;

  for (int run = 0; run < 2; run++)
    for (int i = 0; i < 4; i++)
      {
        const float output = sinf (x[run] + i);

        dif_sampler_step (sampler, i, 1, &output, NULL, &history, &x[run],
                          NULL);
      }
  g_assert_cmpfloat (x[0], ==, x[1]);
  dif_sampler_free (sampler);
  dif_schedule_free (schedule);
}

/* The estimate of x_0 is clipped where the file says so; DDIM takes its
 * direction from the network's own epsilon all the same.
 */
static void
test_clip (void)
{
  for (int kind = 0; kind < DIF_N_SAMPLERS; kind++)
    {
      DifSchedule            *schedule
        = make_schedule ("DDIMScheduler", "\"clip_sample_range\": 0.75, "
                         "\"prediction_type\": \"sample\"");
      const DifSamplerParams  params = { .kind = kind, .n_steps = 2,
                                         .t_start = 500,
                                         .spacing = DIF_SPACING_TRAILING };
      DifSampler             *sampler = make_sampler (schedule, &params);
      const double            now = dif_sampler_alpha_bar (sampler, 0);
      const double            next = dif_sampler_alpha_bar (sampler, 1);
      const float             output[3] = { 2.0f, -2.0f, 0.5f };
      const float             noise[3] = { 0.0f, 0.0f, 0.0f };
      float                   x[3] = { 0.1f, 0.1f, 0.1f };
      float                   x0[3], history[3];

      dif_sampler_step (sampler, 0, 3, output, noise, history, x, x0);
      g_assert_cmpfloat (x0[0], ==, 0.75f);
      g_assert_cmpfloat (x0[1], ==, -0.75f);
      g_assert_cmpfloat (x0[2], ==, 0.5f);
      if (kind == DIF_SAMPLER_DDIM)
        g_assert_cmpfloat_with_epsilon (x[0], 0.75 * sqrt (next)
                                        + sqrt (1.0 - next)
                                        * (0.1 - 2.0 * sqrt (now))
                                        / sqrt (1.0 - now), 1e-6);
      dif_sampler_free (sampler);
      dif_schedule_free (schedule);
    }
}

/* fixed_large adds beta's variance, but not in the step to the end,
 * where only the library does.
 */
static void
test_variance (void)
{
  DifSchedule      *schedule = make_schedule ("DDPMScheduler",
                                              "\"variance_type\": "
                                              "\"fixed_large\", "
                                              "\"clip_sample\": false");
  DifSamplerParams  params = { .kind = DIF_SAMPLER_DDPM, .n_steps = 4,
                               .spacing = DIF_SPACING_TRAILING,
                               .t_start = 1000 };
  DifSampler       *sampler = make_sampler (schedule, &params);
  const double      now = dif_sampler_alpha_bar (sampler, 1);
  const double      next = dif_sampler_alpha_bar (sampler, 2);
  const float       output = 0.0f;
  const float       one = 1.0f;
  float             with = 0.3f;
  float             without = 0.3f;
  const float       none = 0.0f;

  dif_sampler_step (sampler, 1, 1, &output, &one, NULL, &with, NULL);
  dif_sampler_step (sampler, 1, 1, &output, &none, NULL, &without, NULL);
  g_assert_cmpfloat_with_epsilon (with - without, sqrt (1.0 - now / next),
                                  1e-5);
  g_assert_true (dif_sampler_wants_noise (sampler, 2));
  g_assert_false (dif_sampler_wants_noise (sampler, 3));
  dif_sampler_free (sampler);

  params.as_diffusers = TRUE;
  sampler = make_sampler (schedule, &params);
  g_assert_true (dif_sampler_wants_noise (sampler, 3));
  dif_sampler_free (sampler);
  dif_schedule_free (schedule);
}

/* DDIM with eta = 1 is ancestral sampling: Song et al. 2021, section 4.1.
 * Half of eta adds half of the noise.
 */
static void
test_eta (void)
{
  DifSchedule      *schedule = make_schedule ("DDPMScheduler",
                                              "\"clip_sample\": false");
  DifSamplerParams  params = { .kind = DIF_SAMPLER_DDPM, .n_steps = 10,
                               .spacing = DIF_SPACING_TRAILING,
                               .t_start = 1000 };
  DifSampler       *ddpm = make_sampler (schedule, &params);
  DifSampler       *ddim;
  DifSampler       *half;

  params.kind = DIF_SAMPLER_DDIM;
  params.eta = 1.0;
  ddim = make_sampler (schedule, &params);
  params.eta = 0.5;
  half = make_sampler (schedule, &params);

  for (int i = 0; i < 9; i++)
    {
      const float output = 0.3f;
      const float noise[2] = { 0.0f, 1.0f };
      float       a[2] = { 0.4f, 0.4f };
      float       b[2] = { 0.4f, 0.4f };
      float       c[2] = { 0.4f, 0.4f };

      for (int j = 0; j < 2; j++)
        {
          dif_sampler_step (ddpm, i, 1, &output, &noise[j], NULL, &a[j], NULL);
          dif_sampler_step (ddim, i, 1, &output, &noise[j], NULL, &b[j], NULL);
          dif_sampler_step (half, i, 1, &output, &noise[j], NULL, &c[j], NULL);
          g_assert_cmpfloat_with_epsilon (a[j], b[j], 1e-5);
        }
      g_assert_cmpfloat_with_epsilon (c[1] - c[0], 0.5 * (b[1] - b[0]), 1e-5);
    }
  dif_sampler_free (ddpm);
  dif_sampler_free (ddim);
  dif_sampler_free (half);
  dif_schedule_free (schedule);
}

/* A network's NaN has to reach whoever looks for it. */
static void
test_nan (void)
{
  DifSchedule *schedule = make_schedule ("DDPMScheduler",
                                         "\"clip_sample\": true");

  for (int kind = 0; kind < DIF_N_SAMPLERS; kind++)
    {
      const DifSamplerParams params = { .kind = kind, .n_steps = 3,
                                        .t_start = 500 };
      DifSampler *sampler = make_sampler (schedule, &params);
      const float output = NAN;
      const float noise = 0.5f;
      float       x = 0.5f, history;

      dif_sampler_step (sampler, 0, 1, &output, &noise, &history, &x, NULL);
      g_assert_true (isnan (x));
      dif_sampler_free (sampler);
    }
  dif_schedule_free (schedule);
}

static void
test_arguments (void)
{
  static const DifSamplerParams wrong[] = {
    { .kind = -1, .n_steps = 1, .t_start = 1 },
    { .kind = DIF_N_SAMPLERS, .n_steps = 1, .t_start = 1 },
    { .spacing = 3, .n_steps = 1, .t_start = 1 },
    { .prediction = 3, .n_steps = 1, .t_start = 1 },
    { .n_steps = 0, .t_start = 1 },
    { .n_steps = -7, .t_start = 1 },
    { .n_steps = 1, .t_start = 0 },
    { .n_steps = 1, .t_start = 1001 },
    { .n_steps = 1, .t_start = 1, .eta = -0.1 },
    { .n_steps = 1, .t_start = 1, .eta = 1.1 },
    { .n_steps = 1, .t_start = 1, .eta = NAN }
  };
  DifSamplerParams        right = { .n_steps = G_MAXINT, .t_start = 1000 };
  DifSchedule            *schedule = make_schedule ("DDPMScheduler",
                                                    "\"clip_sample\": true");
  GError                 *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (dif_sampler_new (schedule, &wrong[i], &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
      g_clear_error (&error);
    }
  for (int kind = 0; kind < DIF_N_SAMPLERS; kind++)
    {
      DifSampler *sampler;

      right.kind = kind;
      sampler = make_sampler (schedule, &right);
      g_assert_cmpint (dif_sampler_n_steps (sampler), <=, 1000);
      g_assert_cmpint (dif_sampler_has_history (sampler), ==,
                       kind != DIF_SAMPLER_DDPM && kind != DIF_SAMPLER_DDIM);
      dif_sampler_free (sampler);
    }
  dif_schedule_free (schedule);
}

static void
test_names (void)
{
  static const char *const names[] = {
    "ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde", "dpmpp-2m-karras"
  };
  DifSamplerKind kind = DIF_SAMPLER_DDIM;
  GError        *error = NULL;

  for (int i = 0; i < DIF_N_SAMPLERS; i++)
    {
      g_assert_cmpstr (dif_sampler_kind_to_string (i), ==, names[i]);
      g_assert_true (dif_sampler_kind_from_string (names[i], &kind, &error));
      g_assert_no_error (error);
      g_assert_cmpint (kind, ==, i);
    }
  kind = DIF_SAMPLER_DDIM;
  g_assert_false (dif_sampler_kind_from_string ("euler", &kind, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "euler"));
  g_assert_nonnull (strstr (error->message, "dpmpp-2m-karras"));
  g_assert_cmpint (kind, ==, DIF_SAMPLER_DDIM);
  g_clear_error (&error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sampler/ranges", test_ranges);
  g_test_add_func ("/sampler/again", test_again);
  g_test_add_func ("/sampler/clip", test_clip);
  g_test_add_func ("/sampler/variance", test_variance);
  g_test_add_func ("/sampler/eta", test_eta);
  g_test_add_func ("/sampler/nan", test_nan);
  g_test_add_func ("/sampler/arguments", test_arguments);
  g_test_add_func ("/sampler/names", test_names);
  return g_test_run ();
}
