/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-look.c: see dialog-look.h.
 */

#include "dialog-config.h"
#include "dialog-look.h"
#include "dialog-made.h"
#include "dialog-noise.h"
#include "dialog-task.h"

#define LOOK 8000 /* microseconds at a time */

static gboolean look_again (gpointer data);

void
dif_ui_dialog_refer (DifUiDialog *dialog)
{
  if (dif_ui_dialog_varies (dialog))
    dif_ui_whole_refer (dialog->whole,
                        dialog->ops->reference (dialog->ops->data));
}

static void
show_changed (DifUiDialog *dialog)
{
  dif_ui_preview_layer_changed (dialog->preview);
  if (dialog->picker)
    {
      dif_ui_picker_layer_changed (dialog->picker);
      dif_ui_film_layer_changed (dialog->film);
    }
}

void
dif_ui_dialog_look (DifUiDialog *dialog)
{
  /* A run looks at the layer itself. */
  if (! dialog->look_due || dialog->running || dialog->looking != 0)
    return;
  dialog->look_due = FALSE;
  dialog->looking = g_idle_add (look_again, dialog);
}

/* Goes on to look whether the layer has changed. */
static gboolean
look_again (gpointer data)
{
  DifUiDialog     *dialog = data;
  const DifUiHost *host = dialog->ops->host;
  gboolean         changed = FALSE;

  if (dialog->running)
    {
      host->look (host->data, 0, NULL);
      dialog->look_due = TRUE;
    }
  else if (host->look (host->data, g_get_monotonic_time () + LOOK, &changed))
    return G_SOURCE_CONTINUE;
  dialog->looking = 0;
  if (changed)
    {
      dif_ui_dialog_forget_noise (dialog);
      dif_ui_whole_drop (dialog->whole);
      dif_ui_preview_set_noise (dialog->preview, NULL, NULL);
      show_changed (dialog);
      g_free (dialog->layers);
      dialog->n_layers = dialog->ops->get_layers (dialog->ops->data,
                                                  &dialog->layers);
      dif_ui_dialog_refresh (dialog);
    }
  dif_ui_dialog_look (dialog);
  return G_SOURCE_REMOVE;
}

/* The user may come back from painting or selecting. */
static gboolean
on_focus (GtkWidget     *window,
          GdkEventFocus *event,
          gpointer       data)
{
  DifUiDialog *dialog = data;

  if (event->in)
    {
      dif_ui_dialog_list_drawables (dialog);
      dif_ui_dialog_look (dialog);
    }
  else
    dialog->look_due = TRUE;
  return GDK_EVENT_PROPAGATE;
}

void
dif_ui_dialog_follow_layer (DifUiDialog *dialog)
{
  g_signal_connect (dialog->window, "focus-in-event", G_CALLBACK (on_focus),
                    dialog);
  g_signal_connect (dialog->window, "focus-out-event", G_CALLBACK (on_focus),
                    dialog);
}

void
dif_ui_dialog_unfollow_layer (DifUiDialog *dialog)
{
  g_signal_handlers_disconnect_by_func (dialog->window, on_focus, dialog);
  if (dialog->looking)
    g_source_remove (dialog->looking);
  dialog->looking = 0;
  dialog->look_due = FALSE;
}

void
dif_ui_dialog_note_look (DifUiDialog *dialog,
                         const char  *setting)
{
  if (g_strcmp0 (setting, "reference") == 0)
    {
      dif_ui_dialog_refer (dialog);
      show_changed (dialog);
    }
  if (g_strcmp0 (setting, "protect") != 0)
    return;
  dif_ui_dialog_list_drawables (dialog);
  dialog->look_due = TRUE;
  dif_ui_dialog_look (dialog);
}
