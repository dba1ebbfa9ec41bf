/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.c: what may be asked of a job.
 */

#include "pipeline/params.h"

static gboolean
check_number (const DifParam *row,
              double          value,
              GError        **error)
{
  /* Written so that NaN fails. */
  if (value >= row->min && value <= row->max)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "%s is %g; it can be %g to %g.", row->subject, value, row->min,
               row->max);
  return FALSE;
}

static gboolean
check_whole (const DifParam *row,
             int             value,
             int             min,
             int             max,
             GError        **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "%s is %d; it can be %d to %d.", row->subject, value, min, max);
  return FALSE;
}

static int
n_choices (const DifParam *row)
{
  int n = 0;

  while (row->choices[n].nick)
    n++;
  return n;
}

gboolean
dif_params_check (const DifModel  *model,
                  const DifParams *params,
                  GError         **error)
{
  guint           tasks = dif_params_task (params);
  const DifParam *row;
  gboolean        good = TRUE;

  if (tasks == DIF_TASK_VARY)
    tasks |= DIF_TASK_NOISE | DIF_TASK_GENERATE;
  for (row = dif_param_table; good && row->name; row++)
    if (! dif_param_is_engines (row) || (row->tasks && ! (row->tasks & tasks)))
      continue;
    else if (row->type == DIF_PARAM_NUMBER)
      good = check_number (row, G_STRUCT_MEMBER (double, params, row->offset),
                           error);
    else if (row->type == DIF_PARAM_WHOLE)
      good = check_whole (row, G_STRUCT_MEMBER (int, params, row->offset),
                          (int) row->min, (int) row->max, error);
    else if (row->type == DIF_PARAM_CHOICE)
      good = check_whole (row, G_STRUCT_MEMBER (int, params, row->offset), 0,
                          n_choices (row) - 1, error);
  return good;
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
