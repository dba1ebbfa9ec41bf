/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layers.h: the layers that the network is made of: each knows its
 * packed weights and how to run itself over a batch on the pool.
 */

#ifndef DIF_MODEL_LAYERS_H
#define DIF_MODEL_LAYERS_H

#include "base/memory.h"
#include "base/pool.h"
#include "kernels/kernels.h"
#include "model/unet.h"
#include "model/weights.h"

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
  DifUnetControl   *control;      /* or NULL                       */
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

/* Loading ------------------------------------------------------------ */

/* Where layers take their weights from while a network is built. */
typedef struct
{
  DifWeights       *weights;
  const DifKernels *kernels;
  GPtrArray        *blocks;   /* every allocation, freed with dif_free() */
  GArray           *packings; /* what dif_loader_finish() has to do      */
  GError          **error;
  guint64           bytes;    /* of all blocks                           */
  guint64           copies;   /* of what is packed from, until it is     */
} DifLoader;

/* loader->packings are cleared with dif_loader_clear(), whether loading
 * went well or not.
 */
void     dif_loader_init   (DifLoader        *loader,
                            DifWeights       *weights,
                            const DifKernels *kernels,
                            GPtrArray        *blocks,
                            GError          **error);
void     dif_loader_clear  (DifLoader        *loader);

/* Packs all weights that were loaded, on all processors. */
void     dif_loader_finish (DifLoader        *loader);

/* Without weights a loader only counts, bytes: nothing is read, and what
 * is loaded cannot be run.
 */
static inline bool
dif_loader_counts (const DifLoader *loader)
{
  return loader->weights == NULL;
}

/* n floats that live as long as the network; while counting none, but
 * not NULL.  Errors: MEMORY.
 */
float   *dif_loader_alloc  (DifLoader     *loader,
                            size_t         n);

/* The tensor prefix.suffix as it stands in the file.
 * Errors, here and in all that loads: MEMORY, and those of
 * dif_weights_read(), into loader->error.
 */
gboolean dif_loader_vector (DifLoader     *loader,
                            const char    *prefix,
                            const char    *suffix,
                            int            n,
                            float        **values);

/* Layers ------------------------------------------------------------- */

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

/* Has dif_loader_finish() pack, for conv->kernels, the input channels first
 * .. first + shape.cin - 1 of a weight with total of them, of which it takes
 * a copy; a bias of NULL is zeros.
 */
gboolean dif_conv_pack  (DifConv       *conv,
                         DifLoader     *loader,
                         DifConvShape   shape,
                         const float   *weight,
                         const float   *bias,
                         int            first,
                         int            total);

typedef struct
{
  int    channels;
  int    groups;
  float  eps;
  float *weight;
  float *bias;
} DifNorm;

gboolean dif_norm_load  (DifNorm       *norm,
                         DifLoader     *loader,
                         const char    *name,
                         int            channels,
                         int            groups,
                         float          eps);

/* Folds the statistics of x (its channels followed by those of skip,
 * which may have none), the norm's weight and bias, and an optional
 * modulation [n][2 * channels] (scale, then shift: y (1 + scale) + shift)
 * into one scale and shift per picture and channel, [n][channels] each.
 * Group normalisation, Wu & He 2018.
 */
void     dif_norm_fold  (const DifNorm *norm,
                         DifRun        *run,
                         DifTensor      x,
                         DifTensor      skip,
                         const float   *modulation,
                         float         *scale,
                         float         *shift);

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

/* What a 3 x 3 convolution reads, with a border of zero pixels around it:
 * resize (act (scale * x + shift)), act SiLU or nothing, where x has the
 * channels of two tensors side by side; the second may have none.
 */
typedef struct
{
  DifTensor    x[2];
  const float *scale;       /* [n][channels of both], or NULL */
  const float *shift;
  bool         silu;
  DifResize    resize;
} DifInput;

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

#endif
