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
void       dif_dialog_make     (DifDialog       *dialog,
                                const DifParams *chain,
                                int              n_frames);

/* Asks the run under way to end early. */
void       dif_dialog_stop     (DifDialog       *dialog);

/* The bar of a run, with Stop. */
GtkWidget *dif_dialog_progress (DifDialog       *dialog);

#endif
