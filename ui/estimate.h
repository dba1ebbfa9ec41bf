/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * estimate.h: what a whole run takes, with all its layers and all that is made
 * of each.
 */

#ifndef UI_ESTIMATE_H
#define UI_ESTIMATE_H

#include "dif.h"

/* A layer that variations are made of. */
typedef struct
{
  int width;         /* of the layer, in pixels               */
  int height;
  int bytes;         /* of a pixel                            */
  int work_width;    /* of the picture that a job gets, unless
                        it gets all of the layer, see task.h  */
  int work_height;
} DifUiLayerSize;

/* Work of the run in the unit of dif_params_work().  n_picks: how many
 * variations of each layer are picked, in place of the first
 * params->num_variations; 0: none.
 */
double  dif_ui_estimate_work   (const DifModel        *model,
                                const DifUiLayerSize  *layers,
                                int                    n_layers,
                                const DifParams       *params,
                                int                    n_picks);

/* Bytes of memory that a job with that layer takes at its peak, beside the model
 * and the copy of the layer.
 */
guint64 dif_ui_estimate_job_memory (DifModel              *model,
                                    const DifUiLayerSize  *layer,
                                    const DifParams       *params);

/* Bytes of memory that the run takes at its peak: for the model, for the
 * largest job with the copy of its layer, and for the finished layers, which
 * GIMP holds.
 */
guint64 dif_ui_estimate_memory (DifModel              *model,
                                const DifUiLayerSize  *layers,
                                int                    n_layers,
                                const DifParams       *params,
                                int                    n_picks);

#endif
