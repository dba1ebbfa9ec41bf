/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-tile.h: one small variation of the picker.
 */

#ifndef UI_PICKER_TILE_H
#define UI_PICKER_TILE_H

#include "picker-private.h"

/* Shows colours in place of the layer's, or the layer's own (NULL). */
void dif_ui_picker_tile_show   (DifUiPickerTile *tile,
                                const DifImage  *colours);

/* Makes its picture, in the worker. */
void dif_ui_picker_tile_start  (DifUiPickerTile *tile);

/* Its picture is not made any more. */
void dif_ui_picker_tile_cancel (DifUiPickerTile *tile);

/* Sets its label, name and tooltip. */
void dif_ui_picker_tile_name   (DifUiPickerTile *tile);

#endif
