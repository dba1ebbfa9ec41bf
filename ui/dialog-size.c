/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-size.c: see dialog-size.h.
 */

#include "dialog-size.h"

#define TITLE 40 /* pixels of the screen for the window's bar */

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
dif_ui_dialog_grow (DifUiDialog *dialog)
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

void
dif_ui_dialog_shrink (DifUiDialog *dialog)
{
  GtkWindow *window = GTK_WINDOW (dialog->window);
  int        width, height;

  gtk_window_get_size (window, &width, &height);
  if (dialog->grown > 0)
    gtk_window_resize (window, width, MAX (1, height - dialog->grown));
  dialog->grown = 0;
}
