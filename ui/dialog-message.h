/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-message.h: the line at the bottom: nothing, a run's progress or a
 * message, all in the same place, so that the rest stays where it is.
 */

#ifndef UI_DIALOG_MESSAGE_H
#define UI_DIALOG_MESSAGE_H

#include "dialog-private.h"

/* The line.  progress is shown in it during a run. */
GtkWidget *dif_ui_dialog_bottom (DifUiDialog    *dialog,
                                 GtkWidget      *progress);

/* Shows a message for people.  NULL takes it away: the progress comes back
 * during a run, else nothing.
 */
void       dif_ui_dialog_tell   (DifUiDialog    *dialog,
                                 GtkMessageType  type,
                                 const char     *text);

#endif
