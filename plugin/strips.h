/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * strips.h: goes over a part of a drawable in pieces that end where GIMP's
 * tiles do, so small that one takes a few milliseconds: whoever works on
 * pixels in the main thread does one after the other and looks at the
 * clock in between.
 */

#ifndef PLUGIN_STRIPS_H
#define PLUGIN_STRIPS_H

#include <gegl.h>

/* Pixels of a piece, at most. */
#define DIF_STRIP_PIXELS (1 << 16)

typedef struct
{
  GeglRectangle all;
  int           x;
  int           y;
} DifStrips;

void     dif_strips_begin (DifStrips           *strips,
                           const GeglRectangle *all);

/* The next piece; FALSE if there is none. */
gboolean dif_strips_next  (DifStrips           *strips,
                           GeglRectangle       *piece);

#endif
