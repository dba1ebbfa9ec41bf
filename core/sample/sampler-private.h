/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sampler-private.h: what the families of samplers share.  A family
 * calculates a set of coefficients for each step of a run, in double, and
 * applies them to pixels, in float.
 */

#ifndef DIF_SAMPLE_SAMPLER_PRIVATE_H
#define DIF_SAMPLE_SAMPLER_PRIVATE_H

#include "sample/sampler.h"

/* A value computed as (from_x * x + from_output * output) / divisor.  In this
 * order a small difference of large terms is exact before it is divided by a
 * small number.
 */
typedef struct
{
  float from_x;
  float from_output;
  float divisor;
} DifEstimate;

typedef struct
{
  double      timestep;
  double      alpha_bar;  /* of x before the step                       */
  DifEstimate x0;         /* the clean picture, from x and the output   */
  DifEstimate epsilon;    /* the noise; DDIM's only                     */

  /* The new x is the sum of these times ... */
  float       sample;     /* ... x                                      */
  float       data;       /* ... the estimate of x_0                    */
  float       direction;  /* ... DDIM's epsilon; DPM-Solver++'s change
                             of x_0 since the last step                 */
  float       noise;      /* ... fresh noise; 0: the step wants none    */
} DifStep;

typedef struct
{
  /* Whether a run needs a value of history for each value of x. */
  gboolean has_history;

  /* Fills all of steps[i] but timestep; returns abar of the result.
   * Whatever the valid arguments, the coefficients are finite.
   */
  double (* prepare) (const DifSchedule      *schedule,
                      const DifSamplerParams *params,
                      const DifTimesteps     *timesteps,
                      DifStep                *steps);

  /* One step on count values; clip is the bound of the estimate of x_0,
   * or infinite; history is NULL for families without; x0 may be NULL.
   */
  void   (* apply)   (const DifStep          *step,
                      float                   clip,
                      size_t                  count,
                      const float            *output,
                      const float            *noise,
                      float                  *history,
                      float                  *x,
                      float                  *x0);
} DifSamplerFamily;

extern const DifSamplerFamily dif_sampler_ddpm;
extern const DifSamplerFamily dif_sampler_ddim;
extern const DifSamplerFamily dif_sampler_dpm_solver;

/* How x_0 and the noise follow from x and what a denoiser predicts,
 * x = a x_0 + s noise with a^2 + s^2 = 1: Ho et al. 2020, eq. 15;
 * Salimans & Ho 2022, section 4 and appendix D for v.
 */
DifEstimate dif_estimate_x0      (DifPrediction  prediction,
                                  double         a,
                                  double         s);
DifEstimate dif_estimate_epsilon (DifPrediction  prediction,
                                  double         a,
                                  double         s);

static inline float
dif_estimate (DifEstimate e,
              float       x,
              float       output)
{
  return (e.from_x * x + e.from_output * output) / e.divisor;
}

/* NaN stays NaN, for the caller to find. */
static inline float
dif_clip (float value,
          float bound)
{
  value = value > bound ? bound : value;
  return value < -bound ? -bound : value;
}

#endif
