/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fresh.h: how much of a variation is new.
 */

#ifndef DIF_QUILT_FRESH_H
#define DIF_QUILT_FRESH_H

#include "quilt/levels.h"

/* Shorter side, in pixels, of the level at which it is best looked at. */
#define DIF_FRESH_SIDE 256

/* What is displaced by less, as a share of the shorter side, is not counted where
 * large things may move.
 */
#define DIF_FRESH_FAR 0.05

/* The share of the picture's blocks, a sixteenth of its shorter side each, that are
 * new: the root of the mean square of their difference from the source is above 12 of
 * 255, and four tenths of them come from farther away than far, a share of the shorter
 * side.  It is looked at at level at, with shifts, [height][width], of the same or of a
 * coarser one.  Canvas and source have one size.
 */
double dif_fresh_share (const DifQuiltLevels *levels,
                        int                   at,
                        const DifShift       *shifts,
                        int                   width,
                        int                   height,
                        double                far);

#endif
