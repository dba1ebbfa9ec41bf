/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run-job.h: what vary, restore, fill and the others share: a job from its start to
 * its files.
 */

#ifndef DIF_TOOL_RUN_JOB_H
#define DIF_TOOL_RUN_JOB_H

#include "tool/image-io.h"
#include "tool/options.h"

/* Of a picture, each [height][width] or NULL; see dif_job_set_masks() and
 * dif_job_set_reference().
 */
typedef struct
{
  const guint8 *transparent;
  const guint8 *change;
  DifImage     *reference;              /* of any size, which is taken over, and its */
  const guint8 *reference_transparent;
} DifToolMasks;

/* Runs the job, showing its progress, and writes variation i to
 * names[i] as soon as it is finished.  Takes ownership of source.  A
 * signal cancels the job; variations finished by then are written.  masks may be NULL.
 * Errors: those of the job and of dif_tool_picture_write().
 */
gboolean dif_tool_run_job   (DifModel             *model,
                             DifToolPicture       *picture,
                             DifImage             *source,
                             DifToolMasks         *masks,
                             const DifToolOptions *options,
                             const char *const    *names,
                             GError              **error);

/* The same with the picture that options name.
 * Errors: those of reading it and of its model as well.
 */
gboolean dif_tool_run_input (const DifToolOptions *options,
                             const char *const    *names,
                             GError              **error);

#endif
