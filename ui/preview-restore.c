/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-restore.c: see preview-restore.h.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "preview-geometry.h"
#include "preview-made.h"
#include "preview-restore.h"
#include "preview-show.h"
#include "preview-state.h"
#include "rect.h"

#define DELAY         300 /* milliseconds after the last change             */
#define WORTH_A_DRAFT 1.5 /* times the work of a draft, to be restored      */

/* Takes image over. */
static void
set_restored (DifUiPreview *preview,
              DifImage     *image)
{
  dif_ui_picture_free (preview->restored);
  preview->restored = g_new0 (DifUiPicture, 1);
  preview->restored->rgb = image;
  preview->restored_rect = preview->task_rect;
  preview->restored_whole = FALSE;
  dif_ui_preview_show (preview, DIF_UI_VIEW_RESTORED);
}

static void
say_step (DifUiPreview *preview,
          int           step,
          int           steps)
{
  char *text;

  if (preview->params.task == DIF_JOB_RESTORE && steps == 1)
    text = g_strdup (_("Restoring…"));
  else
    text = g_strdup_printf (preview->draft ? _("Draft, step %d of %d")
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
  gboolean restore = preview->params.task == DIF_JOB_RESTORE;
  char    *text;

  if (restore && preview->params.amount == 0.0)
    text = g_strdup (_("At amount 0 nothing changes"));
  else if (restore && preview->idle)
    text = g_strdup (_("Hardly any noise: nothing changes"));
  else if (! restore
           && dif_strength_to_t (preview->model, preview->params.strength) == 0)
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
  preview->idle = work == 0.0;
  say_final (preview);
  if (work > 0.0)
    g_signal_emit_by_name (preview, "calibrated", seconds, work);
}

/* What is left of the layer's noise where it is reduced by f.  The variance of
 * white noise is divided by the square of that.  Coarse noise has so much more of
 * it at half the size, and by its usual shapes, a blur over few pixels, about that
 * to the power of 1.5 from a quarter on; octaves have these shares of it all.
 */
static DifLayerNoise
reduced_noise (const DifLayerNoise *noise,
               int                  f)
{
  double        half = MAX (1.0, noise->coarseness), quarter = pow (half, 1.5);
  double        all = 0.75 + 0.1875 * half + 0.0625 * quarter;
  double        more = f == 2 ? 0.75 * half + 0.25 * quarter : quarter;
  double        share = more / all / (f * f);
  DifLayerNoise left = { .deviation = noise->deviation * sqrt (share),
                         .coarseness = f == 2 ? quarter / half : 1.0 };
  int           c;

  for (c = 0; c < 3; c++)
    {
      left.slope[c] = noise->slope[c] * share;
      left.base[c] = noise->base[c] * share;
      left.least[c] = noise->least[c] * share;
      left.most[c] = noise->most[c] * share;
    }
  return left;
}

/* For a quick job, which sees the reduced part as a picture of its own, in which
 * there are no blocks of 8 pixels any more.
 */
static void
set_quick_restore (DifUiPreview *preview,
                   DifUiTask    *task)
{
  int f = preview->reduction;

  if (f > 1)
    {
      task->noise = reduced_noise (&preview->found, f);
      task->params.blocks = DIF_BLOCKS_OFF;
    }
  task->params.reduction = 0;
  task->params.scale_side = MAX (1, task->params.scale_side / f);
  task->params.draws = 1;
}

/* A quick job: what is seen, and no more. */
static void
set_quick (DifUiPreview *preview,
           DifUiTask    *task)
{
  DifRect part = dif_ui_preview_seen_work (preview);

  preview->task_rect = part;
  task->width = part.width;
  task->height = part.height;
  task->params = dif_ui_preview_part_params (preview, &part,
                                             preview->reduction);
  if (preview->params.task == DIF_JOB_RESTORE)
    set_quick_restore (preview, task);
  else if (preview->draft)
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
                     .on_done = on_done, .data = preview,
                     .noise = preview->found };

  preview->draft = draft;
  if (draft || preview->reduction > 1)
    set_quick (preview, &task);
  else
    set_final (preview, &task);
  task.source = preview->source->rgb;
  task.alpha = preview->source->alpha;
  task.owner = dif_ui_picture_ref (preview->source);
  task.release = (GDestroyNotify) dif_ui_picture_free;
  say_step (preview, 0, dif_params_n_steps (preview->model, task.width, task.height,
                                            &task.params));
  preview->task = dif_ui_worker_add (preview->worker, &task);
}

/* A draft comes first where it takes fewer steps than the run, or where what is
 * seen is so much less than all that the run's tiles need to see.
 */
static gboolean
wants_draft (DifUiPreview *preview)
{
  DifRect   part = dif_ui_preview_seen_work (preview), fill, area;
  DifParams run = dif_ui_preview_part_params (preview, &part, 1);
  DifParams quick = run;

  if (run.task == DIF_JOB_RESTORE)
    {
      quick.draws = 1;
      area = dif_ui_preview_area (preview, &fill);
      return preview->reduction == 1
             && dif_params_work (preview->model, area.width, area.height, &run)
                > WORTH_A_DRAFT * dif_params_work (preview->model, part.width,
                                                   part.height, &quick);
    }
  dif_params_set_quality (&quick, DIF_QUALITY_DRAFT);
  return preview->reduction == 1
         && dif_params_n_steps (preview->model, part.width, part.height, &run)
            > dif_params_n_steps (preview->model, part.width, part.height, &quick);
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
  DifRect  part = dif_ui_preview_seen_work (preview);
  gboolean whole = dif_ui_task_takes_whole (&preview->params);

  /* What is made of all of it goes on, wherever one looks. */
  if (preview->timer && ! whole)
    {
      g_source_remove (preview->timer);
      preview->timer = 0;
    }
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
  if (whole)
    {
      dif_ui_preview_make (preview);
      return;
    }
  if (preview->params.task == DIF_JOB_RESTORE && ! preview->measured)
    {
      dif_ui_preview_say (preview, preview->unmeasured
                                   ? preview->unmeasured
                                   : _("Measuring the noise…"),
                          preview->unmeasured ? -1.0 : 0.0);
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
