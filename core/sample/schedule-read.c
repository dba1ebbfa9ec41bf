/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * schedule-read.c: reads scheduler_config.json.  A key that is missing
 * has the library's default for the class that the file names; a value
 * that asks for something we do not run is refused by name, never
 * passed over.
 */

#include <math.h>

#include "base/json.h"
#include "sample/schedule-private.h"

/* The bounds of a float beta that is neither 0 nor 1. */
#define BETA_MIN 1e-30
#define BETA_MAX (1.0 - 0x1p-24)

/* What stands for abar_T = 0 where a solver divides by it: the smallest
 * half-precision number, as in the library.
 */
#define SMALLEST_ALPHA_BAR 0x1p-24

typedef enum
{
  CLASS_DDPM,
  CLASS_DDIM,
  CLASS_DPM
} SchedulerClass;

static const char *const class_names[] = {
  "DDPMScheduler", "DDIMScheduler", "DPMSolverMultistepScheduler", NULL
};

static const char *const prediction_names[] = {
  "epsilon", "sample", "v_prediction", NULL
};

static const char *const spacing_names[] = {
  "leading", "trailing", "linspace", NULL
};

/* Keys that some version of the library writes for one of our classes, also
 * those that are left over from settings of another class.  Where the values
 * matter to our classes they are read or refused below.
 */
static gboolean
check_keys (const DifJson  *json,
            GError        **error)
{
  static const char *const known[] = {
    "algorithm_type", "beta_end", "beta_schedule", "beta_start",
    "clip_sample", "clip_sample_range", "dynamic_thresholding_ratio",
    "euler_at_final", "final_sigmas_type", "flow_shift",
    "lambda_min_clipped", "lower_order_final", "num_train_timesteps",
    "predict_epsilon", "prediction_type", "rescale_betas_zero_snr",
    "sample_max_value", "set_alpha_to_one", "solver_order", "solver_type",
    "steps_offset", "tensor_format", "thresholding", "time_shift_type",
    "timestep_spacing", "timestep_values", "trained_betas",
    "use_beta_sigmas", "use_dynamic_shifting", "use_exponential_sigmas",
    "use_flow_sigmas", "use_karras_sigmas", "use_lu_lambdas",
    "variance_type",
    /* of PNDM, Euler and UniPC */
    "skip_prk_steps", "interpolation_type", "disable_corrector",
    "predict_x0", "solver_p", "sigma_min", "sigma_max", "timestep_type",
    "shift_terminal",
    NULL
  };

  for (int i = 0; i < dif_json_n_keys (json); i++)
    {
      const char *key = dif_json_key (json, i);

      if (key[0] != '_' && ! g_strv_contains (known, key))
        return dif_json_fault (json, key, DIF_ERROR_UNSUPPORTED, error,
                               "is not known, so neither is what it would "
                               "change");
    }
  if (dif_json_has (json, "timestep_values")
      && ! dif_json_is_null (json, "timestep_values"))
    return dif_json_fault (json, "timestep_values", DIF_ERROR_UNSUPPORTED,
                           error, "only null is supported");
  return TRUE;
}

/* Keys that have to be false if they are there. */
static gboolean
check_refused (const DifJson  *json,
               GError        **error)
{
  static const char *const refused[] = {
    "thresholding", "use_exponential_sigmas", "use_beta_sigmas",
    "use_lu_lambdas", "use_flow_sigmas", "use_dynamic_shifting"
  };
  gboolean value = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      if (! dif_json_get_bool (json, refused[i], FALSE, &value, error))
        return FALSE;
      if (value)
        return dif_json_fault (json, refused[i], DIF_ERROR_UNSUPPORTED, error,
                               "true is not supported");
    }
  /* What prediction_type "sample" was called once. */
  if (! dif_json_get_bool (json, "predict_epsilon", TRUE, &value, error))
    return FALSE;
  if (! value && ! dif_json_has (json, "prediction_type"))
    return dif_json_fault (json, "predict_epsilon", DIF_ERROR_UNSUPPORTED,
                           error, "false is not supported; use "
                           "\"prediction_type\": \"sample\"");
  return TRUE;
}

