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
#include "sample/sampler.h"

/* Everything a job holds while it runs: sized once, before the first
 * step, and used again for each variation.
 */
typedef struct
{
  const DifModel *model;
  DifParams       params;
  int             t;           /* where on the chain it turns round        */
  int             width;       /* of the picture                           */
  int             height;
  DifPool        *pool;
  DifTiling      *tiling;
  DifSampler     *sampler;     /* NULL where t = 0                         */
  int             batch;       /* tiles per network call                   */
  int             label;       /* class label of every tile                */
  float          *x;           /* canvas planes: the sample; becomes the
                                  result's, and is made anew for the next  */
  float          *prediction;  /* canvas planes: what the network said     */
  float          *input;       /* tiles                                    */
  float          *output;
  float          *timesteps;   /* [batch]                                  */
  int            *labels;      /* [batch]                                  */
  float          *noise;       /* a row of three channels for each worker  */
  gsize           noise_size;
  DifArena        arena;
} DifSdedit;

/* Called after each network call; tiles counts those done of the step. */
typedef void (* DifSdeditFunc) (int   step,
                                int   tiles,
                                void *data);

/* Errors: ARGUMENT, MEMORY. */
DifSdedit *dif_sdedit_new    (const DifModel   *model,
                              int               width,
                              int               height,
                              const DifParams  *params,
                              GError          **error);
void       dif_sdedit_free   (DifSdedit        *sdedit);

/* Bytes that the same arguments would take. */
guint64    dif_sdedit_memory (const DifModel   *model,
                              int               width,
                              int               height,
                              const DifParams  *params);

int        dif_sdedit_n_steps (const DifSdedit *sdedit);
int        dif_sdedit_n_tiles (const DifSdedit *sdedit);

/* The variation of source with this seed; cancel as for dif_unet_run().
 * Errors: CANCELLED, NUMERIC, MEMORY.
 */
DifImage  *dif_sdedit_run    (DifSdedit        *sdedit,
                              const DifImage   *source,
                              guint64           seed,
                              const int        *cancel,
                              DifSdeditFunc     progress,
                              void             *data,
                              GError          **error);

/* Checks every field.  Errors: ARGUMENT. */
gboolean   dif_params_check  (const DifModel   *model,
                              const DifParams  *params,
                              GError          **error);

/* A source value as the engine takes it: within [-1,1], and not NaN. */
static inline float
dif_sane (float v)
{
  return v > 1.0f ? 1.0f : v >= -1.0f ? v : v < -1.0f ? -1.0f : 0.0f;
}

#endif
