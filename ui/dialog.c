/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog.c: the window, over GIMP's own procedure dialog, which brings
 * reset, saved settings and help.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "calibration.h"
#include "dialog-private.h"
#include "watch.h"

#define LOWEST 280 /* pixels of the settings, in a low window   */
#define TITLE  40  /* pixels of the screen for the window's bar */

DifParams
dif_dialog_params (DifDialog *dialog)
{
  DifParams params;

  dialog->ops->get_params (dialog->ops->data, dialog->config, &params);
  return params;
}

void
dif_dialog_tell (DifDialog      *dialog,
                 GtkMessageType  type,
                 const char     *text)
{
  gtk_widget_set_visible (dialog->message, text != NULL);
  if (! text)
    return;
  gtk_info_bar_set_message_type (GTK_INFO_BAR (dialog->message), type);
  gtk_label_set_text (GTK_LABEL (dialog->message_label), text);
}

/* Settings ----------------------------------------------------------- */

/* What the preview shows: the first variation, or the one picked. */
static DifParams
shown_params (DifDialog *dialog)
{
  DifParams params = dif_dialog_params (dialog);
  DifPick   pick;

  if (dif_picker_get_shown (dialog->picker, &pick))
    {
      params.seed = pick.seed;
      params.vary = pick.vary;
      params.vary_seed = pick.vary_seed;
    }
  return params;
}

static gboolean
refresh_now (gpointer data)
{
  DifDialog *dialog = data;
  DifParams  params = dif_dialog_params (dialog), shown;

  dialog->refresh = 0;
  dif_dialog_load_model (dialog);
  dif_dialog_show_config (dialog);
  dif_picker_set_params (dialog->picker, &params);
  shown = shown_params (dialog);
  dif_preview_set_params (dialog->preview, &shown);
  dif_film_set_params (dialog->film, &shown);
  return G_SOURCE_REMOVE;
}

void
dif_dialog_refresh (DifDialog *dialog)
{
  if (dialog->refresh == 0)
    dialog->refresh = g_idle_add_full (G_PRIORITY_HIGH_IDLE, refresh_now, dialog,
                                       NULL);
}

static void
on_notify (GObject    *config,
           GParamSpec *spec,
           gpointer    data)
{
  DifDialog *dialog = data;

  if (! dialog->settling)
    dif_dialog_refresh (dialog);
}

static void
on_calibrated (DifPreview *preview,
               double      seconds,
               double      work,
               gpointer    data)
{
  DifDialog *dialog = data;

  dialog->pace = dif_calibration_mix (dialog->pace, seconds, work);
  dif_dialog_refresh (dialog);
}

static void
on_picks (DifPicker *picker,
          gpointer   data)
{
  DifDialog *dialog = data;
  GArray    *picks = dif_picker_get_picks (picker);
  char      *text = dif_picks_to_string (picks);

  g_object_set (dialog->config, "picks", text, NULL);
  g_free (text);
  g_array_unref (picks);
  dif_dialog_refresh (dialog);
}

static void
on_pick_shown (DifPicker *picker,
               int        index,
               gpointer   data)
{
  dif_dialog_refresh (data);
}

/* Close or Escape while a run is under way. */
static void
on_response (GtkDialog *window,
             int        response,
             gpointer   data)
{
  DifDialog *dialog = data;

  if (dialog->running && (response == GTK_RESPONSE_CANCEL
                          || response == GTK_RESPONSE_DELETE_EVENT))
    {
      dialog->closing = TRUE;
      dif_dialog_stop (dialog);
    }
}

static void
on_save_chain (DifFilm  *film,
               gpointer  data)
{
  DifDialog *dialog = data;

  if (dialog->running)
    return;
  g_object_set (dialog->config, "chain-frames", dif_film_get_frames (film), NULL);
  dif_dialog_make (dialog);
  g_object_set (dialog->config, "chain-frames", 0, NULL);
}

/* The window --------------------------------------------------------- */

static int
screen_height (GtkWidget *window)
{
  GdkRectangle area;
  GdkMonitor  *monitor = gdk_display_get_monitor_at_window (
    gtk_widget_get_display (window), gtk_widget_get_window (window));

  gdk_monitor_get_workarea (monitor, &area);
  return area.height - TITLE;
}

void
dif_dialog_grow (DifDialog *dialog)
{
  GtkWidget *window = GTK_WIDGET (dialog->window);
  int        width, height, wanted;

  if (! gtk_widget_get_realized (window))
    return;
  gtk_widget_get_preferred_height (window, NULL, &wanted);
  gtk_window_get_size (GTK_WINDOW (window), &width, &height);
  wanted = MIN (wanted, screen_height (window));
  if (wanted <= height)
    return;
  gtk_window_resize (GTK_WINDOW (window), width, wanted);
  dialog->grown += wanted - height;
}

