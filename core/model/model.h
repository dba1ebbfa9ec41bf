/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * model.h: a loaded model, as the rest of the engine sees it.
 */

#ifndef DIF_MODEL_MODEL_H
#define DIF_MODEL_MODEL_H

#include "model/config.h"
#include "model/unet.h"
#include "sample/schedule.h"

/* Read-only after loading.  in_channels and out_channels are both
 * 3 * pixel_unshuffle^2; where info.octaves > 0, it is less than
 * config.num_class_embeds, whose last label means "size unknown"; where
 * it is 0 the network takes no label.
 */
struct _DifModel
{
  gatomicrefcount  ref_count;
  DifUnetConfig    config;
  DifSchedule     *schedule;
  DifUnet         *unet;
  DifModelInfo     info;  /* owns its strings */
};

/* Whether the packed weights of such a network take no more than available
 * bytes; 0 stands for no limit.  path names the file for the message.
 * Errors: MEMORY.
 */
gboolean dif_model_fits (const char           *path,
                         const DifUnetConfig  *config,
                         guint64               available,
                         GError              **error);

#endif
