/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * texels.h: a picture as the search for matches reads it: in whole numbers, so
 * that differences of patches are the same on every machine and in any order.
 */

#ifndef DIF_QUILT_TEXELS_H
#define DIF_QUILT_TEXELS_H

#include "dif.h"
#include "base/pool.h"
#include "kernels/kernels.h"

/* Of a difference of 1 between two values in [-1,1]: four steps of a level of
 * 8 bits.  The squares of the differences of 17 x 17 pixels add up to less
 * than 2^31.
 */
#define DIF_TEXEL_UNIT 512

/* Pixels of a patch's side at the most. */
#define DIF_TEXEL_MAX_PATCH 17

/* Values farther out are cut off. */
#define DIF_TEXEL_END 639

typedef struct
{
  int     width;          /* with what goes on behind the ends where it is
                             wrapped                                        */
  int     height;
  int     left;           /* where the first pixel lies in the whole        */
  int     top;
  int     whole_width;
  int     whole_height;
  gint16 *values;         /* [height][width][3], and DIF_PATCH_SLACK        */
} DifTexels;

/* For a picture of that size, not filled.  wrapped_patch other than 0: it is
 * wrapped, and patches of so many pixels that begin in it go on behind its ends.
 * Errors: MEMORY.
 */
DifTexels *dif_texels_new   (int              width,
                             int              height,
                             int              wrapped_patch,
                             GError         **error);

/* For a part of a picture, of a wrapped one with what goes on behind its ends. */
DifTexels *dif_texels_new_window (int              whole_width,
                                  int              whole_height,
                                  const DifRect   *pixels,
                                  GError         **error);

/* With so much of standard normal noise on it, by seed and stream.  Values that
 * are not finite are not allowed.  Where the picture is smaller than the texels
 * it goes on with its first pixels.
 */
void       dif_texels_fill  (DifTexels       *texels,
                             const DifImage  *picture,
                             double           noise,
                             guint64          seed,
                             guint32          stream,
                             DifPool         *pool);

/* The same for n pixels of a row, from (x, y) on, whose values lie in three rows
 * that are row values apart; and for what goes on behind the first width pixels.
 */
void       dif_texels_put       (DifTexels   *texels,
                                 int          x,
                                 int          y,
                                 int          n,
                                 const float *values,
                                 gsize        row,
                                 float        noise,
                                 guint64      seed,
                                 guint32      stream);
void       dif_texels_close_row (DifTexels   *texels,
                                 int          width,
                                 int          y);

/* NULL is allowed. */
void       dif_texels_free  (DifTexels       *texels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTexels, dif_texels_free)

#endif
