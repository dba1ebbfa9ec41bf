/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model.h: a model as the rest of the engine sees it.
 */

#ifndef DIF_DENOISE_MODEL_H
#define DIF_DENOISE_MODEL_H

#include "denoise/denoiser.h"
#include "sample/schedule.h"

/* Read-only. */
struct _DifModel
{
  gatomicrefcount  ref_count;
  DifDenoiser     *denoiser;
  DifSchedule     *schedule;
  DifModelInfo     info;      /* owns its strings */
};

/* Takes over denoiser and schedule, and copies info with its strings; folder
 * and licence may be NULL.  What info says of the chain's length and of the
 * native size does not count: schedule and denoiser know these.
 */
DifModel *dif_model_new (DifDenoiser        *denoiser,
                         DifSchedule        *schedule,
                         const DifModelInfo *info);

#endif
