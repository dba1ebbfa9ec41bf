/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flatness.h: where a picture is flat, like a clear sky, so that a speck
 * would be seen: what noise is bounded by (sample/bounded-noise.h).
 */

#ifndef DIF_PIPELINE_FLATNESS_H
#define DIF_PIPELINE_FLATNESS_H

#include "dif.h"
#include "base/pool.h"
#include "pipeline/tiling.h"

/* The flatness of a canvas on which image lies, [y->length][x->length].
 *
 * Each pixel has a detail: by how much the mean of the 3 x 3 pixels around it
 * differs from the mean of 15 x 15, or a quarter of the difference between the
 * pixel itself and the mean of 15 x 15, whichever is more, in the channel where
 * it is most.  The root mean square of the detail over 15 x 15 pixels decides:
 * up to 1.5 of 255 levels the flatness is 255, from 3 levels on it is 0, and it
 * falls in a straight line between.  Grain whose deviation is 3 levels is still
 * nearly flat.
 *
 * A value depends on the image up to DIF_FORWARD_REACH pixels away.  scratch
 * has as many floats as flatness has values.
 */
void dif_flatness_measure (const DifImage *image,
                           const DifAxis  *x,
                           const DifAxis  *y,
                           gboolean        wrapped,
                           DifPool        *pool,
                           float          *scratch,
                           guint8         *flatness);

#endif
