/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-run.c: see dialog-run.h.
 */

#include <glib/gi18n.h>

#include "dialog-config.h"
#include "dialog-look.h"
#include "dialog-message.h"
#include "dialog-model.h"
#include "dialog-run.h"
#include "messages.h"

#define POLL 20 /* milliseconds */

static void
set_running (DifUiDialog *dialog,
             gboolean     running)
{
  gtk_widget_set_sensitive (dialog->settings, ! running);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (dialog->window),
                                     GTK_RESPONSE_OK, ! running);
  if (running)
    {
      dif_ui_worker_hold (dialog->worker);
      /* The run wants the memory. */
      dif_ui_whole_drop (dialog->whole);
    }
  else
    dif_ui_worker_go_on (dialog->worker);
}

/* Starts the work, once the model has been loaded.  TRUE when it has been
 * started.  FALSE: dialog->loading, or it could not be.
 */
static gboolean
start_run (DifUiDialog *dialog)
{
  if (dialog->started)
    return TRUE;
  dif_ui_dialog_load_model (dialog);
  if (dialog->loading)
    return FALSE;
  if (dialog->model)
    dialog->started = dialog->ops->start (dialog->ops->data, dialog->model,
                                          dialog->chain, dialog->n_frames,
                                          &dialog->error);
  else if (dialog->model_error)
    dialog->error = g_error_copy (dialog->model_error);
  return dialog->started;
}

static gboolean
poll_run (gpointer data)
{
  DifUiDialog *dialog = data;
  double       fraction = 0.0;
  char        *text = NULL;
  gboolean     more;

  if (start_run (dialog))
    more = dialog->ops->work (dialog->ops->data, &fraction, &text);
  else
    more = dialog->loading;
  if (text)
    {
      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar),
                                     CLAMP (fraction, 0.0, 1.0));
      if (g_strcmp0 (gtk_progress_bar_get_text (GTK_PROGRESS_BAR (dialog->bar)),
                     text) != 0)
        {
          gtk_progress_bar_set_text (GTK_PROGRESS_BAR (dialog->bar), text);
          atk_object_set_name (gtk_widget_get_accessible (dialog->bar), text);
        }
      g_free (text);
    }
  if (! more)
    g_main_loop_quit (dialog->running);
  return more;
}

static void
tell_end (DifUiDialog *dialog,
          int          n,
          GError      *error)
{
  char *text;

  if (error)
    {
      error = dif_ui_message_made_before (error, n);
      dif_ui_dialog_tell (dialog, GTK_MESSAGE_ERROR, error->message);
      g_error_free (error);
      return;
    }
  if (n > 0)
    text = dif_ui_message_made (n);
  else
    text = g_strdup (dialog->task == DIF_TASK_RESTORE
                     ? _("Stopped before the layer was restored")
                     : _("Stopped before a variation was finished"));
  dif_ui_dialog_tell (dialog, GTK_MESSAGE_INFO, text);
  g_free (text);
}

/* The first seed, from seed on, with which a run of n variations makes none
 * again that was picked before.
 */
static guint64
seed_after (guint64       seed,
            int           n,
            const GArray *picked)
{
  guint i;

  for (i = 0; i < picked->len; i++)
    {
      const DifUiPick *pick = &g_array_index (picked, DifUiPick, i);

      if (! (pick->vary > 0.0) && pick->seed >= seed
          && pick->seed - seed < (guint64) n)
        return seed_after (pick->seed + 1, n, picked);
    }
  return seed;
}

/* To be called when n layers of variations have been made, so that another run
 * makes others.  Picks that were made are not picked any more.  Without picks
 * the seed moves on by as many as were made of a layer.
 */
static void
move_on (DifUiDialog *dialog,
         int          n)
{
  DifParams params = dif_ui_dialog_params (dialog);
  GArray   *picks = dif_ui_dialog_picks (dialog);
  guint     made = MIN ((guint) n, picks->len);
  guint64   seed = params.seed;
  char     *rest;

  if (picks->len == 0)
    seed += (guint64) MIN (params.num_variations, n);
  g_array_append_vals (dialog->was_picked, picks->data, made);
  g_array_remove_range (picks, 0, made);
  rest = dif_ui_picks_to_string (picks);
  seed = seed_after (seed, params.num_variations, dialog->was_picked);
  g_object_set (dialog->config, "seed", seed <= G_MAXINT ? (int) seed : 0,
                "picks", rest, NULL);
  g_free (rest);
  g_array_unref (picks);
}

void
dif_ui_dialog_make (DifUiDialog     *dialog,
                    const DifParams *chain,
                    int              n_frames)
{
  guint source;
  int   n = 0;

  dialog->running = g_main_loop_new (NULL, FALSE);
  dif_ui_dialog_tell (dialog, GTK_MESSAGE_INFO, NULL);
  set_running (dialog, TRUE);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar), 0.0);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (dialog->bar), _("Starting…"));
  dialog->started = FALSE;
  dialog->chain = chain;
  dialog->n_frames = n_frames;
  if (poll_run (dialog))
    {
      source = g_timeout_add (POLL, poll_run, dialog);
      g_main_loop_run (dialog->running);
      if (g_main_context_find_source_by_id (NULL, source))
        g_source_remove (source);
    }
  g_clear_pointer (&dialog->running, g_main_loop_unref);
  if (dialog->started)
    n = dialog->ops->end (dialog->ops->data, &dialog->error);
  dialog->made |= n > 0;
  if (n > 0 && ! chain && dialog->task == DIF_TASK_VARY)
    move_on (dialog, n);
  set_running (dialog, FALSE);
  tell_end (dialog, n, g_steal_pointer (&dialog->error));
  if (n > 0)
    dif_ui_dialog_check_made (dialog);
  dif_ui_dialog_look (dialog);
}

void
dif_ui_dialog_stop (DifUiDialog *dialog)
{
  if (dialog->started)
    dialog->ops->stop (dialog->ops->data);
  else if (dialog->running)
    g_main_loop_quit (dialog->running);
}

static void
on_stop (GtkButton *button,
         gpointer   data)
{
  DifUiDialog *dialog = data;

  if (dialog->running)
    dif_ui_dialog_stop (dialog);
}

GtkWidget *
dif_ui_dialog_progress (DifUiDialog *dialog)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *stop = gtk_button_new_with_mnemonic (_("S_top"));

  dialog->bar = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (dialog->bar), TRUE);
  gtk_widget_set_valign (dialog->bar, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (stop, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (stop, _("Stop, and keep what is finished"));
  g_signal_connect (stop, "clicked", G_CALLBACK (on_stop), dialog);
  gtk_box_pack_start (GTK_BOX (row), dialog->bar, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), stop, FALSE, FALSE, 0);
  return row;
}
