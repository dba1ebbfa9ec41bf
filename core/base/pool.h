/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pool.h: a fixed set of threads that run the numbered chunks of one
 * task at a time.  Which chunk is which depends on the work alone, never
 * on the number of threads, so results do not either.
 */

#ifndef DIF_BASE_POOL_H
#define DIF_BASE_POOL_H

#include <glib.h>

typedef struct _DifPool DifPool;

/* chunk: 0..n_chunks-1; worker: 0..n_threads-1, for scratch memory. */
typedef void (* DifPoolFunc) (int chunk, int worker, void *data);

/* n_threads <= 0: one per core this process may use.  Never fails: with
 * fewer threads than asked for if the system gives no more.
 */
DifPool *dif_pool_new       (int          n_threads);
void     dif_pool_free      (DifPool     *pool);
int      dif_pool_n_threads (const DifPool *pool);

/* From now on no chunk is begun while *stop, which is read atomically, is not
 * 0: whoever sets it makes dif_pool_run() return soon, with work undone.  NULL,
 * as at first: nothing stops it.  Not to be called while a task runs.
 */
void     dif_pool_set_stop  (DifPool     *pool,
                             const int   *stop);
gboolean dif_pool_is_stopped (const DifPool *pool);

/* Runs func for every chunk and returns when all are done.  The calling
 * thread works too, as worker 0.  Not reentrant.
 */
void     dif_pool_run       (DifPool     *pool,
                             int          n_chunks,
                             DifPoolFunc  func,
                             void        *data);

#endif
