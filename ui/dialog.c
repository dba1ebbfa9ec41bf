/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog.c: the window, over GIMP's own procedure dialog, which brings
 * reset, saved settings and help.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "calibration.h"
#include "dialog.h"
#include "dialog-config.h"
#include "dialog-look.h"
#include "dialog-message.h"
#include "dialog-model.h"
#include "dialog-noise.h"
#include "dialog-private.h"
#include "dialog-run.h"
#include "dialog-settings.h"
#include "dialog-size.h"
#include "dialog-task.h"
#include "frame-log.h"

#define MIN_SETTINGS_HEIGHT 280 /* pixels, in a low window */

/* Settings ----------------------------------------------------------- */

/* What the preview shows: the first variation, or the one picked. */
static DifParams
shown_params (DifUiDialog *dialog)
{
  DifParams params = dif_ui_dialog_params (dialog);
  DifUiPick pick;

  if (params.task != DIF_JOB_RESTORE && dif_ui_picker_get_shown (dialog->picker, &pick))
    {
      params.seed = pick.seed;
      params.vary = pick.vary;
      params.vary_seed = pick.vary_seed;
    }
  return params;
}

static void
show_variations (DifUiDialog *dialog)
{
  DifParams params = dif_ui_dialog_params (dialog);
  GArray   *picks = dif_ui_dialog_picks (dialog);

  dif_ui_picker_set_picks (dialog->picker, picks);
  g_array_unref (picks);
  dif_ui_picker_set_params (dialog->picker, &params);
  params = shown_params (dialog);
  dif_ui_film_set_params (dialog->film, &params);
}

static gboolean
show_settings (gpointer data)
{
  DifUiDialog *dialog = data;
  DifParams    shown;

  dialog->refresh = 0;
  dif_ui_dialog_show_task (dialog);
  dif_ui_dialog_load_model (dialog);
  if (dialog->task == DIF_TASK_VARY)
    show_variations (dialog);
  else
    dif_ui_dialog_measure (dialog);
  dif_ui_dialog_show_config (dialog);
  shown = shown_params (dialog);
  dif_ui_preview_set_params (dialog->preview, &shown);
  return G_SOURCE_REMOVE;
}

static void
on_notify (GObject    *config,
           GParamSpec *spec,
           gpointer    data)
{
  DifUiDialog *dialog = data;

  if (dialog->settling)
    return;
  dif_ui_dialog_note_change (dialog, spec->name);
  dif_ui_dialog_note_task (dialog, spec->name);
  dif_ui_dialog_note_look (dialog, spec->name);
  dif_ui_dialog_refresh (dialog);
}

static void
on_calibrated (DifUiPreview *preview,
               double        seconds,
               double        work,
               gpointer      data)
{
  DifUiDialog *dialog = data;

  double      *pace = dif_ui_dialog_pace (dialog);

  *pace = dif_ui_calibration_mix (*pace, seconds, work);
  dif_ui_dialog_refresh (dialog);
}

static void
on_picks (DifUiPicker *picker,
          gpointer     data)
{
  DifUiDialog *dialog = data;
  GArray      *picks = dif_ui_picker_get_picks (picker);
  char        *text = dif_ui_picks_to_string (picks);

  g_object_set (dialog->config, "picks", text, NULL);
  g_free (text);
  g_array_unref (picks);
  dif_ui_dialog_refresh (dialog);
}

static void
on_pick_shown (DifUiPicker *picker,
               gpointer     data)
{
  dif_ui_dialog_refresh (data);
}

/* The small variations show what lies around the middle of the view. */
static void
on_view (DifUiPreview *preview,
         gpointer      data)
{
  DifUiDialog *dialog = data;
  double       x, y;

  dif_ui_preview_get_centre (preview, &x, &y);
  if (dialog->picker)
    dif_ui_picker_set_centre (dialog->picker, x, y);
}

/* The part that the small variations show is framed in the preview. */
static void
on_part (DifUiPicker *picker,
         gpointer     data)
{
  DifUiDialog *dialog = data;
  DifRect      part;
  gboolean     some = dif_ui_picker_get_part (picker, &part);

  dif_ui_preview_set_mark (dialog->preview, some ? &part : NULL);
}

/* Close or Escape while a run is under way. */
static void
on_response (GtkDialog *window,
             int        response,
             gpointer   data)
{
  DifUiDialog *dialog = data;

  if (dialog->running && (response == GTK_RESPONSE_CANCEL
                          || response == GTK_RESPONSE_DELETE_EVENT))
    {
      dialog->closing = TRUE;
      dif_ui_dialog_stop (dialog);
    }
}

static void
on_save_chain (DifUiFilm  *film,
               gpointer    data)
{
  DifUiDialog *dialog = data;
  DifParams    shown = shown_params (dialog);

  if (! dialog->running)
    dif_ui_dialog_make (dialog, &shown, dif_ui_film_get_frames (film));
}

