/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * viewport.h: the arithmetic of looking at a layer through a window:
 * zoom, centre, what is visible and how far it has to be reduced.
 */

#ifndef UI_VIEWPORT_H
#define UI_VIEWPORT_H

#include "dif.h"

#define DIF_UI_MAX_ZOOM 8.0   /* screen pixels per layer pixel */

typedef struct
{
  int      layer_width;
  int      layer_height;
  int      width;       /* of the window, in screen pixels          */
  int      height;
  double   zoom;        /* screen pixels per layer pixel            */
  double   x;           /* layer position in the window's middle    */
  double   y;
  gboolean fit;         /* the zoom follows the window's size       */
} DifUiViewport;

void    dif_ui_viewport_init      (DifUiViewport       *view,
                                   int                  layer_width,
                                   int                  layer_height);

/* The window has another size. */
void    dif_ui_viewport_resize    (DifUiViewport       *view,
                                   int                  width,
                                   int                  height);

/* The whole layer, no larger than 100 %. */
void    dif_ui_viewport_fit       (DifUiViewport       *view);

/* Zooms so that what lies at window position (x, y) stays there. */
void    dif_ui_viewport_zoom_at   (DifUiViewport       *view,
                                   double               zoom,
                                   double               x,
                                   double               y);

/* Moves the layer by screen pixels. */
void    dif_ui_viewport_pan       (DifUiViewport       *view,
                                   double               dx,
                                   double               dy);

/* Window position of layer position 0, 0. */
void    dif_ui_viewport_origin    (const DifUiViewport *view,
                                   double              *x,
                                   double              *y);

/* Layer pixels across one pixel of a picture that the window can show
 * without loss: 1 from 100 % on.
 */
int     dif_ui_viewport_reduction (const DifUiViewport *view);

/* The part of the layer that is seen, on a grid of the reduction. */
DifRect dif_ui_viewport_visible   (const DifUiViewport *view);

#endif
