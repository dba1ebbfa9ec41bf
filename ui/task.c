/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * task.c: see task.h.
 */

#include <string.h>

#include "alloc.h"
#include "task.h"

/* A part of a plane. */
static void
crop_plane (const float   *from,
            int            width,
            const DifRect *part,
            float         *to)
{
  int y;

  for (y = 0; y < part->height; y++)
    memcpy (to + (gsize) y * part->width,
            from + (gsize) (part->y + y) * width + part->x,
            part->width * sizeof (float));
}

/* A copy of a part of image. */
static DifImage *
crop_image (const DifImage  *image,
            const DifRect   *part,
            GError         **error)
{
  DifImage *crop = dif_image_new (part->width, part->height, error);
  gsize     from = (gsize) image->width * image->height;
  gsize     to = (gsize) part->width * part->height;
  int       c;

  for (c = 0; crop && c < 3; c++)
    crop_plane (image->rgb + c * from, image->width, part, crop->rgb + c * to);
  return crop;
}

/* What varies a picture sees nothing beyond black and white. */
static void
clip (DifImage *image)
{
  gsize n = (gsize) image->width * image->height * 3, i;

  for (i = 0; i < n; i++)
    image->rgb[i] = CLAMP (image->rgb[i], -1.0f, 1.0f);
}

gboolean
dif_ui_task_takes_whole (const DifParams *params)
{
  return params->task == DIF_JOB_FILL || params->task == DIF_JOB_TEXTURE
         || (params->task == DIF_JOB_VARY && params->made_of != DIF_MADE_OF_MODEL);
}

DifImage *
dif_ui_task_source (const DifUiTask  *task,
                    GError          **error)
{
  DifRect   part = task->fill;
  DifImage *source, *whole;
  float    *alpha;
  gboolean  filled = FALSE;

  if (part.width == 0)
    part = (DifRect) { 0, 0, task->source->width, task->source->height };
  source = crop_image (task->source, &part, error);
  if (source && task->params.task != DIF_JOB_RESTORE)
    clip (source);
  if (source && task->alpha)
    {
      alpha = dif_ui_try_alloc ((gsize) part.width * part.height,
                                sizeof (float), "the part's transparency",
                                error);
      if (alpha)
        {
          crop_plane (task->alpha, task->source->width, &part, alpha);
          filled = dif_image_fill_transparent (source, alpha, error);
        }
      g_free (alpha);
      if (! filled)
        g_clear_pointer (&source, dif_image_free);
    }
  if (! source || task->crop.width == 0)
    return source;
  whole = source;
  source = crop_image (whole, &task->crop, error);
  dif_image_free (whole);
  return source;
}

/* A byte for each value of plane, which one where that is above 0; NULL for NULL. */
static gboolean
mask_of (const float  *plane,
         gsize         n,
         guint8        above,
         guint8        otherwise,
         guint8      **mask,
         GError      **error)
{
  gsize i;

  *mask = NULL;
  if (! plane)
    return TRUE;
  *mask = dif_ui_try_alloc (n, 1, "the layer's transparency", error);
  for (i = 0; *mask && i < n; i++)
    (*mask)[i] = plane[i] > 0.0f ? above : otherwise;
  return *mask != NULL;
}

static gboolean
refer (const DifUiTask  *task,
       DifJob           *job,
       GError          **error)
{
  gsize     n = (gsize) task->other->width * task->other->height;
  guint8   *excluded;
  DifImage *other = NULL;
  gboolean  good;

  if (! mask_of (task->other_alpha, n, 0, 1, &excluded, error))
    return FALSE;
  other = dif_image_copy (task->other, error);
  good = other && dif_job_set_reference (job, other, excluded, error);
  g_free (excluded);
  return good;
}

gboolean
dif_ui_task_equip (const DifUiTask  *task,
                   DifJob           *job,
                   GError          **error)
{
  gsize    n = (gsize) task->source->width * task->source->height;
  guint8  *excluded = NULL, *change = NULL;
  gboolean good = mask_of (task->alpha, n, 0, 1, &excluded, error)
                  && mask_of (task->selected, n, 255, 0, &change, error)
                  && dif_job_set_masks (job, excluded, change, error)
                  && (! task->other || refer (task, job, error));

  g_free (excluded);
  g_free (change);
  return good;
}