/* The window --------------------------------------------------------- */

/* Closes the other expander: both at once would not fit on a small screen. */
static void
close_other (DifUiDialog *dialog,
             GtkWidget   *child)
{
  GtkWidget *other = DIF_UI_IS_PICKER (child) ? GTK_WIDGET (dialog->film)
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
  DifUiDialog *dialog = data;
  gboolean     open = gtk_expander_get_expanded (GTK_EXPANDER (expander));
  GtkWidget   *child = gtk_bin_get_child (GTK_BIN (expander));

  if (DIF_UI_IS_PICKER (child))
    dif_ui_picker_set_active (dialog->picker, open);
  else
    dif_ui_film_set_active (dialog->film, open);
  if (open)
    {
      close_other (dialog, child);
      dif_ui_dialog_grow (dialog);
    }
  else if (! dialog->switching)
    dif_ui_dialog_shrink (dialog);
}

static GtkWidget *
new_expander (DifUiDialog *dialog,
              const char  *title,
              GtkWidget   *child)
{
  GtkWidget *expander = gtk_expander_new_with_mnemonic (title);

  gtk_widget_set_margin_top (child, 6);
  gtk_container_add (GTK_CONTAINER (expander), child);
  g_signal_connect (expander, "notify::expanded", G_CALLBACK (on_expanded),
                    dialog);
  return expander;
}

static void
find_row (GtkWidget *child,
          gpointer   data)
{
  if (GTK_IS_BUTTON_BOX (child))
    *(GtkWidget **) data = child;
}

/* Progress and messages go beside GIMP's own buttons that load and save
 * settings, where there is room, so that nothing moves when they come.
 */
static void
share_row (DifUiDialog *dialog,
           GtkWidget   *area)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *buttons = NULL;

  gtk_container_foreach (GTK_CONTAINER (area), find_row, &buttons);
  if (buttons)
    {
      g_object_ref (buttons);
      gtk_container_remove (GTK_CONTAINER (area), buttons);
      gtk_box_pack_start (GTK_BOX (row), buttons, FALSE, FALSE, 0);
      g_object_unref (buttons);
    }
  gtk_box_pack_start (GTK_BOX (row),
                      dif_ui_dialog_bottom (dialog,
                                            dif_ui_dialog_progress (dialog)),
                      TRUE, TRUE, 0);
  gtk_widget_set_margin_start (row, 12);
  gtk_widget_set_margin_end (row, 12);
  gtk_widget_show_all (row);
  gtk_box_pack_end (GTK_BOX (area), row, FALSE, FALSE, 0);
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
  gtk_scrolled_window_set_min_content_height (scroller,
                                              MIN_SETTINGS_HEIGHT);
  gtk_container_add (GTK_CONTAINER (scroller), child);
  gtk_widget_set_hexpand (widget, FALSE);
  atk_object_set_name (gtk_widget_get_accessible (widget), _("Settings"));
  return widget;
}

/* The small variations and the chain. */
static void
add_strips (DifUiDialog *dialog,
            GtkWidget   *box)
{
  const DifUiHost *host = dialog->ops->host;
  GArray          *picked = dif_ui_dialog_picks (dialog);
  DifParams        params = dif_ui_dialog_params (dialog);
  GtkWidget       *picks, *chain;

  dialog->picker = DIF_UI_PICKER (dif_ui_picker_new (host, dialog->worker,
                                                     dialog->whole));
  dialog->film = DIF_UI_FILM (dif_ui_film_new (
    host, dialog->worker, dif_ui_dialog_chain_as (dialog)));
  g_signal_connect (dialog->picker, "changed", G_CALLBACK (on_picks), dialog);
  g_signal_connect (dialog->picker, "activated", G_CALLBACK (on_pick_shown),
                    dialog);
  g_signal_connect (dialog->picker, "moved", G_CALLBACK (on_part), dialog);
  g_signal_connect (dialog->film, "save", G_CALLBACK (on_save_chain), dialog);
  picks = new_expander (dialog, _("P_ick variations"),
                        GTK_WIDGET (dialog->picker));
  chain = new_expander (dialog, _("The chai_n"), GTK_WIDGET (dialog->film));
  gtk_box_pack_start (GTK_BOX (box), picks, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), chain, FALSE, FALSE, 0);
  dif_ui_dialog_of_scenes (dialog, picks, DIF_UI_SCENE_VARY);
  dif_ui_dialog_of_scenes (dialog, chain, DIF_UI_SCENE_MODEL);
  if (params.task != DIF_JOB_RESTORE)
    gtk_expander_set_expanded (GTK_EXPANDER (picks), picked->len > 0);
  g_array_unref (picked);
}

