/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bf16.h: what the two bfloat16 convolutions share: packed weights and
 * the way from their sums to the output.  Both multiply bfloat16 and add
 * up in float32.
 *
 * Packed weights: [block of 32 cout][ky][pair of k][vector of the
 * block][lane 0..15][k even, k odd], where k = kx * cin + i runs over the
 * inputs of one row of the kernel, padded with zeros to a multiple of 32.
 */

#ifndef DIF_KERNELS_BF16_H
#define DIF_KERNELS_BF16_H

#include <stdint.h>

#include "kernels/vector.h"

#define BF16_BLOCK 32          /* output channels in a block  */
#define BF16_DEPTH 32          /* k is padded to a multiple   */

/* Where a block of pixels begins, and how its input is laid out. */
typedef struct
{
  const uint16_t *in;
  size_t          row;       /* values from row to row of the kernel     */
  size_t          pixel;     /* values from pixel to pixel of the output */
  int             n_rows;    /* of the kernel                            */
  int             run;
} DifBf16Input;

static inline int
bf16_run (const DifConvShape *s)
{
  return (s->kernel * s->cin + BF16_DEPTH - 1) / BF16_DEPTH * BF16_DEPTH;
}

/* Vectors of 16 channels in the block that starts at channel o. */
static inline int
bf16_vectors (const DifConvShape *s,
              int                 o)
{
  return s->cout - o > DIF_VL ? 2 : 1;
}

/* Values of the packed weights of a block of nr vectors. */
static inline size_t
bf16_block_values (const DifConvShape *s,
                   int                 nr)
{
  return (size_t) s->kernel * bf16_run (s) * nr * DIF_VL;
}

size_t dif_bf16_packed_size (const DifConvShape *shape);
void   dif_bf16_pack_conv   (const DifConvShape *shape,
                             const float        *weight,
                             float              *packed);

/* A row of float32 pixels as bfloat16, each padded with zeros to
 * bf16_run() values: the input of a 1 x 1 convolution.
 */
void   dif_bf16_convert_row (const float        *in,
                             int                 n_pixels,
                             int                 pixel,
                             int                 cin,
                             uint16_t           *out);

/* Room for such a row and the pixels that a tile of 32 reads past it. */
size_t dif_bf16_row_floats  (const DifConvShape *shape,
                             int                 width);

/* out of one pixel in the block at o from its nr vectors of sums. */
static inline void
bf16_finish (const DifConvCall *call,
             int                y,
             int                x,
             int                o,
             int                nr,
             const float       *sum)
{
  int n;

  for (n = 0; n < nr; n++)
    vector_finish (call, y, x, o + n * DIF_VL, vf_load (sum + n * DIF_VL));
}

#endif
