/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-paint.c: see preview-paint.h.
 */

#include <math.h>

#include "preview-paint.h"

static void
paint_shown (DifUiPreview     *preview,
             cairo_t          *cr,
             const DifUiShown *shown)
{
  double zoom = preview->viewport.zoom, x, y;

  if (! shown->surface)
    return;
  dif_ui_viewport_origin (&preview->viewport, &x, &y);
  cairo_save (cr);
  cairo_translate (cr, x + shown->rect.x * zoom, y + shown->rect.y * zoom);
  cairo_scale (cr, zoom * shown->reduction, zoom * shown->reduction);
  cairo_set_source_surface (cr, shown->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            zoom >= 1.0 ? CAIRO_FILTER_NEAREST
                                        : CAIRO_FILTER_BILINEAR);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (shown->surface),
                   cairo_image_surface_get_height (shown->surface));
  cairo_fill (cr);
  cairo_restore (cr);
}

/* The line between the two halves, with a handle; unit is a pixel of
 * GTK's in screen pixels.
 */
static void
paint_line (DifUiPreview *preview,
            cairo_t      *cr,
            double        x,
            double        unit)
{
  const DifUiViewport *view = &preview->viewport;
  double               middle = view->height / 2.0, left, top, bottom;

  dif_ui_viewport_origin (view, &left, &top);
  bottom = MIN (top + view->layer_height * view->zoom, view->height);
  top = MAX (top, 0.0);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.5);
  cairo_rectangle (cr, x - 2 * unit, top, 4 * unit, bottom - top);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_rectangle (cr, x - unit, top, 2 * unit, bottom - top);
  cairo_fill (cr);
  cairo_arc (cr, x, middle, 8 * unit, 0, 2 * G_PI);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.5);
  cairo_set_line_width (cr, unit);
  cairo_stroke (cr);
}

/* The frame around what is marked, seen on light and dark. */
static void
paint_mark (DifUiPreview *preview,
            cairo_t      *cr,
            double        unit)
{
  const DifUiViewport *view = &preview->viewport;
  const DifRect       *mark = &preview->mark;
  double               x, y, width;

  dif_ui_viewport_origin (view, &x, &y);
  for (width = 3.0; width > 0.0; width -= 2.0)
    {
      cairo_rectangle (cr, floor (x + mark->x * view->zoom) + 0.5,
                       floor (y + mark->y * view->zoom) + 0.5,
                       floor (mark->width * view->zoom),
                       floor (mark->height * view->zoom));
      cairo_set_source_rgba (cr, width > 1.0 ? 0 : 1, width > 1.0 ? 0 : 1,
                             width > 1.0 ? 0 : 1, width > 1.0 ? 0.5 : 1.0);
      cairo_set_line_width (cr, width * unit);
      cairo_stroke (cr);
    }
}

/* The layer's rectangle becomes the clip. */
static void
clip_to_layer (DifUiPreview *preview,
               cairo_t      *cr)
{
  const DifUiViewport *view = &preview->viewport;
  double               x, y;

  dif_ui_viewport_origin (view, &x, &y);
  cairo_rectangle (cr, x, y, floor (view->layer_width * view->zoom + 0.5),
                   floor (view->layer_height * view->zoom + 0.5));
  cairo_clip (cr);
}

void
dif_ui_preview_paint (DifUiPreview *preview,
                      cairo_t      *cr)
{
  double line = floor (preview->split * preview->viewport.width);
  double unit = gtk_widget_get_scale_factor (preview->canvas);

  cairo_save (cr);
  clip_to_layer (preview, cr);
  if (preview->source && preview->source->alpha)
    dif_ui_picture_checks (cr);
  if (preview->view != DIF_UI_VIEW_SPLIT)
    {
      if (! preview->shown[preview->view].surface)
        paint_shown (preview, cr, &preview->shown[DIF_UI_VIEW_SOURCE]);
      paint_shown (preview, cr, &preview->shown[preview->view]);
    }
  else
    {
      paint_shown (preview, cr, &preview->shown[DIF_UI_VIEW_SOURCE]);
      cairo_save (cr);
      cairo_rectangle (cr, line, 0, preview->viewport.width,
                       preview->viewport.height);
      cairo_clip (cr);
      if (preview->source && preview->source->alpha)
        dif_ui_picture_checks (cr);
      paint_shown (preview, cr, &preview->shown[DIF_UI_VIEW_RESTORED]);
      cairo_restore (cr);
    }
  cairo_restore (cr);
  if (preview->mark.width > 0)
    paint_mark (preview, cr, unit);
  if (preview->view == DIF_UI_VIEW_SPLIT)
    paint_line (preview, cr, line, unit);
}