static gboolean
read_trained_betas (const DifJson  *json,
                    DifSchedule    *schedule,
                    GError        **error)
{
  int n = 0;

  if (! dif_json_get_doubles (json, "trained_betas", BETA_MIN, BETA_MAX,
                              schedule->n_train_steps, schedule->betas, &n,
                              error))
    return FALSE;
  if (n != schedule->n_train_steps)
    return dif_json_fault (json, "trained_betas", DIF_ERROR_MALFORMED, error,
                           "%d values, but num_train_timesteps is %d",
                           n, schedule->n_train_steps);
  for (int k = 0; k < n; k++)
    schedule->betas[k] = (float) schedule->betas[k];
  return TRUE;
}

static gboolean
read_betas (const DifJson  *json,
            DifSchedule    *schedule,
            GError        **error)
{
  static const char *const names[] = {
    "linear", "scaled_linear", "squaredcos_cap_v2", NULL
  };
  int    formula;
  double start;
  double end;

  if (! dif_json_get_choice (json, "beta_schedule", 0, names, &formula, error)
      || ! dif_json_get_double (json, "beta_start", 0.0001,
                                BETA_MIN, BETA_MAX, &start, error)
      || ! dif_json_get_double (json, "beta_end", 0.02,
                                BETA_MIN, BETA_MAX, &end, error))
    return FALSE;

  /* The library goes by this key even where trained_betas rule. */
  schedule->truncate_karras = formula == 2;

  if (dif_json_has (json, "trained_betas")
      && ! dif_json_is_null (json, "trained_betas"))
    return read_trained_betas (json, schedule, error);

  if (formula == 0)
    dif_schedule_fill_linear (schedule, start, end);
  else if (formula == 1)
    dif_schedule_fill_scaled_linear (schedule, start, end);
  else
    dif_schedule_fill_cosine (schedule);
  return TRUE;
}

static gboolean
read_tables (const DifJson   *json,
             SchedulerClass   class,
             DifSchedule     *schedule,
             GError         **error)
{
  const int T = schedule->n_train_steps;
  gboolean  zero_snr;
  int       k;

  if (! read_betas (json, schedule, error)
      || ! dif_json_get_bool (json, "rescale_betas_zero_snr", FALSE,
                              &zero_snr, error))
    return FALSE;
  if (zero_snr)
    {
      if (T < 2)
        return dif_json_fault (json, "rescale_betas_zero_snr",
                               DIF_ERROR_MALFORMED, error,
                               "true needs more than one timestep");
      dif_schedule_rescale_zero_snr (schedule);
    }
  dif_schedule_fill_alpha_bar (schedule);
  if (! dif_schedule_falls (schedule, &k))
    return dif_json_fault (json, "beta_schedule", DIF_ERROR_MALFORMED, error,
                           "the noise does not grow from timestep %d to %d "
                           "in single precision", k - 1, k);
  if (zero_snr && class == CLASS_DPM)
    schedule->alpha_bar[T - 1] = SMALLEST_ALPHA_BAR;
  if (schedule->alpha_bar[T - 1] == 0.0
      && schedule->prediction == DIF_PREDICTION_EPSILON)
    return dif_json_fault (json, "prediction_type", DIF_ERROR_UNSUPPORTED,
                           error, "\"epsilon\" says nothing of the picture "
                           "where the last timestep is pure noise; such a "
                           "network has to predict the sample or v");
  return TRUE;
}

