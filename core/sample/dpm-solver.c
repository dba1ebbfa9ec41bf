/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dpm-solver.c: DPM-Solver++(2M), Lu et al. 2022, "DPM-Solver++: Fast
 * solver for guided sampling of diffusion probabilistic models",
 * algorithm 2, and the stochastic form that the paper names
 * SDE-DPM-Solver++(2M).  Both integrate the denoiser's estimate of x_0
 * exactly in lambda = log (a / s), where x = a x_0 + s noise, taking the
 * estimate as linear in lambda through the last two steps.
 */

#include <math.h>

#include "sample/sampler-private.h"

/* Below this many steps lower_order_final holds. */
#define LOWER_ORDER_STEPS 15

typedef struct
{
  double a;
  double s;
  double lambda;
} NoiseLevel;

/* sigma = s / a; lambda = infinity at the clean end. */
static NoiseLevel
level_at (double sigma)
{
  const double a = 1.0 / sqrt (sigma * sigma + 1.0);

  return (NoiseLevel) { a, sigma * a, -log (sigma) };
}

/* The weights, in a step of h in lambda, of the estimate (data) and of its
 * change by h at the present slope.  In the stochastic form h is twice as
 * large: half of what the noise loses then is drawn anew.
 */
static void
integrate (DifSolver  solver,
           double     h,
           double    *data,
           double    *slope)
{
  *data = -expm1 (-h);
  if (solver == DIF_SOLVER_MIDPOINT)
    *slope = 0.5 * *data;
  else
    *slope = h != 0.0 ? 1.0 - *data / h : 0.0;
}

static void
prepare_step (DifStep                *step,
              const DifSchedule      *schedule,
              const DifSamplerParams *params,
              const NoiseLevel       *last, /* NULL: first order */
              const NoiseLevel       *now,
              const NoiseLevel       *next)
{
  const gboolean stochastic = params->kind == DIF_SAMPLER_DPMPP_2M_SDE;
  const double   h = next->lambda - now->lambda;
  const double   h_last = last ? now->lambda - last->lambda : 0.0;
  double         data;
  double         slope;

  step->alpha_bar = now->a * now->a;
  step->x0 = dif_estimate_x0 (params->prediction, now->a, now->s);

  integrate (schedule->solver, stochastic ? 2.0 * h : h, &data, &slope);
  step->sample = (float) (next->s / now->s * (stochastic ? exp (-h) : 1.0));
  step->data = (float) (next->a * data);
  if (h != 0.0 && h_last != 0.0)
    step->direction = (float) (next->a * slope * h / h_last);
  if (stochastic && h > 0.0)
    step->noise = (float) (next->s * sqrt (-expm1 (-2.0 * h)));
}

static double
prepare (const DifSchedule      *schedule,
         const DifSamplerParams *params,
         const DifTimesteps     *timesteps,
         DifStep                *steps)
{
  const int      n = timesteps->n_steps;
  /* The slope is of no use in a last step that is infinite in lambda. */
  const gboolean first_order_end
    = ! schedule->final_sigma_min || schedule->euler_at_final
      || (schedule->lower_order_final && n < LOWER_ORDER_STEPS);
  NoiseLevel     last = { 0.0, 0.0, 0.0 };
  NoiseLevel     now = level_at (timesteps->sigma[0]);

  for (int i = 0; i < n; i++)
    {
      const NoiseLevel next = level_at (timesteps->sigma[i + 1]);
      const gboolean   first_order = schedule->solver_order == 1 || i == 0
                                     || (i == n - 1 && first_order_end);

      prepare_step (&steps[i], schedule, params,
                    first_order ? NULL : &last, &now, &next);
      last = now;
      now = next;
    }
  return now.a * now.a;
}

static void
apply (const DifStep *step,
       float          clip,
       size_t         count,
       const float   *output,
       const float   *noise,
       float         *history,
       float         *x,
       float         *x0)
{
  const DifStep  s = *step;
  /* In the first step of a run the history holds nothing yet. */
  const gboolean second_order = s.direction != 0.0f;

  for (size_t j = 0; j < count; j++)
    {
      const float data = dif_clip (dif_estimate (s.x0, x[j], output[j]), clip);

      x[j] = s.sample * x[j] + s.data * data;
      if (second_order)
        x[j] += s.direction * (data - history[j]);
      if (noise)
        x[j] += s.noise * noise[j];
      history[j] = data;
      if (x0)
        x0[j] = data;
    }
}

const DifSamplerFamily dif_sampler_dpm_solver = { TRUE, prepare, apply };
