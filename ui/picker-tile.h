/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-tile.h: one small variation of the picker.
 */

#ifndef UI_PICKER_TILE_H
#define UI_PICKER_TILE_H

#include "picker-private.h"

/* Shows colours in place of the layer's, or the layer's own (NULL). */
void dif_tile_show   (DifTile        *tile,
                      const DifImage *colours);

/* Makes its picture, in the worker. */
void dif_tile_start  (DifTile        *tile);

/* Its picture is not made any more. */
void dif_tile_cancel (DifTile        *tile);

/* Sets its label, name and tooltip. */
void dif_tile_name   (DifTile        *tile);

#endif
