/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-seeds.h: which variations the picker shows: the seeds of its tiles.
 */

#ifndef UI_PICKER_SEEDS_H
#define UI_PICKER_SEEDS_H

#include "picker-private.h"

/* Seeds from first on, for all that are not ticked. */
void dif_ui_picker_set_seeds (DifUiPicker     *picker,
                              guint64          first);

/* Other seeds for all that are not ticked. */
void dif_ui_picker_reroll    (DifUiPicker     *picker);

/* Variations near the chosen one for all others that are not ticked. */
void dif_ui_picker_vary      (DifUiPicker     *picker,
                              int              chosen);

/* Ticks the tile that shows pick, or else puts pick in the place of one that
 * is not ticked; nothing happens where all are ticked.  Does not set the check
 * button.
 */
void dif_ui_picker_add_pick  (DifUiPicker     *picker,
                              const DifUiPick *pick);

#endif
