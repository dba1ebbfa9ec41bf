/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-denoiser.h: a set of patches as a denoiser: see patch-estimate.h.
 */

#ifndef DIF_DENOISE_PATCHES_PATCH_DENOISER_H
#define DIF_DENOISE_PATCHES_PATCH_DENOISER_H

#include "denoise/denoiser.h"
#include "denoise/patches/patch-set.h"

/* Takes over the set.  Each tile is a picture of its own: what lies around it
 * counts for nothing.  It estimates x_0.
 */
DifDenoiser *dif_patch_denoiser_new (DifPatchSet *set);

#endif
