/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layers-private.h: how the work of a layer is cut into strips of rows,
 * whose number depends on the size of the picture alone.
 */

#ifndef DIF_MODEL_LAYERS_PRIVATE_H
#define DIF_MODEL_LAYERS_PRIVATE_H

#include "model/layers.h"

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

/* Strips of a picture. */
int  dif_strips_of (int h,
                    int w);

/* Rows of the highest of them. */
int  dif_strip_rows (int h,
                     int w);

/* Chunk number of a batch to picture and rows. */
void dif_strip     (int  chunk,
                    int  n_strips,
                    int  h,
                    int *picture,
                    int *y0,
                    int *y1);

/* The sums of one strip of x, to their place in x.sums. */
void dif_sum_strip (const DifKernels *kernels,
                    DifTensor         x,
                    int               chunk,
                    int               picture,
                    int               y0,
                    int               y1);

#endif
