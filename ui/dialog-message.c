/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-message.c: see dialog-message.h.
 */

#include <glib/gi18n.h>

#include "dialog-message.h"
#include "dialog-size.h"

void
dif_ui_dialog_tell (DifUiDialog    *dialog,
                    GtkMessageType  type,
                    const char     *text)
{
  gtk_stack_set_visible_child_name (GTK_STACK (dialog->bottom),
                                    text              ? "message"
                                    : dialog->running ? "progress"
                                                      : "empty");
  if (! text)
    return;
  gtk_info_bar_set_message_type (GTK_INFO_BAR (dialog->message), type);
  gtk_label_set_text (GTK_LABEL (dialog->message_label), text);
  dif_ui_dialog_grow (dialog);
}

static void
on_message_closed (GtkInfoBar *bar,
                   int         response,
                   gpointer    data)
{
  dif_ui_dialog_tell (data, GTK_MESSAGE_INFO, NULL);
}

/* No higher than the progress bar with its button: their room is there all
 * the time.
 */
static void
make_flat (GtkWidget *area)
{
  gtk_container_set_border_width (GTK_CONTAINER (area), 0);
  gtk_widget_set_margin_start (area, 6);
  gtk_widget_set_valign (area, GTK_ALIGN_CENTER);
}

/* GTK's button that closes the bar says nothing of itself. */
static void
name_close (GtkWidget *child,
            gpointer   data)
{
  if (GTK_IS_BUTTON (child))
    atk_object_set_name (gtk_widget_get_accessible (child),
                         _("Close this message"));
  else if (GTK_IS_CONTAINER (child))
    gtk_container_forall (GTK_CONTAINER (child), name_close, NULL);
}

static GtkWidget *
new_message (DifUiDialog *dialog)
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
  make_flat (gtk_info_bar_get_content_area (GTK_INFO_BAR (bar)));
  make_flat (gtk_info_bar_get_action_area (GTK_INFO_BAR (bar)));
  name_close (bar, NULL);
  g_signal_connect (bar, "response", G_CALLBACK (on_message_closed), dialog);
  return bar;
}

GtkWidget *
dif_ui_dialog_bottom (DifUiDialog *dialog,
                      GtkWidget   *progress)
{
  GtkWidget *stack = gtk_stack_new ();

  dialog->bottom = stack;
  gtk_stack_add_named (GTK_STACK (stack), gtk_box_new (
                         GTK_ORIENTATION_HORIZONTAL, 0), "empty");
  gtk_stack_add_named (GTK_STACK (stack), progress, "progress");
  gtk_stack_add_named (GTK_STACK (stack), new_message (dialog), "message");
  return stack;
}
