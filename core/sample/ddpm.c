/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ddpm.c: ancestral sampling, Ho et al. 2020, "Denoising diffusion
 * probabilistic models", algorithm 2: x at the next timestep is drawn
 * from the posterior of the forward process, with the denoiser's
 * estimate in place of x_0.
 */

#include <math.h>

#include "sample/sampler-private.h"

/* Equations 6 and 7, with alpha and beta of the whole stride from now
 * to next in place of one step's.  The ratio is rounded to float as the
 * library rounds it: near t = 0 its distance from 1 has few digits, and
 * they decide about the third digit of the coefficients.
 */
static void
prepare_step (DifStep                *step,
              const DifSchedule      *schedule,
              const DifSamplerParams *params,
              double                  now,
              double                  next)
{
  const double alpha = (float) (now / next);
  const double beta = 1.0 - alpha;
  double       variance = (1.0 - next) / (1.0 - now) * beta;

  step->alpha_bar = now;
  step->x0 = dif_estimate_x0 (params->prediction, sqrt (now),
                              sqrt (1.0 - now));
  step->data = (float) (sqrt (next) * beta / (1.0 - now));
  step->sample = (float) (sqrt (alpha) * (1.0 - next) / (1.0 - now));

  /* Section 3.2's larger choice does not vanish at the clean end, where
   * noise would only spoil the picture.
   */
  if (schedule->variance == DIF_VARIANCE_FIXED_LARGE
      && (next < 1.0 || (params->as_diffusers && step->timestep > 0)))
    variance = beta;
  step->noise = (float) sqrt (variance);
}

static double
prepare (const DifSchedule      *schedule,
         const DifSamplerParams *params,
         const DifTimesteps     *timesteps,
         DifStep                *steps)
{
  for (int i = 0; i < timesteps->n_steps; i++)
    {
      const int    k = (int) timesteps->timestep[i];
      const int    previous = timesteps->previous[i];
      const double next = previous >= 0 ? schedule->alpha_bar[previous] : 1.0;

      prepare_step (&steps[i], schedule, params, schedule->alpha_bar[k],
                    next);
    }
  return 1.0;
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
  const DifStep s = *step;

  for (size_t j = 0; j < count; j++)
    {
      const float data = dif_clip (dif_estimate (s.x0, x[j], output[j]), clip);

      x[j] = s.data * data + s.sample * x[j];
      if (noise)
        x[j] += s.noise * noise[j];
      if (x0)
        x0[j] = data;
    }
}

const DifSamplerFamily dif_sampler_ddpm = { FALSE, prepare, apply };
