/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview.c: the preview as a widget, and its controls.
 */

#include <glib/gi18n.h>

#include "preview.h"
#include "preview-canvas.h"
#include "preview-made.h"
#include "preview-noise.h"
#include "preview-private.h"
#include "preview-read.h"
#include "preview-show.h"
#include "preview-state.h"

G_DEFINE_TYPE (DifUiPreview, dif_ui_preview, GTK_TYPE_BOX)

/* Controls ----------------------------------------------------------- */

static void
set_view (DifUiPreview *preview,
          DifUiView     view)
{
  int i;

  preview->view = view;
  preview->settling = TRUE;
  for (i = 0; i < DIF_UI_N_VIEWS; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (preview->buttons[i]),
                                  i == (int) view);
  preview->settling = FALSE;
  for (i = 0; i < DIF_UI_VIEW_SPLIT; i++)
    if (preview->stale[i])
      dif_ui_preview_show (preview, (DifUiView) i);
  gtk_widget_queue_draw (preview->canvas);
}

static void
on_view (GtkToggleButton *button,
         gpointer         data)
{
  DifUiPreview *preview = data;
  int           i;

  if (preview->settling)
    return;
  for (i = 0; i < DIF_UI_N_VIEWS; i++)
    if (preview->buttons[i] == GTK_WIDGET (button))
      set_view (preview, (DifUiView) i);
}

static void
on_zoom_in (GtkButton *button,
            gpointer   data)
{
  dif_ui_preview_zoom_by (data, DIF_UI_ZOOM_STEP);
}

static void
on_zoom_out (GtkButton *button,
             gpointer   data)
{
  dif_ui_preview_zoom_by (data, 1.0 / DIF_UI_ZOOM_STEP);
}

static void
on_zoom_fit (GtkButton *button,
             gpointer   data)
{
  dif_ui_preview_fit (data);
}

static void
on_zoom_full (GtkButton *button,
              gpointer   data)
{
  dif_ui_preview_set_zoom (data, 1.0);
}

static void
add_zoom_button (DifUiPreview *preview,
                 GtkWidget    *box,
                 const char   *icon,
                 const char   *name,
                 GCallback     callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon, GTK_ICON_SIZE_MENU);

  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  gtk_button_set_relief (GTK_BUTTON (button), GTK_RELIEF_NONE);
  g_signal_connect (button, "clicked", callback, preview);
  gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
}

static GtkWidget *
view_buttons (DifUiPreview *preview)
{
  static const char *const labels[DIF_UI_N_VIEWS] = {
    [DIF_UI_VIEW_SOURCE]   = N_("Layer"),
    [DIF_UI_VIEW_NOISED]   = N_("Noised"),
    [DIF_UI_VIEW_RESTORED] = N_("Restored"),
    [DIF_UI_VIEW_SPLIT]    = N_("Split")
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  int        i;

  gtk_style_context_add_class (gtk_widget_get_style_context (box), "linked");
  for (i = 0; i < DIF_UI_N_VIEWS; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_(labels[i]));

      g_signal_connect (button, "toggled", G_CALLBACK (on_view), preview);
      gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
      preview->buttons[i] = button;
    }
  return box;
}

/* The buttons are those of the task. */
static void
show_task (DifUiPreview *preview)
{
  static const char *const helps[2][DIF_UI_N_VIEWS] = {
    {
      [DIF_UI_VIEW_SOURCE]   = N_("The layer as it is"),
      [DIF_UI_VIEW_NOISED]   = N_("The layer where the way into noise turns"),
      [DIF_UI_VIEW_RESTORED] = N_("The first variation"),
      [DIF_UI_VIEW_SPLIT]    = N_("The layer on the left, the first variation on "
                                  "the right; drag the line between them")
    },
    {
      [DIF_UI_VIEW_SOURCE]   = N_("The layer as it is"),
      [DIF_UI_VIEW_RESTORED] = N_("The layer without its noise"),
      [DIF_UI_VIEW_SPLIT]    = N_("The layer on the left, without its noise on "
                                  "the right; drag the line between them")
    }
  };
  gboolean restore = preview->params.task == DIF_JOB_RESTORE;
  gboolean noised = ! restore && ! dif_ui_task_takes_whole (&preview->params);
  int      i;

  for (i = 0; i < DIF_UI_N_VIEWS; i++)
    if (helps[restore][i])
      gtk_widget_set_tooltip_text (preview->buttons[i], _(helps[restore][i]));
  gtk_widget_set_no_show_all (preview->buttons[DIF_UI_VIEW_NOISED], ! noised);
  gtk_widget_set_visible (preview->buttons[DIF_UI_VIEW_NOISED], noised);
  gtk_button_set_label (GTK_BUTTON (preview->buttons[DIF_UI_VIEW_RESTORED]),
                        noised || restore ? _("Restored") : _("Variation"));
  if (! noised && preview->view == DIF_UI_VIEW_NOISED)
    set_view (preview, DIF_UI_VIEW_SPLIT);
}

static void
add_controls (DifUiPreview *preview)
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

/* The object --------------------------------------------------------- */

