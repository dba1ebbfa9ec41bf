/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-canvas.c: see preview-canvas.h.
 */

#include <math.h>

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "preview-canvas.h"
#include "preview-paint.h"
#include "preview-read.h"

#define SPLIT_STEP 0.02
#define GRIP       8.0            /* pixels about the line */

/* Zoom --------------------------------------------------------------- */

static void
update_zoom (DifUiPreview *preview)
{
  char *text = g_strdup_printf (_("%d %%"), (int) lround (
                                100.0 * preview->viewport.zoom));

  gtk_label_set_text (GTK_LABEL (preview->zoom_label), text);
  g_free (text);
  gtk_widget_queue_draw (preview->canvas);
  dif_ui_preview_look (preview);
  g_signal_emit_by_name (preview, "view-changed");
}

/* Screen pixels per pixel of GTK's. */
static double
scale_of (DifUiPreview *preview)
{
  return gtk_widget_get_scale_factor (preview->canvas);
}

static void
zoom_by (DifUiPreview *preview,
         double        factor,
         double        x,
         double        y)
{
  double scale = scale_of (preview);

  dif_ui_viewport_zoom_at (&preview->viewport, preview->viewport.zoom * factor,
                           x * scale, y * scale);
  update_zoom (preview);
}

void
dif_ui_preview_zoom_by (DifUiPreview *preview,
                        double        factor)
{
  double scale = scale_of (preview);

  zoom_by (preview, factor, preview->viewport.width / 2.0 / scale,
           preview->viewport.height / 2.0 / scale);
}

void
dif_ui_preview_set_zoom (DifUiPreview *preview,
                         double        zoom)
{
  dif_ui_preview_zoom_by (preview, zoom / preview->viewport.zoom);
}

void
dif_ui_preview_fit (DifUiPreview *preview)
{
  dif_ui_viewport_fit (&preview->viewport);
  update_zoom (preview);
}

/* Canvas ------------------------------------------------------------- */

static gboolean
on_draw (GtkWidget *canvas,
         cairo_t   *cr,
         gpointer   data)
{
  DifUiPreview *preview = data;
  double        scale = scale_of (preview);

  gtk_render_background (gtk_widget_get_style_context (canvas), cr, 0, 0,
                         gtk_widget_get_allocated_width (canvas),
                         gtk_widget_get_allocated_height (canvas));
  cairo_save (cr);
  cairo_scale (cr, 1.0 / scale, 1.0 / scale);
  dif_ui_preview_paint (preview, cr);
  cairo_restore (cr);
  if (gtk_widget_has_visible_focus (canvas))
    gtk_render_focus (gtk_widget_get_style_context (canvas), cr, 0, 0,
                      gtk_widget_get_allocated_width (canvas),
                      gtk_widget_get_allocated_height (canvas));
  return TRUE;
}

static void
on_allocate (GtkWidget     *canvas,
             GtkAllocation *allocation,
             gpointer       data)
{
  DifUiPreview *preview = data;
  int           scale = (int) scale_of (preview);

  if (preview->viewport.width == allocation->width * scale
      && preview->viewport.height == allocation->height * scale)
    return;
  dif_ui_viewport_resize (&preview->viewport, allocation->width * scale,
                          allocation->height * scale);
  update_zoom (preview);
}

static void
on_realize (GtkWidget *canvas,
            gpointer   data)
{
  dif_ui_preview_look (data);
  g_signal_emit_by_name (data, "view-changed");
}

static gboolean
near_line (DifUiPreview *preview,
           double        x)
{
  double line = preview->split * preview->viewport.width / scale_of (preview);

  return preview->view == DIF_UI_VIEW_SPLIT && fabs (x - line) < GRIP;
}

static gboolean
on_button (GtkWidget      *canvas,
           GdkEventButton *event,
           gpointer        data)
{
  DifUiPreview *preview = data;

  if (event->button != 1)
    return FALSE;
  gtk_widget_grab_focus (canvas);
  if (event->type == GDK_2BUTTON_PRESS)
    {
      if (preview->viewport.fit)
        zoom_by (preview, 1.0 / preview->viewport.zoom, event->x, event->y);
      else
        dif_ui_preview_fit (preview);
    }
  preview->moving_split = near_line (preview, event->x);
  preview->last_x = event->x;
  preview->last_y = event->y;
  return TRUE;
}

static void
move_split (DifUiPreview *preview,
            double        split)
{
  preview->split = CLAMP (split, 0.0, 1.0);
  gtk_widget_queue_draw (preview->canvas);
}

static gboolean
on_motion (GtkWidget      *canvas,
           GdkEventMotion *event,
           gpointer        data)
{
  DifUiPreview *preview = data;
  double        scale = scale_of (preview);
  gboolean      line = near_line (preview, event->x);
  GdkCursor    *cursor;

  if (! (event->state & GDK_BUTTON1_MASK))
    {
      cursor = gdk_cursor_new_from_name (gtk_widget_get_display (canvas),
                                         line ? "col-resize" : "grab");
      gdk_window_set_cursor (gtk_widget_get_window (canvas), cursor);
      g_clear_object (&cursor);
      return FALSE;
    }
  if (preview->moving_split)
    move_split (preview, event->x * scale / preview->viewport.width);
  else
    {
      dif_ui_viewport_pan (&preview->viewport,
                           (event->x - preview->last_x) * scale,
                           (event->y - preview->last_y) * scale);
      update_zoom (preview);
    }
  preview->last_x = event->x;
  preview->last_y = event->y;
  return TRUE;
}

