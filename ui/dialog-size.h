/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-size.h: the window becomes higher as more of it is shown.
 */

#ifndef UI_DIALOG_SIZE_H
#define UI_DIALOG_SIZE_H

#include "dialog-private.h"

/* Makes the window as high as its parts would like it, or as the screen is. */
void dif_ui_dialog_grow   (DifUiDialog *dialog);

/* Makes it lower again by all that it has grown. */
void dif_ui_dialog_shrink (DifUiDialog *dialog);

#endif
