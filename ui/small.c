/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * small.c: see small.h.
 */

#include <math.h>

#include "rect.h"
#include "scale.h"
#include "small.h"

/* Where a part of that length begins on the grid: with its middle as near to
 * centre as can be in what begins at first and is whole long.
 */
static int
begin (int    first,
       int    whole,
       int    length,
       int    grid,
       double centre)
{
  double at = CLAMP (centre - first - length / 2.0, 0.0, whole - length);

  return first + (int) (at / grid) * grid;
}

gboolean
dif_ui_small_move (DifUiSmall *small,
                   double      x,
                   double      y)
{
  DifRect work = small->host->work, area;
  int     f = small->reduction;

  area.width = MIN (work.width, small->width * f);
  area.height = MIN (work.height, small->height * f);
  area.x = begin (work.x, work.width, area.width, f, x);
  area.y = begin (work.y, work.height, area.height, f, y);
  if (dif_ui_rect_equal (&area, &small->area))
    return FALSE;
  dif_ui_small_clear (small);
  small->area = area;
  return TRUE;
}

/* How much the host's layer is reduced, and the part around a place. */
static void
measure (DifUiSmall *small,
         double      x,
         double      y)
{
  DifRect work = small->host->work;

  small->reduction = MAX ((work.width + small->width - 1) / small->width,
                          (work.height + small->height - 1) / small->height);
  small->reduction = CLAMP (small->reduction, 1, small->max_reduction);
  dif_ui_small_move (small, x, y);
}

void
dif_ui_small_init (DifUiSmall      *small,
                   const DifUiHost *host,
                   int              width,
                   int              height,
                   int              scale,
                   int              max_reduction,
                   GSourceFunc      ready,
                   DifUiSmallFailed failed,
                   gpointer         data)
{
  DifRect work = host->work;

  *small = (DifUiSmall) { .host = host, .width = width * scale,
                          .height = height * scale, .scale = scale,
                          .max_reduction = max_reduction, .ready = ready,
                          .failed = failed, .data = data };
  measure (small, work.x + work.width / 2.0, work.y + work.height / 2.0);
}

void
dif_ui_small_renew (DifUiSmall *small)
{
  gboolean wanted = small->reader != NULL;
  DifRect  area = small->area;

  if (! small->host)
    return;
  dif_ui_small_clear (small);
  measure (small, area.x + area.width / 2.0, area.y + area.height / 2.0);
  if (wanted)
    dif_ui_small_read (small);
}

void
dif_ui_small_set_reach (DifUiSmall *small,
                        int         max_reduction)
{
  if (small->max_reduction == max_reduction)
    return;
  small->max_reduction = max_reduction;
  dif_ui_small_renew (small);
}

gboolean
dif_ui_small_is_part (const DifUiSmall *small)
{
  return small->area.width < small->host->work.width
         || small->area.height < small->host->work.height;
}

void
dif_ui_small_clear (DifUiSmall *small)
{
  g_clear_pointer (&small->reader, dif_ui_reader_free);
  g_clear_pointer (&small->picture, dif_ui_picture_free);
}

static void
on_read (DifUiPicture *picture,
         const GError *error,
         gpointer      data)
{
  DifUiSmall *small = data;

  small->picture = picture;
  if (picture)
    {
      small->ready (small->data);
      return;
    }
  /* The next call of dif_ui_small_read() tries again. */
  g_clear_pointer (&small->reader, dif_ui_reader_free);
  small->failed (error, small->data);
}

void
dif_ui_small_read (DifUiSmall *small)
{
  if (! small->reader)
    small->reader = dif_ui_reader_new (small->host, &small->area,
                                       small->reduction, TRUE, on_read, small);
}

DifParams
dif_ui_small_params (const DifUiSmall *small,
                     const DifParams  *params)
{
  DifParams made = *params;

  made.num_variations = 1;
  made.reduction = small->reduction;
  made.origin_x = small->area.x;
  made.origin_y = small->area.y;
  made.tileable = params->tileable && ! dif_ui_small_is_part (small);
  made.scale_side = MIN (small->host->width, small->host->height);
  return made;
}

static double
noise_ratio (const DifModel *model,
             int             t)
{
  double abar = dif_model_alpha_bar (model, t);

  return sqrt ((1.0 - abar) / MAX (abar, 1e-12));
}

int
dif_ui_small_whole_t (const DifUiSmall *small,
                      const DifModel   *model,
                      const DifParams  *params,
                      double            t)
{
  double ratio = noise_ratio (model, (int) lround (t)) * small->reduction;
  int    low = 0;
  int    high = dif_strength_to_t (model, params->strength);

  while (low < high)
    {
      int middle = (low + high) / 2;

      if (noise_ratio (model, middle) < ratio)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

DifImage *
dif_ui_small_cut (const DifUiSmall *small,
                  const DifImage   *whole)
{
  const DifImage *picture = small->picture->rgb;
  GError         *error = NULL;
  DifImage       *part = dif_ui_scale (whole, small->host->width,
                                       small->host->height, &small->area,
                                       picture->width, picture->height, &error);

  if (! part)
    small->failed (error, small->data);
  g_clear_error (&error);
  return part;
}

DifImage *
dif_ui_small_copy (const DifUiSmall *small)
{
  GError   *error = NULL;
  DifImage *copy = dif_image_copy (small->picture->rgb, &error);

  if (! copy)
    small->failed (error, small->data);
  g_clear_error (&error);
  return copy;
}

void
dif_ui_small_show (const DifUiSmall *small,
                   const DifImage   *colours,
                   GtkImage         *image)
{
  GError          *error = NULL;
  cairo_surface_t *surface = dif_ui_picture_to_surface (small->picture, colours,
                                                        &error);

  if (! surface)
    {
      small->failed (error, small->data);
      g_error_free (error);
      return;
    }
  cairo_surface_set_device_scale (surface, small->scale, small->scale);
  gtk_image_set_from_surface (image, surface);
  cairo_surface_destroy (surface);
}
