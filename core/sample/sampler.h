/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sampler.h: the way back from x_t to x_0, one estimate of a denoiser per
 * step.  A sampler has the timesteps of a run and the coefficients of each
 * step; it never sees the denoiser or the picture's geometry, only ranges of
 * values.
 */

#ifndef DIF_SAMPLE_SAMPLER_H
#define DIF_SAMPLE_SAMPLER_H

#include <stddef.h>

#include "sample/timesteps.h"

typedef struct _DifSampler DifSampler;

/* Immutable.  schedule is only read during the call.
 * Errors: ARGUMENT.
 */
DifSampler *dif_sampler_new          (const DifSchedule      *schedule,
                                      const DifSamplerParams *params,
                                      GError                **error);

/* NULL is allowed. */
void        dif_sampler_free         (DifSampler             *sampler);

/* TRUE if the steps need a value of history for each value of x. */
gboolean    dif_sampler_has_history  (const DifSampler       *sampler);

int         dif_sampler_n_steps      (const DifSampler       *sampler);

/* The timestep that the denoiser is told at step i = 0..n_steps-1.  It falls
 * from step to step; with Karras' levels it may stay while the noise falls.
 */
double      dif_sampler_timestep     (const DifSampler       *sampler,
                                      int                     i);

/* abar of x before step i; i = n_steps is that of the result.  i = 0 is
 * the level to which a picture must be noised before the run; with
 * trailing spacing or Karras' levels, that of t_start itself.
 */
double      dif_sampler_alpha_bar    (const DifSampler       *sampler,
                                      int                     i);

/* TRUE if step i adds fresh noise, from DIF_STREAM_STEP (i) say. */
gboolean    dif_sampler_wants_noise  (const DifSampler       *sampler,
                                      int                     i);

/* Step i over count values: the denoiser's output, standard normal noise
 * (NULL where the step wants none), what the steps before left of the same
 * values (NULL where there is no history), x before and after the step, and
 * the step's estimate of x_0 (NULL: not wanted).
 *
 * Several threads may take disjoint ranges of one step at once.  Every
 * value goes through the steps in order; step 0 begins a new run, whatever
 * is in history.
 */
void        dif_sampler_step         (const DifSampler       *sampler,
                                      int                     i,
                                      size_t                  count,
                                      const float            *output,
                                      const float            *noise,
                                      float                  *history,
                                      float                  *x,
                                      float                  *x0);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifSampler, dif_sampler_free)

#endif
