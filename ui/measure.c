/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * measure.c: see measure.h.
 */

#include <gio/gio.h>

#include "measure.h"
#include "reader.h"

struct _DifUiMeasure
{
  DifUiMeasureFunc  func;
  gpointer          data;
  DifUiReader      *reader;    /* until all is read          */
  GCancellable     *measuring; /* from then on               */
};

gboolean
dif_ui_measure_image (DifImage       *image,
                      const float    *alpha,
                      DifLayerNoise  *noise,
                      GError        **error)
{
  gsize plane = (gsize) image->width * image->height, i;
  int   c;

  for (i = 0; alpha && i < plane; i++)
    for (c = 0; ! (alpha[i] > 0.0f) && c < 3; c++)
      image->rgb[c * plane + i] = 1.0f;
  return dif_layer_noise_measure (image, noise, error);
}

static void
measure_in_thread (GTask        *task,
                   gpointer      object,
                   gpointer      data,
                   GCancellable *cancellable)
{
  DifUiPicture  *picture = data;
  DifLayerNoise *noise = g_new (DifLayerNoise, 1);
  GError        *error = NULL;

  if (dif_ui_measure_image (picture->rgb, picture->alpha, noise, &error))
    g_task_return_pointer (task, noise, g_free);
  else
    {
      g_free (noise);
      g_task_return_error (task, error);
    }
  /* Here and not with the task, since it may be large. */
  dif_ui_picture_free (picture);
}

static void
on_measured (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  DifUiMeasure  *measure = data;
  GError        *error = NULL;
  DifLayerNoise *noise = g_task_propagate_pointer (G_TASK (result), &error);

  /* Where it was ended there is no measure any more. */
  if (! g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    measure->func (noise, error, measure->data);
  g_clear_error (&error);
  g_free (noise);
}

static void
on_read (DifUiPicture *picture,
         const GError *error,
         gpointer      data)
{
  DifUiMeasure *measure = data;
  GTask        *task;

  g_clear_pointer (&measure->reader, dif_ui_reader_free);
  if (error)
    {
      measure->func (NULL, error, measure->data);
      return;
    }
  measure->measuring = g_cancellable_new ();
  task = g_task_new (NULL, measure->measuring, on_measured, measure);
  g_task_set_task_data (task, picture, NULL);
  g_task_run_in_thread (task, measure_in_thread);
  g_object_unref (task);
}

DifUiMeasure *
dif_ui_measure_new (const DifUiHost  *host,
                    DifUiMeasureFunc  func,
                    gpointer          data)
{
  DifUiMeasure *measure = g_new0 (DifUiMeasure, 1);
  DifRect       all = { 0, 0, host->width, host->height };

  measure->func = func;
  measure->data = data;
  measure->reader = dif_ui_reader_new (host, &all, 1, FALSE, on_read, measure);
  return measure;
}

void
dif_ui_measure_free (DifUiMeasure *measure)
{
  if (! measure)
    return;
  if (measure->measuring)
    g_cancellable_cancel (measure->measuring);
  g_clear_object (&measure->measuring);
  dif_ui_reader_free (measure->reader);
  g_free (measure);
}
