/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-noise.c: see preview-noise.h.
 */

#include <math.h>

#include "preview-geometry.h"
#include "preview-noise.h"
#include "preview-show.h"
#include "preview-state.h"

#define BAND     64  /* rows that are drawn before cancelling is seen      */
#define STRENGTH 0.5 /* any will do: the noise is the same all along the
                        chain, but for its end                             */

typedef struct
{
  DifModel     *model;
  DifParams     params;
  DifUiPicture *source;
} Noise;

static void
noise_free (gpointer data)
{
  Noise *noise = data;

  dif_model_unref (noise->model);
  dif_ui_picture_free (noise->source);
  g_free (noise);
}

/* The share of a value that is between black and white, which is all that is noised. */
static float
clipped (float value)
{
  return CLAMP (value, -1.0f, 1.0f);
}

/* Rows first .. first + n - 1 of source, as an image of their own. */
static DifImage *
cut_rows (const DifImage  *source,
          int              first,
          int              n,
          GError         **error)
{
  DifImage *band = dif_image_new (source->width, n, error);
  gsize     plane = (gsize) n * source->width;
  gsize     i;
  int       c;

  for (c = 0; band && c < 3; c++)
    {
      const float *rows = source->rgb + ((gsize) c * source->height + first)
                                        * source->width;

      for (i = 0; i < plane; i++)
        band->rgb[c * plane + i] = clipped (rows[i]);
    }
  return band;
}

/* Draws rows first .. first + rows - 1 of image: the noise that x_t has beside
 * the layer's share of it.  Around them more of the layer is noised, because
 * the noise of a pixel goes by what is around it.
 */
static gboolean
draw_band (const Noise  *noise,
           DifImage     *image,
           int           first,
           int           rows,
           GError      **error)
{
  const DifImage *source = noise->source->rgb;
  int             top = MAX (0, first - DIF_FORWARD_REACH);
  int             end = MIN (source->height, first + rows + DIF_FORWARD_REACH);
  DifImage       *band = cut_rows (source, top, end - top, error);
  DifParams       params = noise->params;
  double          abar = dif_params_alpha_bar (noise->model, &params);
  float           signal = (float) sqrt (abar);
  float           share = (float) sqrt (1.0 - abar);
  gboolean        good;
  int             c;
  gsize           i;

  params.origin_y += top * MAX (1, params.reduction);
  params.tileable = FALSE;
  good = band && dif_forward (noise->model, band, &params, error);
  for (c = 0; good && c < 3; c++)
    {
      gsize        at = ((gsize) c * image->height + first) * image->width;
      const float *noised = band->rgb
                            + ((gsize) c * band->height + first - top)
                              * image->width;

      for (i = 0; i < (gsize) rows * image->width; i++)
        image->rgb[at + i] = (noised[i] - signal * clipped (source->rgb[at + i]))
                              / share;
    }
  dif_image_free (band);
  return good;
}

static void
draw_noise (GTask        *task,
            gpointer      object,
            gpointer      data,
            GCancellable *cancellable)
{
  Noise          *noise = data;
  const DifImage *source = noise->source->rgb;
  DifUiPicture   *picture = g_new0 (DifUiPicture, 1);
  GError         *error = NULL;
  gboolean        drawn;
  int             y;

  picture->rgb = dif_image_new (source->width, source->height, &error);
  drawn = picture->rgb != NULL;
  for (y = 0; drawn && y < source->height; y += BAND)
    drawn = ! g_cancellable_set_error_if_cancelled (cancellable, &error)
            && draw_band (noise, picture->rgb, y,
                          MIN (BAND, source->height - y), &error);
  if (drawn)
    g_task_return_pointer (task, picture, (GDestroyNotify) dif_ui_picture_free);
  else
    {
      dif_ui_picture_free (picture);
      g_task_return_error (task, error);
    }
}

static void
on_noise (GObject      *object,
          GAsyncResult *result,
          gpointer      data)
{
  DifUiPreview *preview = data;
  GError       *error = NULL;
  DifUiPicture *noise = g_task_propagate_pointer (G_TASK (result), &error);

  /* Another noise may be in the making by now. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }
  g_clear_object (&preview->drawing);
  if (! noise)
    {
      dif_ui_preview_fail (preview, error);
      g_error_free (error);
      return;
    }
  dif_ui_picture_free (preview->noise);
  preview->noise = noise;
  dif_ui_preview_show (preview, DIF_UI_VIEW_NOISED);
}

void
dif_ui_preview_stop_noise (DifUiPreview *preview)
{
  if (preview->drawing)
    g_cancellable_cancel (preview->drawing);
  g_clear_object (&preview->drawing);
}

void
dif_ui_preview_start_noise (DifUiPreview *preview)
{
  Noise *noise;
  GTask *task;

  dif_ui_preview_stop_noise (preview);
  if (! preview->model || ! preview->source || preview->params.task == DIF_JOB_RESTORE
      || dif_ui_task_takes_whole (&preview->params))
    return;
  noise = g_new0 (Noise, 1);
  noise->model = dif_model_ref (preview->model);
  noise->source = dif_ui_picture_ref (preview->source);
  noise->params = dif_ui_preview_part_params (preview, &preview->rect,
                                              preview->reduction);
  noise->params.strength = STRENGTH;
  preview->drawing = g_cancellable_new ();
  task = g_task_new (preview, preview->drawing, on_noise, preview);
  g_task_set_task_data (task, noise, noise_free);
  g_task_run_in_thread (task, draw_noise);
  g_object_unref (task);
}
