/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-words.h: the words below the pictures.
 */

#ifndef UI_PICKER_WORDS_H
#define UI_PICKER_WORDS_H

#include "picker-private.h"

/* Says how many are ticked, or why pictures are missing. */
void dif_ui_picker_count (DifUiPicker  *picker);

/* Pictures are missing because of error: says so until they are made again. */
void dif_ui_picker_fail  (DifUiPicker  *picker,
                          const GError *error);

#endif
