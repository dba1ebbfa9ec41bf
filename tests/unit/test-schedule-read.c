/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-schedule-read.c: what a scheduler_config.json says, the defaults
 * of each class, and what it may not say.
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sample/schedule.h"

#define NAME "model/scheduler_config.json"

static DifSchedule *
parse (const char  *class,
       const char  *keys,
       GError     **error)
{
  char        *json = g_strdup_printf ("{\"_class_name\": \"%s\"%s%s}", class,
                                       *keys ? ", " : "", keys);
  DifSchedule *schedule = dif_schedule_parse (json, strlen (json), NAME,
                                              error);

  g_free (json);
  return schedule;
}

static DifSchedule *
parse_ok (const char *class,
          const char *keys)
{
  GError      *error = NULL;
  DifSchedule *schedule = parse (class, keys, &error);

  g_assert_no_error (error);
  g_assert_nonnull (schedule);
  return schedule;
}

static void
test_defaults (void)
{
  DifSchedule *s = parse_ok ("DDPMScheduler", "");

  g_assert_cmpint (s->kind, ==, DIF_SAMPLER_DDPM);
  g_assert_cmpint (s->prediction, ==, DIF_PREDICTION_EPSILON);
  g_assert_cmpint (s->spacing, ==, DIF_SPACING_LEADING);
  g_assert_cmpint (s->steps_offset, ==, 0);
  g_assert_cmpint (s->variance, ==, DIF_VARIANCE_FIXED_SMALL);
  g_assert_true (s->clip_sample);
  g_assert_cmpfloat (s->clip_range, ==, 1.0);
  g_assert_cmpint (s->solver_order, ==, 2);
  g_assert_cmpint (s->n_unclipped, ==, 1000);
  dif_schedule_free (s);

  s = parse_ok ("DDIMScheduler", "");
  g_assert_cmpint (s->kind, ==, DIF_SAMPLER_DDIM);
  g_assert_cmpint (s->spacing, ==, DIF_SPACING_LEADING);
  g_assert_true (s->clip_sample);
  g_assert_true (s->final_alpha_one);
  dif_schedule_free (s);

  s = parse_ok ("DPMSolverMultistepScheduler", "");
  g_assert_cmpint (s->kind, ==, DIF_SAMPLER_DPMPP_2M);
  g_assert_cmpint (s->spacing, ==, DIF_SPACING_LINSPACE);
  g_assert_false (s->clip_sample);
  g_assert_false (s->karras);
  g_assert_cmpint (s->solver_order, ==, 2);
  g_assert_cmpint (s->solver, ==, DIF_SOLVER_MIDPOINT);
  g_assert_true (s->lower_order_final);
  g_assert_false (s->euler_at_final);
  g_assert_false (s->final_sigma_min);
  dif_schedule_free (s);
}

static void
test_values (void)
{
  DifSchedule *s = parse_ok ("DDPMScheduler", "\"clip_sample\": false, "
                             "\"variance_type\": \"fixed_large\", "
                             "\"prediction_type\": \"v_prediction\", "
                             "\"timestep_spacing\": \"trailing\", "
                             "\"steps_offset\": 1, \"_unknown_key\": [1, {}], "
                             "\"skip_prk_steps\": true, "
                             "\"timestep_values\": null, "
                             "\"tensor_format\": \"pt\", "
                             "\"thresholding\": false, "
                             "\"dynamic_thresholding_ratio\": 0.995, "
                             "\"sample_max_value\": 1.0");

  g_assert_false (s->clip_sample);
  g_assert_cmpint (s->variance, ==, DIF_VARIANCE_FIXED_LARGE);
  g_assert_cmpint (s->prediction, ==, DIF_PREDICTION_V);
  g_assert_cmpint (s->spacing, ==, DIF_SPACING_TRAILING);
  g_assert_cmpint (s->steps_offset, ==, 1);
  dif_schedule_free (s);

  s = parse_ok ("DDIMScheduler", "\"set_alpha_to_one\": false, "
                "\"clip_sample_range\": 2.5");
  g_assert_false (s->final_alpha_one);
  g_assert_cmpfloat (s->clip_range, ==, 2.5);
  dif_schedule_free (s);

  s = parse_ok ("DPMSolverMultistepScheduler", "\"solver_order\": 1, "
                "\"algorithm_type\": \"sde-dpmsolver++\", "
                "\"use_karras_sigmas\": true, \"solver_type\": \"heun\", "
                "\"final_sigmas_type\": \"sigma_min\", "
                "\"lower_order_final\": false, \"euler_at_final\": true, "
                "\"lambda_min_clipped\": -5.0, \"variance_type\": \"fixed_small\", "
                "\"sigma_min\": null, \"shift_terminal\": null, "
                "\"clip_sample\": true");
  g_assert_cmpint (s->kind, ==, DIF_SAMPLER_DPMPP_2M_SDE);
  g_assert_true (s->karras);
  g_assert_cmpint (s->solver_order, ==, 1);
  g_assert_cmpint (s->solver, ==, DIF_SOLVER_HEUN);
  g_assert_true (s->final_sigma_min);
  g_assert_false (s->lower_order_final);
  g_assert_true (s->euler_at_final);
  g_assert_false (s->clip_sample);
  /* The last timestep of lambda = log (sqrt (abar / (1 - abar))) >= -5. */
  g_assert_cmpint (s->n_unclipped, <, 1000);
  g_assert_cmpfloat (s->alpha_bar[s->n_unclipped - 1], >, exp (-10.0));
  g_assert_cmpfloat (s->alpha_bar[s->n_unclipped], <, exp (-10.0));
  dif_schedule_free (s);

  s = parse_ok ("DPMSolverMultistepScheduler",
                "\"use_karras_sigmas\": true, "
                "\"lambda_min_clipped\": -Infinity");
  g_assert_cmpint (s->kind, ==, DIF_SAMPLER_DPMPP_2M_KARRAS);
  g_assert_cmpint (s->n_unclipped, ==, 1000);
  dif_schedule_free (s);
}

