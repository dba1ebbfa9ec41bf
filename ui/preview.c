/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview.c: the preview as a widget: its controls, keys and mouse.
 */

#include <math.h>
#include <string.h>

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "preview-private.h"

#define ZOOM_STEP  1.4142135623730951
#define SPLIT_STEP 0.02
#define GRIP       8.0            /* pixels about the line */

G_DEFINE_TYPE (DifPreview, dif_preview, GTK_TYPE_BOX)

enum { CALIBRATED, VIEW_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
update_zoom (DifPreview *preview)
{
  char *text = g_strdup_printf (_("%d %%"), (int) lround (
                                100.0 * preview->viewport.zoom));

  gtk_label_set_text (GTK_LABEL (preview->zoom_label), text);
  g_free (text);
  gtk_widget_queue_draw (preview->canvas);
  dif_preview_look (preview);
}

/* Screen pixels per pixel of GTK's. */
static double
scale_of (DifPreview *preview)
{
  return gtk_widget_get_scale_factor (preview->canvas);
}

static void
zoom_by (DifPreview *preview,
         double      factor,
         double      x,
         double      y)
{
  double scale = scale_of (preview);

  dif_viewport_zoom_at (&preview->viewport, preview->viewport.zoom * factor,
                        x * scale, y * scale);
  update_zoom (preview);
}

static void
zoom_middle (DifPreview *preview,
             double      factor)
{
  double scale = scale_of (preview);

  zoom_by (preview, factor, preview->viewport.width / 2.0 / scale,
           preview->viewport.height / 2.0 / scale);
}

void
dif_preview_set_zoom (DifPreview *preview,
                      double      zoom)
{
  zoom_middle (preview, zoom / preview->viewport.zoom);
}

static void
fit (DifPreview *preview)
{
  dif_viewport_fit (&preview->viewport);
  update_zoom (preview);
}

/* Canvas ------------------------------------------------------------- */

static gboolean
on_draw (GtkWidget *canvas,
         cairo_t   *cr,
         gpointer   data)
{
  DifPreview *preview = data;
  double      scale = scale_of (preview);

  gtk_render_background (gtk_widget_get_style_context (canvas), cr, 0, 0,
                         gtk_widget_get_allocated_width (canvas),
                         gtk_widget_get_allocated_height (canvas));
  cairo_save (cr);
  cairo_scale (cr, 1.0 / scale, 1.0 / scale);
  dif_preview_paint (preview, cr);
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
  DifPreview *preview = data;
  int         scale = (int) scale_of (preview);

  if (preview->viewport.width == allocation->width * scale
      && preview->viewport.height == allocation->height * scale)
    return;
  dif_viewport_resize (&preview->viewport, allocation->width * scale,
                       allocation->height * scale);
  update_zoom (preview);
}

static void
on_realize (GtkWidget *canvas,
            gpointer   data)
{
  dif_preview_look (data);
}

static gboolean
near_line (DifPreview *preview,
           double      x)
{
  double line = preview->split * preview->viewport.width / scale_of (preview);

  return preview->view == DIF_VIEW_SPLIT && fabs (x - line) < GRIP;
}

static gboolean
on_button (GtkWidget      *canvas,
           GdkEventButton *event,
           gpointer        data)
{
  DifPreview *preview = data;

  if (event->button != 1)
    return FALSE;
  gtk_widget_grab_focus (canvas);
  if (event->type == GDK_2BUTTON_PRESS)
    {
      if (preview->viewport.fit)
        zoom_by (preview, 1.0 / preview->viewport.zoom, event->x, event->y);
      else
        fit (preview);
    }
  preview->moving_split = near_line (preview, event->x);
  preview->last_x = event->x;
  preview->last_y = event->y;
  return TRUE;
}

static void
move_split (DifPreview *preview,
            double      split)
{
  preview->split = CLAMP (split, 0.0, 1.0);
  gtk_widget_queue_draw (preview->canvas);
}

static gboolean
on_motion (GtkWidget      *canvas,
           GdkEventMotion *event,
           gpointer        data)
{
  DifPreview *preview = data;
  double      scale = scale_of (preview);
  gboolean    line = near_line (preview, event->x);
  GdkCursor  *cursor;

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
      dif_viewport_pan (&preview->viewport, (event->x - preview->last_x) * scale,
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
  DifPreview *preview = data;
  double      dx = 0.0, dy = 0.0, scale = scale_of (preview);

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
    zoom_by (preview, pow (ZOOM_STEP, -dy), event->x, event->y);
  else
    {
      if (event->state & GDK_SHIFT_MASK)
        {
          dx = dy;
          dy = 0.0;
        }
      dif_viewport_pan (&preview->viewport, -40.0 * scale * dx,
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
  DifPreview *preview = data;
  double      step = 40.0 * scale_of (preview), dx = 0.0, dy = 0.0;

  switch (event->keyval)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom_middle (preview, ZOOM_STEP);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom_middle (preview, 1.0 / ZOOM_STEP);
      return TRUE;
    case GDK_KEY_0:
      fit (preview);
      return TRUE;
    case GDK_KEY_1:
      dif_preview_set_zoom (preview, 1.0);
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
  if (preview->view == DIF_VIEW_SPLIT && dx != 0.0)
    move_split (preview, preview->split + (dx < 0.0 ? SPLIT_STEP : -SPLIT_STEP));
  else
    {
      dif_viewport_pan (&preview->viewport, dx, dy);
      update_zoom (preview);
    }
  return TRUE;
}

static void
add_canvas (DifPreview *preview)
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
  g_signal_connect (canvas, "button-press-event", G_CALLBACK (on_button), preview);
  g_signal_connect (canvas, "motion-notify-event", G_CALLBACK (on_motion),
                    preview);
  g_signal_connect (canvas, "scroll-event", G_CALLBACK (on_scroll), preview);
  g_signal_connect (canvas, "key-press-event", G_CALLBACK (on_key), preview);
  gtk_frame_set_shadow_type (GTK_FRAME (frame), GTK_SHADOW_IN);
  gtk_container_add (GTK_CONTAINER (frame), canvas);
  gtk_box_pack_start (GTK_BOX (preview), frame, TRUE, TRUE, 0);
}

/* Controls ----------------------------------------------------------- */

void
dif_preview_set_view (DifPreview *preview,
                      DifView     view)
{
  int i;

  preview->view = view;
  preview->settling = TRUE;
  for (i = 0; i < DIF_N_VIEWS; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (preview->buttons[i]),
                                  i == (int) view);
  preview->settling = FALSE;
  gtk_widget_queue_draw (preview->canvas);
  g_signal_emit (preview, signals[VIEW_CHANGED], 0);
}

static void
on_view (GtkToggleButton *button,
         gpointer         data)
{
  DifPreview *preview = data;
  int         i;

  if (preview->settling)
    return;
  for (i = 0; i < DIF_N_VIEWS; i++)
    if (preview->buttons[i] == GTK_WIDGET (button))
      dif_preview_set_view (preview, (DifView) i);
}

static void
on_zoom_in (GtkButton *button,
            gpointer   data)
{
  zoom_middle (data, ZOOM_STEP);
}

static void
on_zoom_out (GtkButton *button,
             gpointer   data)
{
  zoom_middle (data, 1.0 / ZOOM_STEP);
}

static void
on_zoom_fit (GtkButton *button,
             gpointer   data)
{
  fit (data);
}

static void
on_zoom_full (GtkButton *button,
              gpointer   data)
{
  dif_preview_set_zoom (data, 1.0);
}

static void
add_zoom_button (DifPreview *preview,
                 GtkWidget  *box,
                 const char *icon,
                 const char *name,
                 GCallback   callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon, GTK_ICON_SIZE_MENU);

  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  gtk_button_set_relief (GTK_BUTTON (button), GTK_RELIEF_NONE);
  g_signal_connect (button, "clicked", callback, preview);
  gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
}

static GtkWidget *
view_buttons (DifPreview *preview)
{
  static const struct { const char *label, *help; } texts[DIF_N_VIEWS] = {
    [DIF_VIEW_SOURCE]   = { N_("La_yer"), N_("The layer as it is") },
    [DIF_VIEW_NOISED]   = { N_("_Noised"),
                            N_("The layer where the way into noise turns") },
    [DIF_VIEW_RESTORED] = { N_("Rest_ored"), N_("The first variation") },
    [DIF_VIEW_SPLIT]    = { N_("Spl_it"),
                            N_("The layer on the left, the first variation on "
                               "the right; drag the line between them") }
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  int        i;

  gtk_style_context_add_class (gtk_widget_get_style_context (box), "linked");
  for (i = 0; i < DIF_N_VIEWS; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_mnemonic (_(texts[i].label));

      gtk_widget_set_tooltip_text (button, _(texts[i].help));
      g_signal_connect (button, "toggled", G_CALLBACK (on_view), preview);
      gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
      preview->buttons[i] = button;
    }
  return box;
}

static void
add_controls (DifPreview *preview)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *zoom = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_pack_start (GTK_BOX (row), view_buttons (preview), FALSE, FALSE, 0);
  preview->zoom_label = gtk_label_new (NULL);
  gtk_label_set_width_chars (GTK_LABEL (preview->zoom_label), 6);
  gtk_label_set_xalign (GTK_LABEL (preview->zoom_label), 1.0f);
  gtk_box_pack_start (GTK_BOX (zoom), preview->zoom_label, FALSE, FALSE, 6);
  add_zoom_button (preview, zoom, "zoom-out", _("Zoom out"),
                   G_CALLBACK (on_zoom_out));
  add_zoom_button (preview, zoom, "zoom-in", _("Zoom in"),
                   G_CALLBACK (on_zoom_in));
  add_zoom_button (preview, zoom, "zoom-original", _("Zoom to 100 %"),
                   G_CALLBACK (on_zoom_full));
  add_zoom_button (preview, zoom, "zoom-fit-best", _("Show the whole layer"),
                   G_CALLBACK (on_zoom_fit));
  gtk_box_pack_end (GTK_BOX (row), zoom, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (preview), row, FALSE, FALSE, 0);
}

static void
add_state (DifPreview *preview)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  preview->bar = gtk_progress_bar_new ();
  gtk_widget_set_opacity (preview->bar, 0.0);
  preview->state = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (preview->state), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (preview->state), PANGO_ELLIPSIZE_END);
  gtk_box_pack_start (GTK_BOX (box), preview->bar, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), preview->state, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (preview), box, FALSE, FALSE, 0);
}

