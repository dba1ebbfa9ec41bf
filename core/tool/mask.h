/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * mask.h: a picture that says what of another one is meant.
 */

#ifndef DIF_TOOL_MASK_H
#define DIF_TOOL_MASK_H

#include "tool/image-io.h"

/* The picture at path, which has the size of picture, that at input.  aim ends the
 * sentence that refuses another size: "to fill parts of it".
 * Errors: ARGUMENT, and those of dif_tool_picture_open().
 */
DifToolPicture *dif_tool_mask_open (const char           *path,
                                    const char           *aim,
                                    const char           *input,
                                    const DifToolPicture *picture,
                                    GError              **error);

/* Its grey, 255 where it is white and 0 where it is black or transparent:
 * [height][width].  Free with g_free().
 * Errors: those of dif_tool_picture_fits() and dif_tool_picture_read().
 */
guint8         *dif_tool_mask_read (DifToolPicture       *mask,
                                    GError              **error);

#endif
