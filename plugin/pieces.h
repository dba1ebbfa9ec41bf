/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pieces.h: goes over a part of a drawable in pieces that end where GIMP's
 * tiles do, so small that one takes a few milliseconds: whoever works on
 * pixels in the main thread does one after the other and looks at the
 * clock in between.
 */

#ifndef PLUGIN_PIECES_H
#define PLUGIN_PIECES_H

#include <gegl.h>

/* Pixels of a piece, at most. */
#define DIF_GIMP_PIECE_PIXELS (1 << 16)

typedef struct
{
  GeglRectangle all;
  int           x;
  int           y;
} DifGimpPieces;

void     dif_gimp_pieces_begin (DifGimpPieces       *pieces,
                                const GeglRectangle *all);

/* The next piece; FALSE if there is none. */
gboolean dif_gimp_pieces_next  (DifGimpPieces       *pieces,
                                GeglRectangle       *piece);

#endif
