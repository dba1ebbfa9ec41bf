/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * drawable-io.h: the only way from a layer's pixels to the engine's
 * pictures and back.  Keeps what the engine must not touch: alpha,
 * pixels outside the selection, colours that the engine cannot hold.
 */

#ifndef PLUGIN_DRAWABLE_IO_H
#define PLUGIN_DRAWABLE_IO_H

#include "dif.h"
#include "source.h"

/* The picture of source->region.  Colours beyond sRGB are clipped for
 * the engine, NaN is black, and the colour behind full transparency is
 * made up.  Errors: those of the engine's pictures.
 */
DifImage  *dif_source_read  (const DifSource   *source,
                             GError           **error);

/* Turns dest, a copy of the source's buffer, into the variation: result,
 * of the size of source->region, where the selection is full, and a
 * blend where it is partial.  Bit for bit as in the source stay: alpha,
 * pixels not selected, pixels that result does not change, and the
 * colour of pixels whose alpha is 0.  What was clipped on reading is put
 * back in the proportion kept (0..1).
 */
void       dif_source_write (const DifSource   *source,
                             const DifImage    *result,
                             double             kept,
                             GeglBuffer        *dest);

#endif
