/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-noise.c: draws the noise of what is seen, which the noised view
 * then mixes with the layer at once for any strength.
 */

#include <string.h>

#include "preview-private.h"

#define BAND 64      /* rows between two looks at the cancellable */

typedef struct
{
  DifModel  *model;
  DifParams  params;
  int        width;
  int        height;
} Noise;

static void
noise_free (gpointer data)
{
  Noise *noise = data;

  dif_model_unref (noise->model);
  g_free (noise);
}

/* Rows first .. first + rows of image: noise goes by its place. */
static gboolean
draw_band (const Noise  *noise,
           DifImage     *image,
           int           first,
           int           rows,
           GError      **error)
{
  DifImage  *band = dif_image_new (image->width, rows, error);
  DifParams  params = noise->params;
  gsize      n = (gsize) rows * image->width;
  int        c;

  if (! band)
    return FALSE;
  params.origin_y += first * MAX (1, params.reduction);
  if (! dif_forward (noise->model, band, &params, error))
    {
      dif_image_free (band);
      return FALSE;
    }
  for (c = 0; c < 3; c++)
    memcpy (image->rgb + ((gsize) c * image->height + first) * image->width,
            band->rgb + c * n, n * sizeof (float));
  dif_image_free (band);
  return TRUE;
}

static void
draw_noise (GTask        *task,
            gpointer      object,
            gpointer      data,
            GCancellable *cancellable)
{
  Noise      *noise = data;
  DifPicture *picture = g_new0 (DifPicture, 1);
  GError     *error = NULL;
  gboolean    drawn;
  int         y;

  picture->rgb = dif_image_new (noise->width, noise->height, &error);
  drawn = picture->rgb != NULL;
  for (y = 0; drawn && y < noise->height; y += BAND)
    drawn = ! g_cancellable_set_error_if_cancelled (cancellable, &error)
            && draw_band (noise, picture->rgb, y,
                          MIN (BAND, noise->height - y), &error);
  if (drawn)
    g_task_return_pointer (task, picture, (GDestroyNotify) dif_picture_free);
  else
    {
      dif_picture_free (picture);
      g_task_return_error (task, error);
    }
}

static void
on_noise (GObject      *object,
          GAsyncResult *result,
          gpointer      data)
{
  DifPreview *preview = DIF_PREVIEW (object);
  GError     *error = NULL;
  DifPicture *noise = g_task_propagate_pointer (G_TASK (result), &error);

  /* Others may be drawn by now. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }
  g_clear_object (&preview->drawing);
  if (! noise)
    {
      dif_preview_fail (preview, error);
      g_error_free (error);
      return;
    }
  dif_picture_free (preview->noise);
  preview->noise = noise;
  dif_preview_show (preview, DIF_VIEW_NOISED);
}

void
dif_preview_stop_noise (DifPreview *preview)
{
  if (preview->drawing)
    g_cancellable_cancel (preview->drawing);
  g_clear_object (&preview->drawing);
}

void
dif_preview_start_noise (DifPreview *preview)
{
  Noise *noise;
  GTask *task;

  dif_preview_stop_noise (preview);
  if (! preview->model || ! preview->source)
    return;
  noise = g_new0 (Noise, 1);
  noise->model = dif_model_ref (preview->model);
  noise->width = preview->source->rgb->width;
  noise->height = preview->source->rgb->height;
  noise->params = dif_preview_part_params (preview, &preview->rect,
                                           preview->reduction);
  noise->params.from_noise = TRUE;
  noise->params.strength = 1.0;
  preview->drawing = g_cancellable_new ();
  task = g_task_new (preview, preview->drawing, on_noise, NULL);
  g_task_set_task_data (task, noise, noise_free);
  g_task_run_in_thread (task, draw_noise);
  g_object_unref (task);
}
