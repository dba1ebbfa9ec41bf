/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * uses.h: how often each patch of a source is used.
 */

#ifndef DIF_QUILT_USES_H
#define DIF_QUILT_USES_H

#include "quilt/field.h"

/* Fills often, [rows][columns] of the source's places: how often a place is a
 * match, as a share of what it would be if all were used alike, averaged over
 * 2 * reach + 1 places each way.  scratch has the size of often.
 */
void dif_uses_count (const DifField *field,
                     int             columns,
                     int             rows,
                     int             reach,
                     float          *often,
                     float          *scratch);

#endif
