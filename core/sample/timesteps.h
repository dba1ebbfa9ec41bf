/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * timesteps.h: what is asked of a run, and which timesteps it visits on its
 * way back.
 */

#ifndef DIF_SAMPLE_TIMESTEPS_H
#define DIF_SAMPLE_TIMESTEPS_H

#include "sample/schedule.h"

/* What is asked of a run. */
typedef struct
{
  DifSamplerKind kind;
  DifPrediction  prediction;   /* what the denoiser estimates               */
  DifSpacing     spacing;
  int            n_steps;      /* 1..; more than t_start counts as t_start  */
  int            t_start;      /* 1..T, where on the chain the run begins   */
  double         eta;          /* 0..1, DDIM's                              */
  gboolean       karras;       /* Karras' noise levels, for the stochastic
                                  form too; DIF_SAMPLER_DPMPP_2M_KARRAS
                                  implies it                                */
  gboolean       as_diffusers; /* step for step like the library, for
                                  comparison: DDIM goes down by T / n_steps
                                  timesteps and not to the next one, and
                                  fixed_large adds noise in the last step   */
} DifSamplerParams;

typedef struct
{
  int     n_steps;
  double *timestep; /* [n_steps], what the denoiser is told, falling        */
  int    *previous; /* [n_steps], the timestep at whose noise level x is
                       after the step, -1 for clean; meaningless (0) for
                       the DPM-Solver++ kinds                              */
  double *sigma;    /* [n_steps + 1], sqrt ((1 - abar) / abar) before each
                       step and at the end, falling; the
                       DPM-Solver++ kinds only, NULL for others            */
} DifTimesteps;

/* The timesteps of a run from t_start down.  At t_start = T they are
 * those of the library's set_timesteps(): DDPM and DDIM take n of T;
 * DPM-Solver++ takes n intervals, so that leading and linspace leave
 * timestep 0 to the end.  Below T the chain is cut to its first t_start
 * timesteps.  The first entry is t_start - 1 for trailing and linspace
 * (unless the file's lambda_min_clipped forbids it).
 *
 * Timesteps are whole and fall strictly; where rounding would make two
 * the same there is one step less.  With Karras' levels (Karras et al.
 * 2022, eq. 5, rho = 7) the noise starts at that of t_start - 1 and
 * falls strictly; the timestep is a whole one beside it (the nearest, or
 * for squaredcos_cap_v2 the one below), so that it may stay.
 *
 * params has to be valid: see dif_sampler_new().
 */
DifTimesteps *dif_timesteps_new  (const DifSchedule      *schedule,
                                  const DifSamplerParams *params);

/* NULL is allowed. */
void          dif_timesteps_free (DifTimesteps           *timesteps);

#endif
