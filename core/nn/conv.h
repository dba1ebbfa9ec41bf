/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * conv.h: convolutions and linear layers: each knows its packed weights
 * and how to run itself over a batch on the pool.
 */

#ifndef DIF_NN_CONV_H
#define DIF_NN_CONV_H

#include "nn/loader.h"
#include "nn/tensor.h"
#include "nn/window.h"

typedef struct
{
  DifConvShape      shape;
  const DifKernels *kernels;
  float            *packed;
  float            *bias;
} DifConv;

typedef enum
{
  DIF_LOAD_MATRIX = 1 << 0,  /* a linear layer: the weight is [cout][cin] */
  DIF_LOAD_EXACT  = 1 << 1   /* run it in float32                         */
} DifLoadFlags;

/* weight [cout][cin][k][k] and bias [cout]. */
gboolean dif_conv_load  (DifConv       *conv,
                         DifLoader     *loader,
                         const char    *name,
                         DifConvShape   shape,
                         DifLoadFlags   flags);

/* Copies the input channels first .. first + shape.cin - 1 of a weight that
 * has total of them; dif_loader_finish() will pack the copy for conv->kernels.
 * A bias of NULL is zeros.
 */
gboolean dif_conv_pack  (DifConv       *conv,
                         DifLoader     *loader,
                         DifConvShape   shape,
                         const float   *weight,
                         const float   *bias,
                         int            first,
                         int            total);

/* out = scale * (conv (input) + bias + residual).  bias is [cout], or
 * [n][cout] if per_picture; NULL means the layer's own.  offset is where
 * in the bordered input of a 3 x 3 convolution the first window begins: 0,
 * or 1 where only the right and the bottom are padded.
 */
typedef struct
{
  int            offset;
  const float   *bias;
  bool           per_picture;
  const float   *residual;    /* as out, may be out                    */
  const DifConv *shortcut;    /* NULL, or two 1 x 1 convolutions of    */
  DifTensor      from[2];     /*   these, whose sum is the residual;
                                   the second may have no channels     */
  float          scale;       /* 0 means 1                             */
} DifConvHow;

/* kernel 1, on a tensor as it is. */
void     dif_conv1      (DifRun           *run,
                         const DifConv    *conv,
                         const DifConvHow *how,
                         DifTensor         in,
                         DifTensor         out);

/* kernel 3.  out must be none of the tensors it reads, residual apart. */
void     dif_conv3      (DifRun           *run,
                         const DifConv    *conv,
                         const DifConvHow *how,
                         const DifInput   *input,
                         DifTensor         out);

/* A linear layer on [n][cin] vectors, each by itself. */
void     dif_linear_run (DifRun           *run,
                         const DifConv    *linear,
                         const float      *in,
                         int               n,
                         float            *out);

#endif