static gboolean
read_ddpm (const DifJson  *json,
           DifSchedule    *schedule,
           GError        **error)
{
  /* The second is the first, computed by way of its logarithm. */
  static const char *const names[] = {
    "fixed_small", "fixed_small_log", "fixed_large", NULL
  };
  int variance;

  if (! dif_json_get_choice (json, "variance_type", 0, names, &variance,
                             error))
    return FALSE;
  schedule->variance = variance == 2 ? DIF_VARIANCE_FIXED_LARGE
                                     : DIF_VARIANCE_FIXED_SMALL;
  schedule->kind = DIF_SAMPLER_DDPM;
  return TRUE;
}

static gboolean
read_ddim (const DifJson  *json,
           DifSchedule    *schedule,
           GError        **error)
{
  schedule->kind = DIF_SAMPLER_DDIM;
  return dif_json_get_bool (json, "set_alpha_to_one", TRUE,
                            &schedule->final_alpha_one, error);
}

/* The timesteps from which the signal-to-noise ratio is not below the
 * bound: those that the solver may use.
 */
static gboolean
read_lambda_min (const DifJson  *json,
                 DifSchedule    *schedule,
                 GError        **error)
{
  double bound;
  int    n = 0;

  if (! dif_json_get_double (json, "lambda_min_clipped", -INFINITY,
                             -INFINITY, 1e6, &bound, error))
    return FALSE;
  while (n < schedule->n_train_steps)
    {
      const double abar = schedule->alpha_bar[n];

      if (0.5 * log (abar / (1.0 - abar)) < bound)
        break;
      n++;
    }
  if (n == 0)
    return dif_json_fault (json, "lambda_min_clipped", DIF_ERROR_MALFORMED,
                           error, "%g leaves no timestep", bound);
  schedule->n_unclipped = n;
  return TRUE;
}

static gboolean
read_dpm_solver (const DifJson  *json,
                 DifSchedule    *schedule,
                 GError        **error)
{
  static const char *const algorithms[] = {
    "dpmsolver++", "sde-dpmsolver++", NULL
  };
  static const char *const solvers[] = { "midpoint", "heun", NULL };
  static const char *const finals[] = { "zero", "sigma_min", NULL };
  /* Left by a DDPM's settings; a network that predicts its variance would
   * change something.
   */
  static const char *const variances[] = {
    "fixed_small", "fixed_small_log", "fixed_large", "fixed_large_log", NULL
  };
  int stochastic;
  int solver;
  int unused;

  if (! dif_json_get_choice (json, "algorithm_type", 0, algorithms,
                             &stochastic, error)
      || ! dif_json_get_choice (json, "solver_type", 0, solvers, &solver,
                                error)
      || ! dif_json_get_choice (json, "final_sigmas_type", 0, finals,
                                &schedule->final_sigma_min, error)
      || ! dif_json_get_int (json, "solver_order", 2, 1, 3,
                             &schedule->solver_order, error)
      || ! dif_json_get_bool (json, "lower_order_final", TRUE,
                              &schedule->lower_order_final, error)
      || ! dif_json_get_bool (json, "euler_at_final", FALSE,
                              &schedule->euler_at_final, error)
      || ! dif_json_get_bool (json, "use_karras_sigmas", FALSE,
                              &schedule->karras, error)
      || ! read_lambda_min (json, schedule, error))
    return FALSE;

  if (schedule->solver_order == 3)
    return dif_json_fault (json, "solver_order", DIF_ERROR_UNSUPPORTED,
                           error, "3 is not supported, only 1 and 2");
  if (dif_json_has (json, "variance_type")
      && ! dif_json_is_null (json, "variance_type")
      && ! dif_json_get_choice (json, "variance_type", 0, variances,
                                &unused, error))
    return FALSE;

  schedule->solver = solver == 0 ? DIF_SOLVER_MIDPOINT : DIF_SOLVER_HEUN;
  schedule->kind = stochastic         ? DIF_SAMPLER_DPMPP_2M_SDE
                   : schedule->karras ? DIF_SAMPLER_DPMPP_2M_KARRAS
                                      : DIF_SAMPLER_DPMPP_2M;
  return TRUE;
}

