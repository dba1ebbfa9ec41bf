/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * blend.h: the last step of a picture made of another's patches.
 */

#ifndef DIF_QUILT_BLEND_H
#define DIF_QUILT_BLEND_H

#include "quilt/field.h"

/* The shorter side in pixels that `hold` is given for. */
#define DIF_QUILT_BLEND_SIDE 512

/* Takes out of picture the steps where two of its parts meet that come from
 * different places of the source: it becomes the picture nearest to what it was
 * (weight hold) and to the source's own differences between neighbours (weight
 * 1), each the mean of those found at the matches of the two pixels' patches.
 * That is a screened Poisson equation (Pérez et al. 2003; Bhat et al. 2008), one
 * for each channel.  Where the two places go on so differently that there is an
 * edge (by about `edge`), and two pixels round that, the picture's own differences
 * stay, so that nothing glows over it.
 *
 * field says what patch of the source is behind each of the picture.  hold is for
 * a picture whose shorter side has DIF_QUILT_BLEND_SIDE pixels: a longer one
 * holds as much less, a shorter one as much more, as it takes to hide a step over
 * the same share of it.  fixed, [height][width], is other than 0 where pixels
 * stay to the bit; NULL: nowhere.  Values that are in [-1,1] stay there; others
 * are not cut off.
 *
 * The same bits at any number of threads.  Where the pool is stopped, picture is
 * left half corrected.  Errors: MEMORY; picture is what it was then.
 */
gboolean dif_quilt_blend        (DifImage        *picture,
                                 const DifImage  *source,
                                 const DifField  *field,
                                 double           hold,
                                 double           edge,
                                 const guint8    *fixed,
                                 DifPool         *pool,
                                 GError         **error);

/* Bytes that it takes while it runs, at the most. */
guint64  dif_quilt_blend_memory (int              width,
                                 int              height);

#endif
