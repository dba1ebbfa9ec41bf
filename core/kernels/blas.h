/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * blas.h: what tables share of OpenBLAS.
 */

#ifndef DIF_KERNELS_BLAS_H
#define DIF_KERNELS_BLAS_H

#include "kernels/kernels.h"

/* C = A B^T or A B over OpenBLAS on the calling thread alone: a is
 * [m][k], b [n][k] if transposed, [k][n] otherwise, c [m][n].
 */
void dif_blas_gemm (bool         b_transposed,
                    int          m,
                    int          n,
                    int          k,
                    float        alpha,
                    const float *a,
                    size_t       lda,
                    const float *b,
                    size_t       ldb,
                    float       *c,
                    size_t       ldc);

/* Attention without packing, DIF_ATTENTION_BLOCK rows of weights at a
 * time: the sizes of every table but the matrix unit's.
 */
size_t dif_blas_attention_packed  (int n_tokens,
                                   int head_dim);
size_t dif_blas_attention_scratch (int n_tokens,
                                   int head_dim);

/* The convolution over dif_blas_gemm(): the inputs of a segment of output
 * pixels are laid out as a matrix of at most DIF_SEGMENT_FLOATS values.
 */
#define DIF_SEGMENT_FLOATS (128 * 1024)

size_t dif_blas_packed_size  (const DifConvShape *shape);
void   dif_blas_pack_conv    (const DifConvShape *shape,
                              const float        *weight,
                              float              *packed);
size_t dif_blas_conv_scratch (const DifConvShape *shape,
                              int                 width);
void   dif_blas_conv         (const DifConvCall  *call,
                              int                 y0,
                              int                 y1,
                              float              *scratch);

#endif