static void
dif_ui_preview_init (DifUiPreview *preview)
{
  DifParams usual = dif_params_default ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (preview),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (preview), 6);
  preview->params = usual;
  preview->split = 0.5;
  dif_ui_viewport_init (&preview->viewport, 1, 1);
  add_controls (preview);
  dif_ui_preview_add_canvas (preview);
  dif_ui_preview_add_state (preview);
}

static void
dif_ui_preview_dispose (GObject *object)
{
  DifUiPreview *preview = DIF_UI_PREVIEW (object);
  int           i;

  if (preview->host)
    dif_ui_preview_halt (preview);
  if (preview->whole)
    g_signal_handlers_disconnect_by_data (preview->whole, preview);
  preview->whole = NULL;
  dif_ui_preview_stop_noise (preview);
  preview->host = NULL;
  g_clear_pointer (&preview->model, dif_model_unref);
  g_clear_pointer (&preview->message, g_free);
  g_clear_pointer (&preview->fault, g_free);
  g_clear_pointer (&preview->unmeasured, g_free);
  g_clear_pointer (&preview->source, dif_ui_picture_free);
  g_clear_pointer (&preview->noise, dif_ui_picture_free);
  g_clear_pointer (&preview->restored, dif_ui_picture_free);
  for (i = 0; i < DIF_UI_VIEW_SPLIT; i++)
    dif_ui_preview_shown_clear (&preview->shown[i]);
  G_OBJECT_CLASS (dif_ui_preview_parent_class)->dispose (object);
}

static void
dif_ui_preview_class_init (DifUiPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dif_ui_preview_dispose;
  g_signal_new ("calibrated", DIF_UI_TYPE_PREVIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  g_signal_new ("view-changed", DIF_UI_TYPE_PREVIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                NULL, NULL, G_TYPE_NONE, 0);
}

static void
on_whole (DifUiWhole   *whole,
          const GError *error,
          gpointer      data)
{
  dif_ui_preview_made_read (data, error);
}

GtkWidget *
dif_ui_preview_new (const DifUiHost *host,
                    DifUiWorker     *worker,
                    DifUiWhole      *whole)
{
  DifUiPreview *preview = g_object_new (DIF_UI_TYPE_PREVIEW, NULL);

  preview->host = host;
  preview->worker = worker;
  preview->whole = whole;
  g_signal_connect (whole, "read", G_CALLBACK (on_whole), preview);
  dif_ui_viewport_init (&preview->viewport, host->width, host->height);
  show_task (preview);
  set_view (preview, DIF_UI_VIEW_SPLIT);
  return GTK_WIDGET (preview);
}

void
dif_ui_preview_set_model (DifUiPreview *preview,
                          DifModel     *model,
                          const char   *message)
{
  g_clear_pointer (&preview->model, dif_model_unref);
  preview->model = model ? dif_model_ref (model) : NULL;
  g_free (preview->message);
  preview->message = g_strdup (message);
  if (! model)
    dif_ui_preview_drop_made (preview);
  dif_ui_preview_renew (preview, TRUE);
}

void
dif_ui_preview_set_params (DifUiPreview    *preview,
                           const DifParams *params)
{
  gboolean noise = dif_params_differ (&preview->params, params,
                                      DIF_PARAM_NOISE);
  gboolean other_task = preview->params.task != params->task
                        || dif_ui_task_takes_whole (&preview->params)
                           != dif_ui_task_takes_whole (params);

  if (! dif_params_differ (&preview->params, params, DIF_PARAM_RESULT))
    return;
  preview->params = *params;
  if (other_task)
    {
      show_task (preview);
      dif_ui_preview_drop_made (preview);
    }
  dif_ui_preview_renew (preview, noise || other_task);
}

void
dif_ui_preview_set_noise (DifUiPreview        *preview,
                          const DifLayerNoise *noise,
                          const char          *message)
{
  preview->measured = noise != NULL;
  if (noise)
    preview->found = *noise;
  g_free (preview->unmeasured);
  preview->unmeasured = g_strdup (message);
  if (preview->params.task == DIF_JOB_RESTORE)
    dif_ui_preview_renew (preview, FALSE);
}

void
dif_ui_preview_get_centre (DifUiPreview *preview,
                           double       *x,
                           double       *y)
{
  *x = preview->viewport.x;
  *y = preview->viewport.y;
}

void
dif_ui_preview_set_mark (DifUiPreview  *preview,
                         const DifRect *part)
{
  preview->mark = part ? *part : (DifRect) { 0, 0, 0, 0 };
  gtk_widget_queue_draw (preview->canvas);
}

void
dif_ui_preview_layer_changed (DifUiPreview *preview)
{
  DifUiViewport *view = &preview->viewport;
  int            width = preview->host->width, height = preview->host->height;

  dif_ui_preview_halt (preview);
  g_clear_pointer (&preview->source, dif_ui_picture_free);
  dif_ui_preview_drop_made (preview);
  if (view->layer_width != width || view->layer_height != height)
    {
      view->layer_width = width;
      view->layer_height = height;
      dif_ui_preview_fit (preview);
    }
  else
    dif_ui_preview_look (preview);
}
