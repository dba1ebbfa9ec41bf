/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-show.c: see preview-show.h.
 */

#include <math.h>

#include "preview-geometry.h"
#include "preview-show.h"
#include "preview-state.h"
#include "scale.h"

/* A surface that a thread makes, and what of. */
typedef struct
{
  DifUiView          view;
  DifUiPicture      *source;
  DifUiPicture      *other;    /* laid over it, or NULL */
  DifRect            pixels;   /* of source             */
  DifRect            whole;    /* other than empty: other is of the whole layer,
                                  which has this size   */
  DifUiOver          over;
  DifUiShown         shown;
} Paint;

void
dif_ui_preview_shown_clear (DifUiShown *shown)
{
  g_clear_pointer (&shown->surface, cairo_surface_destroy);
}

static void
paint_free (gpointer data)
{
  Paint *paint = data;

  dif_ui_picture_free (paint->source);
  dif_ui_picture_free (paint->other);
  dif_ui_preview_shown_clear (&paint->shown);
  g_free (paint);
}

/* Noise is laid on the part that a run works on. */
static gboolean
add_noise (DifUiPreview *preview,
           Paint        *paint)
{
  DifRect   work = dif_ui_preview_seen_work (preview);
  DifParams params;
  double    abar;

  if (! preview->noise || ! preview->model)
    return FALSE;
  params = dif_ui_preview_part_params (preview, &preview->rect,
                                       preview->reduction);
  abar = dif_params_alpha_bar (preview->model, &params);
  paint->other = dif_ui_picture_ref (preview->noise);
  paint->over.at = dif_ui_preview_in_source (preview, &work);
  if (work.width == 0)
    paint->over.at.width = 0;
  paint->over.x = paint->over.at.x;
  paint->over.y = paint->over.at.y;
  paint->over.picture_share = (float) sqrt (abar);
  paint->over.image_share = (float) sqrt (1.0 - abar);
  return TRUE;
}

static gboolean
add_restored (DifUiPreview *preview,
              Paint        *paint)
{
  if (! preview->restored)
    return FALSE;
  paint->other = dif_ui_picture_ref (preview->restored);
  if (preview->restored_whole)
    {
      paint->whole = preview->restored_rect;
      paint->over.at = paint->pixels;
      paint->over.image_share = 1.0f;
      return TRUE;
    }
  paint->over.at = dif_ui_preview_in_source (preview, &preview->restored_rect);
  paint->over.at.width = preview->restored->rgb->width;
  paint->over.at.height = preview->restored->rgb->height;
  paint->over.image_share = 1.0f;
  return TRUE;
}

static void
paint_in_thread (GTask        *task,
                 gpointer      object,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Paint    *paint = data;
  GError   *error = NULL;
  DifImage *scaled = NULL;

  paint->over.image = paint->other ? paint->other->rgb : NULL;
  if (paint->whole.width > 0)
    paint->over.image = scaled = dif_ui_scale (
      paint->other->rgb, paint->whole.width, paint->whole.height,
      &paint->shown.rect, paint->pixels.width, paint->pixels.height, &error);
  if (! error)
    paint->shown.surface = dif_ui_picture_paint (
      paint->source, &paint->pixels, paint->other ? &paint->over : NULL, &error);
  dif_image_free (scaled);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_painted (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  DifUiPreview *preview = data;
  Paint        *paint = g_task_get_task_data (G_TASK (result));
  DifUiView     view = paint->view;
  GError       *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  preview->painting[view] = FALSE;
  if (! preview->host)
    {
      g_clear_error (&error);
      return;
    }
  /* A surface of pictures that have been dropped since is dropped, too. */
  if (error)
    dif_ui_preview_fail (preview, error);
  else if (view == DIF_UI_VIEW_SOURCE
           || (view == DIF_UI_VIEW_NOISED ? preview->noise : preview->restored))
    {
      dif_ui_preview_shown_clear (&preview->shown[view]);
      preview->shown[view] = paint->shown;
      paint->shown.surface = NULL;
      gtk_widget_queue_draw (preview->canvas);
    }
  g_clear_error (&error);
  if (preview->stale[view])
    dif_ui_preview_show (preview, view);
}

void
dif_ui_preview_show (DifUiPreview *preview,
                     DifUiView     view)
{
  gboolean  wanted = preview->view == view
                     || (preview->view == DIF_UI_VIEW_SPLIT
                         && view != DIF_UI_VIEW_NOISED);
  Paint    *paint;
  gboolean  good;
  GTask    *task;

  preview->stale[view] = TRUE;
  if (! wanted || preview->painting[view])
    return;
  paint = g_new0 (Paint, 1);
  paint->view = view;
  good = dif_ui_preview_seen_source (preview, &paint->shown.rect,
                                     &paint->pixels);
  if (good && view == DIF_UI_VIEW_NOISED)
    good = add_noise (preview, paint);
  else if (good && view == DIF_UI_VIEW_RESTORED)
    good = add_restored (preview, paint);
  if (! good)
    {
      paint_free (paint);
      return;
    }
  paint->source = dif_ui_picture_ref (preview->source);
  paint->shown.reduction = preview->reduction;
  preview->stale[view] = FALSE;
  preview->painting[view] = TRUE;
  task = g_task_new (preview, NULL, on_painted, preview);
  g_task_set_task_data (task, paint, paint_free);
  g_task_run_in_thread (task, paint_in_thread);
  g_object_unref (task);
}

void
dif_ui_preview_show_all (DifUiPreview *preview)
{
  int view;

  for (view = 0; view < DIF_UI_VIEW_SPLIT; view++)
    dif_ui_preview_show (preview, (DifUiView) view);
}
