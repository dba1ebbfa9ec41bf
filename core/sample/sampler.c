/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sampler.c: checks the parameters of a run, holds its steps and hands each
 * to the family that it belongs to.  The names of the samplers are here too.
 */

#include <math.h>

#include "base/file.h"
#include "sample/sampler-private.h"

struct _DifSampler
{
  const DifSamplerFamily *family;
  int                     n_steps;
  DifStep                *steps;
  double                  final_alpha_bar;
  float                   clip;
};

const char *
dif_sampler_kind_to_string (DifSamplerKind kind)
{
  g_return_val_if_fail ((guint) kind < DIF_N_SAMPLERS, NULL);

  return dif_param_find ("sampler")->choices[kind].nick;
}

gboolean
dif_sampler_kind_from_string (const char      *name,
                              DifSamplerKind  *kind,
                              GError         **error)
{
  const DifParam *row = dif_param_find ("sampler");
  int             found = dif_param_choice_find (row, name);
  char           *quoted;
  char           *list;

  if (found >= 0)
    {
      *kind = (DifSamplerKind) found;
      return TRUE;
    }

  quoted = dif_file_quote (name ? name : "");
  list = dif_param_choices_list (row, "and");
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "There is no sampler %s; there are %s.", quoted, list);
  g_free (list);
  g_free (quoted);
  return FALSE;
}

DifEstimate
dif_estimate_x0 (DifPrediction prediction,
                 double        a,
                 double        s)
{
  switch (prediction)
    {
    case DIF_PREDICTION_EPSILON:
      return (DifEstimate) { 1.0f, (float) -s, (float) a };
    case DIF_PREDICTION_V:
      return (DifEstimate) { (float) a, (float) -s, 1.0f };
    case DIF_PREDICTION_SAMPLE:
    default:
      return (DifEstimate) { 0.0f, 1.0f, 1.0f };
    }
}

DifEstimate
dif_estimate_epsilon (DifPrediction prediction,
                      double        a,
                      double        s)
{
  switch (prediction)
    {
    case DIF_PREDICTION_SAMPLE:
      return (DifEstimate) { 1.0f, (float) -a, (float) s };
    case DIF_PREDICTION_V:
      return (DifEstimate) { (float) s, (float) a, 1.0f };
    case DIF_PREDICTION_EPSILON:
    default:
      return (DifEstimate) { 0.0f, 1.0f, 1.0f };
    }
}

static const DifSamplerFamily *
family_of (DifSamplerKind kind)
{
  switch (kind)
    {
    case DIF_SAMPLER_DDPM:
      return &dif_sampler_ddpm;
    case DIF_SAMPLER_DDIM:
      return &dif_sampler_ddim;
    default:
      return &dif_sampler_dpm_solver;
    }
}

static gboolean
check_params (const DifSchedule       *schedule,
              const DifSamplerParams  *params,
              GError                 **error)
{
  const char *fault = NULL;

  if ((guint) params->kind >= DIF_N_SAMPLERS)
    fault = "The sampler is not one that there is.";
  else if ((guint) params->prediction > DIF_PREDICTION_V)
    fault = "What the denoiser estimates is not one of what there is.";
  else if ((guint) params->spacing > DIF_SPACING_LINSPACE)
    fault = "The spacing of timesteps is not one that there is.";
  else if (params->n_steps < 1)
    fault = "The number of steps has to be at least 1.";
  else if (params->t_start < 1 || params->t_start > schedule->n_train_steps)
    fault = "The start does not lie on the chain of noise steps.";
  else if (! (params->eta >= 0.0 && params->eta <= 1.0))
    fault = "Eta has to lie within 0 and 1.";

  if (fault)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_ARGUMENT, fault);
  return fault == NULL;
}

DifSampler *
dif_sampler_new (const DifSchedule       *schedule,
                 const DifSamplerParams  *params,
                 GError                 **error)
{
  DifSampler   *sampler;
  DifTimesteps *timesteps;

  if (! check_params (schedule, params, error))
    return NULL;

  sampler = g_new0 (DifSampler, 1);
  sampler->family = family_of (params->kind);
  sampler->clip = schedule->clip_sample ? (float) schedule->clip_range
                                        : INFINITY;

  timesteps = dif_timesteps_new (schedule, params);
  sampler->n_steps = timesteps->n_steps;
  sampler->steps = g_new0 (DifStep, timesteps->n_steps);
  for (int i = 0; i < timesteps->n_steps; i++)
    sampler->steps[i].timestep = timesteps->timestep[i];
  sampler->final_alpha_bar = sampler->family->prepare (schedule, params,
                                                       timesteps,
                                                       sampler->steps);
  dif_timesteps_free (timesteps);
  return sampler;
}

void
dif_sampler_free (DifSampler *sampler)
{
  if (! sampler)
    return;
  g_free (sampler->steps);
  g_free (sampler);
}

gboolean
dif_sampler_has_history (const DifSampler *sampler)
{
  return sampler->family->has_history;
}

int
dif_sampler_n_steps (const DifSampler *sampler)
{
  return sampler->n_steps;
}

double
dif_sampler_timestep (const DifSampler *sampler,
                      int               i)
{
  g_return_val_if_fail (i >= 0 && i < sampler->n_steps, 0.0);

  return sampler->steps[i].timestep;
}

double
dif_sampler_alpha_bar (const DifSampler *sampler,
                       int               i)
{
  g_return_val_if_fail (i >= 0 && i <= sampler->n_steps, 1.0);

  return i < sampler->n_steps ? sampler->steps[i].alpha_bar
                              : sampler->final_alpha_bar;
}

gboolean
dif_sampler_wants_noise (const DifSampler *sampler,
                         int               i)
{
  g_return_val_if_fail (i >= 0 && i < sampler->n_steps, FALSE);

  return sampler->steps[i].noise > 0.0f;
}

void
dif_sampler_step (const DifSampler *sampler,
                  int               i,
                  size_t            count,
                  const float      *output,
                  const float      *noise,
                  float            *history,
                  float            *x,
                  float            *x0)
{
  g_return_if_fail (i >= 0 && i < sampler->n_steps);
  g_return_if_fail (noise || ! dif_sampler_wants_noise (sampler, i));
  g_return_if_fail (history || ! dif_sampler_has_history (sampler));

  if (! dif_sampler_wants_noise (sampler, i))
    noise = NULL;
  sampler->family->apply (&sampler->steps[i], sampler->clip, count, output,
                          noise, history, x, x0);
}
