/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sdedit.h: one variation: noise the picture to x_t, then the sampler's
 * steps back (SDEdit, Meng et al. 2022), tile by tile.
 */

#ifndef DIF_PIPELINE_SDEDIT_H
#define DIF_PIPELINE_SDEDIT_H

#include "base/memory.h"
#include "base/pool.h"
#include "model/model.h"
#include "pipeline/tiling.h"
#include "sample/noising.h"
#include "sample/sampler.h"

/* Rows of the canvas that a thread noises or steps at a time. */
#define DIF_SDEDIT_ROWS 8

/* Everything a job holds while it runs: sized once, before the first
 * step, and used again for each variation.
 */
typedef struct
{
  const DifModel *model;
  DifParams       params;
  int             t;           /* where on the chain it turns round        */
  DifRect         picture;     /* of the whole one, what is made           */
  DifPool        *pool;
  DifTiling      *tiling;
  DifSampler     *sampler;     /* NULL where t = 0                         */
  int             batch;       /* tiles per network call                   */
  int             label;       /* class label of every tile                */
  float          *x;           /* canvas planes: the sample; becomes the
                                  result's, and is made anew for the next  */
  float          *prediction;  /* what the network said: a band of rows of
                                  the canvas planes                        */
  int             band;        /* its rows                                 */
  int             band_top;    /* the first of them                        */
  float          *input;       /* tiles                                    */
  float          *output;
  float          *timesteps;   /* [batch]                                  */
  int            *labels;      /* [batch]                                  */
  guint8         *flatness;    /* of the canvas, see pipeline/flatness.h;
                                  NULL where the source does not count     */
  float          *rows;        /* for each worker: noise of DIF_SDEDIT_ROWS
                                  rows of three channels, and a row of
                                  estimates                                */
  gsize           rows_size;
  DifArena        arena;
  DifStepFunc     watch;       /* NULL: nobody looks on                    */
  void           *watch_data;
  DifImage       *sample;      /* what it is shown                         */
  DifImage       *denoised;
} DifSdedit;

/* Called after each network call; tiles counts those done of the step. */
typedef void (* DifSdeditFunc) (int   step,
                                int   tiles,
                                void *data);

/* area: only the tiles that see nothing beyond it; NULL for all.
 * Errors: ARGUMENT, MEMORY.
 */
DifSdedit *dif_sdedit_new    (const DifModel   *model,
                              int               width,
                              int               height,
                              const DifRect    *area,
                              const DifParams  *params,
                              GError          **error);
void       dif_sdedit_free   (DifSdedit        *sdedit);

/* Has func called at each step, see DifStepFunc.  Errors: MEMORY. */
gboolean   dif_sdedit_watch  (DifSdedit        *sdedit,
                              DifStepFunc       func,
                              void             *data,
                              GError          **error);

/* Where the tiles of such a job lie, all or those of dif_tiling_part();
 * free with dif_tiling_free().
 */
DifTiling *dif_sdedit_tiling (const DifModel   *model,
                              int               width,
                              int               height,
                              const DifRect    *rect,
                              gboolean          within,
                              const DifParams  *params);

/* Bytes that the same arguments would take; G_MAXINT64 and more where that
 * cannot be counted.
 */
guint64    dif_sdedit_memory (const DifModel   *model,
                              int               width,
                              int               height,
                              const DifParams  *params);

/* What is done with a source once, before its first variation: it is made
 * to wrap where the results are to wrap and are made from it, and its
 * flatness is measured.  control, which is not NULL, stops this and the
 * variations in whatever they do: it outlives sdedit.
 * Errors: CANCELLED, MEMORY.
 */
gboolean   dif_sdedit_prepare (DifSdedit        *sdedit,
                               DifImage         *source,
                               DifUnetControl   *control,
                               GError          **error);

int        dif_sdedit_n_steps (const DifSdedit *sdedit);
int        dif_sdedit_n_tiles (const DifSdedit *sdedit);

/* Variation i of a source that was prepared and has the size of
 * sdedit->picture; the same control.
 * Errors: CANCELLED, NUMERIC, MEMORY.
 */
DifImage  *dif_sdedit_run    (DifSdedit      *sdedit,
                              const DifImage *source,
                              int             variation,
                              DifUnetControl *control,
                              DifSdeditFunc   progress,
                              void           *data,
                              GError        **error);

#endif
