/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-run.h: the runs made from the dialog, their bar and Stop.
 */

#ifndef UI_DIALOG_RUN_H
#define UI_DIALOG_RUN_H

#include "dialog-private.h"

/* Makes one run, from the button to the layers: of variations, or, where chain
 * is given, of n_frames of the chain of that variation.  Events are handled
 * meanwhile.
 */
void       dif_ui_dialog_make     (DifUiDialog     *dialog,
                                   const DifParams *chain,
                                   int              n_frames);

/* Asks the run under way to end early. */
void       dif_ui_dialog_stop     (DifUiDialog     *dialog);

/* The bar of a run, with Stop. */
GtkWidget *dif_ui_dialog_progress (DifUiDialog     *dialog);

#endif
