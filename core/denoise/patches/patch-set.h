/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-set.h: the patches of a picture, from which others are made: the
 * candidates.
 */

#ifndef DIF_DENOISE_PATCHES_PATCH_SET_H
#define DIF_DENOISE_PATCHES_PATCH_SET_H

#include "denoise/patches/patch-canvas.h"
#include "dif.h"
#include "kernels/kernels.h"

/* What they are taken from. */
typedef struct
{
  const DifImage *picture;
  int             patch;       /* P, 1 to DIF_PATCH_MAX_SIDE                */
  gboolean        wrapped;     /* patches go on at the other side           */
  const guint8   *excluded;    /* [height][width], other than 0 where a
                                  pixel is in no candidate; NULL: nowhere   */
  const float    *bias;        /* [rows][columns] of patches, by their upper
                                  left corners; NULL: all 0                 */
} DifPatchSource;

/* Read-only. */
typedef struct
{
  const DifKernels *kernels;
  int               patch;
  int               n;         /* candidates, 1 or more                     */
  int              *corner;    /* [n], row * columns + column               */
  float            *bias;      /* [n], or NULL                              */
  float            *packed;    /* as the kernels want them, less the mean   */
  float             mean[3];   /* of the picture's planes                   */
} DifPatchSet;

/* Pixels that are not finite are excluded, and so are patches whose bias is
 * -INFINITY.
 * Errors: ARGUMENT (the picture is smaller than a patch, no candidate is left,
 * a bias is NaN or INFINITY), MEMORY.
 */
DifPatchSet *dif_patch_set_new  (const DifPatchSource *source,
                                 const DifKernels     *kernels,
                                 GError              **error);

/* NULL is allowed. */
void         dif_patch_set_free (DifPatchSet          *set);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifPatchSet, dif_patch_set_free)

#endif
