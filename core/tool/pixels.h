/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pixels.h: pixel formats of pictures read and written, and the way new
 * colours are laid over old pixels.
 */

#ifndef DIF_TOOL_PIXELS_H
#define DIF_TOOL_PIXELS_H

#include <gegl.h>

#include "tool/formats.h"

/* What a component or alpha, as a float from 0 to 1, counts as: itself,
 * or black where it is NaN and the end of the range where it is infinite,
 * as in the plug-in.
 */
float       dif_tool_pixels_finite     (float        value);

/* The engine's value, [-1,1] for [0,1], of a component.  Both ends of the
 * socket compute it by this: pixels are compared by it.
 */
float       dif_tool_pixels_to_engine  (float        value);

/* Grey or RGB, with or without alpha, of any depth and space. */
gboolean    dif_tool_pixels_supported  (const Babl  *format);

/* Takes the space of a profile that is for another kind of pixels than
 * the buffer's away from it: the same bytes are sRGB, or sRGB's grey, from
 * then on.  Returns NULL, or what the profile was for: "grey", "CMYK" or
 * "RGB".  file is the kind of file that the buffer was read from.
 */
const char *dif_tool_pixels_drop_profile (GeglBuffer   *buffer,
                                          DifToolFormat file);

/* Black becomes white, in grey with or without alpha; other pixels stay
 * as they are.
 */
void        dif_tool_pixels_invert_grey (GeglBuffer  *buffer);

/* The format of the pixels in which a picture of the given one is
 * written to a file of the kind: the same where the file can hold it,
 * else the nearest that loses least.  Grey stays grey, the space stays.
 */
const Babl *dif_tool_pixels_format_for (const Babl   *format,
                                        DifToolFormat file);

/* Row y of target becomes row y of source with the colours of values, [width][4]: a
 * colour in [-1,1] and the least alpha, 0 to 1.  Where the source's alpha is that or
 * more it is copied as it is; so are then the pixels whose colour is the source's own
 * and those with alpha 0 or NaN, whatever their new colour.
 */
void        dif_tool_pixels_merge_row  (GeglBuffer  *source,
                                        GeglBuffer  *target,
                                        int          y,
                                        const float *values);

#endif