static void
fill_window (DifUiDialog *dialog)
{
  GtkWidget *area = gtk_dialog_get_content_area (GTK_DIALOG (dialog->window));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  dialog->preview = DIF_UI_PREVIEW (dif_ui_preview_new (dialog->ops->host,
                                                        dialog->worker,
                                                        dialog->whole));
  g_signal_connect (dialog->preview, "calibrated", G_CALLBACK (on_calibrated),
                    dialog);
  g_signal_connect (dialog->preview, "view-changed", G_CALLBACK (on_view),
                    dialog);

  gtk_container_set_border_width (GTK_CONTAINER (box), 12);
  gtk_box_pack_start (GTK_BOX (columns), GTK_WIDGET (dialog->preview), TRUE,
                      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (columns),
                      new_scroller (dif_ui_dialog_settings (dialog)), FALSE,
                      FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), columns, TRUE, TRUE, 0);
  if (dif_ui_dialog_varies (dialog))
    add_strips (dialog, box);
  gtk_widget_show_all (box);
  dif_ui_dialog_show_task (dialog);
  share_row (dialog, area);
  gtk_box_pack_start (GTK_BOX (area), box, TRUE, TRUE, 0);
}

static void
open_window (DifUiDialog   *dialog,
             GimpProcedure *procedure)
{
  GtkWidget *window = gimp_procedure_dialog_new (
    procedure, dialog->config, dif_ui_dialog_varies (dialog)
                               ? _("Diffusion") : _("Restore (Diffusion)"));
  GtkWidget *cancel;

  dialog->window = GIMP_PROCEDURE_DIALOG (window);
  gimp_procedure_dialog_set_ok_label (dialog->window, _("R_un"));
  cancel = gtk_dialog_get_widget_for_response (GTK_DIALOG (window),
                                               GTK_RESPONSE_CANCEL);
  if (cancel)
    {
      gtk_button_set_label (GTK_BUTTON (cancel), _("_Close"));
      gtk_button_set_use_underline (GTK_BUTTON (cancel), TRUE);
    }
  fill_window (dialog);
  g_signal_connect (window, "response", G_CALLBACK (on_response), dialog);
  dif_ui_dialog_follow_layer (dialog);
  g_signal_connect (window, "delete-event", G_CALLBACK (gtk_true), NULL);
  g_signal_connect (dialog->config, "notify", G_CALLBACK (on_notify), dialog);
  dif_ui_dialog_refresh (dialog);
}

static void
close_window (DifUiDialog *dialog)
{
  g_signal_handlers_disconnect_by_data (dialog->config, dialog);
  gtk_widget_hide (GTK_WIDGET (dialog->window));
  /* The thread that loads a model reports to this dialog. */
  while (dialog->loading)
    g_main_context_iteration (NULL, TRUE);
  if (dialog->refresh)
    g_source_remove (dialog->refresh);
  dif_ui_dialog_unfollow_layer (dialog);
  dif_ui_dialog_forget_noise (dialog);
  gtk_widget_destroy (GTK_WIDGET (dialog->window));
  dif_ui_worker_free (dialog->worker);
  g_clear_object (&dialog->whole);
  if (dialog->model)
    dif_ui_dialog_write_pace (dialog->calibration, dialog->model, dialog->pace);
  g_clear_pointer (&dialog->model, dif_model_unref);
  g_clear_error (&dialog->model_error);
  g_free (dialog->model_nick);
  g_free (dialog->calibration);
  g_free (dialog->layers);
  g_array_unref (dialog->was_picked);
  g_ptr_array_unref (dialog->parts);
}

gboolean
dif_ui_dialog_run (GimpProcedure        *procedure,
                   GimpProcedureConfig  *config,
                   const DifUiDialogOps *ops)
{
  DifUiDialog dialog = { .config = config, .ops = ops, .pace = { -1.0, -1.0 },
                         .show_settings = show_settings };

  dif_ui_frame_log_main_loop ();
  /* The dialog has no controls for these. */
  if (dif_ui_dialog_varies (&dialog))
    g_object_set (config, "vary", 0.0, "vary-seed", 0, "chain-frames", 0, NULL);
  dialog.worker = dif_ui_worker_new ();
  dialog.whole = dif_ui_whole_new (ops->host);
  dialog.was_picked = g_array_new (FALSE, TRUE, sizeof (DifUiPick));
  dialog.parts = g_ptr_array_new ();
  dialog.n_layers = ops->get_layers (ops->data, &dialog.layers);
  dialog.calibration = g_build_filename (gimp_directory (),
                                         "diffusion-calibration.ini", NULL);
  dif_ui_dialog_refer (&dialog);
  open_window (&dialog, procedure);
  while (! dialog.closing && gimp_procedure_dialog_run (dialog.window))
    dif_ui_dialog_make (&dialog, NULL, 0);
  close_window (&dialog);
  return dialog.made;
}
