/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * amx-attention.c: attention on the matrix unit.  Keys and values are
 * packed once for a head, as bfloat16 in the order of tile registers;
 * then 32 queries at a time are multiplied with all keys, their weights
 * made and rounded to bfloat16, and multiplied with all values.
 *
 * Packed keys: [16 tokens][32 dims][pair of dims][token][even, odd];
 * packed values: [32 tokens][16 dims][pair of tokens][dim][even, odd].
 * Tokens are padded to a multiple of 32 and dims likewise, with zeros.
 */

#include <immintrin.h>
#include <math.h>

#include "kernels/amx.h"
#include "kernels/vector.h"

#define QUERIES 32      /* of two tiles              */
#define TILE    512     /* values of a tile register */

size_t dif_amx_attention_packed  (int, int);
void   dif_amx_pack_attention    (const DifAttentionCall *, float *);
size_t dif_amx_attention_scratch (int, int);
void   dif_amx_attention         (const DifAttentionCall *, int, int, float *);

static size_t
pad32 (int n)
{
  return ((size_t) n + 31) / 32 * 32;
}

/* Keys and values, two bytes each. */
size_t
dif_amx_attention_packed (int n_tokens,
                          int head_dim)
{
  return pad32 (n_tokens) * pad32 (head_dim);
}

/* Scores in float32, weights, queries, and sums of 32 x 32. */
size_t
dif_amx_attention_scratch (int n_tokens,
                           int head_dim)
{
  return QUERIES * (pad32 (n_tokens) + pad32 (n_tokens) / 2
                    + pad32 (head_dim) / 2 + 32);
}

static inline uint16_t
to_bf16 (float x)
{
  __m128bh half = _mm_cvtneps_pbh (_mm_set_ss (x));
  uint16_t out;

  memcpy (&out, &half, sizeof (out));
  return out;
}

static inline uint16_t
value_at (const DifAttentionCall *call,
          const float            *from,
          int                     token,
          int                     dim)
{
  if (token >= call->n_tokens || dim >= call->head_dim)
    return 0;
  return to_bf16 (from[token * call->qkv_stride + dim]);
}

void
dif_amx_pack_attention (const DifAttentionCall *call,
                        float                  *packed)
{
  int       tokens = (int) pad32 (call->n_tokens);
  int       dims = (int) pad32 (call->head_dim);
  uint16_t *k = (uint16_t *) packed, *v = k + (size_t) tokens * dims;
  int       token, dim, pair, lane;

  for (token = 0; token < tokens; token += 16)
    for (dim = 0; dim < dims; dim += 32)
      for (pair = 0; pair < 16; pair++)
        for (lane = 0; lane < 16; lane++, k += 2)
          {
            k[0] = value_at (call, call->k, token + lane, dim + 2 * pair);
            k[1] = value_at (call, call->k, token + lane, dim + 2 * pair + 1);
          }
  for (token = 0; token < tokens; token += 32)
    for (dim = 0; dim < dims; dim += 16)
      for (pair = 0; pair < 16; pair++)
        for (lane = 0; lane < 16; lane++, v += 2)
          {
            v[0] = value_at (call, call->v, token + 2 * pair, dim + lane);
            v[1] = value_at (call, call->v, token + 2 * pair + 1, dim + lane);
          }
}

/* Queries q0 .. q0 + 31 as rows of dims values; those past the last are
 * zeros, whose results nobody reads.
 */
static void
load_queries (const DifAttentionCall *call,
              int                     q0,
              int                     dims,
              uint16_t               *q)
{
  int i, d;

  for (i = 0; i < QUERIES; i++)
    for (d = 0; d < dims; d++)
      *q++ = value_at (call, call->q, q0 + i, d);
}

/* score[32][tokens] := q k^T */
static void
scores (const uint16_t *q,
        const uint16_t *k,
        int             tokens,
        int             dims,
        float          *score)
{
  long stride = tokens * sizeof (float);
  long q_stride = dims * sizeof (uint16_t);
  int  token, dim;

  for (token = 0; token < tokens; token += 32)
    {
      const uint16_t *k0 = k + (size_t) token * dims;
      const uint16_t *k1 = k0 + (size_t) 16 * dims;

      _tile_zero (0);
      _tile_zero (1);
      _tile_zero (2);
      _tile_zero (3);
      for (dim = 0; dim < dims; dim += 32, k0 += TILE, k1 += TILE)
        {
          _tile_loadd (4, q + dim, q_stride);
          _tile_loadd (5, q + 16 * dims + dim, q_stride);
          _tile_loadd (6, k0, 64);
          _tile_loadd (7, k1, 64);
          _tile_dpbf16ps (0, 4, 6);
          _tile_dpbf16ps (1, 4, 7);
          _tile_dpbf16ps (2, 5, 6);
          _tile_dpbf16ps (3, 5, 7);
        }
      _tile_stored (0, score + token, stride);
      _tile_stored (1, score + token + 16, stride);
      _tile_stored (2, score + 16 * tokens + token, stride);
      _tile_stored (3, score + 16 * tokens + token + 16, stride);
    }
}

