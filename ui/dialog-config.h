/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-config.h: the settings as the dialog's parts read them, and the word
 * that they have changed.
 */

#ifndef UI_DIALOG_CONFIG_H
#define UI_DIALOG_CONFIG_H

#include "dialog-private.h"

/* The run's parameters as the settings have them. */
DifParams  dif_ui_dialog_params  (DifUiDialog *dialog);

/* What is picked, of DifUiPick; free with g_array_unref(). */
GArray    *dif_ui_dialog_picks   (DifUiDialog *dialog);

/* The settings, or what is known of the model or the layer, have changed:
 * whatever shows them follows, once, when the main loop is idle.
 */
void       dif_ui_dialog_refresh (DifUiDialog *dialog);

#endif
