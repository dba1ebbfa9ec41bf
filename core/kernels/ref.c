/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ref.c: every kernel as plain C that reads like its contract.  Sums are
 * taken in double precision: this is what the others are measured by.
 */

#include <math.h>
#include <string.h>

#include "kernels/blas.h"

static double
silu1 (double x)
{
  return x / (1.0 + exp (-x));
}

static size_t
ref_packed_size (const DifConvShape *s)
{
  return (size_t) s->cout * s->cin * s->kernel * s->kernel;
}

static void
ref_pack_conv (const DifConvShape *s,
               const float        *weight,
               float              *packed)
{
  memcpy (packed, weight, ref_packed_size (s) * sizeof (float));
}

static size_t
ref_conv_scratch (const DifConvShape *s,
                  int                 width)
{
  return 0;
}

static double
ref_conv_sum (const DifConvCall *call,
              int                y,
              int                x,
              int                o)
{
  const DifConvShape *s = &call->shape;
  const float        *in = call->in;
  double              sum = 0.0;
  int                 i, ky, kx;

  for (i = 0; i < s->cin; i++)
    for (ky = 0; ky < s->kernel; ky++)
      for (kx = 0; kx < s->kernel; kx++)
        {
          size_t w = (((size_t) o * s->cin + i) * s->kernel + ky) * s->kernel
                     + kx;
          size_t p = (size_t) (y * s->stride + ky) * call->in_row
                     + (size_t) (x * s->stride + kx) * s->cin + i;

          sum += (double) call->packed[w] * in[p];
        }
  return sum;
}

static void
ref_conv (const DifConvCall *call,
          int                y0,
          int                y1,
          float             *scratch)
{
  int cout = call->shape.cout;
  int y, x, o;

  for (y = y0; y < y1; y++)
    for (x = 0; x < call->width; x++)
      for (o = 0; o < cout; o++)
        {
          double v = call->bias[o] + ref_conv_sum (call, y, x, o);

          if (call->residual)
            v += call->residual[y * call->residual_row + (size_t) x * cout + o];
          call->out[y * call->out_row + (size_t) x * cout + o]
            = (float) (call->scale * v);
        }
}

static double
ref_prepare1 (const DifPrepareCall *call,
              int                   y,
              int                   x,
              int                   c)
{
  double v = call->in[y * call->in_row + (size_t) x * call->channels + c];

  if (call->scale)
    v = call->scale[c] * v + call->shift[c];
  return call->silu ? silu1 (v) : v;
}

static void
ref_prepare (const DifPrepareCall *call,
             int                   y0,
             int                   y1)
{
  float *out = call->out;
  int    y, x, c;

  for (y = y0; y < y1; y++)
    for (x = 0; x < call->width; x++)
      for (c = 0; c < call->channels; c++)
        {
          double v;

          if (call->resize == DIF_DOUBLE)
            v = ref_prepare1 (call, y / 2, x / 2, c);
          else if (call->resize == DIF_HALVE)
            v = 0.25 * (ref_prepare1 (call, 2 * y, 2 * x, c)
                        + ref_prepare1 (call, 2 * y, 2 * x + 1, c)
                        + ref_prepare1 (call, 2 * y + 1, 2 * x, c)
                        + ref_prepare1 (call, 2 * y + 1, 2 * x + 1, c));
          else
            v = ref_prepare1 (call, y, x, c);
          out[(y - call->out_y) * call->out_row + x * call->out_pixel + c]
            = (float) v;
        }
}

static void
ref_statistics (const float *in,
                size_t       in_row,
                int          width,
                int          channels,
                int          y0,
                int          y1,
                double      *sum,
                double      *sum_sq)
{
  int y, x, c;

  for (y = y0; y < y1; y++)
    for (x = 0; x < width; x++)
      for (c = 0; c < channels; c++)
        {
          double v = in[y * in_row + (size_t) x * channels + c];

          sum[c] += v;
          sum_sq[c] += v * v;
        }
}

static void
ref_attention1 (const DifAttentionCall *call,
                int                     query,
                float                  *weight)
{
  const float *q = call->q + query * call->qkv_stride;
  double       max = -INFINITY, total = 0.0;
  int          i, d;

  for (i = 0; i < call->n_tokens; i++)
    {
      double dot = 0.0;

      for (d = 0; d < call->head_dim; d++)
        dot += (double) q[d] * call->k[i * call->qkv_stride + d];
      weight[i] = (float) (dot * call->scale);
      max = weight[i] > max ? weight[i] : max;
    }
  for (i = 0; i < call->n_tokens; i++)
    {
      weight[i] = (float) exp (weight[i] - max);
      total += weight[i];
    }
  for (d = 0; d < call->head_dim; d++)
    {
      double sum = 0.0;

      for (i = 0; i < call->n_tokens; i++)
        sum += (double) weight[i] * call->v[i * call->qkv_stride + d];
      call->out[query * call->out_stride + d] = (float) (sum / total);
    }
}

