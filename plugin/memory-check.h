/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * memory-check.h: refuses a job that the system has no memory for, before
 * anything is begun.
 */

#ifndef PLUGIN_MEMORY_CHECK_H
#define PLUGIN_MEMORY_CHECK_H

#include "dif.h"
#include "source.h"

/* chain_frames: as in DifSettings.  reference: see reference.h, or NULL.  TRUE also
 * where the system does not say how much is free.  Errors: MEMORY.
 */
gboolean dif_gimp_memory_check (DifModel             *model,
                                const DifGimpSource  *source,
                                const DifParams      *params,
                                int                   chain_frames,
                                GimpDrawable         *reference,
                                GError              **error);

#endif
