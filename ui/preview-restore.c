/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-restore.c: from a view of the layer to its pictures: the part
 * is read, and the worker restores it.
 */

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "preview-private.h"

#define DELAY 300 /* milliseconds after the last change */

DifParams
dif_preview_part_params (DifPreview    *preview,
                         const DifRect *rect,
                         int            reduction)
{
  DifParams params = preview->params;

  params.num_variations = 1;
  params.reduction = reduction;
  params.origin_x = rect->x;
  params.origin_y = rect->y;
  params.scale_side = MIN (preview->host->width, preview->host->height);
  return params;
}

DifRect
dif_preview_seen_work (DifPreview *preview)
{
  DifRect seen = dif_viewport_visible (&preview->viewport);
  int     f = dif_viewport_reduction (&preview->viewport);
  DifRect part = dif_rect_intersect (&seen, &preview->host->work);

  /* On the grid of the picture, which begins where seen does. */
  if (f > 1 && part.width > 0)
    {
      int right = part.x + part.width, bottom = part.y + part.height;

      part.x = seen.x + (part.x - seen.x) / f * f;
      part.y = seen.y + (part.y - seen.y) / f * f;
      part.width = MAX (1, (right - part.x) / f) * f;
      part.height = MAX (1, (bottom - part.y) / f) * f;
    }
  return part;
}

/* What has to be read to show the view and restore it. */
static DifRect
needed (DifPreview *preview)
{
  DifRect seen = dif_viewport_visible (&preview->viewport);
  DifRect part = dif_preview_seen_work (preview);
  DifRect work = preview->host->work, inside, area;
  int     right, bottom;

  if (! preview->model || part.width == 0
      || dif_viewport_reduction (&preview->viewport) > 1)
    return seen;
  inside = (DifRect) { part.x - work.x, part.y - work.y, part.width,
                       part.height };
  dif_job_preview_area (preview->model, work.width, work.height,
                        &preview->params, &inside, &area);
  area.x += work.x;
  area.y += work.y;
  right = MAX (seen.x + seen.width, area.x + area.width);
  bottom = MAX (seen.y + seen.height, area.y + area.height);
  seen.x = MIN (seen.x, area.x);
  seen.y = MIN (seen.y, area.y);
  seen.width = right - seen.x;
  seen.height = bottom - seen.y;
  return seen;
}

/* Where a part of the layer lies in what was read. */
static DifRect
in_source (DifPreview    *preview,
           const DifRect *part)
{
  int f = preview->reduction;

  return (DifRect) { (part->x - preview->rect.x) / f,
                     (part->y - preview->rect.y) / f,
                     MAX (1, part->width / f), MAX (1, part->height / f) };
}

static gboolean
covers (const DifRect *outer,
        const DifRect *inner)
{
  DifRect both = dif_rect_intersect (outer, inner);

  return dif_rect_equal (&both, inner);
}

/* Restoring ---------------------------------------------------------- */

static void
paste (DifPreview     *preview,
       const DifImage *image)
{
  DifImage *to = preview->restored;
  DifRect   at = in_source (preview, &preview->task_rect);
  int       c, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < MIN (image->height, to->height - at.y); y++)
      memcpy (to->rgb + ((gsize) c * to->height + at.y + y) * to->width + at.x,
              image->rgb + ((gsize) c * image->height + y) * image->width,
              MIN (image->width, to->width - at.x) * sizeof (float));
  dif_preview_show_restored (preview);
}

static void
say_step (DifPreview *preview,
          int         step,
          int         steps)
{
  char *text = g_strdup_printf (preview->draft ? _("Draft, step %d of %d")
                                               : _("Restoring, step %d of %d"),
                                MIN (step + 1, steps), steps);

  dif_preview_say (preview, text, (double) step / MAX (1, steps));
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
  DifPreview *preview = data;

  if (step > 0)
    paste (preview, denoised);
  if (step < steps)
    say_step (preview, step, steps);
  dif_image_free (sample);
  dif_image_free (denoised);
}

static void start_task (DifPreview *preview,
                        gboolean    draft);

static void
say_final (DifPreview *preview)
{
  char *text;

  if (dif_strength_to_t (preview->model, preview->params.strength) == 0)
    text = g_strdup (_("At strength 0 nothing changes"));
  else if (preview->reduction == 1)
    text = g_strdup (_("As the result will be"));
  else
    text = g_strdup_printf (_("As the result will be, reduced to %d %%"),
                            (int) lround (100.0 / preview->reduction));
  dif_preview_say (preview, text, -1.0);
  g_free (text);
}

static void
on_done (DifImage     *result,
         const GError *error,
         double        seconds,
         gpointer      data)
{
  DifPreview *preview = data;

  preview->task = 0;
  if (error)
    {
      dif_preview_say (preview, error->message, -1.0);
      return;
    }
  paste (preview, result);
  dif_image_free (result);
  if (preview->draft)
    {
      start_task (preview, FALSE);
      return;
    }
  preview->made = preview->task_rect;
  say_final (preview);
  if (preview->task_work > 0.0)
    g_signal_emit_by_name (preview, "calibrated", seconds, preview->task_work);
}

/* As the run does it: with the run's tiles at full size. */
static void
set_final (DifPreview *preview,
           DifTask    *task)
{
  DifRect work = preview->host->work, inside;
  DifRect part = dif_preview_seen_work (preview);

  inside = (DifRect) { part.x - work.x, part.y - work.y, part.width,
                       part.height };
  task->part = TRUE;
  task->width = work.width;
  task->height = work.height;
  dif_job_preview_area (preview->model, work.width, work.height,
                        &preview->params, &inside, &task->area);
  task->params = dif_preview_part_params (preview, &work, 1);
  preview->task_rect = (DifRect) { task->area.x + work.x,
                                   task->area.y + work.y, task->area.width,
                                   task->area.height };
}

