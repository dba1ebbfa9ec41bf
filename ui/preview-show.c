/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-show.c: pictures become surfaces when they change; painting
 * only lays them on the window.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "preview-private.h"

void
dif_preview_shown_clear (DifShown *shown)
{
  g_clear_pointer (&shown->surface, cairo_surface_destroy);
}

void
dif_preview_say (DifPreview *preview,
                 const char *text,
                 double      fraction)
{
  gtk_label_set_text (GTK_LABEL (preview->state), text);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (preview->bar),
                                 CLAMP (fraction, 0.0, 1.0));
  gtk_widget_set_opacity (preview->bar, fraction < 0.0 ? 0.0 : 1.0);
}

/* The part that is seen of what was read, in its pixels; FALSE if none. */
static gboolean
seen_of_source (DifPreview *preview,
                DifRect    *layer,
                DifRect    *pixels)
{
  DifRect seen = dif_viewport_visible (&preview->viewport);
  int     f = preview->reduction;

  if (! preview->source)
    return FALSE;
  *layer = dif_rect_intersect (&seen, &preview->rect);
  if (layer->width == 0)
    return FALSE;
  pixels->x = (layer->x - preview->rect.x) / f;
  pixels->y = (layer->y - preview->rect.y) / f;
  pixels->width = MIN (MAX (1, layer->width / f),
                       preview->source->rgb->width - pixels->x);
  pixels->height = MIN (MAX (1, layer->height / f),
                        preview->source->rgb->height - pixels->y);
  layer->x = preview->rect.x + pixels->x * f;
  layer->y = preview->rect.y + pixels->y * f;
  layer->width = pixels->width * f;
  layer->height = pixels->height * f;
  return pixels->width > 0 && pixels->height > 0;
}

/* colours: of what is seen, or NULL for the source's own. */
static void
show (DifPreview       *preview,
      DifView           view,
      const DifPicture *part,
      const DifImage   *colours,
      const DifRect    *layer)
{
  DifShown *shown = &preview->shown[view];

  dif_preview_shown_clear (shown);
  shown->surface = dif_picture_to_surface (part, colours);
  shown->rect = *layer;
  shown->reduction = preview->reduction;
  gtk_widget_queue_draw (preview->canvas);
}

void
dif_preview_show_source (DifPreview *preview)
{
  DifRect     layer, pixels;
  DifPicture *part;

  if (! seen_of_source (preview, &layer, &pixels))
    return;
  part = dif_picture_crop (preview->source, &pixels, NULL);
  if (part)
    show (preview, DIF_VIEW_SOURCE, part, NULL, &layer);
  dif_picture_free (part);
}

/* Noise is laid on the part of image that a run works on. */
static void
add_noise (DifPreview    *preview,
           DifImage      *image,
           const DifRect *layer,
           const DifRect *pixels)
{
  const DifImage *noise = preview->noise;
  DifRect         work = dif_preview_seen_work (preview);
  DifParams       params = dif_preview_part_params (preview, &preview->rect,
                                                    preview->reduction);
  double          abar = dif_params_alpha_bar (preview->model, &params);
  float           keep = (float) sqrt (abar);
  float           add = (float) sqrt (1.0 - abar);
  int             f = preview->reduction, c, x, y;
  int             left, top, right, bottom;

  left = (work.x - layer->x) / f;
  top = (work.y - layer->y) / f;
  right = MIN (image->width, left + work.width / f);
  bottom = MIN (image->height, top + work.height / f);
  for (c = 0; c < 3; c++)
    for (y = MAX (0, top); y < bottom; y++)
      {
        float       *to = image->rgb + ((gsize) c * image->height + y)
                          * image->width;
        const float *from = noise->rgb
                            + ((gsize) c * noise->height + pixels->y + y)
                              * noise->width + pixels->x;

        for (x = MAX (0, left); x < right; x++)
          to[x] = keep * CLAMP (to[x], -1.0f, 1.0f) + add * from[x];
      }
}

void
dif_preview_show_noised (DifPreview *preview)
{
  DifRect     layer, pixels;
  DifPicture *part;
  DifImage   *noised = NULL;

  if (! preview->noise || ! preview->model
      || ! seen_of_source (preview, &layer, &pixels))
    return;
  part = dif_picture_crop (preview->source, &pixels, NULL);
  if (part)
    noised = dif_picture_crop_image (preview->source->rgb, &pixels, NULL);
  if (noised)
    {
      add_noise (preview, noised, &layer, &pixels);
      show (preview, DIF_VIEW_NOISED, part, noised, &layer);
    }
  dif_image_free (noised);
  dif_picture_free (part);
}

void
dif_preview_show_restored (DifPreview *preview)
{
  DifRect     layer, pixels;
  DifPicture *part;
  DifImage   *colours = NULL;

  if (! preview->restored || ! seen_of_source (preview, &layer, &pixels))
    return;
  part = dif_picture_crop (preview->source, &pixels, NULL);
  if (part)
    colours = dif_picture_crop_image (preview->restored, &pixels, NULL);
  if (colours)
    show (preview, DIF_VIEW_RESTORED, part, colours, &layer);
  dif_image_free (colours);
  dif_picture_free (part);
}

/* Painting ----------------------------------------------------------- */

static void
paint_shown (DifPreview     *preview,
             cairo_t        *cr,
             const DifShown *shown)
{
  double zoom = preview->viewport.zoom, x, y;

  if (! shown->surface)
    return;
  dif_viewport_origin (&preview->viewport, &x, &y);
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
paint_line (DifPreview *preview,
            cairo_t    *cr,
            double      x,
            double      unit)
{
  const DifViewport *view = &preview->viewport;
  double             middle = view->height / 2.0, left, top, bottom;

  dif_viewport_origin (view, &left, &top);
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

/* The layer's rectangle becomes the clip. */
static void
clip_to_layer (DifPreview *preview,
               cairo_t    *cr)
{
  const DifViewport *view = &preview->viewport;
  double             x, y;

  dif_viewport_origin (view, &x, &y);
  cairo_rectangle (cr, x, y, floor (view->layer_width * view->zoom + 0.5),
                   floor (view->layer_height * view->zoom + 0.5));
  cairo_clip (cr);
}

void
dif_preview_paint (DifPreview *preview,
                   cairo_t    *cr)
{
  double line = floor (preview->split * preview->viewport.width);

  cairo_save (cr);
  clip_to_layer (preview, cr);
  if (preview->source && preview->source->alpha)
    dif_picture_checks (cr);
  if (preview->view != DIF_VIEW_SPLIT)
    {
      if (! preview->shown[preview->view].surface)
        paint_shown (preview, cr, &preview->shown[DIF_VIEW_SOURCE]);
      paint_shown (preview, cr, &preview->shown[preview->view]);
    }
  else
    {
      paint_shown (preview, cr, &preview->shown[DIF_VIEW_SOURCE]);
      cairo_save (cr);
      cairo_rectangle (cr, line, 0, preview->viewport.width,
                       preview->viewport.height);
      cairo_clip (cr);
      if (preview->source && preview->source->alpha)
        dif_picture_checks (cr);
      paint_shown (preview, cr, &preview->shown[DIF_VIEW_RESTORED]);
      cairo_restore (cr);
    }
  cairo_restore (cr);
  if (preview->view == DIF_VIEW_SPLIT)
    paint_line (preview, cr, line,
                gtk_widget_get_scale_factor (preview->canvas));
}
