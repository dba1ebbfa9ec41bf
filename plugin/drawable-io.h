/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * drawable-io.h: the only way from a layer's pixels to the engine's pictures
 * and back.  What the engine must not touch stays as it is: alpha, pixels
 * outside the selection, colours that the engine cannot hold.
 */

#ifndef PLUGIN_DRAWABLE_IO_H
#define PLUGIN_DRAWABLE_IO_H

#include "dif.h"
#include "source.h"

/* A piece of the source as R'G'B'A; free it with g_free().  Main thread
 * only.  Errors: MEMORY.
 */
float         *dif_gimp_source_get   (const DifGimpSource  *source,
                                      const GeglRectangle  *piece,
                                      GError              **error);

/* What of such a piece is selected, [height][width] in [0,1]; free it with
 * g_free().  source has a selection.  Main thread only.  Errors: MEMORY.
 */
float         *dif_gimp_source_get_selected (const DifGimpSource  *source,
                                             const GeglRectangle  *piece,
                                             GError              **error);

/* Puts such a piece where it belongs in image, and in alpha unless that is
 * NULL, both of the size of area, a part of the layer.  Colours beyond sRGB are
 * clipped for the engine if clip says so; NaN becomes black.  Any thread.
 */
void           dif_gimp_source_put   (const GeglRectangle *area,
                                      const GeglRectangle *piece,
                                      const float         *rgba,
                                      gboolean             clip,
                                      DifImage            *image,
                                      float               *alpha);

/* Makes dest, a copy of the source's buffer, into the variation, piece by
 * piece.  result has the size of source->region.  It is taken as it is where
 * the selection is full, or everywhere if the source is masked, and blended
 * where the selection is partial.  Where the engine saw the whole layer, result is
 * the source outside the selection's rectangle.
 *
 * Bit for bit as in the source stay: alpha, pixels that are not selected,
 * pixels that result does not change, and the colour of pixels whose alpha is
 * 0.  beyond, from 0 to 1, is the share of what was clipped on reading that is
 * added again; clip says that it was, and that result is to be.  fill: what is
 * transparent is filled, and becomes opaque as far as it is selected, or, masked,
 * wherever anything is.  source and result outlive the writer.  Errors: MEMORY.
 */
typedef struct _DifGimpWriter DifGimpWriter;

DifGimpWriter *dif_gimp_writer_new   (const DifGimpSource *source,
                                      const DifImage      *result,
                                      double               beyond,
                                      gboolean             clip,
                                      gboolean             fill,
                                      GeglBuffer          *dest,
                                      GError             **error);

/* FALSE when all is written. */
gboolean       dif_gimp_writer_next  (DifGimpWriter       *writer);

/* NULL is allowed. */
void           dif_gimp_writer_free  (DifGimpWriter       *writer);

#endif
