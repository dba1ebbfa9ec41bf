/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fresh.h: how much of a variation is new.
 */

#ifndef DIF_QUILT_FRESH_H
#define DIF_QUILT_FRESH_H

#include "quilt/levels.h"

/* Shorter side, in pixels, of the level at which it is best looked at. */
#define DIF_FRESH_SIDE 256

/* The share of the picture's blocks, a sixteenth of its shorter side each, that are
 * new: the root of the mean square of their difference from the source is above 12
 * of 255.  It is looked at at level at, by the displacements of field, which may be
 * of another level.  Where large is TRUE, as it is if large things may move, neither
 * what is displaced by little counts nor the whole picture displaced by a little
 * more.  Canvas and source have one size.
 */
double dif_fresh_share (const DifQuiltLevels *levels,
                        int              at,
                        const DifField  *field,
                        gboolean         large,
                        DifPool         *pool);

#endif