/* The object --------------------------------------------------------- */

static void
dif_preview_init (DifPreview *preview)
{
  DifParams usual = DIF_PARAMS_INIT;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (preview),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (preview), 6);
  preview->params = usual;
  preview->split = 0.5;
  dif_viewport_init (&preview->viewport, 1, 1);
  add_controls (preview);
  add_canvas (preview);
  add_state (preview);
}

static void
dif_preview_dispose (GObject *object)
{
  DifPreview *preview = DIF_PREVIEW (object);
  int         i;

  if (preview->host)
    dif_preview_halt (preview);
  preview->host = NULL;
  g_clear_pointer (&preview->model, dif_model_unref);
  g_clear_pointer (&preview->message, g_free);
  g_clear_pointer (&preview->source, dif_picture_free);
  g_clear_pointer (&preview->noise, dif_image_free);
  g_clear_pointer (&preview->restored, dif_image_free);
  for (i = 0; i < DIF_VIEW_SPLIT; i++)
    dif_preview_shown_clear (&preview->shown[i]);
  G_OBJECT_CLASS (dif_preview_parent_class)->dispose (object);
}

static void
dif_preview_class_init (DifPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dif_preview_dispose;
  signals[CALIBRATED] = g_signal_new ("calibrated", DIF_TYPE_PREVIEW,
                                      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, G_TYPE_DOUBLE,
                                      G_TYPE_DOUBLE);
  signals[VIEW_CHANGED] = g_signal_new ("view-changed", DIF_TYPE_PREVIEW,
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
}

GtkWidget *
dif_preview_new (const DifHost *host,
                 DifWorker     *worker)
{
  DifPreview *preview = g_object_new (DIF_TYPE_PREVIEW, NULL);

  preview->host = host;
  preview->worker = worker;
  dif_viewport_init (&preview->viewport, host->width, host->height);
  dif_preview_set_view (preview, DIF_VIEW_SPLIT);
  return GTK_WIDGET (preview);
}

void
dif_preview_set_model (DifPreview *preview,
                       DifModel   *model,
                       const char *message)
{
  g_clear_pointer (&preview->model, dif_model_unref);
  preview->model = model ? dif_model_ref (model) : NULL;
  g_free (preview->message);
  preview->message = g_strdup (message);
  dif_preview_renew (preview, TRUE);
}

void
dif_preview_set_params (DifPreview      *preview,
                        const DifParams *params)
{
  DifParams old = preview->params;
  gboolean  noise = old.seed != params->seed || old.vary != params->vary
                    || old.vary_seed != params->vary_seed;

  if (! noise && old.strength == params->strength && old.steps == params->steps
      && old.sampler == params->sampler && old.eta == params->eta
      && old.tileable == params->tileable
      && old.keep_colours == params->keep_colours)
    return;
  preview->params = *params;
  dif_preview_renew (preview, noise);
}

gboolean
dif_preview_is_final (DifPreview *preview)
{
  return preview->made.width > 0 && preview->task == 0 && preview->timer == 0
         && preview->reader == NULL;
}
