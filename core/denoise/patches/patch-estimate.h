/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-estimate.h: the picture behind a noised one, if it is made of the
 * patches of a set.  What is behind a patch y of x_t / sqrt (abar), which has
 * noise of variance v = (1 - abar) / abar, is the mean of the candidates q_j
 * weighted by softmax_j (bias_j - |y - q_j|^2 / (2 v)): of all denoisers the
 * one that is least off for patches drawn from the set (Buades et al. 2005;
 * Kamb and Ganguli 2024).  A pixel's estimate is the mean of those of all the
 * patches that it lies in.
 */

#ifndef DIF_DENOISE_PATCHES_PATCH_ESTIMATE_H
#define DIF_DENOISE_PATCHES_PATCH_ESTIMATE_H

#include "base/pool.h"
#include "denoise/patches/patch-view.h"

/* Bytes of arena that an estimate takes; G_MAXSIZE if that overflows. */
size_t   dif_patch_estimate_workspace (const DifPatchSet  *set,
                                       const DifPatchView *view,
                                       int                 n_threads);

/* How far an estimate is, of 1; called by the thread that asked for it.
 * FALSE: no more is wanted.
 */
typedef gboolean (* DifPatchFunc) (double done, void *data);

/* Fills out, [3][height][width].  A value that is not finite makes NaN of the
 * pixels that share a patch with it.  FALSE if the pool was stopped or progress
 * said so; out is then undefined.
 */
gboolean dif_patch_estimate           (const DifPatchSet  *set,
                                       const DifPatchView *view,
                                       DifPool            *pool,
                                       DifArena           *arena,
                                       DifPatchFunc        progress,
                                       void               *data,
                                       float              *out);

#endif
