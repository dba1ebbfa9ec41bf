/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run-job.c: the loop that follows a job and writes its results.
 */

#include "tool/interrupt.h"
#include "tool/lookup.h"
#include "tool/mask.h"
#include "tool/noise-print.h"
#include "tool/progress.h"
#include "tool/run-job.h"

#define POLL_INTERVAL (G_USEC_PER_SEC / 50)

/* Writes what is finished and not yet written. */
static gboolean
write_results (DifJob            *job,
               DifToolPicture    *picture,
               const char *const *names,
               int               *written,
               GError           **error)
{
  for (int i = 0; names[i] != NULL; i++)
    {
      DifImage *image = dif_job_take_result (job, i);
      gboolean  good;

      if (image == NULL)
        continue;
      good = dif_tool_picture_write (picture, image, names[i], error);
      dif_image_free (image);
      if (! good)
        return FALSE;
      (*written)++;
    }
  return TRUE;
}

static gboolean
follow (DifJob            *job,
        DifToolPicture    *picture,
        const char *const *names,
        int               *written,
        GError           **error)
{
  DifProgress progress;
  gboolean    running;

  do
    {
      if (dif_tool_interrupted ())
        dif_job_cancel (job);
      /* Asked before the results are taken: what the job finished by its
       * end is then taken too.
       */
      running = dif_job_poll (job, &progress);
      if (! write_results (job, picture, names, written, error))
        return FALSE;
      dif_tool_progress_show (&progress);
      if (running)
        g_usleep (POLL_INTERVAL);
    }
  while (running);
  return dif_job_wait (job, error);
}

/* The whole of source is to be restored: says what noise was measured in it.
 * Takes ownership of source, also on failure.
 */
static DifJob *
new_restore_job (DifModel             *model,
                 DifImage             *source,
                 const DifToolOptions *options,
                 GError              **error)
{
  DifRect       area = { 0, 0, source->width, source->height };
  DifLayerNoise noise;

  if (! dif_layer_noise_measure (source, &noise, error))
    {
      dif_image_free (source);
      return NULL;
    }
  if (! options->quiet)
    dif_tool_noise_print (options->input, &noise);
  return dif_job_new_restore (model, source, area.width, area.height, &area,
                              &noise, &options->settings.params, error);
}

static gboolean
set_masks (DifJob       *job,
           DifToolMasks *masks,
           GError      **error)
{
  return dif_job_set_masks (job, masks->transparent, masks->change, error) &&
         (masks->reference == NULL ||
          dif_job_set_reference (job, g_steal_pointer (&masks->reference),
                                 masks->reference_transparent, error));
}

gboolean
dif_tool_run_job (DifModel             *model,
                  DifToolPicture       *picture,
                  DifImage             *source,
                  DifToolMasks         *masks,
                  const DifToolOptions *options,
                  const char *const    *names,
                  GError              **error)
{
  GError  *fault = NULL;
  DifJob  *job;
  gboolean good;
  int      written = 0;

  job = options->settings.params.task == DIF_JOB_RESTORE
        ? new_restore_job (model, source, options, error)
        : dif_job_new (model, source, &options->settings.params, error);
  if (job != NULL && masks != NULL && ! set_masks (job, masks, error))
    g_clear_pointer (&job, dif_job_free);
  if (masks != NULL)
    g_clear_pointer (&masks->reference, dif_image_free);
  if (job == NULL)
    return FALSE;
  dif_tool_progress_start (options->quiet);
  dif_job_start (job);
  good = follow (job, picture, names, &written, &fault);
  dif_job_free (job);
  dif_tool_progress_wipe ();

  if (g_error_matches (fault, DIF_ERROR, DIF_ERROR_CANCELLED))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_CANCELLED,
                   "interrupted; %d of %d pictures written", written,
                   options->settings.params.num_variations);
      g_error_free (fault);
    }
  else if (fault != NULL)
    g_propagate_error (error, fault);
  return good;
}

/* How much each pixel may change: the reverse of what the mask says. */
static guint8 *
read_protect (DifToolPicture *protect,
              GError        **error)
{
  guint8 *change = dif_tool_mask_read (protect, error);
  gsize   n = (gsize) dif_tool_picture_width (protect) *
              dif_tool_picture_height (protect);

  for (gsize i = 0; change != NULL && i < n; i++)
    change[i] = (guint8) (255 - change[i]);
  return change;
}

gboolean
dif_tool_run_input (const DifToolOptions *options,
                    const char *const    *names,
                    GError              **error)
{
  g_autoptr (DifToolPicture) picture = dif_tool_picture_open (options->input,
                                                              error);
  g_autoptr (DifToolPicture) protect = NULL;
  g_autoptr (DifToolPicture) reference = NULL;
  g_autoptr (DifModel)       model = NULL;
  g_autoptr (DifImage)       stuff = NULL;
  g_autofree guint8         *transparent = NULL;
  g_autofree guint8         *absent = NULL;
  g_autofree guint8         *change = NULL;
  DifToolMasks               masks;
  DifImage                  *source;
  guint64                    needed;

  if (picture != NULL && options->protect != NULL)
    protect = dif_tool_mask_open (options->protect, "to protect parts of it",
                                  options->input, picture, error);
  if (picture == NULL || (options->protect != NULL && protect == NULL))
    return FALSE;
  if (options->reference != NULL)
    {
      reference = dif_tool_picture_open (options->reference, error);
      if (reference == NULL)
        return FALSE;
    }
  model = dif_tool_lookup_model (options->settings.model, error);
  if (model == NULL)
    return FALSE;
  needed = dif_job_memory (model, dif_tool_picture_width (picture),
                           dif_tool_picture_height (picture),
                           &options->settings.params);
  if (! dif_tool_picture_fits (picture, needed, error))
    return FALSE;
  if (protect != NULL)
    {
      change = read_protect (protect, error);
      if (change == NULL)
        return FALSE;
      g_clear_pointer (&protect, dif_tool_picture_free);
    }
  if (reference != NULL)
    {
      if (! dif_tool_picture_fits (reference, 0, error))
        return FALSE;
      stuff = dif_tool_picture_read (reference, &absent, error);
      if (stuff == NULL)
        return FALSE;
      g_clear_pointer (&reference, dif_tool_picture_free);
    }
  source = dif_tool_picture_read (picture, &transparent, error);
  if (source == NULL)
    return FALSE;
  if (! dif_tool_picture_suits (picture, names, error))
    {
      dif_image_free (source);
      return FALSE;
    }
  masks = (DifToolMasks) { transparent, change, g_steal_pointer (&stuff), absent };
  return dif_tool_run_job (model, picture, source, &masks, options, names, error);
}
