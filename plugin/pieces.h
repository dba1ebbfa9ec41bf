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
#define DIF_PIECE_PIXELS (1 << 16)

typedef struct
{
  GeglRectangle all;
  int           x;
  int           y;
} DifPieces;

void     dif_pieces_begin (DifPieces           *pieces,
                           const GeglRectangle *all);

/* The next piece; FALSE if there is none. */
gboolean dif_pieces_next  (DifPieces           *pieces,
                           GeglRectangle       *piece);

#endif
