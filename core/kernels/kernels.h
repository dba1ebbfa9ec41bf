/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * kernels.h: the arithmetic of the network, one table of functions per
 * instruction set and one contract per function.  ref.c is the plain C
 * that every other table is tested against.
 *
 * Tensors are float32, channels last: [height][width][channels], a
 * picture at a time.  Strides count values.  A function works on the
 * rows y0 <= y < y1 of its output, so that the caller can spread rows
 * over threads; no result depends on how they are spread, if y0 is a
 * multiple of DIF_ROWS and so is y1, unless it is the last.  Kernels
 * never fail and never allocate.
 *
 * The one exception is the input of a 3 x 3 convolution, which prepare()
 * of the same table writes: its values have input_bytes bytes, 4 for
 * float32 or 2 for bfloat16.
 */

#ifndef DIF_KERNELS_H
#define DIF_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIF_ROWS 4

/* Convolution -------------------------------------------------------- */

/* kernel 1 or 3, stride 1 or 2. */
typedef struct
{
  int cin;
  int cout;
  int kernel;
  int stride;
} DifConvShape;

/* out[y][x][o] = scale * (bias[o] + residual[y][x][o]
 *                + sum over ky, kx, i of weight[o][i][ky][kx]
 *                  * in[y * stride + ky][x * stride + kx][i])
 *
 * in points at the first sample that the first output pixel reads.  For
 * kernel 3 it is prepared input with a border of zeros around the
 * picture, and up to DIF_INPUT_SLACK (cin) values behind its end may be
 * read: the first 64 of them are zeros, the others any.  For kernel 1 it
 * is float32.  residual may be NULL, and may be out itself.
 *
 * o0 and o1, unless both are 0: only these output channels are made.  o0
 * is a multiple of the table's cout_block and so is o1, unless it is cout.
 */
#define DIF_INPUT_SLACK(cin) (34 * (size_t) (cin) + 64)

typedef struct
{
  DifConvShape shape;
  const float *packed;      /* from pack_conv()                       */
  const float *bias;        /* [cout]                                 */
  const void  *in;
  size_t       in_row;      /* pixels follow each other at cin values */
  float       *out;
  size_t       out_row;     /* pixels at cout floats                  */
  const float *residual;
  size_t       residual_row;
  float        scale;
  int          width;       /* of the output, in pixels               */
  int          o0;
  int          o1;
} DifConvCall;

/* Preparation of a convolution's input ------------------------------- */

typedef enum
{
  DIF_SAME,     /* the same size                     */
  DIF_DOUBLE,   /* nearest neighbour, twice as large */
  DIF_HALVE     /* mean of 2 x 2, half as large      */
} DifResize;

/* out[y - out_y][x][c] = resize (act (scale[c] * in[.][.][c] + shift[c])),
 * where act is SiLU, x / (1 + exp (-x)), or nothing.  scale and shift
 * NULL: in itself.  This is a GroupNorm whose statistics are folded into
 * scale and shift.
 */
typedef struct
{
  const float *in;
  size_t       in_row;      /* pixels at channels floats           */
  int          channels;
  const float *scale;
  const float *shift;
  bool         silu;
  DifResize    resize;
  void        *out;
  int          out_y;       /* the row that lies at out; may be < 0 */
  size_t       out_row;
  size_t       out_pixel;   /* values from pixel to pixel          */
  int          width;       /* of the output, in pixels            */
} DifPrepareCall;

/* Attention ---------------------------------------------------------- */

/* For one head: out = softmax (q k^T * scale) v for the queries
 * q0 <= i < q1.  q, k, v and out hold one token per row of head_dim
 * floats, at the given strides from token to token.  packed is what
 * pack_attention() made of the same k and v, where the table wants it.
 */
typedef struct
{
  const float *q;
  const float *k;
  const float *v;
  size_t       qkv_stride;
  float       *out;
  size_t       out_stride;
  int          n_tokens;
  int          head_dim;
  float        scale;
  const float *packed;
} DifAttentionCall;

/* Queries of one call at the most. */
#define DIF_ATTENTION_BLOCK 64

/* Tokens at the most, so that their number times a block's is an int. */
#define DIF_ATTENTION_TOKENS (1 << 24)

/* The posterior mean -------------------------------------------------- */

/* The mean of keys, each weighted by how likely it is that the query is this
 * key with noise of variance 1 / (2 scale) added to each value:
 *
 *   score[i][j] = bias[j] - scale * |queries[i] - keys[j]|^2
 *   lse[i]      = log (sum over j of exp (score[i][j]))
 *   out[i]      = sum over j of exp (score[i][j] - lse[i]) * keys[j]
 *
 * There is one key at least, and keys are finite.  A bias of -INFINITY leaves
 * its key out; some key is not left out.  A query one of whose values is not
 * finite has NaN for its results.
 */
typedef struct
{
  const float *packed;         /* the keys, from pack_posterior()          */
  int          n_keys;
  int          dim;
  const float *bias;           /* [n_keys]; NULL: all 0                    */
  float        scale;          /* finite, 0 or more                        */
  const float *queries;        /* [][dim]                                  */
  size_t       query_stride;   /* floats from one to the next              */
  float       *out;            /* [][dim]; NULL: not wanted                */
  size_t       out_stride;
  float       *lse;            /* []; NULL: not wanted                     */
} DifPosteriorCall;

/* Queries that are calculated together, and keys that are packed together. */
#define DIF_POSTERIOR_QUERIES 64
#define DIF_POSTERIOR_KEYS    96