/* What all three classes have, but for defaults. */
static gboolean
read_common (const DifJson   *json,
             SchedulerClass   class,
             DifSchedule     *schedule,
             GError         **error)
{
  int prediction;
  int spacing;

  if (! dif_json_get_choice (json, "prediction_type", 0, prediction_names,
                             &prediction, error)
      || ! dif_json_get_choice (json, "timestep_spacing",
                                class == CLASS_DPM ? DIF_SPACING_LINSPACE
                                                   : DIF_SPACING_LEADING,
                                spacing_names, &spacing, error)
      || ! dif_json_get_int (json, "steps_offset", 0, 0,
                             DIF_SCHEDULE_MAX_STEPS,
                             &schedule->steps_offset, error))
    return FALSE;
  schedule->prediction = (DifPrediction) prediction;
  schedule->spacing = (DifSpacing) spacing;

  /* DPM-Solver++ has no such keys; the library passes over them there. */
  if (class == CLASS_DPM)
    return TRUE;
  return dif_json_get_bool (json, "clip_sample", TRUE,
                            &schedule->clip_sample, error)
         && dif_json_get_double (json, "clip_sample_range", 1.0,
                                 G_MINDOUBLE, 1e30,
                                 &schedule->clip_range, error);
}

static gboolean
read_all (const DifJson   *json,
          SchedulerClass   class,
          DifSchedule     *schedule,
          GError         **error)
{
  /* For the samplers that the file's class is not about. */
  schedule->final_alpha_one = TRUE;
  schedule->solver_order = 2;
  schedule->lower_order_final = TRUE;
  schedule->n_unclipped = schedule->n_train_steps;

  if (! read_common (json, class, schedule, error)
      || ! read_tables (json, class, schedule, error))
    return FALSE;
  if (class == CLASS_DDPM)
    return read_ddpm (json, schedule, error);
  if (class == CLASS_DDIM)
    return read_ddim (json, schedule, error);
  return read_dpm_solver (json, schedule, error);
}

static DifSchedule *
read_json (const DifJson  *json,
           GError        **error)
{
  DifSchedule *schedule;
  int          class;
  int          n_train_steps;

  if (! dif_json_has (json, "_class_name"))
    {
      dif_json_fault (json, "_class_name", DIF_ERROR_MALFORMED, error,
                      "is missing");
      return NULL;
    }
  if (! dif_json_get_choice (json, "_class_name", 0, class_names, &class,
                             error)
      || ! dif_json_get_int (json, "num_train_timesteps", 1000,
                             1, G_MAXINT, &n_train_steps, error)
      || ! check_keys (json, error)
      || ! check_refused (json, error))
    return NULL;
  if (n_train_steps > DIF_SCHEDULE_MAX_STEPS)
    {
      dif_json_fault (json, "num_train_timesteps", DIF_ERROR_UNSUPPORTED,
                      error, "%d is not supported, only chains of up to %d "
                      "steps", n_train_steps, DIF_SCHEDULE_MAX_STEPS);
      return NULL;
    }

  schedule = dif_schedule_new (n_train_steps, error);
  if (schedule && ! read_all (json, (SchedulerClass) class, schedule, error))
    g_clear_pointer (&schedule, dif_schedule_free);
  return schedule;
}

DifSchedule *
dif_schedule_read (const char  *path,
                   GError     **error)
{
  DifJson     *json = dif_json_read (path, error);
  DifSchedule *schedule = json ? read_json (json, error) : NULL;

  dif_json_free (json);
  return schedule;
}

DifSchedule *
dif_schedule_parse (const char  *json,
                    gsize        length,
                    const char  *name,
                    GError     **error)
{
  DifJson     *parsed = dif_json_parse (name, json, length, error);
  DifSchedule *schedule = parsed ? read_json (parsed, error) : NULL;

  dif_json_free (parsed);
  return schedule;
}
