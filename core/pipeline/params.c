/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.c: what may be asked of a job.
 */

#include "pipeline/params.h"

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
         && check_share ("The distance of the variations", p->vary, error)
         && check_int ("The reduction", p->reduction, 0, DIF_MAX_REDUCTION, error)
         && check_int ("The scale", p->scale_side, 0, DIF_MAX_SIDE, error)
         && check_int ("The number of threads", p->threads, 0, MAX_THREADS, error)
         && check_int ("The batch", p->batch, 0, MAX_BATCH, error);
}

/* Quality ------------------------------------------------------------ */

/* core/training/steps.md has the measurements. */
static const int quality_steps[DIF_QUALITY_CUSTOM] = {
  [DIF_QUALITY_DRAFT]  = 6,
  [DIF_QUALITY_NORMAL] = 12,
  [DIF_QUALITY_BEST]   = 24
};

void
dif_params_set_quality (DifParams  *params,
                        DifQuality  quality)
{
  if ((guint) quality >= DIF_QUALITY_CUSTOM)
    return;
  params->sampler = DIF_SAMPLER_DPMPP_2M_KARRAS;
  params->steps = quality_steps[quality];
  params->eta = 0.0;
}

DifQuality
dif_params_get_quality (const DifParams *params)
{
  int i;

  if (params->sampler == DIF_SAMPLER_DPMPP_2M_KARRAS)
    for (i = 0; i < DIF_QUALITY_CUSTOM; i++)
      if (params->steps == quality_steps[i])
        return (DifQuality) i;
  return DIF_QUALITY_CUSTOM;
}