static void
start_task (DifPreview *preview,
            gboolean    draft)
{
  DifTask  task = { .model = preview->model, .watch = TRUE,
                    .priority = DIF_PRIORITY_PREVIEW, .on_step = on_step,
                    .on_done = on_done, .data = preview };
  DifRect  part = dif_preview_seen_work (preview), at;
  int      f = preview->reduction;
  GError  *error = NULL;

  preview->draft = draft;
  if (draft || f > 1)
    {
      preview->task_rect = part;
      task.params = dif_preview_part_params (preview, &part, f);
      if (draft)
        dif_params_set_quality (&task.params, DIF_QUALITY_DRAFT);
      if (! dif_rect_equal (&part, &preview->host->work))
        task.params.tileable = FALSE;
    }
  else
    set_final (preview, &task);
  at = in_source (preview, &preview->task_rect);
  task.source = dif_picture_crop_image (preview->source->rgb, &at, &error);
  if (! task.source)
    {
      dif_preview_say (preview, error->message, -1.0);
      g_error_free (error);
      return;
    }
  preview->task_work = dif_params_work (preview->model, at.width, at.height,
                                        &task.params);
  say_step (preview, 0, dif_params_n_steps (preview->model, &task.params));
  preview->task = dif_worker_add (preview->worker, &task);
}

/* A draft is worth its time where the way of the run is much longer. */
static gboolean
wants_draft (DifPreview *preview)
{
  DifRect   part = dif_preview_seen_work (preview);
  DifParams run = dif_preview_part_params (preview, &part, 1);
  DifParams quick = run;

  dif_params_set_quality (&quick, DIF_QUALITY_DRAFT);
  return preview->reduction == 1
         && dif_params_n_steps (preview->model, &run)
            > dif_params_n_steps (preview->model, &quick);
}

static gboolean
on_timer (gpointer data)
{
  DifPreview *preview = data;

  preview->timer = 0;
  start_task (preview, wants_draft (preview));
  return G_SOURCE_REMOVE;
}

/* Restores what is seen a little later, unless it is there. */
static void
schedule (DifPreview *preview)
{
  DifRect part = dif_preview_seen_work (preview);

  if (preview->timer)
    g_source_remove (preview->timer);
  preview->timer = 0;
  if (! preview->model)
    {
      dif_preview_say (preview, preview->message ? preview->message : "", -1.0);
      return;
    }
  if (part.width == 0)
    {
      dif_preview_say (preview, _("Nothing that is seen is selected"), -1.0);
      return;
    }
  if (preview->made.width > 0 && covers (&preview->made, &part))
    {
      say_final (preview);
      return;
    }
  if (preview->task)
    dif_worker_cancel (preview->worker, preview->task);
  preview->task = 0;
  dif_preview_say (preview, _("Restoring…"), 0.0);
  preview->timer = g_timeout_add (DELAY, on_timer, preview);
}

/* Reading ------------------------------------------------------------ */

static void
on_read (DifPicture   *picture,
         const GError *error,
         gpointer      data)
{
  DifPreview *preview = data;
  DifRect     all = { 0 };

  if (error)
    {
      dif_preview_say (preview, error->message, -1.0);
      return;
    }
  dif_picture_free (preview->source);
  preview->source = picture;
  preview->rect = preview->wanted;
  preview->reduction = preview->wanted_reduction;
  all.width = picture->rgb->width;
  all.height = picture->rgb->height;
  dif_image_free (preview->restored);
  preview->restored = dif_picture_crop_image (picture->rgb, &all, NULL);
  preview->made = (DifRect) { 0 };
  g_clear_pointer (&preview->noise, dif_image_free);
  dif_preview_show_source (preview);
  dif_preview_start_noise (preview);
  if (preview->restored)
    schedule (preview);
}

void
dif_preview_look (DifPreview *preview)
{
  DifRect rect;
  int     f = dif_viewport_reduction (&preview->viewport);

  if (! preview->host || ! gtk_widget_get_realized (preview->canvas))
    return;
  rect = needed (preview);
  if (preview->source && preview->reduction == f
      && covers (&preview->rect, &rect))
    {
      g_clear_pointer (&preview->reader, dif_reader_free);
      dif_preview_show_source (preview);
      dif_preview_show_noised (preview);
      dif_preview_show_restored (preview);
      schedule (preview);
      return;
    }
  if (preview->reader && preview->wanted_reduction == f
      && dif_rect_equal (&preview->wanted, &rect))
    return;
  dif_preview_halt (preview);
  preview->wanted = rect;
  preview->wanted_reduction = f;
  dif_preview_say (preview, _("Reading the layer…"), 0.0);
  preview->reader = dif_reader_new (preview->host, &rect, f, on_read, preview);
}

void
dif_preview_renew (DifPreview *preview,
                   gboolean    noise)
{
  preview->made = (DifRect) { 0 };
  if (preview->task)
    dif_worker_cancel (preview->worker, preview->task);
  preview->task = 0;
  if (noise)
    dif_preview_start_noise (preview);
  dif_preview_look (preview);
}

void
dif_preview_halt (DifPreview *preview)
{
  if (preview->timer)
    g_source_remove (preview->timer);
  preview->timer = 0;
  if (preview->task)
    dif_worker_cancel (preview->worker, preview->task);
  preview->task = 0;
  g_clear_pointer (&preview->reader, dif_reader_free);
}
