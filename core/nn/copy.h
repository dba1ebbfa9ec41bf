/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * copy.h: copies of tensors, scaled, shifted and resized.
 */

#ifndef DIF_NN_COPY_H
#define DIF_NN_COPY_H

#include "nn/tensor.h"

/* out = resize (scale * x + shift), in channels first .. of out. */
typedef struct
{
  const float *scale;       /* [n][x.c], or NULL */
  const float *shift;
  DifResize    resize;
  int          first;
} DifCopy;

void     dif_copy       (DifRun           *run,
                         const DifCopy    *how,
                         DifTensor         x,
                         DifTensor         out);

#endif
