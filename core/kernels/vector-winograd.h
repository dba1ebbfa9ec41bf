/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-winograd.h: 3 x 3 convolution by Winograd's minimal filtering
 * F(4 x 4, 3 x 3) (Lavin & Gray 2016, section 4.3): a patch of 6 x 6
 * inputs and the kernel are transformed, multiplied value by value, which
 * over all channels is 36 matrix products, and the products transformed
 * back to 4 x 4 outputs.  A quarter of the multiplications, for a
 * rounding error that grows about tenfold.
 */

#ifndef DIF_KERNELS_VECTOR_WINOGRAD_H
#define DIF_KERNELS_VECTOR_WINOGRAD_H

#include <stdbool.h>

#include "kernels/vector.h"

/* With few channels the transforms cost more than they save. */
static inline bool
dif_winograd_suits (const DifConvShape *s)
{
  return s->kernel == 3 && s->stride == 1 && s->cin >= 32 && s->cout >= 32;
}

size_t DIF_NAME (dif_winograd_packed_size) (const DifConvShape *shape);
void   DIF_NAME (dif_winograd_pack)        (const DifConvShape *shape,
                                            const float        *weight,
                                            float              *packed);
size_t DIF_NAME (dif_winograd_scratch)     (const DifConvShape *shape);
void   DIF_NAME (dif_winograd_conv)        (const DifConvCall  *call,
                                            int                 y0,
                                            int                 y1,
                                            float              *scratch);

#endif