static void
ref_attention (const DifAttentionCall *call,
               int                     q0,
               int                     q1,
               float                  *scratch)
{
  int i;

  for (i = q0; i < q1; i++)
    ref_attention1 (call, i, scratch);
}

static size_t
ref_posterior_packed (int n_keys,
                      int dim)
{
  return (size_t) n_keys * dim;
}

static void
ref_pack_posterior (const float *keys,
                    size_t       key_stride,
                    int          n_keys,
                    int          dim,
                    int          k0,
                    int          k1,
                    float       *packed)
{
  int j;

  for (j = k0; j < k1; j++)
    memcpy (packed + (size_t) j * dim, keys + (j - k0) * key_stride,
            dim * sizeof (float));
}

/* The sum of keys times their weights. */
static size_t
ref_posterior_scratch (int dim)
{
  return (size_t) dim * (sizeof (double) / sizeof (float));
}

static double
ref_score (const DifPosteriorCall *call,
           int                     i,
           int                     j)
{
  const float *query = call->queries + i * call->query_stride;
  const float *key = call->packed + (size_t) j * call->dim;
  double       sum = 0.0;
  int          d;

  for (d = 0; d < call->dim; d++)
    sum += ((double) query[d] - key[d]) * ((double) query[d] - key[d]);
  return (call->bias ? call->bias[j] : 0.0) - call->scale * sum;
}

static void
ref_posterior1 (const DifPosteriorCall *call,
                int                     i,
                double                 *sum)
{
  double max = -INFINITY, total = 0.0;
  int    j, d;

  for (j = 0; j < call->n_keys; j++)
    {
      double score = ref_score (call, i, j);

      max = score > max ? score : max;
    }
  memset (sum, 0, call->dim * sizeof (double));
  for (j = 0; j < call->n_keys; j++)
    {
      double weight = exp (ref_score (call, i, j) - max);

      total += weight;
      for (d = 0; d < call->dim; d++)
        sum[d] += weight * call->packed[(size_t) j * call->dim + d];
    }
  for (d = 0; call->out && d < call->dim; d++)
    call->out[i * call->out_stride + d] = (float) (sum[d] / total);
  if (call->lse)
    call->lse[i] = (float) (max + log (total));
}

static bool
ref_is_finite (const float *x,
               int          n)
{
  int i;

  for (i = 0; i < n; i++)
    if (! isfinite (x[i]))
      return false;
  return true;
}

static void
ref_posterior (const DifPosteriorCall *call,
               int                     q0,
               int                     q1,
               float                  *scratch)
{
  int i, d;

  for (i = q0; i < q1; i++)
    if (ref_is_finite (call->queries + i * call->query_stride, call->dim))
      ref_posterior1 (call, i, (double *) scratch);
    else
      {
        for (d = 0; call->out && d < call->dim; d++)
          call->out[i * call->out_stride + d] = NAN;
        if (call->lse)
          call->lse[i] = NAN;
      }
}

static void
ref_posterior_shares (const DifPosteriorCall *call,
                      int                     q0,
                      int                     q1,
                      int                     k0,
                      int                     k1,
                      double                 *share,
                      float                  *scratch)
{
  int i, j;

  for (i = q0; i < q1; i++)
    for (j = k0; j < k1 && ! isnan (call->lse[i]); j++)
      share[j] += exp (ref_score (call, i, j) - call->lse[i]);
}

static int32_t
ref_patch_difference (const int16_t *a,
                      size_t         a_row,
                      const int16_t *b,
                      size_t         b_row,
                      int            patch,
                      int32_t        limit)
{
  int32_t sum = 0;
  int     row, i;

  for (row = 0; row < patch; row++)
    for (i = 0; i < 3 * patch; i++)
      {
        int32_t d = a[row * a_row + i] - b[row * b_row + i];

        sum += d * d;
      }
  return sum;
}

static void
ref_silu (float *x,
          size_t n)
{
  size_t i;

  for (i = 0; i < n; i++)
    x[i] = (float) silu1 (x[i]);
}

const DifKernels dif_kernels_ref = {
  .name = "ref",
  .input_bytes = sizeof (float),
  .packed_size = ref_packed_size,
  .pack_conv = ref_pack_conv,
  .conv_scratch = ref_conv_scratch,
  .conv = ref_conv,
  .prepare = ref_prepare,
  .statistics = ref_statistics,
  .attention_packed = dif_blas_attention_packed,
  .attention_scratch = dif_blas_attention_scratch,
  .attention = ref_attention,
  .posterior_packed = ref_posterior_packed,
  .pack_posterior = ref_pack_posterior,
  .posterior_scratch = ref_posterior_scratch,
  .posterior = ref_posterior,
  .posterior_shares = ref_posterior_shares,
  .patch_difference = ref_patch_difference,
  .silu = ref_silu,
};
