/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-made.h: a variation that is made of the layer's own parts, in the preview.
 * It is a picture of the whole layer, whatever is seen of it: small to begin with,
 * then as large as the view shows it.
 */

#ifndef UI_PREVIEW_MADE_H
#define UI_PREVIEW_MADE_H

#include "preview-private.h"

/* Makes what is seen, unless that is there or under way. */
void dif_ui_preview_make      (DifUiPreview *preview);

/* What is under way is not wanted any more. */
void dif_ui_preview_stop_made (DifUiPreview *preview);

/* The layer has been read, or error says why it has not. */
void dif_ui_preview_made_read (DifUiPreview *preview,
                               const GError *error);

#endif