/* weight[i] = exp (scale * (score[i] - max)), 0 for the padding; returns
 * their sum.  score is overwritten.
 */
static float
weigh (float    *score,
       int       n_tokens,
       int       tokens,
       float     scale,
       uint16_t *weight)
{
  vf    max = vf_splat (-INFINITY), sum = { 0.0f };
  float most = -INFINITY, total = 0.0f;
  int   i;

  for (i = n_tokens; i < tokens; i++)
    score[i] = -INFINITY;
  for (i = 0; i < tokens; i += DIF_VL)
    {
      vf v = vf_load (score + i);

      max = vf_select (v > max, v, max);
    }
  for (i = 0; i < DIF_VL; i++)
    most = max[i] > most ? max[i] : most;
  for (i = 0; i < tokens; i += DIF_VL)
    {
      vf       v = vf_exp_short ((vf_load (score + i) - most) * scale);
      __m256bh half = _mm512_cvtneps_pbh ((__m512) v);

      sum += v;
      memcpy (weight + i, &half, sizeof (half));
    }
  for (i = 0; i < DIF_VL; i++)
    total += sum[i];
  return total;
}

/* sum[32][32] := weight v, for 32 dims. */
static void
mix (const uint16_t *weight,
     const uint16_t *v,
     int             tokens,
     int             dims,
     float          *sum)
{
  long stride = tokens * sizeof (uint16_t);
  int  token;

  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (token = 0; token < tokens; token += 32, v += 32 * dims)
    {
      _tile_loadd (4, weight + token, stride);
      _tile_loadd (5, weight + (size_t) 16 * tokens + token, stride);
      _tile_loadd (6, v, 64);
      _tile_loadd (7, v + TILE, 64);
      _tile_dpbf16ps (0, 4, 6);
      _tile_dpbf16ps (1, 4, 7);
      _tile_dpbf16ps (2, 5, 6);
      _tile_dpbf16ps (3, 5, 7);
    }
  _tile_stored (0, sum, 128);
  _tile_stored (1, sum + 16, 128);
  _tile_stored (2, sum + 16 * 32, 128);
  _tile_stored (3, sum + 16 * 32 + 16, 128);
}

static void
some_queries (const DifAttentionCall *call,
              int                     q0,
              int                     n,
              float                  *scratch)
{
  int       tokens = (int) pad32 (call->n_tokens);
  int       dims = (int) pad32 (call->head_dim);
  float    *score = scratch;
  uint16_t *weight = (uint16_t *) (score + QUERIES * tokens);
  uint16_t *q = weight + QUERIES * tokens;
  float    *sum = (float *) (q + QUERIES * dims);
  float     total[QUERIES];
  const uint16_t *k = (const uint16_t *) call->packed;
  const uint16_t *v = k + (size_t) tokens * dims;
  int       i, d, dim;

  load_queries (call, q0, dims, q);
  scores (q, k, tokens, dims, score);
  for (i = 0; i < QUERIES; i++)
    total[i] = weigh (score + i * tokens, call->n_tokens, tokens, call->scale,
                      weight + i * tokens);
  for (dim = 0; dim < dims; dim += 32)
    {
      int left = call->head_dim - dim < 32 ? call->head_dim - dim : 32;

      mix (weight, v + (size_t) dim / 16 * TILE, tokens, dims, sum);
      for (i = 0; i < n; i++)
        for (d = 0; d < left; d++)
          call->out[(q0 + i) * call->out_stride + dim + d]
            = sum[i * 32 + d] / total[i];
    }
}

void
dif_amx_attention (const DifAttentionCall *call,
                   int                     q0,
                   int                     q1,
                   float                  *scratch)
{
  dif_amx_configure ();
  for (; q0 < q1; q0 += QUERIES)
    some_queries (call, q0, q1 - q0 < QUERIES ? q1 - q0 : QUERIES, scratch);
  _tile_release ();
}
