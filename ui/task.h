/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * task.h: one job for the worker: what it makes, of what, and who is told.
 */

#ifndef UI_TASK_H
#define UI_TASK_H

#include "dif.h"

typedef enum
{
  DIF_UI_PRIORITY_FILM,    /* the frames of the chain    */
  DIF_UI_PRIORITY_PICKER,  /* the small variations       */
  DIF_UI_PRIORITY_PREVIEW  /* what the user is looking at */
} DifUiPriority;

/* One job of one variation to run. */
typedef struct
{
  DifModel     *model;     /* the worker takes a reference of its own        */
  DifImage     *source;    /* the worker takes it over, or where release is
                              given, only looks at it and alpha until it
                              calls release (owner), from any thread         */
  const float  *alpha;     /* [height][width] of source or NULL: what is
                              transparent in the part is filled              */
  const float  *selected;  /* the same, what may change; counts with whole   */
  gpointer      owner;
  GDestroyNotify release;
  const DifImage *other;   /* with whole: the layer whose parts are taken
                              instead, or NULL; looked at until
                              release (other_owner)                          */
  const float  *other_alpha; /* of that, or NULL                             */
  gpointer      other_owner;
  DifRect       fill;      /* of source, the part that is filled; empty: all */
  DifRect       crop;      /* of that, the picture to restore; empty: all    */
  DifParams     params;    /* num_variations is 1                            */
  DifLayerNoise noise;     /* that is taken out, where params restore        */
  gboolean      part;      /* dif_job_new_preview(), or with noise
                              dif_job_new_restore(), with the next three     */
  int           width;
  int           height;
  DifRect       area;
  gboolean      whole;     /* source is all of the layer, and the results are
                              made of it                                     */
  int           side;      /* then: what dif_job_new_smaller() has, or 0 for
                              the whole job                                  */
  gboolean      watch;     /* on_step is wanted                              */
  DifUiPriority priority;

  /* After the forward process (step 0, both pictures the noised one) and
   * each network step.  The callee owns sample and denoised.  Steps that
   * come faster than the main loop are dropped, except where every is
   * TRUE.
   */
  gboolean      every;
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
  gpointer      data;
} DifUiTask;

/* Whether a job with these parameters gets all of a layer, whatever is selected of
 * it: its own parts are what the results are made of.
 */
gboolean  dif_ui_task_takes_whole (const DifParams  *params);

/* The picture that the job gets, cut out of task->source and filled, as one of its
 * own; clipped to [-1,1] unless params restore, as a run has it.  Any thread.
 * Errors: MEMORY.
 */
DifImage *dif_ui_task_source (const DifUiTask  *task,
                              GError          **error);

/* Gives job, which is that of a task with whole, the masks that belong to source's
 * transparency and to what is selected of it, and the other layer.  Any thread.
 * Errors: ARGUMENT, MEMORY.
 */
gboolean  dif_ui_task_equip  (const DifUiTask  *task,
                              DifJob           *job,
                              GError          **error);

#endif
