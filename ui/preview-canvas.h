/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-canvas.h: the preview's canvas, its keys and its mouse.
 */

#ifndef UI_PREVIEW_CANVAS_H
#define UI_PREVIEW_CANVAS_H

#include "preview-private.h"

void dif_ui_preview_add_canvas (DifUiPreview *preview);

/* Zooms about the middle. */
void dif_ui_preview_zoom_by    (DifUiPreview *preview,
                                double        factor);

/* zoom: screen pixels per layer pixel, 1.0 is 100 %; about the middle. */
void dif_ui_preview_set_zoom   (DifUiPreview *preview,
                                double        zoom);

/* Zooms so that the whole layer is seen. */
void dif_ui_preview_fit        (DifUiPreview *preview);

#endif
