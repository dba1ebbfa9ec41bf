/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * texels.h: a picture as the search for matches reads it: in whole numbers, so
 * that differences of patches are the same on every machine and in any order.
 */

#ifndef DIF_QUILT_TEXELS_H
#define DIF_QUILT_TEXELS_H

#include "dif.h"
#include "base/pool.h"

/* Of a difference of 1 between two values in [-1,1]: four steps of a level of
 * 8 bits.  The squares of the differences of 17 x 17 pixels add up to less
 * than 2^31.
 */
#define DIF_TEXEL_UNIT 512

/* Pixels of a patch's side at the most. */
#define DIF_TEXEL_MAX_PATCH 17

/* Values farther out are cut off. */
#define DIF_TEXEL_END 639

/* Values that may be read behind the last one. */
#define DIF_TEXEL_SLACK 64

typedef struct
{
  int     width;     /* with what goes on behind the ends where it is wrapped */
  int     height;
  gint16 *values;    /* [height][width][3] */
} DifTexels;

/* For a picture of that size, not filled.  wrapped_patch other than 0: it is
 * wrapped, and patches of so many pixels that begin in it go on behind its ends.
 * Errors: MEMORY.
 */
DifTexels *dif_texels_new   (int              width,
                             int              height,
                             int              wrapped_patch,
                             GError         **error);

/* With so much of standard normal noise on it, by seed and stream.  Values that
 * are not finite are not allowed.
 */
void       dif_texels_fill  (DifTexels       *texels,
                             const DifImage  *picture,
                             double           noise,
                             guint64          seed,
                             guint32          stream,
                             DifPool         *pool);

/* NULL is allowed. */
void       dif_texels_free  (DifTexels       *texels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTexels, dif_texels_free)

#endif
