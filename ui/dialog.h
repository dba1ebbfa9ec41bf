/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog.h: the dialog of Filters > Diffusion.
 */

#ifndef UI_DIALOG_H
#define UI_DIALOG_H

#include <libgimp/gimpui.h>

/* Shows the procedure's settings and lets the user change config.  TRUE
 * if they pressed OK.  Main thread only; needs a display.
 */
gboolean dif_dialog_run (GimpProcedure       *procedure,
                         GimpProcedureConfig *config);

#endif
