/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-made.h: what variations are made of: the layer's own parts, the model, or
 * both; how large these parts are, and what of the layer stays.
 */

#ifndef UI_DIALOG_MADE_H
#define UI_DIALOG_MADE_H

#include "dialog-private.h"

/* Adds the choice of that. */
void dif_ui_dialog_add_made     (DifUiDialog *dialog,
                                 GtkWidget   *box);

/* Adds the settings of the parts: whose, how large, how strictly in their places. */
void dif_ui_dialog_add_parts    (DifUiDialog *dialog,
                                 GtkWidget   *box);

/* Adds the choice of what protects. */
void dif_ui_dialog_add_protect  (DifUiDialog *dialog,
                                 GtkWidget   *box);

/* The first follows the settings. */
void dif_ui_dialog_show_made    (DifUiDialog *dialog);

/* The choices of what protects and whose parts are taken list what there is now. */
void dif_ui_dialog_list_drawables (DifUiDialog *dialog);

#endif
