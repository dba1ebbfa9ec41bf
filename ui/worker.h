/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * worker.h: the dialog's way to the engine.  Everything that takes time
 * happens in one thread of the worker's own: making, running, waiting
 * for and freeing jobs, and freeing tasks.  Tasks run one after the other, those of higher
 * priority first; a task of higher priority interrupts one of lower,
 * which starts again later.  Callbacks come in the main thread.
 */

#ifndef UI_WORKER_H
#define UI_WORKER_H

#include "dif.h"

typedef struct _DifWorker DifWorker;

typedef enum
{
  DIF_PRIORITY_STRIP,      /* film strip                 */
  DIF_PRIORITY_PICKER,     /* the small variations       */
  DIF_PRIORITY_PREVIEW     /* what the user is looking at */
} DifPriority;

/* One job of one variation to run. */
typedef struct
{
  DifModel    *model;      /* the worker takes a reference of its own        */
  DifImage    *source;     /* the worker takes it over, or where release is
                              given, only looks at it and alpha until it
                              calls release (owner), from any thread         */
  const float *alpha;      /* [height][width] of source or NULL: what is
                              transparent in the part is filled              */
  gpointer     owner;
  GDestroyNotify release;
  DifRect      fill;       /* of source, the part that is filled; empty: all */
  DifRect      crop;       /* of that, the picture to restore; empty: all    */
  DifParams    params;     /* num_variations is 1                            */
  gboolean     part;       /* dif_job_new_preview() with the next three      */
  int          width;
  int          height;
  DifRect      area;
  gboolean     watch;      /* on_step is wanted                              */
  DifPriority  priority;

  /* After the forward process (step 0, both pictures the noised one) and
   * each network step.  The callee owns sample and denoised.  Steps that
   * come faster than the main loop are dropped, except where every is
   * TRUE.
   */
  gboolean     every;
  void      (* on_step) (int        step,
                         int        steps,
                         double     t,
                         DifImage  *sample,
                         DifImage  *denoised,
                         gpointer   data);

  /* Once at the end: result (owned by the callee) or error; seconds the
   * job took, from its first step on, and its dif_job_work().  Not called
   * for a task that was cancelled.
   */
  void      (* on_done) (DifImage      *result,
                         const GError  *error,
                         double         seconds,
                         double         work,
                         gpointer       data);
  gpointer     data;
} DifTask;

/* Main thread only, like all that follows. */
DifWorker *dif_worker_new    (void);

/* Queues a copy of task; an id > 0.  Starts the thread with the first one;
 * where the system gives none the task ends with MEMORY.
 */
guint      dif_worker_add    (DifWorker      *worker,
                              const DifTask  *task);

/* After this no callback of the task comes any more.  Returns at once;
 * the job ends in the worker's thread within the time of a tile.  0 and
 * ids of tasks that have ended are allowed.
 */
void       dif_worker_cancel (DifWorker      *worker,
                              guint           id);

/* While held (counted), nothing new starts and what runs is interrupted
 * and starts again afterwards: a full run wants the processor.
 */
void       dif_worker_hold   (DifWorker      *worker);
void       dif_worker_go_on  (DifWorker      *worker);

/* Cancels everything and joins the thread; NULL is allowed. */
void       dif_worker_free   (DifWorker      *worker);

/* The picture that task is about, in a copy of its own.  Any thread.
 * Errors: MEMORY.
 */
DifImage  *dif_task_source   (const DifTask  *task,
                              GError        **error);

/* A copy of a part of image.  Errors: MEMORY. */
DifImage  *dif_worker_crop   (const DifImage  *image,
                              const DifRect   *part,
                              GError         **error);

#endif
