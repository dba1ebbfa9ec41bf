/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-task.h: the switch of tasks at the top of the column, and what is seen
 * with each.
 */

#ifndef UI_DIALOG_TASK_H
#define UI_DIALOG_TASK_H

#include "dialog-private.h"

/* Whether the settings can be those of variations as well: without a choice of
 * the task they are for DIF_TASK_RESTORE alone.
 */
gboolean   dif_ui_dialog_varies    (DifUiDialog *dialog);

/* The switch. */
GtkWidget *dif_ui_dialog_switch    (DifUiDialog *dialog);

/* From now on widget is seen with these scenes alone, of DifUiScene. */
void       dif_ui_dialog_of_scenes (DifUiDialog *dialog,
                                    GtkWidget   *widget,
                                    guint        scenes);

/* To be called for each setting that changes, before dif_ui_dialog_show_task().
 */
void       dif_ui_dialog_note_task (DifUiDialog *dialog,
                                    const char  *setting);

/* Shows what belongs to the task of the settings.  GIMP's Reset counts the task
 * among them; whoever resets the settings stays with theirs.
 */
void       dif_ui_dialog_show_task (DifUiDialog *dialog);

#endif
