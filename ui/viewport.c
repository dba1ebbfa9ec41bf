/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * viewport.c: see viewport.h.  Layers smaller than the window stay in
 * its middle, larger ones cannot be moved out of it.
 */

#include <math.h>

#include "viewport.h"

static double
fit_zoom (const DifUiViewport *view)
{
  double zoom = MIN ((double) view->width / view->layer_width,
                     (double) view->height / view->layer_height);

  return CLAMP (zoom, 1e-3, 1.0);
}

static double
hold (double centre,
      int    length,
      double seen)
{
  if (length <= seen)
    return length / 2.0;
  return CLAMP (centre, seen / 2.0, length - seen / 2.0);
}

static void
hold_within (DifUiViewport *view)
{
  view->x = hold (view->x, view->layer_width, view->width / view->zoom);
  view->y = hold (view->y, view->layer_height, view->height / view->zoom);
}

void
dif_ui_viewport_init (DifUiViewport *view,
                      int            layer_width,
                      int            layer_height)
{
  *view = (DifUiViewport) { .layer_width = layer_width,
                            .layer_height = layer_height,
                            .width = 1, .height = 1 };
  dif_ui_viewport_fit (view);
}

void
dif_ui_viewport_resize (DifUiViewport *view,
                        int            width,
                        int            height)
{
  view->width = MAX (1, width);
  view->height = MAX (1, height);
  if (view->fit)
    view->zoom = fit_zoom (view);
  hold_within (view);
}

void
dif_ui_viewport_fit (DifUiViewport *view)
{
  view->fit = TRUE;
  view->zoom = fit_zoom (view);
  hold_within (view);
}

void
dif_ui_viewport_zoom_at (DifUiViewport *view,
                         double         zoom,
                         double         x,
                         double         y)
{
  double least = MIN (fit_zoom (view), 1.0 / DIF_MAX_REDUCTION);
  double dx = x - view->width / 2.0, dy = y - view->height / 2.0;
  double at_x = view->x + dx / view->zoom, at_y = view->y + dy / view->zoom;

  view->fit = FALSE;
  view->zoom = CLAMP (zoom, least, DIF_UI_MAX_ZOOM);
  view->x = at_x - dx / view->zoom;
  view->y = at_y - dy / view->zoom;
  hold_within (view);
}

void
dif_ui_viewport_pan (DifUiViewport *view,
                     double         dx,
                     double         dy)
{
  view->x -= dx / view->zoom;
  view->y -= dy / view->zoom;
  hold_within (view);
}

void
dif_ui_viewport_origin (const DifUiViewport *view,
                        double              *x,
                        double              *y)
{
  *x = floor (view->width / 2.0 - view->x * view->zoom + 0.5);
  *y = floor (view->height / 2.0 - view->y * view->zoom + 0.5);
}

int
dif_ui_viewport_reduction (const DifUiViewport *view)
{
  return CLAMP ((int) floor (1.0 / view->zoom + 1e-6), 1, DIF_MAX_REDUCTION);
}

/* Widens from .. to to the grid, without leaving a layer of that length. */
static void
snap (double  from,
      double  to,
      int     length,
      int     grid,
      int    *start,
      int    *size)
{
  int last = MAX (1, length / grid);
  int a = CLAMP ((int) floor (from / grid), 0, last - 1);
  int b = CLAMP ((int) ceil (to / grid), a + 1, last);

  *start = a * grid;
  *size = MIN ((b - a) * grid, length);
}

DifRect
dif_ui_viewport_visible (const DifUiViewport *view)
{
  int     grid = dif_ui_viewport_reduction (view);
  double  half_x = view->width / 2.0 / view->zoom;
  double  half_y = view->height / 2.0 / view->zoom;
  DifRect seen;

  snap (view->x - half_x, view->x + half_x, view->layer_width, grid, &seen.x,
        &seen.width);
  snap (view->y - half_y, view->y + half_y, view->layer_height, grid, &seen.y,
        &seen.height);
  return seen;
}
