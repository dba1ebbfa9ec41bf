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

/* The flatness of a canvas on which image lies, [y->length][x->length]: 255
 * where the root mean square, over 15 x 15 pixels, of what the mean of 3 x 3,
 * or a quarter of what a single pixel, differs from the mean of 15 x 15 is at
 * most 1.5 of 255 levels, 0 from 3 levels on, straight between; the channel
 * that differs most counts.  Grain of 3 levels' deviation is still nearly
 * flat.  It depends on the image up to DIF_FORWARD_REACH pixels
 * away.  scratch: as many floats.
 */
void dif_flatness_measure (const DifImage *image,
                           const DifAxis  *x,
                           const DifAxis  *y,
                           gboolean        wrapped,
                           DifPool        *pool,
                           float          *scratch,
                           guint8         *flatness);

#endif
