/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * walk.h: a pass of a plan, walked: the picture is noised to x_t, then the
 * pass's moves lead back (SDEdit, Meng et al. 2022), tile by tile.
 */

#ifndef DIF_PIPELINE_WALK_H
#define DIF_PIPELINE_WALK_H

#include "base/control.h"
#include "base/memory.h"
#include "base/pool.h"
#include "pipeline/plan.h"

/* Rows of the canvas that a thread noises or steps at a time. */
#define DIF_WALK_ROWS 8

/* Everything that a pass holds while it is walked: sized once, before the
 * first step, and used again for each variation.
 */
typedef struct
{
  const DifPlan *plan;
  const DifPass *pass;
  DifControl    *control;
  DifPool       *pool;         /* NULL, as is what follows, where there are
                                  no moves                                 */
  float         *x;            /* canvas planes: the sample; becomes the
                                  result's, and is made anew for the next  */
  float         *estimate;     /* what the denoiser said: a band of rows of
                                  the canvas planes                        */
  int            band;         /* its rows                                 */
  int            band_top;     /* the first of them                        */
  float         *history;      /* the sampler's, or the sum of the draws so
                                  far: canvas planes, or NULL              */
  DifRect       *tiles;        /* [pass->batch]                            */
  float         *tile_values;  /* the estimates of them                    */
  guint8        *flatness;     /* of the canvas, see pipeline/flatness.h;
                                  NULL where the source does not count     */
  float         *rows;         /* for each worker: noise of DIF_WALK_ROWS
                                  rows of three channels, and a row of
                                  estimates                                */
  gsize          rows_size;
  DifArena       arena;
  DifStepFunc    watch;        /* NULL: nobody watches                     */
  void          *watch_data;
  DifImage      *sample;       /* what it is shown                         */
  DifImage      *denoised;
} DifWalk;

/* Called after each of the denoiser's calls: so many moves are made, and so
 * many tiles of the next are done.
 */
typedef void (* DifWalkFunc) (int   moves,
                              int   tiles,
                              void *data);

/* plan and control outlive it; control stops what it does, wherever it is.
 * Errors: MEMORY.
 */
DifWalk  *dif_walk_new     (const DifPlan   *plan,
                            const DifPass   *pass,
                            DifControl      *control,
                            GError         **error);

/* NULL is allowed. */
void      dif_walk_free    (DifWalk         *walk);

/* Bytes that it takes, beside the source and the results; G_MAXINT64 and more
 * where that cannot be counted.
 */
guint64   dif_walk_memory  (const DifPlan   *plan,
                            const DifPass   *pass);

/* Has func called at each step, see DifStepFunc.  Errors: MEMORY. */
gboolean  dif_walk_watch   (DifWalk         *walk,
                            DifStepFunc      func,
                            void            *data,
                            GError         **error);

/* What is done with a source once, before its first variation: hot pixels are
 * taken out where it is restored, it is made to wrap where the results are to
 * wrap and are made from it, and its flatness is measured.
 * Errors: CANCELLED, MEMORY.
 */
gboolean  dif_walk_prepare (DifWalk         *walk,
                            DifImage        *source,
                            GError         **error);

/* Variation i of a source that was prepared and has the size of
 * pass->picture.
 * Errors: CANCELLED, NUMERIC, MEMORY.
 */
DifImage *dif_walk_run     (DifWalk         *walk,
                            const DifImage  *source,
                            int              variation,
                            DifWalkFunc      progress,
                            void            *data,
                            GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifWalk, dif_walk_free)

#endif
