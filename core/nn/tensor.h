/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tensor.h: what layers read and write, and what a network call hands
 * down to them.
 */

#ifndef DIF_NN_TENSOR_H
#define DIF_NN_TENSOR_H

#include "base/control.h"
#include "base/memory.h"
#include "base/pool.h"
#include "kernels/kernels.h"

/* A batch of pictures, [n][h][w][c]. */
typedef struct
{
  float  *data;
  int     n;
  int     h;
  int     w;
  int     c;
  double *sums;   /* NULL, or what the convolution that writes the tensor
                     leaves for the GroupNorm that reads it: of each strip
                     of rows the sums of values and of squares,
                     [n][strips][2][c]                                     */
} DifTensor;

/* What a network call hands down.  While arena->base is NULL the call
 * only counts: memory, and operations in flops.
 */
typedef struct
{
  const DifKernels *kernels;
  DifPool          *pool;
  DifArena         *arena;
  int               n_threads;
  DifControl       *control;      /* or NULL                       */
  double            total_flops;  /* of the whole call; while counting 0 */
  double            flops;        /* so far                        */
} DifRun;

/* The table of the layers that stay in float32. */
static inline const DifKernels *
dif_exact (const DifKernels *kernels)
{
  return kernels->exact ? kernels->exact : kernels;
}

static inline bool
dif_run_counts (const DifRun *run)
{
  return run->arena->base == NULL;
}

static inline bool
dif_run_cancelled (const DifRun *run)
{
  return run->control && g_atomic_int_get (&run->control->cancel);
}

/* So many more operations are done. */
static inline void
dif_run_add (DifRun *run,
             double  flops)
{
  run->flops += flops;
  if (run->control && ! dif_run_counts (run))
    g_atomic_int_set (&run->control->done,
                      (int) (1000.0 * run->flops / run->total_flops));
}

DifTensor dif_tensor_take (DifRun *run,
                           int     n,
                           int     h,
                           int     w,
                           int     c);

/* Doubles that the sums of such a tensor take. */
size_t    dif_sums_size   (int     n,
                           int     h,
                           int     w,
                           int     c);

/* With room for sums. */
DifTensor dif_tensor_take_summed (DifRun *run,
                                  int     n,
                                  int     h,
                                  int     w,
                                  int     c);

/* Floats from row to row. */
static inline size_t
dif_row_of (DifTensor t)
{
  return (size_t) t.w * t.c;
}

static inline float *
dif_rows_from (DifTensor t,
               int       picture,
               int       y)
{
  return t.data + ((size_t) picture * t.h + y) * dif_row_of (t);
}

/* The sums of one strip of x, to their place in x.sums. */
void      dif_sum_strip (const DifKernels *kernels,
                         DifTensor         x,
                         int               chunk,
                         int               picture,
                         int               y0,
                         int               y1);

#endif