static void
shrink (DifDialog *dialog)
{
  GtkWindow *window = GTK_WINDOW (dialog->window);
  int        width, height;

  gtk_window_get_size (window, &width, &height);
  if (dialog->grown > 0)
    gtk_window_resize (window, width, MAX (1, height - dialog->grown));
  dialog->grown = 0;
}

/* Both at once would not fit on a small screen. */
static void
close_other (DifDialog *dialog,
             GtkWidget *child)
{
  GtkWidget *other = DIF_IS_PICKER (child) ? GTK_WIDGET (dialog->film)
                                           : GTK_WIDGET (dialog->picker);

  dialog->switching = TRUE;
  gtk_expander_set_expanded (GTK_EXPANDER (gtk_widget_get_parent (other)),
                             FALSE);
  dialog->switching = FALSE;
}

static void
on_expanded (GObject    *expander,
             GParamSpec *spec,
             gpointer    data)
{
  DifDialog *dialog = data;
  gboolean   open = gtk_expander_get_expanded (GTK_EXPANDER (expander));
  GtkWidget *child = gtk_bin_get_child (GTK_BIN (expander));

  if (DIF_IS_PICKER (child))
    dif_picker_set_active (dialog->picker, open);
  else
    dif_film_set_active (dialog->film, open);
  if (open)
    {
      close_other (dialog, child);
      dif_dialog_grow (dialog);
    }
  else if (! dialog->switching)
    shrink (dialog);
}

static GtkWidget *
new_expander (DifDialog  *dialog,
              const char *title,
              GtkWidget  *child)
{
  GtkWidget *expander = gtk_expander_new_with_mnemonic (title);

  gtk_container_add (GTK_CONTAINER (expander), child);
  g_signal_connect (expander, "notify::expanded", G_CALLBACK (on_expanded),
                    dialog);
  return expander;
}

static void
on_message_closed (GtkInfoBar *bar,
                   int         response,
                   gpointer    data)
{
  gtk_widget_hide (GTK_WIDGET (bar));
}

static GtkWidget *
new_message (DifDialog *dialog)
{
  GtkWidget *bar = gtk_info_bar_new ();

  dialog->message = bar;
  dialog->message_label = gtk_label_new (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (dialog->message_label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (dialog->message_label), 0.0f);
  gtk_info_bar_set_show_close_button (GTK_INFO_BAR (bar), TRUE);
  gtk_container_add (GTK_CONTAINER (gtk_info_bar_get_content_area (
                                      GTK_INFO_BAR (bar))),
                     dialog->message_label);
  g_signal_connect (bar, "response", G_CALLBACK (on_message_closed), NULL);
  gtk_widget_show_all (bar);
  gtk_widget_set_no_show_all (bar, TRUE);
  gtk_widget_hide (bar);
  return bar;
}

/* The row of GIMP's own in the content area, which loads and saves
 * settings, lacks the border that everything else has.
 */
static void
indent (GtkWidget *child,
        gpointer   data)
{
  if (GTK_IS_BUTTON_BOX (child))
    gtk_widget_set_margin_start (child, 12);
}

/* Lets the window be made lower than the settings are, which matters on
 * small screens.
 */
static GtkWidget *
new_scroller (GtkWidget *child)
{
  GtkWidget         *widget = gtk_scrolled_window_new (NULL, NULL);
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW (widget);

  gtk_scrolled_window_set_policy (scroller, GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_overlay_scrolling (scroller, FALSE);
  gtk_scrolled_window_set_propagate_natural_height (scroller, TRUE);
  gtk_scrolled_window_set_min_content_height (scroller, LOWEST);
  gtk_container_add (GTK_CONTAINER (scroller), child);
  gtk_widget_set_hexpand (widget, FALSE);
  atk_object_set_name (gtk_widget_get_accessible (widget), _("Settings"));
  return widget;
}

static void
fill_window (DifDialog *dialog)
{
  const DifHost *host = dialog->ops->host;
  GtkWidget     *area = gtk_dialog_get_content_area (GTK_DIALOG (dialog->window));
  GtkWidget     *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget     *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  dialog->preview = DIF_PREVIEW (dif_preview_new (host, dialog->worker));
  dialog->picker = DIF_PICKER (dif_picker_new (host, dialog->worker));
  dialog->film = DIF_FILM (dif_film_new (host, dialog->worker));
  g_signal_connect (dialog->preview, "calibrated", G_CALLBACK (on_calibrated),
                    dialog);
  g_signal_connect (dialog->picker, "changed", G_CALLBACK (on_picks), dialog);
  g_signal_connect (dialog->picker, "activated", G_CALLBACK (on_pick_shown),
                    dialog);
  g_signal_connect (dialog->film, "save", G_CALLBACK (on_save_chain), dialog);

  gtk_container_set_border_width (GTK_CONTAINER (box), 12);
  gtk_box_pack_start (GTK_BOX (box), new_message (dialog), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (columns), GTK_WIDGET (dialog->preview), TRUE, TRUE,
                      0);
  gtk_box_pack_start (GTK_BOX (columns),
                      new_scroller (dif_dialog_settings (dialog)), FALSE, FALSE,
                      0);
  gtk_box_pack_start (GTK_BOX (box), columns, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box),
                      new_expander (dialog, _("_Pick variations"),
                                    GTK_WIDGET (dialog->picker)),
                      FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box),
                      new_expander (dialog, _("The _chain"),
                                    GTK_WIDGET (dialog->film)),
                      FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), dif_dialog_progress_row (dialog), FALSE, FALSE, 0);
  gtk_widget_show_all (box);
  gtk_container_foreach (GTK_CONTAINER (area), indent, NULL);
  gtk_box_pack_start (GTK_BOX (area), box, TRUE, TRUE, 0);
}

