/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * colours.h: gives a result the colours that its source has on the large
 * scale, so that a long way into noise and back does not shift them:
 * result += G (source - result), where G keeps what is coarser than
 * DIF_COLOURS_SIGMA pixels.
 */

#ifndef DIF_PIPELINE_COLOURS_H
#define DIF_PIPELINE_COLOURS_H

#include "dif.h"
#include "base/pool.h"

/* Standard deviation of the Gaussian, in pixels of the whole picture. */
#define DIF_COLOURS_SIGMA 32

/* Pixels away from which something can still make a difference. */
#define DIF_COLOURS_REACH (4 * DIF_COLOURS_SIGMA)

/* x, y: where in the whole picture result, a part of it, begins.
 * reduction: as in DifParams; wrapped: left continues at the right and
 * the top at the bottom, and result is the whole, else the average at an
 * edge is that of what is there.  The source counts as clipped to [-1,1].
 * Errors: MEMORY.
 */
gboolean dif_colours_keep   (DifImage        *result,
                             const DifImage  *source,
                             int              x,
                             int              y,
                             int              reduction,
                             gboolean         wrapped,
                             DifPool         *pool,
                             GError         **error);

/* Bytes that it takes for a while. */
guint64  dif_colours_memory (int              width,
                             int              height,
                             int              reduction,
                             gboolean         wrapped);

#endif
