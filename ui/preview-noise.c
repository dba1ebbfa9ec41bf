/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-noise.c: draws the noise of what is seen, which the noised view
 * then mixes with the layer at once for any strength.
 */

#include "preview-private.h"

typedef struct
{
  DifModel  *model;
  DifImage  *image;
  DifParams  params;
} Noise;

static void
noise_free (gpointer data)
{
  Noise *noise = data;

  dif_model_unref (noise->model);
  dif_image_free (noise->image);
  g_free (noise);
}

static void
draw_noise (GTask        *task,
            gpointer      object,
            gpointer      data,
            GCancellable *cancellable)
{
  Noise *noise = data;

  dif_forward (noise->model, noise->image, &noise->params, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_noise (GObject      *object,
          GAsyncResult *result,
          gpointer      data)
{
  DifPreview *preview = DIF_PREVIEW (object);
  Noise      *noise = g_task_get_task_data (G_TASK (result));

  preview->noise_busy = FALSE;
  if (! preview->host)
    return;
  if (preview->noise_stale)
    {
      dif_preview_start_noise (preview);
      return;
    }
  dif_image_free (preview->noise);
  preview->noise = g_steal_pointer (&noise->image);
  dif_preview_show_noised (preview);
}

void
dif_preview_start_noise (DifPreview *preview)
{
  Noise *noise;
  GTask *task;

  preview->noise_stale = preview->noise_busy;
  if (preview->noise_busy || ! preview->model || ! preview->source)
    return;
  noise = g_new0 (Noise, 1);
  noise->model = dif_model_ref (preview->model);
  noise->image = dif_image_new (preview->source->rgb->width,
                                preview->source->rgb->height, NULL);
  noise->params = dif_preview_part_params (preview, &preview->rect,
                                           preview->reduction);
  noise->params.from_noise = TRUE;
  noise->params.strength = 1.0;
  if (! noise->image)
    {
      noise_free (noise);
      return;
    }
  preview->noise_busy = TRUE;
  task = g_task_new (preview, NULL, on_noise, NULL);
  g_task_set_task_data (task, noise, noise_free);
  g_task_run_in_thread (task, draw_noise);
  g_object_unref (task);
}
