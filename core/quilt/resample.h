/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * resample.h: a picture at another size.
 */

#ifndef DIF_QUILT_RESAMPLE_H
#define DIF_QUILT_RESAMPLE_H

#include "dif.h"
#include "base/pool.h"

/* Fills to with from at to's size, by cubic convolution (Keys 1981, a = -1/2),
 * rows and columns each for themselves.  Where a side shrinks, the kernel is as
 * much wider.  Edges of both pictures lie on each other; beyond them from has no
 * pixels, and the weights of the others are made up to 1, as in PIL's BICUBIC.
 * wrapped: it goes on at the other side instead.  Values may come to lie outside
 * of from's range.  At the same size the values stay the same to the bit.
 *
 * Where the pool is stopped, to is left undone.  Errors: MEMORY.
 */
gboolean dif_resample (const DifImage  *from,
                       DifImage        *to,
                       gboolean         wrapped,
                       DifPool         *pool,
                       GError         **error);

#endif
