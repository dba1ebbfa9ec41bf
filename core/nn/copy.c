/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * copy.c: see copy.h.
 */

#include "nn/copy.h"
#include "nn/strips.h"

typedef struct
{
  const DifKernels *kernels;
  const DifCopy    *how;
  DifTensor         x;
  DifTensor         out;
  int               n_strips;
} Copying;

static void
copy_chunk (int   chunk,
            int   worker,
            void *data)
{
  const Copying *p = data;
  const DifCopy *how = p->how;
  size_t         row = (size_t) p->out.w * p->out.c;
  int            picture, y0, y1;
  DifPrepareCall call;

  dif_strip (chunk, p->n_strips, p->out.h, &picture, &y0, &y1);
  call = (DifPrepareCall) {
    .in = p->x.data + (size_t) picture * p->x.h * p->x.w * p->x.c,
    .in_row = (size_t) p->x.w * p->x.c, .channels = p->x.c,
    .scale = how->scale ? how->scale + (size_t) picture * p->x.c : NULL,
    .shift = how->scale ? how->shift + (size_t) picture * p->x.c : NULL,
    .resize = how->resize,
    .out = p->out.data + picture * row * p->out.h + how->first,
    .out_row = row, .out_pixel = p->out.c, .width = p->out.w,
  };
  p->kernels->prepare (&call, y0, y1);
}

void
dif_copy (DifRun        *run,
          const DifCopy *how,
          DifTensor      x,
          DifTensor      out)
{
  Copying p = { dif_exact (run->kernels), how, x, out,
                dif_strips_of (out.h, out.w) };

  if (! dif_run_counts (run) && x.c > 0)
    dif_pool_run (run->pool, x.n * p.n_strips, copy_chunk, &p);
}
