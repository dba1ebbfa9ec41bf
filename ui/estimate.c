/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * estimate.c: see estimate.h.
 */

#include "estimate.h"
#include "task.h"

/* The parameters of one job, and how often it is run for each layer. */
static DifParams
job_params (const DifParams *params,
            int              n_picks,
            int             *n_jobs)
{
  DifParams job = *params;

  *n_jobs = MAX (1, n_picks);
  if (n_picks > 0)
    job.num_variations = 1;
  return job;
}

/* The layer as a job sees it. */
static DifUiLayerSize
seen_by_job (const DifUiLayerSize *layer,
             const DifParams      *params)
{
  DifUiLayerSize seen = *layer;

  if (dif_ui_task_takes_whole (params))
    {
      seen.work_width = layer->width;
      seen.work_height = layer->height;
    }
  return seen;
}

double
dif_ui_estimate_work (const DifModel       *model,
                      const DifUiLayerSize *layers,
                      int                   n_layers,
                      const DifParams      *params,
                      int                   n_picks)
{
  int       n_jobs, i;
  DifParams job = job_params (params, n_picks, &n_jobs);
  double    work = 0.0;

  for (i = 0; i < n_layers; i++)
    {
      DifUiLayerSize layer = seen_by_job (&layers[i], params);

      work += n_jobs * dif_params_work (model, layer.work_width,
                                        layer.work_height, &job);
    }
  return work;
}

guint64
dif_ui_estimate_job_memory (DifModel             *model,
                            const DifUiLayerSize *layer,
                            const DifParams      *params)
{
  DifUiLayerSize seen = seen_by_job (layer, params);
  guint64        whole = (guint64) layer->width * layer->height;
  guint64        part = (guint64) layer->work_width * layer->work_height;
  guint64        job = dif_job_memory (model, seen.work_width, seen.work_height,
                                       params);

  /* While the noise of a layer is measured all of it is there, with its alpha. */
  return params->task == DIF_JOB_RESTORE ? MAX (job, (4 * whole + 3 * part) * sizeof (float))
                         : job;
}

guint64
dif_ui_estimate_memory (DifModel             *model,
                        const DifUiLayerSize *layers,
                        int                   n_layers,
                        const DifParams      *params,
                        int                   n_picks)
{
  int       n_jobs, i;
  DifParams job = job_params (params, n_picks, &n_jobs);
  guint64   results = 0, most = 0;

  for (i = 0; i < n_layers; i++)
    {
      const DifUiLayerSize *layer = &layers[i];
      guint64               pixels = (guint64) layer->width * layer->height
                                   * layer->bytes;

      results += pixels * n_jobs * job.num_variations;
      most = MAX (most, pixels + dif_ui_estimate_job_memory (model, layer,
                                                             &job));
    }
  return results + most + dif_model_info (model)->memory;
}
