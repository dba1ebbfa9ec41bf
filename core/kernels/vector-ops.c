/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-ops.c: everything but the convolution in the vectors of one
 * instruction set, and that set's table.
 */

#include <math.h>

#include "kernels/blas.h"
#include "kernels/vector.h"

#ifdef DIF_BF16
#include <immintrin.h>
#endif

/* Preparation -------------------------------------------------------- */

#ifdef DIF_BF16

/* Rounded to the nearest bfloat16, ties to even. */
typedef uint16_t prepared;

/* Wrong by less than 2^-13, where rounding to bfloat16 moves it by up to
 * 2^-8: the instruction promises its reciprocal to 2^-14 on every processor,
 * and vf_exp_short() adds 4e-6.
 */
static inline vf
prepared_silu (vf x)
{
  return x * (vf) _mm512_rcp14_ps ((__m512) (1.0f + vf_exp_short (-x)));
}

static inline void
put (prepared *p,
     vf        v,
     int       n)
{
  __m256bh half = _mm512_cvtneps_pbh ((__m512) v);

  if (n == DIF_VL)
    memcpy (p, &half, sizeof (half));
  else
    memcpy (p, &half, n * sizeof (prepared));
}

#else

typedef float prepared;

#define prepared_silu vf_silu

static inline void
put (prepared *p,
     vf        v,
     int       n)
{
  if (n == DIF_VL)
    vf_store (p, v);
  else
    vf_store_some (p, v, n);
}

#endif

/* One vector of channels c.. of the input pixel at p; n < DIF_VL of them
 * at the end of the channels.
 */
static inline vf
prepare1 (const DifPrepareCall *call,
          const float          *p,
          int                   c,
          int                   n)
{
  vf v = n < DIF_VL ? vf_load_some (p + c, n) : vf_load (p + c);

  if (call->scale)
    {
      vf scale = n < DIF_VL ? vf_load_some (call->scale + c, n)
                            : vf_load (call->scale + c);
      vf shift = n < DIF_VL ? vf_load_some (call->shift + c, n)
                            : vf_load (call->shift + c);

      v = v * scale + shift;
    }
  return call->silu ? prepared_silu (v) : v;
}

static inline vf
prepare_pixel (const DifPrepareCall *call,
               int                   y,
               int                   x,
               int                   c,
               int                   n)
{
  size_t pixel = call->channels;

  if (call->resize == DIF_DOUBLE)
    return prepare1 (call, call->in + (y / 2) * call->in_row
                                    + (x / 2) * pixel, c, n);
  if (call->resize == DIF_HALVE)
    {
      const float *top = call->in + 2 * y * call->in_row + 2 * x * pixel;
      const float *bottom = top + call->in_row;

      return 0.25f * ((prepare1 (call, top, c, n)
                       + prepare1 (call, top + pixel, c, n))
                      + (prepare1 (call, bottom, c, n)
                         + prepare1 (call, bottom + pixel, c, n)));
    }
  return prepare1 (call, call->in + y * call->in_row + x * pixel, c, n);
}

static void
prepare (const DifPrepareCall *call,
         int                   y0,
         int                   y1)
{
  int whole = call->channels - call->channels % DIF_VL;
  int rest = call->channels - whole;
  int y, x, c;

  for (y = y0; y < y1; y++)
    for (x = 0; x < call->width; x++)
      {
        prepared *out = (prepared *) call->out
                        + (y - call->out_y) * call->out_row
                        + x * call->out_pixel;

        for (c = 0; c < whole; c += DIF_VL)
          put (out + c, prepare_pixel (call, y, x, c, DIF_VL), DIF_VL);
        if (rest > 0)
          put (out + whole, prepare_pixel (call, y, x, whole, rest), rest);
      }
}

/* Statistics --------------------------------------------------------- */

/* Pixels whose sum is in single precision: it costs a digit of seven. */
#define FLOAT_SPAN 16

static void
statistics (const float *in,
            size_t       in_row,
            int          width,
            int          channels,
            int          y0,
            int          y1,
            double      *sum,
            double      *sum_sq)
{
  int c, i, y, x;

  for (c = 0; c < channels; c += DIF_VL)
    {
      int n = channels - c < DIF_VL ? channels - c : DIF_VL;
      vd  s = { 0.0 }, q = { 0.0 };

      for (y = y0; y < y1; y++)
        for (x = 0; x < width; x += FLOAT_SPAN)
          {
            const float *p = in + y * in_row + (size_t) x * channels + c;
            int          span = width - x < FLOAT_SPAN ? width - x : FLOAT_SPAN;
            vf           part = { 0.0f }, part_sq = { 0.0f };

            for (i = 0; i < span; i++, p += channels)
              {
                vf v = n < DIF_VL ? vf_load_some (p, n) : vf_load (p);

                part += v;
                part_sq = vf_fma (v, v, part_sq);
              }
            s += __builtin_convertvector (part, vd);
            q += __builtin_convertvector (part_sq, vd);
          }
      for (i = 0; i < n; i++)
        {
          sum[c + i] += s[i];
          sum_sq[c + i] += q[i];
        }
    }
}

/* Attention ---------------------------------------------------------- */

#ifndef DIF_AMX

static float
row_max (const float *x,
         int          n)
{
  float max = -INFINITY;
  int   i = 0, j;

  if (n >= DIF_VL)
    {
      vf m = vf_load (x);

      for (i = DIF_VL; i + DIF_VL <= n; i += DIF_VL)
        {
          vf v = vf_load (x + i);

          m = vf_select (v > m, v, m);
        }
      for (j = 0; j < DIF_VL; j++)
        max = m[j] > max ? m[j] : max;
    }
  for (; i < n; i++)
    max = x[i] > max ? x[i] : max;
  return max;
}

