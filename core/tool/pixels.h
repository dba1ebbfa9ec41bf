/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pixels.h: pixel formats of pictures read and written, and the way new
 * colours are laid over old pixels.
 */

#ifndef DIF_TOOL_PIXELS_H
#define DIF_TOOL_PIXELS_H

#include <gegl.h>

#include "tool/formats.h"

/* The engine's values are [-1,1].  Both ends of the socket must compute
 * this in the same way: pixels are compared by it.
 */
#define DIF_FROM_UNIT(v) ((v) * 2.0f - 1.0f)
#define DIF_TO_UNIT(v)   (((v) + 1.0f) * 0.5f)

/* Grey or RGB, with or without alpha, of any depth and space. */
gboolean    dif_pixels_supported  (const Babl  *format);

/* The format of the pixels in which a picture of the given one is
 * written to a file of the kind: the same where the file can hold it,
 * else the nearest that loses least.  Grey stays grey, the space stays.
 */
const Babl *dif_pixels_format_for (const Babl  *format,
                                   DifFormat    file);

/* Row y of target becomes row y of source with the colours rgb,
 * [width][3] in [-1,1].  Alpha is copied as it is; so are the pixels
 * whose colour is the source's own and those with alpha 0, whatever
 * their new colour.
 */
void        dif_pixels_merge_row  (GeglBuffer  *source,
                                   GeglBuffer  *target,
                                   int          y,
                                   const float *rgb);

#endif
