/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * memory-check.c: see memory-check.h.
 */

#include "chain.h"
#include "memory-check.h"

gboolean
dif_gimp_memory_check (DifModel             *model,
                       const DifGimpSource  *source,
                       const DifParams      *params,
                       int                   chain_frames,
                       GError              **error)
{
  int      width = source->region.width, height = source->region.height;
  guint64  available = dif_memory_available ();
  guint64  needed = dif_job_memory (model, width, height, params);
  guint64  measured = ((guint64) source->width * source->height * 4
                       + (guint64) width * height * 3) * sizeof (float);
  char    *need;
  char    *have;

  if (chain_frames > 0)
    needed += dif_gimp_chain_memory (width, height);
  /* All of the layer is there, with its alpha, while its noise is measured. */
  if (params->restore && measured > needed)
    {
      needed = measured;
      width = source->width;
      height = source->height;
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
