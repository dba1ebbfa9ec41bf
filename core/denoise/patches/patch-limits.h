/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-limits.h: how much of a canvas a candidate may make.  Where there is
 * much noise flat patches are near to everything and would make it all.  Taken
 * off the biases of those that are used too much, the limits share a canvas out
 * (Sinkhorn and Knopp 1967, from above alone): with enough rounds no candidate
 * makes more than its share times the slack.
 */

#ifndef DIF_DENOISE_PATCHES_PATCH_LIMITS_H
#define DIF_DENOISE_PATCHES_PATCH_LIMITS_H

#include "base/pool.h"
#include "denoise/patches/patch-view.h"

/* Bytes of arena that it takes; G_MAXSIZE if that overflows. */
size_t   dif_patch_limits_workspace (const DifPatchSet  *set,
                                     const DifPatchView *view,
                                     int                 n_threads);

/* One round: what each candidate makes of the view with its limits is found,
 * and from limits, [set->n], is taken by how much the logarithm of that is
 * above the one of slack times an equal share; they never rise above 0.
 * view->limits does not count.  limits begin as 0, or as what another step of
 * the same way back left.  Patches that are not finite count for nothing.  The
 * bits do not depend on the pool.  FALSE if the pool was stopped; limits are
 * then undefined.
 */
gboolean dif_patch_limits_adjust    (const DifPatchSet  *set,
                                     const DifPatchView *view,
                                     DifPool            *pool,
                                     DifArena           *arena,
                                     double              slack,
                                     float              *limits);

#endif
