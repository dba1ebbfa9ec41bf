/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-noise.h: the noise of the layer, measured once for the preview and the
 * figures.
 */

#ifndef UI_DIALOG_NOISE_H
#define UI_DIALOG_NOISE_H

#include "dialog-private.h"

/* Has the noise measured, unless it is known or under way. */
void        dif_ui_dialog_measure      (DifUiDialog *dialog);

/* What is known of the layer is out of date, or the dialog closes. */
void        dif_ui_dialog_forget_noise (DifUiDialog *dialog);

/* What is said of the noise; free with g_free(). */
char       *dif_ui_dialog_noise_words  (DifUiDialog *dialog);

#endif
