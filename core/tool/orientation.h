/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * orientation.h: photographs that a camera stored lying on their side.
 * The tool writes no metadata, so the mark that says so would be lost:
 * the picture is laid upright when it is read.
 */

#ifndef DIF_TOOL_ORIENTATION_H
#define DIF_TOOL_ORIENTATION_H

#include <gegl.h>

/* TRUE if width and height change places; orientation is 1 to 8. */
gboolean    dif_tool_orientation_swaps (int          orientation);

/* The picture upright, in a new buffer of the same format. */
GeglBuffer *dif_tool_orientation_apply (GeglBuffer *buffer,
                                        int         orientation);

#endif