/* x[i] = exp (x[i] - max x); returns the sum of the new x. */
static float
row_exp (float *x,
         int    n)
{
  vf    max = vf_splat (row_max (x, n));
  vf    total = { 0.0f };
  float sum = 0.0f;
  int   i, j;

  for (i = 0; i + DIF_VL <= n; i += DIF_VL)
    {
      vf v = vf_exp (vf_load (x + i) - max);

      total += v;
      vf_store (x + i, v);
    }
  if (i < n)
    {
      vf v = vf_exp (vf_load_some (x + i, n - i) - max);

      vf_store_some (x + i, v, n - i);
      for (; i < n; i++)
        sum += x[i];
    }
  for (j = 0; j < DIF_VL; j++)
    sum += total[j];
  return sum;
}

static void
attention (const DifAttentionCall *call,
           int                     q0,
           int                     q1,
           float                  *scratch)
{
  int    n = call->n_tokens;
  float *out = call->out + q0 * call->out_stride;
  float  total[DIF_ATTENTION_BLOCK];
  int    i, d;

  dif_blas_gemm (true, q1 - q0, n, call->head_dim, call->scale,
                 call->q + q0 * call->qkv_stride, call->qkv_stride,
                 call->k, call->qkv_stride, scratch, n);
  for (i = 0; i < q1 - q0; i++)
    total[i] = row_exp (scratch + (size_t) i * n, n);
  dif_blas_gemm (false, q1 - q0, call->head_dim, n, 1.0f, scratch, n,
                 call->v, call->qkv_stride, out, call->out_stride);
  for (i = 0; i < q1 - q0; i++)
    for (d = 0; d < call->head_dim; d++)
      out[i * call->out_stride + d] /= total[i];
}

#endif

static void
silu (float *x,
      size_t n)
{
  size_t i;

  for (i = 0; i + DIF_VL <= n; i += DIF_VL)
    vf_store (x + i, vf_silu (vf_load (x + i)));
  if (i < n)
    vf_store_some (x + i, vf_silu (vf_load_some (x + i, n - i)), n - i);
}

/* The table ---------------------------------------------------------- */

/* DIF_CONV names the family of convolutions: dif_blas, or one compiled
 * for the same instruction set.  DIF_COUT_BLOCK: see kernels.h.
 */
#ifdef DIF_CONV
#define CONV(name) DIF_NAME (DIF_PASTE (DIF_CONV, name))
#else
#define CONV(name) dif_blas_##name
#endif

size_t CONV (packed_size)  (const DifConvShape *);
void   CONV (pack_conv)    (const DifConvShape *, const float *, float *);
size_t CONV (conv_scratch) (const DifConvShape *, int);
void   CONV (conv)         (const DifConvCall *, int, int, float *);

#ifdef DIF_AMX
size_t dif_amx_attention_packed  (int, int);
void   dif_amx_pack_attention    (const DifAttentionCall *, float *);
size_t dif_amx_attention_scratch (int, int);
void   dif_amx_attention         (const DifAttentionCall *, int, int, float *);
#endif

/* Without a matrix unit bfloat16 has none of its own: where it pays, where
 * there is much noise, few steps are.
 */
#if defined DIF_BF16 && ! defined DIF_AMX
#define POSTERIOR(name) DIF_PASTE (name, v4)
#else
#define POSTERIOR(name) DIF_NAME (name)
#endif

size_t POSTERIOR (dif_posterior_packed)  (int, int);
void   POSTERIOR (dif_pack_posterior)    (const float *, size_t, int, int, int,
                                          int, float *);
size_t POSTERIOR (dif_posterior_scratch) (int);
void   POSTERIOR (dif_posterior)         (const DifPosteriorCall *, int, int,
                                          float *);
void   POSTERIOR (dif_posterior_shares)  (const DifPosteriorCall *, int, int,
                                          int, int, double *, float *);

/* Whole numbers need no bfloat16. */
#ifdef DIF_BF16
#define PATCH(name) DIF_PASTE (name, v4)
#else
#define PATCH(name) DIF_NAME (name)
#endif

int32_t PATCH (dif_patch_difference) (const int16_t *, size_t, const int16_t *,
                                      size_t, int, int32_t);

const DifKernels DIF_NAME (dif_kernels) = {
  .name = DIF_TABLE_NAME,
  .input_bytes = sizeof (prepared),
#ifdef DIF_BF16
  .exact = &dif_kernels_v4,
#endif
#ifdef DIF_COUT_BLOCK
  .cout_block = DIF_COUT_BLOCK,
#endif
  .packed_size = CONV (packed_size),
  .pack_conv = CONV (pack_conv),
  .conv_scratch = CONV (conv_scratch),
  .conv = CONV (conv),
  .prepare = prepare,
  .statistics = statistics,
#ifdef DIF_AMX
  .attention_packed = dif_amx_attention_packed,
  .pack_attention = dif_amx_pack_attention,
  .attention_scratch = dif_amx_attention_scratch,
  .attention = dif_amx_attention,
#else
  .attention_packed = dif_blas_attention_packed,
  .attention_scratch = dif_blas_attention_scratch,
  .attention = attention,
#endif
  .posterior_packed = POSTERIOR (dif_posterior_packed),
  .pack_posterior = POSTERIOR (dif_pack_posterior),
  .posterior_scratch = POSTERIOR (dif_posterior_scratch),
  .posterior = POSTERIOR (dif_posterior),
  .posterior_shares = POSTERIOR (dif_posterior_shares),
  .patch_difference = PATCH (dif_patch_difference),
  .silu = silu,
};
