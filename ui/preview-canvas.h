/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-canvas.h: the preview's canvas, its keys and its mouse.
 */

#ifndef UI_PREVIEW_CANVAS_H
#define UI_PREVIEW_CANVAS_H

#include "preview-private.h"

void dif_preview_add_canvas (DifPreview *preview);

/* Zooms about the middle. */
void dif_preview_zoom_by    (DifPreview *preview,
                             double      factor);

/* zoom: screen pixels per layer pixel, 1.0 is 100 %; about the middle. */
void dif_preview_set_zoom   (DifPreview *preview,
                             double      zoom);

/* Zooms so that the whole layer is seen. */
void dif_preview_fit        (DifPreview *preview);

#endif
