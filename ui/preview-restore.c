/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-restore.c: see preview-restore.h.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "preview-geometry.h"
#include "preview-restore.h"
#include "preview-show.h"
#include "preview-state.h"
#include "rect.h"

#define DELAY 300 /* milliseconds after the last change */

/* Takes image over. */
static void
set_restored (DifUiPreview *preview,
              DifImage     *image)
{
  dif_ui_picture_free (preview->restored);
  preview->restored = g_new0 (DifUiPicture, 1);
  preview->restored->rgb = image;
  preview->restored_rect = preview->task_rect;
  dif_ui_preview_show (preview, DIF_UI_VIEW_RESTORED);
}

static void
say_step (DifUiPreview *preview,
          int           step,
          int           steps)
{
  char *text = g_strdup_printf (preview->draft ? _("Draft, step %d of %d")
                                               : _("Restoring, step %d of %d"),
                                MIN (step + 1, steps), steps);

  dif_ui_preview_say (preview, text, (double) step / MAX (1, steps));
  g_free (text);
}

static void
on_step (int        step,
         int        steps,
         double     t,
         DifImage  *sample,
         DifImage  *denoised,
         gpointer   data)
{
  DifUiPreview *preview = data;

  if (step > 0)
    set_restored (preview, g_steal_pointer (&denoised));
  if (step < steps)
    say_step (preview, step, steps);
  dif_image_free (sample);
  dif_image_free (denoised);
}

static void start_task (DifUiPreview *preview,
                        gboolean      draft);

static void
say_final (DifUiPreview *preview)
{
  char *text;

  if (dif_strength_to_t (preview->model, preview->params.strength) == 0)
    text = g_strdup (_("At strength 0 nothing changes"));
  else if (preview->reduction == 1)
    text = g_strdup (_("As the result will be"));
  else
    text = g_strdup_printf (_("As the result will be, reduced to %d %%"),
                            (int) lround (100.0 / preview->reduction));
  dif_ui_preview_say (preview, text, -1.0);
  g_free (text);
}

static void
on_done (DifImage     *result,
         const GError *error,
         double        seconds,
         double        work,
         gpointer      data)
{
  DifUiPreview *preview = data;

  preview->task = 0;
  if (error)
    {
      dif_ui_preview_say_error (preview, error);
      return;
    }
  set_restored (preview, result);
  if (preview->draft)
    {
      start_task (preview, FALSE);
      return;
    }
  preview->made = preview->task_rect;
  say_final (preview);
  if (work > 0.0)
    g_signal_emit_by_name (preview, "calibrated", seconds, work);
}

/* A quick job: what is seen, and no more. */
static void
set_quick (DifUiPreview *preview,
           DifUiTask    *task)
{
  DifRect part = dif_ui_preview_seen_work (preview);

  preview->task_rect = part;
  task->params = dif_ui_preview_part_params (preview, &part,
                                             preview->reduction);
  if (preview->draft)
    dif_params_set_quality (&task->params, DIF_QUALITY_DRAFT);
  if (! dif_ui_rect_equal (&part, &preview->host->work))
    task->params.tileable = FALSE;
  task->fill = dif_ui_preview_in_source (preview, &part);
}

/* A job that makes what the run will make: with the run's tiles, at full size.
 */
static void
set_final (DifUiPreview *preview,
           DifUiTask    *task)
{
  DifRect work = preview->host->work, fill;

  preview->task_rect = dif_ui_preview_area (preview, &fill);
  task->part = TRUE;
  task->width = work.width;
  task->height = work.height;
  task->area = preview->task_rect;
  task->area.x -= work.x;
  task->area.y -= work.y;
  task->params = dif_ui_preview_part_params (preview, &work, 1);
  task->fill = dif_ui_preview_in_source (preview, &fill);
  task->crop = preview->task_rect;
  task->crop.x -= fill.x;
  task->crop.y -= fill.y;
}

static void
start_task (DifUiPreview *preview,
            gboolean      draft)
{
  DifUiTask task = { .model = preview->model, .watch = TRUE,
                     .priority = DIF_UI_PRIORITY_PREVIEW, .on_step = on_step,
                     .on_done = on_done, .data = preview };

  preview->draft = draft;
  if (draft || preview->reduction > 1)
    set_quick (preview, &task);
  else
    set_final (preview, &task);
  task.source = preview->source->rgb;
  task.alpha = preview->source->alpha;
  task.owner = dif_ui_picture_ref (preview->source);
  task.release = (GDestroyNotify) dif_ui_picture_free;
  say_step (preview, 0, dif_params_n_steps (preview->model, &task.params));
  preview->task = dif_ui_worker_add (preview->worker, &task);
}

/* A draft comes first where it takes fewer steps than the run. */
static gboolean
wants_draft (DifUiPreview *preview)
{
  DifRect   part = dif_ui_preview_seen_work (preview);
  DifParams run = dif_ui_preview_part_params (preview, &part, 1);
  DifParams quick = run;

  dif_params_set_quality (&quick, DIF_QUALITY_DRAFT);
  return preview->reduction == 1
         && dif_params_n_steps (preview->model, &run)
            > dif_params_n_steps (preview->model, &quick);
}

static gboolean
on_timer (gpointer data)
{
  DifUiPreview *preview = data;

  preview->timer = 0;
  start_task (preview, wants_draft (preview));
  return G_SOURCE_REMOVE;
}

void
dif_ui_preview_restore (DifUiPreview *preview)
{
  DifRect part = dif_ui_preview_seen_work (preview);

  if (preview->timer)
    g_source_remove (preview->timer);
  preview->timer = 0;
  if (! preview->model)
    {
      dif_ui_preview_say (preview, preview->message ? preview->message : "",
                          -1.0);
      return;
    }
  if (part.width == 0)
    {
      dif_ui_preview_say (preview, _("Nothing that is seen is selected"), -1.0);
      return;
    }
  if (preview->made.width > 0 && dif_ui_rect_covers (&preview->made, &part))
    {
      say_final (preview);
      return;
    }
  if (preview->task)
    dif_ui_worker_cancel (preview->worker, preview->task);
  preview->task = 0;
  dif_ui_preview_say (preview, _("Restoring…"), 0.0);
  preview->timer = g_timeout_add (DELAY, on_timer, preview);
}
