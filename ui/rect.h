/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rect.h: parts of a picture and of the layer.
 */

#ifndef UI_RECT_H
#define UI_RECT_H

#include "dif.h"

/* What both have; empty if that is nothing. */
DifRect  dif_ui_rect_intersect (const DifRect *a,
                                const DifRect *b);
gboolean dif_ui_rect_equal     (const DifRect *a,
                                const DifRect *b);
gboolean dif_ui_rect_covers    (const DifRect *outer,
                                const DifRect *inner);

#endif
