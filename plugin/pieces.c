/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pieces.c: see pieces.h.
 */

#include "pieces.h"

#define TILE 64

void
dif_gimp_pieces_begin (DifGimpPieces       *pieces,
                       const GeglRectangle *all)
{
  pieces->all = *all;
  pieces->x = all->x;
  pieces->y = all->y;
}

/* The last end of a tile that is at most most pixels after i, or end if that
 * comes first.
 */
static int
cut (int i,
     int most,
     int end)
{
  int next = (i + most) & ~(TILE - 1);

  return MIN (end, next > i ? next : i + most);
}

gboolean
dif_gimp_pieces_next (DifGimpPieces *pieces,
                      GeglRectangle *piece)
{
  const GeglRectangle *all = &pieces->all;
  int                  right, bottom;

  if (pieces->y >= all->y + all->height || all->width <= 0)
    return FALSE;
  bottom = cut (pieces->y, TILE, all->y + all->height);
  right = cut (pieces->x, DIF_GIMP_PIECE_PIXELS / TILE, all->x + all->width);
  *piece = (GeglRectangle) { pieces->x, pieces->y, right - pieces->x,
                             bottom - pieces->y };
  pieces->x = right;
  if (right >= all->x + all->width)
    {
      pieces->x = all->x;
      pieces->y = bottom;
    }
  return TRUE;
}
