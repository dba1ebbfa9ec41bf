/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-settings.h: the column of settings.  Each control is bound to the
 * configuration; here is what goes by several of them at once.
 */

#ifndef UI_DIALOG_SETTINGS_H
#define UI_DIALOG_SETTINGS_H

#include "dialog-private.h"

GtkWidget *dif_ui_dialog_settings    (DifUiDialog *dialog);

/* The controls and figures follow the settings. */
void       dif_ui_dialog_show_config (DifUiDialog *dialog);

/* To be called for each setting that changes, before
 * dif_ui_dialog_show_config().
 */
void       dif_ui_dialog_note_change (DifUiDialog *dialog,
                                      const char  *setting);

/* The control of what the chain is saved as. */
GtkWidget *dif_ui_dialog_chain_as    (DifUiDialog *dialog);

#endif
