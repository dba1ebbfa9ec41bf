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

/* A piece of source->region as R'G'B'A, to be freed.  Main thread only.
 * Errors: MEMORY.
 */
float         *dif_gimp_source_get   (const DifGimpSource  *source,
                                      const GeglRectangle  *piece,
                                      GError              **error);

/* Puts it where it belongs in image, and in alpha where that is given,
 * both of the size of source->region.  Colours beyond sRGB are clipped for
 * the engine, NaN is black.  Any thread.
 */
void           dif_gimp_source_put   (const DifGimpSource *source,
                                      const GeglRectangle *piece,
                                      const float         *rgba,
                                      DifImage            *image,
                                      float               *alpha);

/* Turns dest, a copy of the source's buffer, piece by piece into the
 * variation: result, of the size of source->region, where the selection
 * is full, and a blend where it is partial; where the source is masked,
 * result in all of the region.  Bit for bit as in the source
 * stay: alpha, pixels not selected, pixels that result does not change,
 * and the colour of pixels whose alpha is 0.  What was clipped on reading
 * is put back in the proportion kept (0..1).  source and result outlive
 * it.  Errors: MEMORY.
 */
typedef struct _DifGimpWriter DifGimpWriter;

DifGimpWriter *dif_gimp_writer_new   (const DifGimpSource *source,
                                      const DifImage      *result,
                                      double               kept,
                                      GeglBuffer          *dest,
                                      GError             **error);

/* FALSE when all is written. */
gboolean       dif_gimp_writer_next  (DifGimpWriter       *writer);

/* NULL is allowed. */
void           dif_gimp_writer_free  (DifGimpWriter       *writer);

#endif