typedef struct
{
  const char *class;
  const char *keys;
  const char *named; /* has to be in the message, as well as the file */
  DifError    code;
} Refusal;

#define P "DDPMScheduler"
#define I "DDIMScheduler"
#define D "DPMSolverMultistepScheduler"

static const Refusal refusals[] = {
  { "PNDMScheduler", "", "PNDMScheduler", DIF_ERROR_UNSUPPORTED },
  { P, "\"thresholding\": true", "thresholding", DIF_ERROR_UNSUPPORTED },
  { P, "\"variance_type\": \"learned\"", "learned", DIF_ERROR_UNSUPPORTED },
  { P, "\"variance_type\": \"learned_range\"", "variance_type",
    DIF_ERROR_UNSUPPORTED },
  { P, "\"variance_type\": \"fixed_large_log\"", "variance_type",
    DIF_ERROR_UNSUPPORTED },
  { P, "\"beta_schedule\": \"sigmoid\"", "sigmoid", DIF_ERROR_UNSUPPORTED },
  { P, "\"prediction_type\": \"flow_prediction\"", "prediction_type",
    DIF_ERROR_UNSUPPORTED },
  { P, "\"predict_epsilon\": false", "predict_epsilon",
    DIF_ERROR_UNSUPPORTED },
  { I, "\"rescale_betas_zero_snr\": true", "prediction_type",
    DIF_ERROR_UNSUPPORTED },
  { I, "\"timestep_spacing\": \"karras\"", "timestep_spacing",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"solver_order\": 3", "solver_order", DIF_ERROR_UNSUPPORTED },
  { D, "\"solver_order\": 4", "solver_order", DIF_ERROR_MALFORMED },
  { D, "\"algorithm_type\": \"dpmsolver\"", "algorithm_type",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"solver_type\": \"bh2\"", "solver_type", DIF_ERROR_UNSUPPORTED },
  { D, "\"use_lu_lambdas\": true", "use_lu_lambdas", DIF_ERROR_UNSUPPORTED },
  { D, "\"use_flow_sigmas\": true", "use_flow_sigmas",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"use_beta_sigmas\": true", "use_beta_sigmas",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"use_exponential_sigmas\": true", "use_exponential_sigmas",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"use_dynamic_shifting\": true", "use_dynamic_shifting",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"variance_type\": \"learned\"", "variance_type",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"final_sigmas_type\": \"one\"", "final_sigmas_type",
    DIF_ERROR_UNSUPPORTED },
  { D, "\"lambda_min_clipped\": 100", "lambda_min_clipped",
    DIF_ERROR_MALFORMED },
  { P, "\"num_train_timesteps\": 0", "num_train_timesteps",
    DIF_ERROR_MALFORMED },
  { P, "\"num_train_timesteps\": -5", "num_train_timesteps",
    DIF_ERROR_MALFORMED },
  { P, "\"num_train_timesteps\": 1001", "num_train_timesteps",
    DIF_ERROR_UNSUPPORTED },
  { P, "\"num_train_timesteps\": 99999999999999999999",
    "num_train_timesteps", DIF_ERROR_MALFORMED },
  { P, "\"num_train_timesteps\": 1e300", "num_train_timesteps",
    DIF_ERROR_MALFORMED },
  { P, "\"num_train_timesteps\": \"1000\"", "num_train_timesteps",
    DIF_ERROR_MALFORMED },
  { P, "\"num_train_timesteps\": 10.5", "num_train_timesteps",
    DIF_ERROR_MALFORMED },
  { P, "\"num_train_timesteps\": 1, \"rescale_betas_zero_snr\": true",
    "rescale_betas_zero_snr", DIF_ERROR_MALFORMED },
  { P, "\"beta_start\": 0", "beta_start", DIF_ERROR_MALFORMED },
  { P, "\"beta_start\": -0.1", "beta_start", DIF_ERROR_MALFORMED },
  { P, "\"beta_end\": 1.0", "beta_end", DIF_ERROR_MALFORMED },
  { P, "\"beta_end\": 2", "beta_end", DIF_ERROR_MALFORMED },
  { P, "\"beta_end\": Infinity", "beta_end", DIF_ERROR_MALFORMED },
  { P, "\"beta_end\": NaN", NULL, DIF_ERROR_MALFORMED },
  { P, "\"beta_end\": \"0.02\"", "beta_end", DIF_ERROR_MALFORMED },
  { P, "\"beta_end\": null", "beta_end", DIF_ERROR_MALFORMED },
  { P, "\"beta_end\": [0.02]", "beta_end", DIF_ERROR_MALFORMED },
  { P, "\"beta_start\": 1e-12", "beta_schedule", DIF_ERROR_MALFORMED },
  { P, "\"beta_schedule\": 3", "beta_schedule", DIF_ERROR_MALFORMED },
  { P, "\"trained_betas\": [0.1, 0.2]", "trained_betas",
    DIF_ERROR_MALFORMED },
  { P, "\"trained_betas\": []", "trained_betas", DIF_ERROR_MALFORMED },
  { P, "\"trained_betas\": {}", "trained_betas", DIF_ERROR_MALFORMED },
  { P, "\"trained_betas\": [0.1, 1.5], \"num_train_timesteps\": 2",
    "trained_betas", DIF_ERROR_MALFORMED },
  { P, "\"trained_betas\": [0.1, \"x\"], \"num_train_timesteps\": 2",
    "trained_betas", DIF_ERROR_MALFORMED },
  { P, "\"trained_betas\": [0.1, 0.2, 0.3], \"num_train_timesteps\": 2",
    "trained_betas", DIF_ERROR_MALFORMED },
  { P, "\"clip_sample\": 1", "clip_sample", DIF_ERROR_MALFORMED },
  { P, "\"clip_sample_range\": 0", "clip_sample_range",
    DIF_ERROR_MALFORMED },
  { P, "\"clip_sample_range\": -1", "clip_sample_range",
    DIF_ERROR_MALFORMED },
  { P, "\"steps_offset\": -1", "steps_offset", DIF_ERROR_MALFORMED },
  { P, "\"noise_offset\": 0.1", "noise_offset", DIF_ERROR_UNSUPPORTED },
  { D, "\"rescale\": null", "rescale", DIF_ERROR_UNSUPPORTED },
  { P, "\"timestep_values\": [1, 2]", "timestep_values",
    DIF_ERROR_UNSUPPORTED },
  { P, "\"num_train_timesteps\": 1000, \"beta_end\": 0.5, "
    "\"prediction_type\": \"sample\"", "beta_schedule",
    DIF_ERROR_MALFORMED }
};

