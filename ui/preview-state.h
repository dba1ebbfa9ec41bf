/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-state.h: the bar and the line of words below the preview: what is
 * under way, or why something of what is seen is missing.
 */

#ifndef UI_PREVIEW_STATE_H
#define UI_PREVIEW_STATE_H

#include "preview-private.h"

void dif_ui_preview_add_state (DifUiPreview *preview);

/* Says text beside a bar that is filled by fraction.  A fraction below 0 says
 * that nothing is under way: then there is no bar, and if dif_ui_preview_fail()
 * has told of a fault, that fault is said in place of text.
 */
void dif_ui_preview_say       (DifUiPreview *preview,
                               const char   *text,
                               double        fraction);

/* Says the error that has ended what was under way. */
void dif_ui_preview_say_error (DifUiPreview *preview,
                               const GError *error);

/* Something of what is seen cannot be made.  From now on this is said
 * whenever nothing is under way, until preview->fault is cleared because it is
 * tried again.
 */
void dif_ui_preview_fail      (DifUiPreview *preview,
                               const GError *error);

#endif
