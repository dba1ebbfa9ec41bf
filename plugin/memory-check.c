/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * memory-check.c: see memory-check.h.
 */

#include "chain.h"
#include "estimate.h"
#include "memory-check.h"
#include "reference.h"
#include "task.h"

gboolean
dif_gimp_memory_check (DifModel             *model,
                       const DifGimpSource  *source,
                       const DifParams      *params,
                       int                   chain_frames,
                       GimpDrawable         *reference,
                       GError              **error)
{
  DifUiLayerSize layer = { source->width, source->height, source->bytes,
                           source->region.width, source->region.height };
  int            width = layer.work_width, height = layer.work_height;
  guint64        available = dif_memory_available ();
  guint64        needed = dif_ui_estimate_job_memory (model, &layer, params);
  char          *need;
  char          *have;

  if (chain_frames > 0)
    needed += dif_gimp_chain_memory (width, height);
  if (reference)
    needed += dif_gimp_reference_memory (reference);
  if (params->task == DIF_JOB_RESTORE || dif_ui_task_takes_whole (params))
    {
      width = layer.width;
      height = layer.height;
    }
  if (available == 0 || needed <= available)
    return TRUE;

  need = g_format_size (needed);
  have = g_format_size (available);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
               "%d x %d pixels need %s; %s are free.", width, height, need,
               have);
  g_free (need);
  g_free (have);
  return FALSE;
}
