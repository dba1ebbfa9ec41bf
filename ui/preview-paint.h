/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-paint.h: lays the surfaces that there are on the canvas.
 */

#ifndef UI_PREVIEW_PAINT_H
#define UI_PREVIEW_PAINT_H

#include "preview-private.h"

/* cr is in screen pixels. */
void dif_ui_preview_paint (DifUiPreview *preview,
                           cairo_t      *cr);

#endif
