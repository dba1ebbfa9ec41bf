/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jobs.h: takes layers through the engine one after the other and makes
 * layers of the results.  The engine works in threads of its own;
 * everything here runs in the main thread, in dif_gimp_jobs_work(), which is
 * to be called some twenty times a second or more.
 */

#ifndef PLUGIN_JOBS_H
#define PLUGIN_JOBS_H

#include <libgimp/gimp.h>

#include "dif.h"
#include "request.h"

typedef struct _DifGimpJobs DifGimpJobs;

/* drawables: NULL-terminated and checked by dif_gimp_source_check(), owned by
 * the caller like request; both outlive the jobs.  slice: microseconds that
 * one call of dif_gimp_jobs_work() may spend on reading and writing pixels,
 * which is then done bit by bit; 0: no limit.  Errors: those of
 * dif_gimp_source_try() for any of the drawables, so that nothing is begun in
 * vain.
 */
DifGimpJobs  *dif_gimp_jobs_new      (GimpImage             *image,
                                      GimpDrawable         **drawables,
                                      DifModel              *model,
                                      const DifGimpRequest  *request,
                                      gint64                 slice,
                                      GError               **error);

/* Takes the work a little further; a DifGimpProgressFunc whose data is a
 * DifGimpJobs.
 */
gboolean      dif_gimp_jobs_work     (double             *fraction,
                                      char              **text,
                                      gpointer            data);

/* Asks what is under way to end; what is finished stays.  dif_gimp_jobs_work()
 * is to be called until it has.
 */
void          dif_gimp_jobs_stop     (DifGimpJobs        *jobs);

/* To be called after the work: puts what is finished into the image, in one
 * undo step.  Returns the layers that went in, by source and variation,
 * without the groups; free with g_ptr_array_unref().  If some did not go in,
 * dif_gimp_jobs_error() says so.
 */
GPtrArray *dif_gimp_jobs_insert  (DifGimpJobs        *jobs);

/* What ended the work, or NULL; belongs to jobs. */
const GError *dif_gimp_jobs_error (DifGimpJobs           *jobs);

void          dif_gimp_jobs_free     (DifGimpJobs        *jobs);

#endif
