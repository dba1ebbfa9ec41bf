/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-model.c: see dialog-model.h.
 */

#include <string.h>

#include <glib/gi18n.h>

#include "calibration.h"
#include "dialog-config.h"
#include "dialog-message.h"
#include "dialog-model.h"
#include "messages.h"

/* What the thread that loads a model works with, apart from the dialog. */
typedef struct
{
  const DifUiDialogOps *ops;
  char                 *nick;
  char                 *calibration;
  DifModel             *old;       /* whose pace is written, or NULL    */
  double                pace[2];   /* of that, then of the new one      */
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_clear_pointer (&load->old, dif_model_unref);
  g_free (load->calibration);
  g_free (load->nick);
  g_free (load);
}

double *
dif_ui_dialog_pace (DifUiDialog *dialog)
{
  DifParams params = dif_ui_dialog_params (dialog);

  return &dialog->pace[dif_ui_task_takes_whole (&params)];
}

void
dif_ui_dialog_write_pace (const char   *path,
                          DifModel     *model,
                          const double  pace[2])
{
  dif_ui_calibration_write (path, model, FALSE, pace[FALSE]);
  dif_ui_calibration_write (path, model, TRUE, pace[TRUE]);
}

static void
load_in_thread (GTask        *task,
                gpointer      object,
                gpointer      data,
                GCancellable *cancellable)
{
  Load     *load = data;
  GError   *error = NULL;
  DifModel *model;

  if (load->old)
    dif_ui_dialog_write_pace (load->calibration, load->old, load->pace);
  model = load->ops->load_model (load->ops->data, load->nick, &error);
  load->pace[FALSE] = load->pace[TRUE] = -1.0;
  if (model)
    {
      load->pace[FALSE] = dif_ui_calibration_read (load->calibration, model,
                                                   FALSE);
      load->pace[TRUE] = dif_ui_calibration_read (load->calibration, model,
                                                  TRUE);
      g_task_return_pointer (task, model, (GDestroyNotify) dif_model_unref);
    }
  else
    g_task_return_error (task, error);
}

char *
dif_ui_dialog_model_words (DifUiDialog *dialog)
{
  const DifModelInfo *info;

  if (! dialog->model)
    return NULL;
  info = dif_model_info (dialog->model);
  return g_strdup_printf (_("%s, learned from %d px squares"),
                          info->licence ? info->licence : _("No licence named"),
                          info->native_size);
}

static void
show_model (DifUiDialog *dialog)
{
  char *text;

  if (! dialog->model)
    {
      gtk_label_set_text (GTK_LABEL (dialog->model_label), "");
      return;
    }
  text = dif_ui_dialog_model_words (dialog);
  gtk_label_set_text (GTK_LABEL (dialog->model_label), text);
  gtk_widget_set_tooltip_text (dialog->model_label,
                               dif_model_info (dialog->model)->name);
  g_free (text);
}

void
dif_ui_dialog_check_made (DifUiDialog *dialog)
{
  const DifUiDialogOps *ops = dialog->ops;
  const char           *format = NULL;
  char                 *text;

  /* During a run it would cover Stop. */
  if (! ops->made_model || dialog->checked_made || ! dialog->model
      || dialog->running)
    return;
  dialog->checked_made = TRUE;
  if (g_strcmp0 (ops->made_model, dialog->model_nick) != 0)
    format = _("The model “%s”, which made this layer, is not there; another "
               "is chosen.");
  else if (ops->made_hash
           && g_strcmp0 (ops->made_hash,
                         dif_model_info (dialog->model)->hash) != 0)
    format = _("The model “%s” has changed since it made this layer: the same "
               "settings give other results now.");
  if (! format)
    return;
  text = g_strdup_printf (format, ops->made_model);
  dif_ui_dialog_tell (dialog, GTK_MESSAGE_WARNING, text);
  g_free (text);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  DifUiDialog *dialog = data;
  Load        *load = g_task_get_task_data (G_TASK (result));
  DifModel    *model;
  GError      *error = NULL;

  g_clear_error (&dialog->model_error);
  model = g_task_propagate_pointer (G_TASK (result), &dialog->model_error);
  dialog->loading = FALSE;
  g_clear_pointer (&dialog->model, dif_model_unref);
  dialog->model = model;
  g_free (dialog->model_nick);
  dialog->model_nick = g_strdup (load->nick);
  memcpy (dialog->pace, load->pace, sizeof load->pace);
  if (! model)
    error = dif_ui_message_from_error (g_error_copy (dialog->model_error));
  dif_ui_dialog_tell (dialog, GTK_MESSAGE_ERROR, error ? error->message : NULL);
  dif_ui_dialog_check_made (dialog);
  show_model (dialog);
  dif_ui_preview_set_model (dialog->preview, model,
                            error ? _("There is no model to restore with")
                                  : NULL);
  if (dialog->picker)
    {
      dif_ui_picker_set_model (dialog->picker, model);
      dif_ui_film_set_model (dialog->film, model);
    }
  g_clear_error (&error);
  dif_ui_dialog_refresh (dialog);
  dif_ui_dialog_load_model (dialog);
}

void
dif_ui_dialog_load_model (DifUiDialog *dialog)
{
  char  *nick;
  Load  *load;
  GTask *task;

  if (dialog->loading)
    return;
  g_object_get (dialog->config, "model", &nick, NULL);
  if (g_strcmp0 (nick, dialog->model_nick) == 0)
    {
      g_free (nick);
      return;
    }
  load = g_new0 (Load, 1);
  load->ops = dialog->ops;
  load->nick = nick;
  load->calibration = g_strdup (dialog->calibration);
  load->old = dialog->model ? dif_model_ref (dialog->model) : NULL;
  memcpy (load->pace, dialog->pace, sizeof load->pace);
  dialog->loading = TRUE;
  task = g_task_new (NULL, NULL, on_loaded, dialog);
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_in_thread);
  g_object_unref (task);
}

static void
on_folder (GtkButton *button,
           gpointer   data)
{
  DifUiDialog *dialog = data;
  char        *folder = dialog->ops->models_folder (dialog->ops->data);
  char        *uri = g_filename_to_uri (folder, NULL, NULL);
  GError      *error = NULL;

  if (uri && ! gtk_show_uri_on_window (GTK_WINDOW (dialog->window), uri,
                                       GDK_CURRENT_TIME, &error))
    {
      char *text = g_strdup_printf (_("The folder for models is %s"), folder);

      dif_ui_dialog_tell (dialog, GTK_MESSAGE_INFO, text);
      g_free (text);
      g_clear_error (&error);
    }
  g_free (uri);
  g_free (folder);
}

GtkWidget *
dif_ui_dialog_folder (DifUiDialog *dialog)
{
  GtkWidget  *button = gtk_button_new_from_icon_name ("folder-open",
                                                      GTK_ICON_SIZE_BUTTON);
  const char *name = _("Open the folder for further models");

  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  g_signal_connect (button, "clicked", G_CALLBACK (on_folder), dialog);
  return button;
}

GtkWidget *
dif_ui_dialog_model_row (DifUiDialog *dialog)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  dialog->model_label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (dialog->model_label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (dialog->model_label),
                           PANGO_ELLIPSIZE_END);
  gtk_style_context_add_class (
    gtk_widget_get_style_context (dialog->model_label),
    GTK_STYLE_CLASS_DIM_LABEL);
  gtk_box_pack_start (GTK_BOX (row), dialog->model_label, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), dif_ui_dialog_folder (dialog), FALSE,
                      FALSE, 0);
  return row;
}
