/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * plan.h: what a job does for each of its variations, as a list of passes
 * and in each a list of moves.  Work, memory, steps, progress and what a
 * preview has to see follow from the list and from nothing else.
 */

#ifndef DIF_PIPELINE_PLAN_H
#define DIF_PIPELINE_PLAN_H

#include "denoise/model.h"
#include "pipeline/tiling.h"
#include "sample/sampler.h"

/* One step of the sampler on the whole canvas.  Where a picture is restored by
 * several draws, each is a move: the canvas is laid anew and topped up with other
 * noise, and the step's estimates are averaged.
 */
typedef struct
{
  int step;
  int draw;
} DifMove;

/* Forward to t, and back by the moves, on one canvas. */
typedef struct
{
  const DifDenoiser *denoiser;
  DifTiling         *tiling;    /* of the canvas                            */
  DifRect            picture;   /* the part of the whole picture, or all of
                                   it, that lies on the canvas              */
  int                side;      /* as in DifCall                            */
  int                batch;     /* tiles per call                           */
  int                t;         /* where on the chain it turns round; 0:
                                   there are no moves                       */
  DifSampler        *sampler;   /* NULL where t = 0                         */
  int                n_draws;   /* whose estimates are averaged, or 1        */
  int                n_moves;
  DifMove           *moves;
} DifPass;

typedef struct
{
  const DifModel *model;
  DifParams       params;
  int             n_passes;
  DifPass        *passes;
  DifLayerNoise   noise;        /* what is restored from                    */
  gboolean        finishes;     /* it goes over pictures that were made of
                                   patches, see pipeline/made.h: params are
                                   those of that, and edges meet already    */
  DifNoiseKind    noise_kind;   /* and its name in calls of a denoiser      */
} DifPlan;

/* The plan for a picture of width x height pixels, or for the part of it
 * that dif_tiling_part() finds for rect and within; rect NULL: all of it.
 * model outlives it.
 * Errors: ARGUMENT.
 */
DifPlan       *dif_plan_new     (const DifModel   *model,
                                 int               width,
                                 int               height,
                                 const DifRect    *rect,
                                 gboolean          within,
                                 const DifParams  *params,
                                 GError          **error);

/* The same for restoring a picture with that noise; what params->task says does
 * not count.  dif_plan_new() with params->task plans for some noise.
 */
DifPlan       *dif_plan_new_restore (const DifModel      *model,
                                     int                  width,
                                     int                  height,
                                     const DifRect       *rect,
                                     gboolean             within,
                                     const DifLayerNoise *noise,
                                     const DifParams     *params,
                                     GError             **error);

/* NULL is allowed. */
void           dif_plan_free    (DifPlan          *plan);

/* The part of the whole picture that its results show. */
DifRect        dif_plan_picture (const DifPlan    *plan);

/* Moves of all passes. */
int            dif_plan_n_moves (const DifPlan    *plan);

/* The pass that move i belongs to, of all moves; the last pass where i is
 * behind the end.
 */
const DifPass *dif_plan_pass    (const DifPlan    *plan,
                                 int               i);

/* The work of one variation, in megapixels of tiles times moves, and how much
 * of it is done after so many moves and so many tiles of the next move.
 */
double         dif_plan_work    (const DifPlan    *plan);
double         dif_plan_done    (const DifPlan    *plan,
                                 int               moves,
                                 double            tiles);

/* As many threads as its parameters ask for. */
int            dif_plan_threads (const DifPlan    *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifPlan, dif_plan_free)

#endif
