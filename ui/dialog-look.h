/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-look.h: the dialog shows the layer as it was when it was opened.
 * When the user comes back from elsewhere it looks whether the layer has
 * changed, a little at a time, and shows it as it is then.
 */

#ifndef UI_DIALOG_LOOK_H
#define UI_DIALOG_LOOK_H

#include "dialog-private.h"

/* From now on a layer that changes elsewhere is shown anew. */
void dif_ui_dialog_follow_layer   (DifUiDialog *dialog);
void dif_ui_dialog_unfollow_layer (DifUiDialog *dialog);

/* Begins to look whether the layer has changed, if the user has been
 * elsewhere since the last look and nothing is in the way.
 */
void dif_ui_dialog_look           (DifUiDialog *dialog);

/* Tells what is made of whole layers whose parts are taken. */
void dif_ui_dialog_refer          (DifUiDialog *dialog);

/* To be called for each setting that changes: what protects changes what of the
 * layer is selected, and another layer's parts make other variations.
 */
void dif_ui_dialog_note_look      (DifUiDialog *dialog,
                                   const char  *setting);

#endif
