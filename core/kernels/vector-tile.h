/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-tile.h: the one inner loop that float32 convolution spends its
 * time in: a tile of MR pixels by NR vectors of output channels, held in
 * registers.
 */

#ifndef DIF_KERNELS_VECTOR_TILE_H
#define DIF_KERNELS_VECTOR_TILE_H

#include "kernels/vector.h"

#define TILE_NR 2                /* vectors of output channels            */
#define TILE_BLOCK (TILE_NR * DIF_VL)   /* DIF_COUT_BLOCK is the same */
#if DIF_VL == 16 || defined __aarch64__
#define TILE_MR 12               /* 24 sums + 4 weights of 32 registers   */
#else
#define TILE_MR 6                /* 12 sums + 2 weights of 16 registers   */
#endif

/* Input m of step k of run r is in[r * row + m * pixel + k]. */
typedef struct
{
  const float *in;
  size_t       row;
  size_t       pixel;
  int          n_runs;
  int          run;              /* steps of a run                        */
} DifTile;

/* sum[m * nr + n] := sum over runs and steps of input m times vector n of
 * the weights, for m < mr <= TILE_MR and n < nr <= TILE_NR.  w holds nr
 * vectors for each step, one run after the other, aligned.
 */
void DIF_NAME (dif_tile) (const DifTile *tile,
                          const float   *w,
                          int            mr,
                          int            nr,
                          vf            *sum);

/* Where the output channels that are asked for end. */
static inline int
tile_end (const DifConvCall *call)
{
  return call->o1 > 0 ? call->o1 : call->shape.cout;
}

/* Vectors of the block of output channels that starts at channel o. */
static inline int
tile_vectors (int cout,
              int o)
{
  int left = cout - o;

  return left > DIF_VL ? 2 : 1;
}

#endif
