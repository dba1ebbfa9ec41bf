/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * feed.h: from a source to a running job.  The main thread reads pixels,
 * a thread makes a picture of them, allocates what the job needs and
 * starts it.  To be restored the whole layer is read, whatever is selected of
 * it, and its noise is measured.  Made of the layer's own parts it is read as well,
 * and what may be copied and changed is said by masks.
 */

#ifndef PLUGIN_FEED_H
#define PLUGIN_FEED_H

#include "chain.h"
#include "source.h"

typedef struct _DifGimpFeed DifGimpFeed;

/* Whether colours beyond sRGB are clipped for such a job.  Where noise is taken out
 * they have their share of it, and what is made of the layer's own parts has theirs.
 */
gboolean      dif_gimp_feed_clips (const DifParams    *params);

/* chain_frames > 0: the job's steps go to a chain of so many frames.  reference:
 * what has been checked by dif_gimp_reference_check() is read as well; NULL is
 * allowed.  source has been copied; it outlives the feed.  old, a job that has
 * ended, or NULL, is freed first.  Errors: MEMORY.
 */
DifGimpFeed  *dif_gimp_feed_new  (const DifGimpSource  *source,
                                  DifModel             *model,
                                  const DifParams      *params,
                                  int                   chain_frames,
                                  GimpDrawable         *reference,
                                  DifJob               *old,
                                  GError              **error);

/* Reads pixels until the time until of g_get_monotonic_time(). */
void          dif_gimp_feed_more (DifGimpFeed          *feed,
                                  gint64                until);

/* TRUE when the job is there and runs, or there is an error in its place.
 * wait: where all has been read, waits for that.
 */
gboolean      dif_gimp_feed_take (DifGimpFeed          *feed,
                                  gboolean              wait,
                                  DifJob              **job,
                                  DifGimpChain        **chain,
                                  GError              **error);

/* May be called while it works: the thread ends by itself.  NULL is allowed.
 */
void          dif_gimp_feed_free (DifGimpFeed          *feed);

#endif
