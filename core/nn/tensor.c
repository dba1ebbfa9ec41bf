/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tensor.c: tensors from the arena, and the sums of their strips.
 */

#include <string.h>

#include "nn/strips.h"
#include "nn/tensor.h"

DifTensor
dif_tensor_take (DifRun *run,
                 int     n,
                 int     h,
                 int     w,
                 int     c)
{
  DifTensor t = { NULL, n, h, w, c, NULL };

  t.data = dif_arena_take (run->arena, dif_product ((size_t) n * h,
                                                    (size_t) w * c));
  return t;
}

size_t
dif_sums_size (int n,
               int h,
               int w,
               int c)
{
  return (size_t) n * dif_strips_of (h, w) * 2 * c;
}

DifTensor
dif_tensor_take_summed (DifRun *run,
                        int     n,
                        int     h,
                        int     w,
                        int     c)
{
  DifTensor t = dif_tensor_take (run, n, h, w, c);

  t.sums = (double *) dif_arena_take (run->arena, 2 * dif_sums_size (n, h, w, c));
  return t;
}

void
dif_sum_strip (const DifKernels *kernels,
               DifTensor         x,
               int               chunk,
               int               picture,
               int               y0,
               int               y1)
{
  double *sum = x.sums + (size_t) chunk * 2 * x.c;

  memset (sum, 0, 2 * x.c * sizeof (double));
  kernels->statistics (x.data + (size_t) picture * x.h * x.w * x.c,
                       (size_t) x.w * x.c, x.w, x.c, y0, y1, sum, sum + x.c);
}