static void
test_refusals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal *r = &refusals[i];
      GError        *error = NULL;
      DifSchedule   *schedule = parse (r->class, r->keys, &error);

      g_test_message ("%s: %s", r->class, r->keys);
      g_assert_null (schedule);
      g_assert_error (error, DIF_ERROR, (int) r->code);
      g_assert_nonnull (strstr (error->message, NAME));
      if (r->named)
        g_assert_nonnull (strstr (error->message, r->named));
      g_clear_error (&error);
    }
}

/* Not an object with a class at all. */
static void
test_garbage (void)
{
  static const char *const texts[] = {
    "", "   ", "{", "[]", "7", "null", "{}", "{\"_class_name\": 3}",
    "{\"_class_name\": null}", "not json", "{\"_class_name\": \"DDPM",
    "\x00\x01\x02", "{\"beta_start\": 0.1}",
    "{\"_class_name\": \"DDPMScheduler\", \"_class_name\": \"DDIMScheduler\"}"
  };
  GString *deep = g_string_new ("{\"_class_name\": \"DDPMScheduler\", "
                                "\"x\": ");
  GError  *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%s", texts[i]);
      g_assert_null (dif_schedule_parse (texts[i], strlen (texts[i]), NAME,
                                         &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, NAME));
      g_clear_error (&error);
    }

  for (int i = 0; i < 200000; i++)
    g_string_append_c (deep, '[');
  g_assert_null (dif_schedule_parse (deep->str, deep->len, NAME, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, NAME));
  g_clear_error (&error);
  g_string_free (deep, TRUE);
}

static void
test_files (Fixture       *fixture,
            gconstpointer  data)
{
  GError      *error = NULL;
  char        *path = fixture_text (fixture, "a.json", "{\"_class_name\": "
                                    "\"DDIMScheduler\"}");
  DifSchedule *schedule = dif_schedule_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (schedule->kind, ==, DIF_SAMPLER_DDIM);
  dif_schedule_free (schedule);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (dif_schedule_read (path, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);

  g_assert_null (dif_schedule_read (fixture->dir, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_IO);
  g_assert_nonnull (strstr (error->message, fixture->dir));
  g_clear_error (&error);
  g_free (path);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule-read/defaults", test_defaults);
  g_test_add_func ("/schedule-read/values", test_values);
  g_test_add_func ("/schedule-read/refusals", test_refusals);
  g_test_add_func ("/schedule-read/garbage", test_garbage);
  fixture_add ("/schedule-read/files", test_files, NULL);
  return g_test_run ();
}
