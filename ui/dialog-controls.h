/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-controls.h: controls bound to the configuration, named for those who
 * cannot see their labels.
 */

#ifndef UI_DIALOG_CONTROLS_H
#define UI_DIALOG_CONTROLS_H

#include "dialog-private.h"

/* NULL if the configuration has no such setting. */
GParamSpec *dif_ui_dialog_find_setting (DifUiDialog *dialog,
                                        const char  *name);

/* GIMP's control for a setting. */
GtkWidget  *dif_ui_dialog_control      (DifUiDialog *dialog,
                                        const char  *name,
                                        GType        type);

/* Adds a slider from 0 to most below its label and number, in the whole width of
 * the box, so that its marks can be read.
 */
GtkWidget  *dif_ui_dialog_slider       (DifUiDialog *dialog,
                                        GtkWidget   *box,
                                        const char  *name,
                                        double       most);

/* Adds a child below the others. */
void        dif_ui_dialog_add          (GtkWidget   *box,
                                        GtkWidget   *child);

#endif