static void
open_window (DifDialog     *dialog,
             GimpProcedure *procedure)
{
  GtkWidget *window = gimp_procedure_dialog_new (procedure, dialog->config,
                                                 _("Diffusion"));
  GtkWidget *cancel;

  dialog->window = GIMP_PROCEDURE_DIALOG (window);
  gimp_procedure_dialog_set_ok_label (dialog->window, _("R_un"));
  cancel = gtk_dialog_get_widget_for_response (GTK_DIALOG (window),
                                               GTK_RESPONSE_CANCEL);
  if (cancel)
    gtk_button_set_label (GTK_BUTTON (cancel), _("Close"));
  fill_window (dialog);
  g_signal_connect (window, "response", G_CALLBACK (on_response), dialog);
  dif_dialog_watch_layer (dialog);
  g_signal_connect (window, "delete-event", G_CALLBACK (gtk_true), NULL);
  g_signal_connect (dialog->config, "notify", G_CALLBACK (on_notify), dialog);
  dif_dialog_refresh (dialog);
}

static void
close_window (DifDialog *dialog)
{
  g_signal_handlers_disconnect_by_data (dialog->config, dialog);
  gtk_widget_hide (GTK_WIDGET (dialog->window));
  /* What loads a model answers to this dialog. */
  while (dialog->loading)
    g_main_context_iteration (NULL, TRUE);
  if (dialog->refresh)
    g_source_remove (dialog->refresh);
  dif_dialog_unwatch_layer (dialog);
  gtk_widget_destroy (GTK_WIDGET (dialog->window));
  dif_worker_free (dialog->worker);
  if (dialog->model)
    dif_calibration_write (dialog->calibration, dialog->model, dialog->pace);
  g_clear_pointer (&dialog->model, dif_model_unref);
  g_clear_error (&dialog->model_error);
  g_free (dialog->model_nick);
  g_free (dialog->calibration);
  g_free (dialog->layers);
}

gboolean
dif_dialog_run (GimpProcedure       *procedure,
                GimpProcedureConfig *config,
                const DifDialogOps  *ops)
{
  DifDialog dialog = { .config = config, .ops = ops, .pace = -1.0 };

  dif_watch_main_loop ();
  /* What was picked last time belongs to another layer. */
  g_object_set (config, "picks", "", "chain-frames", 0, NULL);
  dialog.worker = dif_worker_new ();
  dialog.n_layers = ops->get_layers (ops->data, &dialog.layers);
  dialog.calibration = g_build_filename (gimp_directory (),
                                         "diffusion-calibration.ini", NULL);
  open_window (&dialog, procedure);
  while (! dialog.closing && gimp_procedure_dialog_run (dialog.window))
    dif_dialog_make (&dialog);
  g_object_set (config, "picks", "", NULL);
  close_window (&dialog);
  return dialog.made;
}

gboolean
dif_dialog_ask_recall (const char *name,
                       const char *source)
{
  GtkWidget *dialog = gtk_message_dialog_new (
    NULL, 0, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
    _("“%s” was made by Diffusion. Start from its settings?"), name);
  gboolean   yes;

  gtk_window_set_title (GTK_WINDOW (dialog), _("Diffusion"));
  if (source)
    gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (dialog),
      _("Its settings are taken, and “%s” is varied again."), source);
  else
    gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (dialog),
      _("Its settings are taken. The layer that it was made of is gone, so it "
        "is itself varied."));
  gtk_dialog_add_buttons (GTK_DIALOG (dialog), _("_Vary this layer"),
                          GTK_RESPONSE_NO, _("_Start from its settings"),
                          GTK_RESPONSE_YES, NULL);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_YES);
  yes = gtk_dialog_run (GTK_DIALOG (dialog)) == GTK_RESPONSE_YES;
  gtk_widget_destroy (dialog);
  return yes;
}
