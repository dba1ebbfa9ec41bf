/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-geometry.c: see preview-geometry.h.
 */

#include "preview-geometry.h"
#include "rect.h"

/* dif_image_fill_transparent() averages squares of pixels, each level twice as
 * large as the one before.  In a part that lies on this grid the squares up to
 * so many pixels a side are those of the whole picture.
 */
#define GRID 64

DifParams
dif_ui_preview_part_params (DifUiPreview  *preview,
                            const DifRect *rect,
                            int            reduction)
{
  DifParams params = preview->params;

  params.num_variations = 1;
  params.reduction = reduction;
  params.origin_x = rect->x;
  params.origin_y = rect->y;
  params.scale_side = MIN (preview->host->width, preview->host->height);
  return params;
}

DifRect
dif_ui_preview_seen_work (DifUiPreview *preview)
{
  DifRect seen = dif_ui_viewport_visible (&preview->viewport);
  int     f = dif_ui_viewport_reduction (&preview->viewport);
  DifRect part = dif_ui_rect_intersect (&seen, &preview->host->work);

  /* On the grid of the picture, which begins where seen does. */
  if (f > 1 && part.width > 0)
    {
      int right = part.x + part.width, bottom = part.y + part.height;

      part.x = seen.x + (part.x - seen.x) / f * f;
      part.y = seen.y + (part.y - seen.y) / f * f;
      part.width = MAX (1, (right - part.x) / f) * f;
      part.height = MAX (1, (bottom - part.y) / f) * f;
    }
  return part;
}

DifRect
dif_ui_preview_area (DifUiPreview *preview,
                     DifRect      *fill)
{
  DifRect part = dif_ui_preview_seen_work (preview), area;
  DifRect work = preview->host->work;
  DifRect inside = { part.x - work.x, part.y - work.y, part.width,
                     part.height };
  int     right, bottom;

  dif_job_preview_area (preview->model, work.width, work.height,
                        &preview->params, &inside, &area);
  right = MIN (work.width, (area.x + area.width + GRID - 1) / GRID * GRID);
  bottom = MIN (work.height, (area.y + area.height + GRID - 1) / GRID * GRID);
  fill->x = area.x / GRID * GRID;
  fill->y = area.y / GRID * GRID;
  fill->width = right - fill->x;
  fill->height = bottom - fill->y;
  fill->x += work.x;
  fill->y += work.y;
  area.x += work.x;
  area.y += work.y;
  return area;
}

DifRect
dif_ui_preview_to_read (DifUiPreview *preview)
{
  DifRect seen = dif_ui_viewport_visible (&preview->viewport);
  DifRect part = dif_ui_preview_seen_work (preview), fill;
  int     right, bottom;

  if (! preview->model || part.width == 0
      || dif_ui_task_takes_whole (&preview->params)
      || dif_ui_viewport_reduction (&preview->viewport) > 1)
    return seen;
  dif_ui_preview_area (preview, &fill);
  right = MAX (seen.x + seen.width, fill.x + fill.width);
  bottom = MAX (seen.y + seen.height, fill.y + fill.height);
  seen.x = MIN (seen.x, fill.x);
  seen.y = MIN (seen.y, fill.y);
  seen.width = right - seen.x;
  seen.height = bottom - seen.y;
  return seen;
}

DifRect
dif_ui_preview_in_source (DifUiPreview  *preview,
                          const DifRect *part)
{
  int f = preview->reduction;

  return (DifRect) { (part->x - preview->rect.x) / f,
                     (part->y - preview->rect.y) / f,
                     MAX (1, part->width / f), MAX (1, part->height / f) };
}

gboolean
dif_ui_preview_seen_source (DifUiPreview *preview,
                            DifRect      *layer,
                            DifRect      *pixels)
{
  DifRect seen = dif_ui_viewport_visible (&preview->viewport);
  int     f = preview->reduction;

  if (! preview->source)
    return FALSE;
  *layer = dif_ui_rect_intersect (&seen, &preview->rect);
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
