/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * recall.c: see recall.h.
 */

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "recall.h"

static const char *
explain_varied (int         n,
                const char *source)
{
  if (n > 1)
    return _("Its settings are taken, and the layers that the selected ones "
             "were made of are varied again. Where there is none any more, the "
             "selected one is itself varied.");
  if (source)
    return _("Its settings are taken, and “%s” is varied again.");
  return _("Its settings are taken. The layer that it was made of is gone, so "
           "it is itself varied.");
}

static const char *
explain_restored (int         n,
                  const char *source)
{
  if (n > 1)
    return _("Its settings are taken, and the layers that the selected ones "
             "were made of are restored again. Where there is none any more, the "
             "selected one is itself restored.");
  if (source)
    return _("Its settings are taken, and “%s” is restored again.");
  return _("Its settings are taken. The layer that it was made of is gone, so "
           "it is itself restored.");
}

static const char *
other_answer (int         n,
              DifTaskKind task)
{
  if (task == DIF_TASK_RESTORE)
    return n > 1 ? _("_Restore these layers") : _("_Restore this layer");
  return n > 1 ? _("_Vary these layers") : _("_Vary this layer");
}

DifUiRecall
dif_ui_recall_ask (const char *name,
                   int         n,
                   const char *source,
                   DifTaskKind made,
                   DifTaskKind task)
{
  GtkWidget *dialog = gtk_message_dialog_new (
    NULL, 0, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
    _("“%s” was made by Diffusion. Start from its settings?"), name);
  char      *text = g_strdup_printf (made == DIF_TASK_RESTORE
                                     ? explain_restored (n, source)
                                     : explain_varied (n, source), source);
  int        response;

  gtk_window_set_title (GTK_WINDOW (dialog), _("Diffusion"));
  gimp_window_set_transient (GTK_WINDOW (dialog));
  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s",
                                            text);
  gtk_dialog_add_buttons (GTK_DIALOG (dialog), _("_Cancel"),
                          GTK_RESPONSE_CANCEL,
                          other_answer (n, task), GTK_RESPONSE_NO,
                          _("_Start from its settings"), GTK_RESPONSE_YES,
                          NULL);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_YES);
  response = gtk_dialog_run (GTK_DIALOG (dialog));
  gtk_widget_destroy (dialog);
  g_free (text);
  return response == GTK_RESPONSE_YES  ? DIF_UI_RECALL_YES
         : response == GTK_RESPONSE_NO ? DIF_UI_RECALL_NO
                                       : DIF_UI_RECALL_CANCEL;
}
