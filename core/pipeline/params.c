/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.c: what may be asked of a job, and the forward process alone.
 */

#include <math.h>

#include "pipeline/sdedit.h"
#include "sample/noising.h"

#define MAX_THREADS 1024
#define MAX_BATCH   256

static gboolean
check_int (const char *name,
           int         value,
           int         min,
           int         max,
           GError    **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "%s is %d; it can be %d to %d.", name, value, min, max);
  return FALSE;
}

static gboolean
check_share (const char *name,
             double      value,
             GError    **error)
{
  if (value >= 0.0 && value <= 1.0)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "%s is %g; it can be 0 to 1.", name, value);
  return FALSE;
}

gboolean
dif_params_check (const DifModel  *model,
                  const DifParams *p,
                  GError         **error)
{
  return check_share ("The strength", p->strength, error)
         && check_int ("The number of variations", p->num_variations, 1,
                       DIF_MAX_VARIATIONS, error)
         && check_int ("The number of steps", p->steps, 1, DIF_MAX_STEPS, error)
         && check_int ("The sampler", (int) p->sampler, 0, DIF_N_SAMPLERS - 1,
                       error)
         && check_share ("Eta", p->eta, error)
         && check_int ("The scale", p->scale_side, 0, DIF_MAX_SIDE, error)
         && check_int ("The number of threads", p->threads, 0, MAX_THREADS, error)
         && check_int ("The batch", p->batch, 0, MAX_BATCH, error);
}

int
dif_strength_to_t (const DifModel *model,
                   double          strength)
{
  int T = model->info.n_train_steps;

  if (! (strength > 0.0))
    return 0;
  return CLAMP ((int) lround (strength * T), 1, T);
}

gboolean
dif_forward (const DifModel   *model,
             DifImage         *image,
             const DifParams  *params,
             GError          **error)
{
  gsize   n = (gsize) image->width * image->height;
  DifRows rows = { image->rgb, n, image->width, image->height,
                   params->origin_x, params->origin_y };
  int     t;
  gsize   i;

  if (! dif_params_check (model, params, error))
    return FALSE;
  t = dif_strength_to_t (model, params->strength);
  if (t == 0)
    return TRUE;
  for (i = 0; i < 3 * n; i++)
    image->rgb[i] = params->from_noise ? 0.0f : dif_sane (image->rgb[i]);
  if (params->from_noise)
    dif_noising_mix (&rows, 0.0, 1.0, params->seed, 0);
  else
    dif_noising_closed_form (&rows, dif_schedule_alpha_bar (model->schedule, t),
                             params->seed);
  return TRUE;
}
