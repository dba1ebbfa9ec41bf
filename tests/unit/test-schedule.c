/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-schedule.c: the tables against their formulas in double.
 */

#include <math.h>
#include <string.h>

#include "sample/schedule.h"

static DifSchedule *
parse_ok (const char *class,
          const char *keys)
{
  char        *json = g_strdup_printf ("{\"_class_name\": \"%s\"%s%s}", class,
                                       *keys ? ", " : "", keys);
  GError      *error = NULL;
  DifSchedule *schedule = dif_schedule_parse (json, strlen (json), "test",
                                              &error);

  g_assert_no_error (error);
  g_free (json);
  return schedule;
}

/* Relative to the distance from 1 as well: rounding 1 - beta to single
 * precision costs up to 3e-8 a step.
 */
static void
assert_tables (const DifSchedule *schedule,
               const double      *betas)
{
  double abar = 1.0;

  g_assert_cmpfloat (dif_schedule_alpha_bar (schedule, 0), ==, 1.0);
  for (int k = 0; k < schedule->n_train_steps; k++)
    {
      abar *= 1.0 - betas[k];
      g_assert_cmpfloat_with_epsilon (schedule->betas[k], betas[k],
                                      4e-7 * betas[k] + 1e-12);
      g_assert_cmpfloat_with_epsilon (schedule->alpha_bar[k], abar,
                                      (k + 4) * 6e-8 * abar + 1e-14);
      g_assert_cmpfloat (dif_schedule_alpha_bar (schedule, k + 1), ==,
                         schedule->alpha_bar[k]);
    }
}

static void
test_linear (void)
{
  DifSchedule *schedule = parse_ok ("DDPMScheduler", "");
  double       betas[1000];

  g_assert_cmpint (schedule->n_train_steps, ==, 1000);
  for (int k = 0; k < 1000; k++)
    betas[k] = 1e-4 + (0.02 - 1e-4) * k / 999.0;
  assert_tables (schedule, betas);
  /* Ho et al. 2020, section 4: about 4e-5 is left at T. */
  g_assert_cmpfloat_with_epsilon (schedule->alpha_bar[999], 4.036e-5, 1e-8);
  dif_schedule_free (schedule);
}

static void
test_scaled_linear (void)
{
  DifSchedule *schedule
    = parse_ok ("DDIMScheduler", "\"beta_schedule\": \"scaled_linear\", "
                "\"beta_start\": 0.00085, \"beta_end\": 0.012, "
                "\"num_train_timesteps\": 250");
  double       betas[250];

  g_assert_cmpint (schedule->n_train_steps, ==, 250);
  for (int k = 0; k < 250; k++)
    {
      const double root = sqrt (0.00085)
                          + (sqrt (0.012) - sqrt (0.00085)) * k / 249.0;

      betas[k] = root * root;
    }
  assert_tables (schedule, betas);
  dif_schedule_free (schedule);
}

static void
test_cosine (void)
{
  DifSchedule *schedule
    = parse_ok ("DPMSolverMultistepScheduler",
                "\"beta_schedule\": \"squaredcos_cap_v2\"");
  double       betas[1000];

  for (int k = 0; k < 1000; k++)
    {
      const double before = cos ((k / 1000.0 + 0.008) / 1.008 * G_PI / 2);
      const double after = cos (((k + 1) / 1000.0 + 0.008) / 1.008
                                * G_PI / 2);

      betas[k] = MIN (1.0 - after * after / (before * before), 0.999);
    }
  assert_tables (schedule, betas);
  g_assert_cmpfloat_with_epsilon (schedule->betas[999], 0.999, 1e-7);
  /* Half way there is half left, but for the offset. */
  g_assert_cmpfloat_with_epsilon (schedule->alpha_bar[499], 0.4938, 1e-4);
  dif_schedule_free (schedule);
}

static void
test_trained (void)
{
  static const double betas[] = { 0.001, 0.3, 0.02, 0.9 };
  DifSchedule        *schedule
    = parse_ok ("DDPMScheduler", "\"num_train_timesteps\": 4, "
                "\"beta_schedule\": \"linear\", "
                "\"trained_betas\": [0.001, 0.3, 2e-2, 0.9]");

  assert_tables (schedule, betas);
  dif_schedule_free (schedule);

  schedule = parse_ok ("DDPMScheduler", "\"trained_betas\": null");
  g_assert_cmpint (schedule->n_train_steps, ==, 1000);
  dif_schedule_free (schedule);
}

/* Lin et al. 2024, algorithm 1: sqrt (abar) is moved by a line. */
static void
test_zero_snr (void)
{
  static const char *const formulas[] = { "linear", "scaled_linear",
                                          "squaredcos_cap_v2" };

  for (guint i = 0; i < G_N_ELEMENTS (formulas); i++)
    {
      char        *keys = g_strdup_printf ("\"beta_schedule\": \"%s\", "
                                           "\"prediction_type\": \"sample\"",
                                           formulas[i]);
      char        *zero = g_strconcat (keys, ", \"rescale_betas_zero_snr\":"
                                       " true", NULL);
      DifSchedule *before = parse_ok ("DDPMScheduler", keys);
      DifSchedule *after = parse_ok ("DDPMScheduler", zero);
      DifSchedule *solver = parse_ok ("DPMSolverMultistepScheduler", zero);
      const double first = sqrt (before->alpha_bar[0]);
      const double last = sqrt (before->alpha_bar[999]);

      for (int k = 0; k < 999; k++)
        {
          const double root = (sqrt (before->alpha_bar[k]) - last)
                              * first / (first - last);

          g_assert_cmpfloat_with_epsilon (after->alpha_bar[k], root * root,
                                          1e-6);
          g_assert_cmpfloat (after->alpha_bar[k], >, after->alpha_bar[k + 1]);
          g_assert_cmpfloat (solver->alpha_bar[k], ==, after->alpha_bar[k]);
        }
      g_assert_cmpfloat (after->betas[999], ==, 1.0);
      g_assert_cmpfloat (after->alpha_bar[999], ==, 0.0);
      g_assert_cmpfloat (solver->alpha_bar[999], ==, 0x1p-24);
      dif_schedule_free (before);
      dif_schedule_free (after);
      dif_schedule_free (solver);
      g_free (keys);
      g_free (zero);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/linear", test_linear);
  g_test_add_func ("/schedule/scaled-linear", test_scaled_linear);
  g_test_add_func ("/schedule/cosine", test_cosine);
  g_test_add_func ("/schedule/trained", test_trained);
  g_test_add_func ("/schedule/zero-snr", test_zero_snr);
  return g_test_run ();
}
