/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * worker.h: the dialog's way to the engine.  Everything that takes time
 * happens in one thread of the worker's own: jobs are made, run, waited for
 * and freed there, and tasks are freed.  Tasks run one after the other, those
 * of higher priority first; a task of higher priority interrupts one of lower,
 * which starts again later.  Callbacks come in the main thread.
 */

#ifndef UI_WORKER_H
#define UI_WORKER_H

#include "task.h"

typedef struct _DifUiWorker DifUiWorker;

/* Main thread only, like all that follows. */
DifUiWorker *dif_ui_worker_new    (void);

/* Queues a copy of task; an id > 0.  Starts the thread with the first one;
 * where the system gives none the task ends with MEMORY.
 */
guint        dif_ui_worker_add    (DifUiWorker      *worker,
                                   const DifUiTask  *task);

/* How much of a task is done, of 1; 0 for one that does not run. */
double       dif_ui_worker_done   (DifUiWorker      *worker,
                                   guint             id);

/* After this no callback of the task comes any more.  Returns at once;
 * the job ends in the worker's thread within the time of a tile.  0 and
 * ids of tasks that have ended are allowed.
 */
void         dif_ui_worker_cancel (DifUiWorker      *worker,
                                   guint             id);

/* While held (counted), nothing new starts and what runs is interrupted
 * and starts again afterwards: a full run wants the processor.
 */
void         dif_ui_worker_hold   (DifUiWorker      *worker);
void         dif_ui_worker_go_on  (DifUiWorker      *worker);

/* Cancels everything and joins the thread; NULL is allowed. */
void         dif_ui_worker_free   (DifUiWorker      *worker);

#endif
