/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * strips.c: see strips.h.
 */

#include "strips.h"

#define TILE 64

void
dif_strips_begin (DifStrips           *strips,
                  const GeglRectangle *all)
{
  strips->all = *all;
  strips->x = all->x;
  strips->y = all->y;
}

/* The end of a tile after i, at most most away, or end. */
static int
cut (int i,
     int most,
     int end)
{
  int next = (i + most) & ~(TILE - 1);

  return MIN (end, next > i ? next : i + most);
}

gboolean
dif_strips_next (DifStrips     *strips,
                 GeglRectangle *piece)
{
  const GeglRectangle *all = &strips->all;
  int                  right, bottom;

  if (strips->y >= all->y + all->height || all->width <= 0)
    return FALSE;
  bottom = cut (strips->y, TILE, all->y + all->height);
  right = cut (strips->x, DIF_STRIP_PIXELS / TILE, all->x + all->width);
  *piece = (GeglRectangle) { strips->x, strips->y, right - strips->x,
                             bottom - strips->y };
  strips->x = right;
  if (right >= all->x + all->width)
    {
      strips->x = all->x;
      strips->y = bottom;
    }
  return TRUE;
}
