/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ddim.c: Song et al. 2021, "Denoising diffusion implicit models": the
 * same network on a forward process that need not be Markovian.  With
 * eta = 0 the way back is deterministic, with eta = 1 it is ancestral.
 */

#include <math.h>

#include "sample/sampler-private.h"

/* Equation 12, with sigma by equation 16, in single precision as in the
 * library: with eta = 1 and next to no picture left in x, the last
 * square root is of what rounding leaves of a difference of equals, and
 * is worth 2e-4 of a step.
 */
static void
prepare_step (DifStep           *step,
              DifPrediction      prediction,
              float              eta,
              float              now,
              float              next)
{
  const float a = sqrtf (now);
  const float s = sqrtf (1.0f - now);
  const float beta = 1.0f - now / next;
  const float variance = (1.0f - next) / (1.0f - now) * beta;
  const float sigma = eta * sqrtf (MAX (variance, 0.0f));

  step->alpha_bar = now;
  step->x0 = dif_estimate_x0 (prediction, a, s);
  step->epsilon = dif_estimate_epsilon (prediction, a, s);
  step->data = sqrtf (next);
  step->direction = sqrtf (MAX (1.0f - next - sigma * sigma, 0.0f));
  step->noise = sigma;
}

static double
prepare (const DifSchedule      *schedule,
         const DifSamplerParams *params,
         const DifTimesteps     *timesteps,
         DifStep                *steps)
{
  const double final = schedule->final_alpha_one ? 1.0
                                                 : schedule->alpha_bar[0];
  double       next = 1.0;

  for (int i = 0; i < timesteps->n_steps; i++)
    {
      const int k = (int) timesteps->timestep[i];
      const int previous = timesteps->previous[i];

      next = previous >= 0 ? schedule->alpha_bar[previous] : final;
      prepare_step (&steps[i], params->prediction, (float) params->eta,
                    (float) schedule->alpha_bar[k], (float) next);
    }
  return next;
}

/* The noise is estimated before x_0 is clipped, as in the paper. */
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
      const float epsilon = dif_estimate (s.epsilon, x[j], output[j]);

      x[j] = s.data * data + s.direction * epsilon;
      if (noise)
        x[j] += s.noise * noise[j];
      if (x0)
        x0[j] = data;
    }
}

const DifSamplerFamily dif_sampler_ddim = { FALSE, prepare, apply };
