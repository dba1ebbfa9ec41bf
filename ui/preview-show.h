/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-show.h: surfaces of the preview's pictures.  They are made in a
 * thread when a picture changes: a large window has millions of pixels.
 */

#ifndef UI_PREVIEW_SHOW_H
#define UI_PREVIEW_SHOW_H

#include "preview-private.h"

/* The pictures of a view have changed: makes its surface anew, as soon as that
 * view is seen.
 */
void dif_ui_preview_show        (DifUiPreview *preview,
                                 DifUiView     view);

/* The same for all views. */
void dif_ui_preview_show_all    (DifUiPreview *preview);

void dif_ui_preview_shown_clear (DifUiShown   *shown);

#endif
