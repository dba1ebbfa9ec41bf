/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.c: see chain.h.
 */

#include <math.h>

#include "denoise/model.h"
#include "pipeline/chain.h"
#include "pipeline/made.h"

int
dif_strength_to_t (const DifModel *model,
                   double          strength)
{
  int T = model->schedule->n_train_steps;

  if (! (strength > 0.0))
    return 0;
  return CLAMP ((int) lround (strength * T), 1, T);
}

int
dif_chain_t (const DifModel  *model,
             const DifParams *params)
{
  int    t = dif_strength_to_t (model, params->strength);
  double abar = dif_schedule_alpha_bar (model->schedule, t);
  double f = MAX (1, params->reduction);

  if (t == 0 || f == 1.0)
    return t;
  /* abar' with (1 - abar') / abar' = (1 - abar) / abar / f^2 */
  abar = abar * f * f / (abar * f * f + 1.0 - abar);
  return MAX (1, (int) lround (dif_schedule_position (model->schedule, abar)));
}

DifNoise
dif_chain_noise (const DifParams *params,
                 int              variation)
{
  gboolean near = params->vary > 0.0;

  return (DifNoise) {
    .seed = params->seed + (near ? 0 : (guint64) variation),
    .other_seed = params->vary_seed + (guint64) variation,
    .angle = near ? params->vary * G_PI / 2.0 : 0.0,
    .reduction = MAX (1, params->reduction),
    .origin_x = params->origin_x,
    .origin_y = params->origin_y
  };
}

gboolean
dif_chain_counts_source (const DifModel  *model,
                         const DifParams *params)
{
  return params->task == DIF_JOB_RESTORE
         || (! params->from_noise
             && dif_chain_t (model, params) < model->schedule->n_train_steps);
}

gboolean
dif_chain_joins_edges (const DifModel  *model,
                       const DifParams *params)
{
  return params->tileable && ! params->from_noise && params->task == DIF_JOB_VARY
         && dif_chain_t (model, params) > 0;
}

double
dif_params_alpha_bar (const DifModel  *model,
                      const DifParams *params)
{
  return dif_schedule_alpha_bar (model->schedule, dif_chain_t (model, params));
}

double
dif_params_beyond (const DifModel  *model,
                   const DifParams *params)
{
  if (params->task == DIF_JOB_RESTORE
      || (dif_made_is_asked (params) && params->strength > 0.0)
      || ! dif_chain_counts_source (model, params))
    return 0.0;
  return sqrt (dif_params_alpha_bar (model, params));
}