/* Differences of patches ---------------------------------------------- */

/* A patch is a square of pixels of three whole numbers each, row by row.  So
 * many values behind the last one may be read.
 */
#define DIF_PATCH_SLACK 16

/* The table ---------------------------------------------------------- */

typedef struct _DifKernels DifKernels;

struct _DifKernels
{
  const char *name;
  int         input_bytes;

  /* The table for layers that stay in float32: those that see the noisy
   * picture itself, and the small ones.  NULL: this table.
   */
  const DifKernels *exact;

  /* Output channels that belong together; 0: conv() makes them all. */
  int         cout_block;

  /* Floats that the packed weights of a convolution take. */
  size_t (* packed_size)   (const DifConvShape     *shape);

  /* weight is [cout][cin][kernel][kernel], as PyTorch's Conv2d has it. */
  void   (* pack_conv)     (const DifConvShape     *shape,
                            const float            *weight,
                            float                  *packed);

  /* Floats of scratch memory, 64-byte aligned, that conv() wants. */
  size_t (* conv_scratch)  (const DifConvShape     *shape,
                            int                     width);

  void   (* conv)          (const DifConvCall      *call,
                            int                     y0,
                            int                     y1,
                            float                  *scratch);

  void   (* prepare)       (const DifPrepareCall   *call,
                            int                     y0,
                            int                     y1);

  /* Adds to sum[c] and sum_sq[c] the values, and their squares, of every
   * channel over the rows, to 2^-20 of the sum of their magnitudes.
   */
  void   (* statistics)    (const float            *in,
                            size_t                  in_row,
                            int                     width,
                            int                     channels,
                            int                     y0,
                            int                     y1,
                            double                 *sum,
                            double                 *sum_sq);

  /* Floats that pack_attention() writes for one head, and floats of
   * scratch memory that attention() wants; pack_attention may be NULL.
   */
  size_t (* attention_packed)  (int                     n_tokens,
                                int                     head_dim);
  void   (* pack_attention)    (const DifAttentionCall *call,
                                float                  *packed);
  size_t (* attention_scratch) (int                     n_tokens,
                                int                     head_dim);

  void   (* attention)     (const DifAttentionCall *call,
                            int                     q0,
                            int                     q1,
                            float                  *scratch);

  /* Floats that so many packed keys take. */
  size_t (* posterior_packed)  (int                     n_keys,
                                int                     dim);

  /* Packs the keys k0 <= j < k1 of n_keys, [k1 - k0][dim] at the given floats
   * from one to the next, into the place of all of them.  k0 is a multiple of
   * DIF_POSTERIOR_KEYS and so is k1, unless it is n_keys.
   */
  void   (* pack_posterior)    (const float            *keys,
                                size_t                  key_stride,
                                int                     n_keys,
                                int                     dim,
                                int                     k0,
                                int                     k1,
                                float                  *packed);

  /* Floats of scratch memory, 64-byte aligned, that the next two want. */
  size_t (* posterior_scratch) (int                     dim);

  /* out and lse of the queries q0 <= i < q1.  What a query gets depends on
   * it, the keys, their biases and the scale alone.
   */
  void   (* posterior)         (const DifPosteriorCall *call,
                                int                     q0,
                                int                     q1,
                                float                  *scratch);

  /* Adds to share[j], for the keys k0 <= j < k1, what the queries q0 <= i < q1
   * give to it: the sum over i of exp (score[i][j] - lse[i]), with the lse
   * that posterior() wrote, to as much of it as a float lse lets know.  Where
   * that is NaN the query gives nothing.  q0
   * and k0 are multiples of the above, and so are q1 and k1, unless they are
   * the last.
   */
  void   (* posterior_shares)  (const DifPosteriorCall *call,
                                int                     q0,
                                int                     q1,
                                int                     k0,
                                int                     k1,
                                double                 *share,
                                float                  *scratch);

  /* The sum of the squares of two patches' differences, of `patch` pixels a
   * side and rows that lie a_row and b_row values apart; where it is more than
   * limit, anything that is more.  The differences fit into 16 bits, their
   * squares' sum into 31.
   */
  int32_t (* patch_difference) (const int16_t          *a,
                                size_t                  a_row,
                                const int16_t          *b,
                                size_t                  b_row,
                                int                     patch,
                                int32_t                 limit);

  /* x[i] = x[i] / (1 + exp (-x[i])) */
  void   (* silu)          (float                  *x,
                            size_t                  n);
};

/* The fastest table for this machine, or the one that DIF_CPU names. */
const DifKernels *dif_kernels_get     (void);

/* The same among those that calculate in float32 throughout. */
const DifKernels *dif_kernels_float   (void);

/* Table i of those that this machine can run, from ref upwards; those
 * that calculate in less than float32 come last.  NULL after the last.
 */
const DifKernels *dif_kernels_nth     (int          i);

/* NULL if it does not exist or this machine cannot run it. */
const DifKernels *dif_kernels_by_name (const char  *name);

/* One per file. */
extern const DifKernels dif_kernels_ref;
extern const DifKernels dif_kernels_base;   /* any machine: OpenBLAS and
                                               the compiler's vectors    */
#ifdef DIF_NEON
extern const DifKernels dif_kernels_neon;
#endif
#ifdef DIF_X86
extern const DifKernels dif_kernels_v3;
extern const DifKernels dif_kernels_v4;
#endif
#ifdef DIF_X86_BF16
extern const DifKernels dif_kernels_bf16;
extern const DifKernels dif_kernels_amx;
#endif

#endif
