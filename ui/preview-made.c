/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-made.c: see preview-made.h.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "preview-made.h"
#include "preview-show.h"
#include "preview-state.h"

#define DELAY       300   /* milliseconds after the last change               */
#define LOOK        100   /* milliseconds between two looks at the progress   */
#define DRAFT       128   /* shorter side of the first picture, in pixels     */
#define GROWTH      6     /* times the last one's, at most, is the next one's */

/* More than any side: the whole job, at the layer's own size. */
#define FULL G_MAXINT

static void start (DifUiPreview *preview);

/* Shorter side of a picture that the view shows without loss. */
static int
side_of_view (DifUiPreview *preview)
{
  const DifUiHost *host = preview->host;
  int              side = MIN (host->width, host->height);
  double           seen = ceil (side * preview->viewport.zoom);

  return seen < side ? MAX (1, (int) seen) : FULL;
}

/* Of the picture that comes after one of that side, or first (0). */
static int
next_side (DifUiPreview *preview,
           int           side)
{
  const DifUiHost *host = preview->host;
  int              next = side == 0 ? DRAFT : GROWTH * side;
  int              least = MIN (host->width, host->height);

  next = next < least ? next : FULL;
  return MIN (next, side_of_view (preview));
}

static void
say_final (DifUiPreview *preview)
{
  char *text;

  if (! (preview->params.strength > 0.0))
    text = g_strdup (_("At strength 0 nothing changes"));
  else if (preview->made_side == FULL)
    text = g_strdup (_("As the result will be"));
  else
    text = g_strdup_printf (_("As the result will be, reduced to %d %%"),
                            (int) lround (100.0 * preview->viewport.zoom));
  dif_ui_preview_say (preview, text, -1.0);
  g_free (text);
}

static void
say_progress (DifUiPreview *preview)
{
  dif_ui_preview_say (preview,
                      preview->made_side == 0
                      ? _("Draft: putting parts together…")
                      : _("Putting parts together…"),
                      dif_ui_worker_done (preview->worker, preview->task));
}

static gboolean
on_look (gpointer data)
{
  say_progress (data);
  return G_SOURCE_CONTINUE;
}

static void
stop_looking (DifUiPreview *preview)
{
  if (preview->progress)
    g_source_remove (preview->progress);
  preview->progress = 0;
}

static void
on_done (DifImage     *result,
         const GError *error,
         double        seconds,
         double        work,
         gpointer      data)
{
  DifUiPreview *preview = data;
  gboolean      draft = preview->made_side == 0;

  stop_looking (preview);
  preview->task = 0;
  if (error)
    {
      dif_ui_preview_say_error (preview, error);
      return;
    }
  dif_ui_picture_free (preview->restored);
  preview->restored = g_new0 (DifUiPicture, 1);
  preview->restored->rgb = result;
  preview->restored_whole = TRUE;
  preview->restored_rect = (DifRect) { 0, 0, preview->host->width,
                                       preview->host->height };
  preview->made_side = preview->task_side;
  dif_ui_preview_show (preview, DIF_UI_VIEW_RESTORED);
  if (work > 0.0 && (! draft || preview->made_side == FULL))
    g_signal_emit_by_name (preview, "calibrated", seconds, work);
  if (preview->made_side < side_of_view (preview))
    start (preview);
  else
    say_final (preview);
}

static void
start (DifUiPreview *preview)
{
  DifUiTask task = { .model = preview->model,
                     .priority = DIF_UI_PRIORITY_PREVIEW,
                     .on_done = on_done, .data = preview };

  if (! dif_ui_whole_give (preview->whole, &task))
    {
      dif_ui_preview_say (preview, _("Reading the layer…"), 0.0);
      preview->task_side = 0;
      return;
    }
  preview->task_side = next_side (preview, preview->made_side);
  task.params = preview->params;
  task.side = preview->task_side == FULL ? 0 : preview->task_side;
  preview->task = dif_ui_worker_add (preview->worker, &task);
  say_progress (preview);
  preview->progress = g_timeout_add (LOOK, on_look, preview);
}

static gboolean
on_timer (gpointer data)
{
  DifUiPreview *preview = data;

  preview->timer = 0;
  if (preview->model)
    start (preview);
  return G_SOURCE_REMOVE;
}

void
dif_ui_preview_made_read (DifUiPreview *preview,
                          const GError *error)
{
  if (! dif_ui_task_takes_whole (&preview->params))
    return;
  if (error)
    dif_ui_preview_say_error (preview, error);
  else if (preview->model && preview->timer == 0 && preview->task == 0
           && preview->made_side < side_of_view (preview))
    start (preview);
}

void
dif_ui_preview_make (DifUiPreview *preview)
{
  if (preview->made_side >= side_of_view (preview))
    {
      say_final (preview);
      return;
    }
  if (preview->task || preview->timer)
    return;
  dif_ui_preview_say (preview, _("Putting parts together…"), 0.0);
  preview->timer = g_timeout_add (DELAY, on_timer, preview);
}

void
dif_ui_preview_stop_made (DifUiPreview *preview)
{
  stop_looking (preview);
  preview->made_side = 0;
}