static gboolean
on_scroll (GtkWidget      *canvas,
           GdkEventScroll *event,
           gpointer        data)
{
  DifUiPreview *preview = data;
  double        dx = 0.0, dy = 0.0, scale = scale_of (preview);

  switch (event->direction)
    {
    case GDK_SCROLL_UP:
      dy = -1.0;
      break;
    case GDK_SCROLL_DOWN:
      dy = 1.0;
      break;
    case GDK_SCROLL_LEFT:
      dx = -1.0;
      break;
    case GDK_SCROLL_RIGHT:
      dx = 1.0;
      break;
    default:
      gdk_event_get_scroll_deltas ((GdkEvent *) event, &dx, &dy);
    }
  if (event->state & GDK_CONTROL_MASK)
    zoom_by (preview, pow (DIF_UI_ZOOM_STEP, -dy), event->x, event->y);
  else
    {
      if (event->state & GDK_SHIFT_MASK)
        {
          dx = dy;
          dy = 0.0;
        }
      dif_ui_viewport_pan (&preview->viewport, -40.0 * scale * dx,
                           -40.0 * scale * dy);
      update_zoom (preview);
    }
  return TRUE;
}

/* Arrows move the line or the picture, + - 0 1 zoom. */
static gboolean
on_key (GtkWidget   *canvas,
        GdkEventKey *event,
        gpointer     data)
{
  DifUiPreview *preview = data;
  double        step = 40.0 * scale_of (preview), dx = 0.0, dy = 0.0;

  switch (event->keyval)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      dif_ui_preview_zoom_by (preview, DIF_UI_ZOOM_STEP);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      dif_ui_preview_zoom_by (preview, 1.0 / DIF_UI_ZOOM_STEP);
      return TRUE;
    case GDK_KEY_0:
      dif_ui_preview_fit (preview);
      return TRUE;
    case GDK_KEY_1:
      dif_ui_preview_set_zoom (preview, 1.0);
      return TRUE;
    case GDK_KEY_Left:
      dx = step;
      break;
    case GDK_KEY_Right:
      dx = -step;
      break;
    case GDK_KEY_Up:
      dy = step;
      break;
    case GDK_KEY_Down:
      dy = -step;
      break;
    default:
      return FALSE;
    }
  if (preview->view == DIF_UI_VIEW_SPLIT && dx != 0.0)
    move_split (preview,
                preview->split + (dx < 0.0 ? SPLIT_STEP : -SPLIT_STEP));
  else
    {
      dif_ui_viewport_pan (&preview->viewport, dx, dy);
      update_zoom (preview);
    }
  return TRUE;
}

void
dif_ui_preview_add_canvas (DifUiPreview *preview)
{
  GtkWidget *canvas = gtk_drawing_area_new ();
  GtkWidget *frame = gtk_frame_new (NULL);
  AtkObject *access = gtk_widget_get_accessible (canvas);

  preview->canvas = canvas;
  atk_object_set_name (access, _("Preview"));
  atk_object_set_description (access, _("The layer as it is, noised or restored. "
                                        "Drag to move it, turn the wheel with "
                                        "Ctrl held to zoom"));
  gtk_widget_set_can_focus (canvas, TRUE);
  gtk_widget_set_size_request (canvas, 420, 260);
  gtk_widget_set_hexpand (canvas, TRUE);
  gtk_widget_set_vexpand (canvas, TRUE);
  gtk_widget_add_events (canvas, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK
                                 | GDK_POINTER_MOTION_MASK | GDK_SCROLL_MASK
                                 | GDK_SMOOTH_SCROLL_MASK | GDK_KEY_PRESS_MASK);
  g_signal_connect (canvas, "draw", G_CALLBACK (on_draw), preview);
  g_signal_connect (canvas, "size-allocate", G_CALLBACK (on_allocate), preview);
  g_signal_connect_after (canvas, "realize", G_CALLBACK (on_realize), preview);
  g_signal_connect (canvas, "button-press-event", G_CALLBACK (on_button),
                    preview);
  g_signal_connect (canvas, "motion-notify-event", G_CALLBACK (on_motion),
                    preview);
  g_signal_connect (canvas, "scroll-event", G_CALLBACK (on_scroll), preview);
  g_signal_connect (canvas, "key-press-event", G_CALLBACK (on_key), preview);
  gtk_frame_set_shadow_type (GTK_FRAME (frame), GTK_SHADOW_IN);
  gtk_container_add (GTK_CONTAINER (frame), canvas);
  gtk_box_pack_start (GTK_BOX (preview), frame, TRUE, TRUE, 0);
}
