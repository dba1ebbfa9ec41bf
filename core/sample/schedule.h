/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * schedule.h: the variance schedule of the forward process, and what
 * else the scheduler_config.json of the diffusers library says about
 * the way back.
 *
 * Timesteps are numbered as the network is trained on them: k = 0..T-1,
 * where x at timestep k has been noised k + 1 times: it lies at position
 * t = k + 1 of the chain, and t = 0 is the clean picture.
 */

#ifndef DIF_SAMPLE_SCHEDULE_H
#define DIF_SAMPLE_SCHEDULE_H

#include "dif.h"

/* The longest chain that is run: so that a job may take all its steps. */
#define DIF_SCHEDULE_MAX_STEPS DIF_MAX_STEPS

typedef enum
{
  DIF_PREDICTION_EPSILON, /* the network predicts the noise              */
  DIF_PREDICTION_SAMPLE,  /* ... the clean picture x_0                    */
  DIF_PREDICTION_V        /* ... v = sqrt(abar) noise - sqrt(1-abar) x_0,
                             Salimans & Ho 2022                          */
} DifPrediction;

typedef enum
{
  DIF_SPACING_LEADING,
  DIF_SPACING_TRAILING,
  DIF_SPACING_LINSPACE    /* Lin et al. 2024, table 2, for all three     */
} DifSpacing;

typedef enum
{
  DIF_VARIANCE_FIXED_SMALL, /* that of the forward posterior             */
  DIF_VARIANCE_FIXED_LARGE  /* beta: Ho et al. 2020, section 3.2         */
} DifVariance;

typedef enum
{
  DIF_SOLVER_MIDPOINT,
  DIF_SOLVER_HEUN           /* the slope's integral, not its middle      */
} DifSolver;

/* betas and alpha_bar hold the values of the library's float32 tables,
 * the ones that published networks were trained on; alpha_bar falls
 * strictly and lies in [0, 1); only where DPM-Solver++ replaces a zero
 * at the end by 2^-24, that may be more than the one before.
 */
typedef struct
{
  int            n_train_steps;     /* T                                   */
  double        *betas;             /* [T]                                 */
  double        *alpha_bar;         /* [T], abar after k + 1 noisings      */
  DifPrediction  prediction;        /* of the network that goes with it    */
  DifSpacing     spacing;           /* what the file asks for              */
  int            steps_offset;      /* ... with DIF_SPACING_LEADING        */
  DifVariance    variance;          /* DDPM's                              */
  gboolean       clip_sample;       /* the estimate of x_0 is clipped to   */
  double         clip_range;        /*   [-clip_range, clip_range]         */
  gboolean       final_alpha_one;   /* DDIM's set_alpha_to_one             */
  DifSamplerKind kind;              /* what the file names                 */

  /* The rest is DPM-Solver++'s. */
  gboolean       karras;            /* also set where kind says it already */
  int            solver_order;      /* 1 or 2                              */
  DifSolver      solver;
  gboolean       lower_order_final; /* first order last, below 15 steps    */
  gboolean       euler_at_final;    /* ... and with any number of them     */
  gboolean       final_sigma_min;   /* ends at timestep 0's noise, not 0   */
  int            n_unclipped;       /* timesteps not below lambda_min_clipped */
  gboolean       truncate_karras;   /* rounding of Karras' timesteps       */
} DifSchedule;

/* Errors: NOT_FOUND, IO, MALFORMED, UNSUPPORTED (by file and key). */
DifSchedule *dif_schedule_read      (const char         *path,
                                     GError            **error);

/* The same from memory; name stands for the file in messages. */
DifSchedule *dif_schedule_parse     (const char         *json,
                                     gsize               length,
                                     const char         *name,
                                     GError            **error);

/* NULL is allowed. */
void         dif_schedule_free      (DifSchedule        *schedule);

/* abar at position t = 0..T of the chain. */
double       dif_schedule_alpha_bar (const DifSchedule  *schedule,
                                     int                 t);

/* The other way: the position t, between whole ones too, at which the
 * chain has this abar.
 */
double       dif_schedule_position  (const DifSchedule  *schedule,
                                     double              alpha_bar);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifSchedule, dif_schedule_free)

#endif
