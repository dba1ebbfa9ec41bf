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

#include "settings.h"

typedef struct _DifGimpJobs DifGimpJobs;

/* drawables: NULL-terminated and checked, owned by the caller like
 * settings, which outlive the jobs.  turn: microseconds that a look may
 * take, as far as reading and writing pixels goes, which is then done bit
 * by bit; 0: all the time it needs.  Errors: those of dif_gimp_source_try()
 * for any of the drawables, so that nothing is begun in vain.
 */
DifGimpJobs  *dif_gimp_jobs_new      (GimpImage          *image,
                                      GimpDrawable      **drawables,
                                      DifModel           *model,
                                      const DifSettings  *settings,
                                      gint64              turn,
                                      GError            **error);

/* One look at the work, a DifGimpProgressFunc; data is a DifGimpJobs. */
gboolean      dif_gimp_jobs_work     (double             *fraction,
                                      char              **text,
                                      gpointer            data);

/* Asks what is under way to end; what is finished stays.  dif_gimp_jobs_work()
 * is to be called until it has.
 */
void          dif_gimp_jobs_stop     (DifGimpJobs        *jobs);

/* After the work: puts what is finished into the image, in one undo step;
 * those layers that went in, by source and variation, without the groups.
 * What did not is the error then.  Free with g_ptr_array_unref().
 */
GPtrArray *dif_gimp_jobs_insert  (DifGimpJobs        *jobs);

/* What ended the work, or NULL; belongs to jobs. */
const GError *dif_gimp_jobs_error (DifGimpJobs           *jobs);

void          dif_gimp_jobs_free     (DifGimpJobs        *jobs);

#endif
