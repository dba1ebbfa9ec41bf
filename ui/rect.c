/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rect.c: see rect.h.
 */

#include "rect.h"

DifRect
dif_ui_rect_intersect (const DifRect *a,
                       const DifRect *b)
{
  DifRect both;

  both.x = MAX (a->x, b->x);
  both.y = MAX (a->y, b->y);
  both.width = MAX (0, MIN (a->x + a->width, b->x + b->width) - both.x);
  both.height = MAX (0, MIN (a->y + a->height, b->y + b->height) - both.y);
  if (both.width == 0 || both.height == 0)
    both.width = both.height = 0;
  return both;
}

gboolean
dif_ui_rect_equal (const DifRect *a,
                   const DifRect *b)
{
  return a->x == b->x && a->y == b->y && a->width == b->width
         && a->height == b->height;
}

gboolean
dif_ui_rect_covers (const DifRect *outer,
                    const DifRect *inner)
{
  DifRect both = dif_ui_rect_intersect (outer, inner);

  return dif_ui_rect_equal (&both, inner);
}
