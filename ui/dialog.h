/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog.h: the dialog of Filters > Diffusion.  It sees the layer through
 * a DifUiHost and has its runs made by the plug-in, through DifUiDialogOps.
 */

#ifndef UI_DIALOG_H
#define UI_DIALOG_H

#include <libgimp/gimpui.h>

#include "dialog-ops.h"

/* Lets the user change config and make runs until the dialog is closed.
 * TRUE if a run made layers.  Main thread only; needs a display.
 */
gboolean dif_ui_dialog_run (GimpProcedure        *procedure,
                            GimpProcedureConfig  *config,
                            const DifUiDialogOps *ops);

#endif
