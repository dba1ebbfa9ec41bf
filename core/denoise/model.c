/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model.c: a denoiser, the chain that it was made for and what is known
 * about both, shared.
 */

#include "denoise/model.h"

DifModel *
dif_model_new (DifDenoiser        *denoiser,
               DifSchedule        *schedule,
               const DifModelInfo *info)
{
  DifModel *model = g_new0 (DifModel, 1);

  g_atomic_ref_count_init (&model->ref_count);
  model->denoiser = denoiser;
  model->schedule = schedule;
  model->info = *info;
  model->info.id = g_strdup (info->id);
  model->info.folder = g_strdup (info->folder);
  model->info.name = g_strdup (info->name);
  model->info.licence = g_strdup (info->licence);
  model->info.n_train_steps = schedule->n_train_steps;
  model->info.native_size = denoiser->traits.native;
  return model;
}

DifModel *
dif_model_ref (DifModel *model)
{
  g_atomic_ref_count_inc (&model->ref_count);

  return model;
}

void
dif_model_unref (DifModel *model)
{
  if (! g_atomic_ref_count_dec (&model->ref_count))
    return;

  model->denoiser->free (model->denoiser);
  dif_schedule_free (model->schedule);
  g_free ((char *) model->info.id);
  g_free ((char *) model->info.folder);
  g_free ((char *) model->info.name);
  g_free ((char *) model->info.licence);
  g_free (model);
}

const DifModelInfo *
dif_model_info (const DifModel *model)
{
  return &model->info;
}

double
dif_model_alpha_bar (const DifModel *model,
                     int             t)
{
  g_return_val_if_fail (t >= 0 && t <= model->schedule->n_train_steps, 1.0);

  return dif_schedule_alpha_bar (model->schedule, t);
}
