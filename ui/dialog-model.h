/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-model.h: the dialog's model, loaded while the dialog goes on
 * answering.
 */

#ifndef UI_DIALOG_MODEL_H
#define UI_DIALOG_MODEL_H

#include "dialog-private.h"

/* A row with the model's licence and scale, and the next. */
GtkWidget *dif_ui_dialog_model_row  (DifUiDialog *dialog);

/* Its licence and scale in words, to be freed; NULL without a model. */
char      *dif_ui_dialog_model_words (DifUiDialog *dialog);

/* A button for the folder of models. */
GtkWidget *dif_ui_dialog_folder     (DifUiDialog *dialog);

/* Loads the model of the settings, in a thread, unless it is there. */
void       dif_ui_dialog_load_model (DifUiDialog *dialog);

/* That of dialog->pace which goes by the settings. */
double    *dif_ui_dialog_pace       (DifUiDialog *dialog);

/* Writes both of them to the file of calibrations. */
void       dif_ui_dialog_write_pace (const char   *path,
                                     DifModel     *model,
                                     const double  pace[2]);

/* Warns, once, if the model is not the one that made the layer whose settings
 * were taken.
 */
void       dif_ui_dialog_check_made (DifUiDialog *dialog);

#endif
