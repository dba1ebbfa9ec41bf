/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * masks.h: where a job may copy from and what of its source it may change.
 */

#ifndef DIF_PIPELINE_MASKS_H
#define DIF_PIPELINE_MASKS_H

#include "dif.h"

/* See dif_job_set_masks(). */
typedef struct
{
  guint8 *excluded;
  guint8 *change;
} DifMasks;

/* Masks of a picture of that size.  One that says what none says, the very results
 * included, becomes none.  Errors: MEMORY.
 */
gboolean dif_masks_copy   (DifMasks        *masks,
                           int              width,
                           int              height,
                           const guint8    *excluded,
                           const guint8    *change,
                           GError         **error);

void     dif_masks_clear  (DifMasks        *masks);

/* Bytes of both. */
guint64  dif_masks_memory (int              width,
                           int              height);

/* Gives result the values of source where it may not change, and blends both where
 * it may in part.  result is as large as source and the masks, or is a smaller
 * picture of the same.
 */
void     dif_masks_blend  (const DifMasks  *masks,
                           const DifImage  *source,
                           DifImage        *result);

#endif
