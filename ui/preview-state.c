/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-state.c: see preview-state.h.
 */

#include "messages.h"
#include "preview-state.h"

void
dif_ui_preview_add_state (DifUiPreview *preview)
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

void
dif_ui_preview_say (DifUiPreview *preview,
                    const char   *text,
                    double        fraction)
{
  if (fraction < 0.0 && preview->fault)
    text = preview->fault;
  gtk_label_set_text (GTK_LABEL (preview->state), text);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (preview->bar),
                                 CLAMP (fraction, 0.0, 1.0));
  gtk_widget_set_opacity (preview->bar, fraction < 0.0 ? 0.0 : 1.0);
}

void
dif_ui_preview_say_error (DifUiPreview *preview,
                          const GError *error)
{
  char *text = dif_ui_message_text (error);

  dif_ui_preview_say (preview, text, -1.0);
  g_free (text);
}

void
dif_ui_preview_fail (DifUiPreview *preview,
                     const GError *error)
{
  g_free (preview->fault);
  preview->fault = dif_ui_message_text (error);
  dif_ui_preview_say (preview, preview->fault, -1.0);
}
