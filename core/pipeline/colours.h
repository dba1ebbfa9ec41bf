/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * colours.h: gives a result the colours that its source has on the large
 * scale, so that a long way into noise and back does not shift them:
 * result += G (source - result), where G is a Gaussian blur by
 * DIF_COLOURS_SIGMA pixels.
 */

#ifndef DIF_PIPELINE_COLOURS_H
#define DIF_PIPELINE_COLOURS_H

#include "dif.h"
#include "base/pool.h"

/* Standard deviation of the Gaussian, in pixels of the whole picture. */
#define DIF_COLOURS_SIGMA 32

/* How many pixels away the source and the result count for a pixel. */
#define DIF_COLOURS_REACH (4 * DIF_COLOURS_SIGMA)

/* result and source are a part of the whole picture that begins at (x, y), or
 * all of it.  reduction: as in DifParams.  wrapped: they are all of it, and
 * left continues at the right and the top at the bottom; if not, averages near
 * an edge are taken of the pixels that are there.  The source counts as clipped
 * to [-1,1].
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

/* Bytes that dif_colours_keep() takes while it runs. */
guint64  dif_colours_memory (int              width,
                             int              height,
                             int              reduction,
                             gboolean         wrapped);

#endif
