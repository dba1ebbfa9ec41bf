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

/* Takes over denoiser and schedule, and copies info with its strings, of
 * which folder and licence may be NULL; the chain's length and the native
 * size, which they say, are filled in.
 */
DifModel *dif_model_new (DifDenoiser        *denoiser,
                         DifSchedule        *schedule,
                         const DifModelInfo *info);

#endif
