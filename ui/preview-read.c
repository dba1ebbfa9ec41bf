/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-read.c: see preview-read.h.
 */

#include <glib/gi18n.h>

#include "preview-geometry.h"
#include "preview-made.h"
#include "preview-noise.h"
#include "preview-read.h"
#include "preview-restore.h"
#include "preview-show.h"
#include "preview-state.h"
#include "rect.h"

static void
on_read (DifUiPicture *picture,
         const GError *error,
         gpointer      data)
{
  DifUiPreview *preview = data;

  g_clear_pointer (&preview->reader, dif_ui_reader_free);
  if (error)
    {
      dif_ui_preview_say_error (preview, error);
      return;
    }
  dif_ui_picture_free (preview->source);
  preview->source = picture;
  preview->rect = preview->wanted;
  if (preview->reduction != preview->wanted_reduction
      && ! preview->restored_whole)
    g_clear_pointer (&preview->restored, dif_ui_picture_free);
  preview->reduction = preview->wanted_reduction;
  preview->made = (DifRect) { 0 };
  g_clear_pointer (&preview->noise, dif_ui_picture_free);
  dif_ui_preview_show_all (preview);
  dif_ui_preview_start_noise (preview);
  dif_ui_preview_restore (preview);
}

/* Nothing that is under way is wanted any more, and what there is is not final. */
static void
stop (DifUiPreview *preview)
{
  if (preview->timer)
    g_source_remove (preview->timer);
  preview->timer = 0;
  if (preview->task)
    dif_ui_worker_cancel (preview->worker, preview->task);
  preview->task = 0;
  preview->made = (DifRect) { 0 };
  dif_ui_preview_stop_made (preview);
}

void
dif_ui_preview_look (DifUiPreview *preview)
{
  DifRect rect;
  int     f = dif_ui_viewport_reduction (&preview->viewport);

  if (! preview->host || ! gtk_widget_get_realized (preview->canvas))
    return;
  g_clear_pointer (&preview->fault, g_free);
  rect = dif_ui_preview_to_read (preview);
  if (preview->source && preview->reduction == f
      && dif_ui_rect_covers (&preview->rect, &rect))
    {
      g_clear_pointer (&preview->reader, dif_ui_reader_free);
      dif_ui_preview_show_all (preview);
      if (! preview->noise && ! preview->drawing)
        dif_ui_preview_start_noise (preview);
      dif_ui_preview_restore (preview);
      return;
    }
  if (preview->reader && preview->wanted_reduction == f
      && dif_ui_rect_equal (&preview->wanted, &rect))
    return;
  if (! dif_ui_task_takes_whole (&preview->params))
    dif_ui_preview_halt (preview);
  g_clear_pointer (&preview->reader, dif_ui_reader_free);
  preview->wanted = rect;
  preview->wanted_reduction = f;
  dif_ui_preview_say (preview, _("Reading the layer…"), 0.0);
  preview->reader = dif_ui_reader_new (preview->host, &rect, f, FALSE, on_read,
                                       preview);
}

void
dif_ui_preview_renew (DifUiPreview *preview,
                      gboolean      noise)
{
  stop (preview);
  if (noise)
    dif_ui_preview_start_noise (preview);
  dif_ui_preview_look (preview);
}

void
dif_ui_preview_halt (DifUiPreview *preview)
{
  stop (preview);
  g_clear_pointer (&preview->reader, dif_ui_reader_free);
}

void
dif_ui_preview_drop_made (DifUiPreview *preview)
{
  dif_ui_preview_stop_noise (preview);
  g_clear_pointer (&preview->noise, dif_ui_picture_free);
  g_clear_pointer (&preview->restored, dif_ui_picture_free);
  preview->made = (DifRect) { 0 };
  preview->made_side = 0;
  dif_ui_preview_shown_clear (&preview->shown[DIF_UI_VIEW_NOISED]);
  dif_ui_preview_shown_clear (&preview->shown[DIF_UI_VIEW_RESTORED]);
  gtk_widget_queue_draw (preview->canvas);
}
