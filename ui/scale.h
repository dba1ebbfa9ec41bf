/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * scale.h: a part of a layer out of a picture of the whole layer that has another
 * size.
 */

#ifndef UI_SCALE_H
#define UI_SCALE_H

#include "dif.h"

/* picture shows a layer of layer_width x layer_height pixels.  The part of that as
 * a picture of width x height: averaged where that is smaller than picture has it,
 * interpolated where it is larger, and picture's own values where it is as large
 * and begins where a pixel does.  Any thread.  Errors: MEMORY.
 */
DifImage *dif_ui_scale (const DifImage  *picture,
                        int              layer_width,
                        int              layer_height,
                        const DifRect   *part,
                        int              width,
                        int              height,
                        GError         **error);

#endif
