/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * amx-posterior.c: the posterior mean on the matrix unit, see
 * vector-posterior.c.  Keys are rounded to bfloat16 in the order of tile
 * registers, once for the scores and once for the means; scores are those of
 * the rounded keys and queries, and added up in float32.  Rounding a key moves
 * a score by the noise times what it is off, so where there is little noise the
 * float32 table does it.
 *
 * Packed: what the float32 table wants; keys [16][32 values][pair of values]
 * [key][even, odd]; keys [32][16 values][pair of keys][value][even, odd]; and
 * the squares of the rounded keys' lengths.  Keys and values are padded with
 * zeros to multiples of 32.
 */

#include <immintrin.h>
#include <math.h>

#include "kernels/amx.h"
#include "kernels/vector.h"

#define PANEL 32                /* queries, of two tiles             */
#define BLOCK 192               /* keys                              */
#define TILE  512               /* values of a tile register         */
#define CUT   (-32.0f)          /* weights below e^CUT are 0         */

size_t dif_posterior_packed_v4   (int, int);
void   dif_pack_posterior_v4     (const float *, size_t, int, int, int, int,
                                  float *);
size_t dif_posterior_scratch_v4  (int);
void   dif_posterior_v4          (const DifPosteriorCall *, int, int, float *);
void   dif_posterior_shares_v4   (const DifPosteriorCall *, int, int, int, int,
                                  double *, float *);

size_t dif_posterior_packed_amx  (int, int);
void   dif_pack_posterior_amx    (const float *, size_t, int, int, int, int,
                                  float *);
size_t dif_posterior_scratch_amx (int);
void   dif_posterior_amx         (const DifPosteriorCall *, int, int, float *);
void   dif_posterior_shares_amx  (const DifPosteriorCall *, int, int, int, int,
                                  double *, float *);

static int
pad32 (int n)
{
  return (n + 31) / 32 * 32;
}

/* Keys ---------------------------------------------------------------- */

typedef struct
{
  int       n;              /* keys, with the padding            */
  int       dims;           /* values, with the padding          */
  uint16_t *scored;         /* keys as the scores want them      */
  uint16_t *mixed;          /* and as the means do               */
  float    *squares;        /* [n]                               */
} Keys;

static Keys
keys_of (const float *packed,
         int          n_keys,
         int          dim)
{
  Keys   k = { pad32 (n_keys), pad32 (dim) };
  size_t values = (size_t) k.n * k.dims;

  packed += (dif_posterior_packed_v4 (n_keys, dim) + 15) & ~(size_t) 15;
  k.scored = (uint16_t *) packed;
  k.mixed = k.scored + values;
  k.squares = (float *) (k.mixed + values);
  return k;
}

size_t
dif_posterior_packed_amx (int n_keys,
                          int dim)
{
  Keys k = keys_of (NULL, n_keys, dim);

  return (size_t) (k.squares - (float *) NULL) + k.n;
}

static inline uint16_t
to_bf16 (float x)
{
  __m128bh half = _mm_cvtneps_pbh (_mm_set_ss (x));
  uint16_t out;

  memcpy (&out, &half, sizeof (out));
  return out;
}

static inline float
from_bf16 (uint16_t half)
{
  uint32_t bits = (uint32_t) half << 16;
  float    x;

  memcpy (&x, &bits, sizeof (x));
  return x;
}

void
dif_pack_posterior_amx (const float *keys,
                        size_t       stride,
                        int          n_keys,
                        int          dim,
                        int          k0,
                        int          k1,
                        float       *packed)
{
  Keys k = keys_of (packed, n_keys, dim);
  int  j, d;

  dif_pack_posterior_v4 (keys, stride, n_keys, dim, k0, k1, packed);
  for (j = k0; j < (k1 == n_keys ? k.n : k1); j++)
    {
      uint16_t *scored = k.scored + (size_t) (j / 16) * 16 * k.dims
                         + j % 16 * 2;
      uint16_t *mixed = k.mixed + (size_t) (j / 32) * 32 * k.dims
                        + j % 32 / 2 * 32 + j % 2;
      double    square = 0.0;

      for (d = 0; d < k.dims; d++)
        {
          uint16_t half = 0;

          if (j < k1 && d < dim)
            half = to_bf16 (keys[(j - k0) * stride + d]);
          square += (double) from_bf16 (half) * from_bf16 (half);
          scored[d / 2 * 32 + d % 2] = half;
          mixed[d / 16 * TILE + d % 16 * 2] = half;
        }
      k.squares[j] = (float) square;
    }
}

/* Queries ------------------------------------------------------------- */

typedef struct
{
  const DifPosteriorCall *call;
  Keys                    keys;
  int                     n;           /* queries of this panel         */
  uint16_t               *queries;     /* [PANEL][dims]                 */
  float                  *sum;         /* [PANEL][dims]                 */
  float                  *score;       /* [PANEL][BLOCK]                */
  uint16_t               *weight;      /* [PANEL][BLOCK]                */
  float                  *offset;      /* [BLOCK]                       */
  float                  *column;      /* [BLOCK], sums over queries    */
  float                   max[PANEL];
  float                   total[PANEL];
  float                   square[PANEL];
  bool                    finite[PANEL];
} Panel;

size_t
dif_posterior_scratch_amx (int dim)
{
  size_t dims = pad32 (dim), own, exact = dif_posterior_scratch_v4 (dim);

  own = PANEL * dims / 2 + PANEL * dims + PANEL * BLOCK + PANEL * BLOCK / 2
        + 2 * BLOCK;
  return own > exact ? own : exact;
}

static void
panel_init (Panel                  *p,
            const DifPosteriorCall *call,
            float                  *scratch)
{
  p->call = call;
  p->keys = keys_of (call->packed, call->n_keys, call->dim);
  p->queries = (uint16_t *) scratch;
  p->sum = scratch + PANEL * p->keys.dims / 2;
  p->score = p->sum + PANEL * p->keys.dims;
  p->weight = (uint16_t *) (p->score + PANEL * BLOCK);
  p->offset = p->score + PANEL * BLOCK + PANEL * BLOCK / 2;
  p->column = p->offset + BLOCK;
}

/* Queries from i0 on, n of them.  Those that are not finite, and those that
 * fill up the panel, become 0, and no score counts beside their max.
 */
static void
load_queries (Panel *p,
              int    i0,
              int    n)
{
  const DifPosteriorCall *call = p->call;
  int                     i, d;

  p->n = n;
  for (i = 0; i < PANEL; i++)
    {
      const float *from = call->queries + (i0 + i) * call->query_stride;
      uint16_t    *to = p->queries + i * p->keys.dims;
      double       square = 0.0;
      float        zero = 0.0f;

      for (d = 0; d < call->dim && i < n; d++)
        {
          zero += from[d] * 0.0f;
          square += (double) from[d] * from[d];
        }
      p->finite[i] = i < n && zero == 0.0f;
      for (d = 0; d < p->keys.dims; d++)
        to[d] = p->finite[i] && d < call->dim ? to_bf16 (from[d]) : 0;
      p->square[i] = (float) square;
      p->max[i] = p->finite[i] ? -INFINITY : INFINITY;
      p->total[i] = 0.0f;
    }
}

/* What scores of the keys from k0 on begin with; padding is left out. */
static void
block_offsets (const Panel *p,
               int          k0,
               int          n)
{
  const DifPosteriorCall *call = p->call;
  int                     j;

  for (j = 0; j < n; j++)
    if (k0 + j >= call->n_keys)
      p->offset[j] = -INFINITY;
    else
      p->offset[j] = (call->bias ? call->bias[k0 + j] : 0.0f)
                     - call->scale * p->keys.squares[k0 + j];
}

/* score[PANEL][.] := queries times n keys from k0 on. */
static void
products (const Panel *p,
          int          k0,
          int          n)
{
  int dims = p->keys.dims, j, d;

  for (j = 0; j < n; j += 32)
    {
      const uint16_t *a = p->keys.scored + (size_t) (k0 + j) * dims;
      const uint16_t *b = a + (size_t) 16 * dims;
      float          *score = p->score + j;

      _tile_zero (0);
      _tile_zero (1);
      _tile_zero (2);
      _tile_zero (3);
      for (d = 0; d < dims; d += 32, a += TILE, b += TILE)
        {
          _tile_loadd (4, p->queries + d, dims * sizeof (uint16_t));
          _tile_loadd (5, p->queries + 16 * dims + d, dims * sizeof (uint16_t));
          _tile_loadd (6, a, 64);
          _tile_loadd (7, b, 64);
          _tile_dpbf16ps (0, 4, 6);
          _tile_dpbf16ps (1, 4, 7);
          _tile_dpbf16ps (2, 5, 6);
          _tile_dpbf16ps (3, 5, 7);
        }
      _tile_stored (0, score, BLOCK * sizeof (float));
      _tile_stored (1, score + 16, BLOCK * sizeof (float));
      _tile_stored (2, score + 16 * BLOCK, BLOCK * sizeof (float));
      _tile_stored (3, score + 16 * BLOCK + 16, BLOCK * sizeof (float));
    }
}

/* e^x, 0 below CUT; to less than bfloat16 sees. */
static inline vf
weight_of (vf x)
{
  __mmask16 wanted = _mm512_cmp_ps_mask ((__m512) x, _mm512_set1_ps (CUT),
                                         _CMP_GE_OQ);

  return (vf) _mm512_maskz_mov_ps (wanted, (__m512) vf_exp_short (x));
}

/* Turns products of a query and n keys into scores, and raises its max. */
static void
finish_scores (const Panel *p,
               int          n,
               int          i,
               float       *most)
{
  vf     factor = vf_splat (2.0f * p->call->scale), max = vf_splat (*most);
  float *score = p->score + i * BLOCK;
  int    j;

  for (j = 0; j < n; j += DIF_VL)
    {
      vf s = vf_fma (vf_load (score + j), factor, vf_load (p->offset + j));

      max = vf_select (s > max, s, max);
      vf_store (score + j, s);
    }
  for (j = 0; j < DIF_VL; j++)
    *most = max[j] > *most ? max[j] : *most;
}

/* Turns the scores of a query into weights, and takes their sum into what is
 * known.
 */
static void
weigh (Panel *p,
       int    n,
       int    i,
       float  fade)
{
  const float *score = p->score + i * BLOCK;
  uint16_t    *weight = p->weight + i * BLOCK;
  vf           total = { 0.0f };
  float        sum = 0.0f;
  int          j;

  for (j = 0; j < n; j += DIF_VL)
    {
      vf       w = weight_of (vf_load (score + j) - p->max[i]);
      __m256bh half = _mm512_cvtneps_pbh ((__m512) w);

      total += w;
      memcpy (weight + j, &half, sizeof (half));
    }
  for (j = 0; j < DIF_VL; j++)
    sum += total[j];
  p->total[i] = p->total[i] * fade + sum;
}

/* sum[PANEL][dims] := the same + weights times n keys from k0 on. */
static void
mix (const Panel *p,
     int          k0,
     int          n)
{
  int  dims = p->keys.dims, d, j;
  long row = dims * sizeof (float), stride = BLOCK * sizeof (uint16_t);

  for (d = 0; d < dims; d += 32)
    {
      const uint16_t *key = p->keys.mixed + (size_t) k0 * dims + d / 16 * TILE;
      float          *sum = p->sum + d;

      _tile_loadd (0, sum, row);
      _tile_loadd (1, sum + 16, row);
      _tile_loadd (2, sum + 16 * dims, row);
      _tile_loadd (3, sum + 16 * dims + 16, row);
      for (j = 0; j < n; j += 32, key += 32 * dims)
        {
          _tile_loadd (4, p->weight + j, stride);
          _tile_loadd (5, p->weight + 16 * BLOCK + j, stride);
          _tile_loadd (6, key, 64);
          _tile_loadd (7, key + TILE, 64);
          _tile_dpbf16ps (0, 4, 6);
          _tile_dpbf16ps (1, 4, 7);
          _tile_dpbf16ps (2, 5, 6);
          _tile_dpbf16ps (3, 5, 7);
        }
      _tile_stored (0, sum, row);
      _tile_stored (1, sum + 16, row);
      _tile_stored (2, sum + 16 * dims, row);
      _tile_stored (3, sum + 16 * dims + 16, row);
    }
}

static void
take_block (Panel *p,
            int    k0,
            int    n)
{
  int i, d;

  products (p, k0, n);
  for (i = 0; i < p->n; i++)
    {
      float  max = p->max[i], fade = 1.0f;
      float *sum = p->sum + i * p->keys.dims;

      finish_scores (p, n, i, &max);
      if (max != p->max[i])
        {
          fade = weight_of (vf_splat (p->max[i] - max))[0];
          for (d = 0; d < p->keys.dims; d += DIF_VL)
            vf_store (sum + d, vf_load (sum + d) * fade);
        }
      p->max[i] = max;
      weigh (p, n, i, fade);
    }
  if (p->call->out)
    mix (p, k0, n);
}

static void
write_results (const Panel *p,
               int          i0)
{
  const DifPosteriorCall *call = p->call;
  int                     i, d;

  for (i = 0; i < p->n; i++)
    {
      const float *sum = p->sum + i * p->keys.dims;
      float       *out = call->out + (i0 + i) * call->out_stride;

      for (d = 0; call->out && d < call->dim; d++)
        out[d] = p->finite[i] ? sum[d] / p->total[i] : NAN;
      if (call->lse)
        call->lse[i0 + i] = p->finite[i]
          ? (float) (p->max[i] + log (p->total[i])
                     - (double) call->scale * p->square[i]) : NAN;
    }
}

/* Calls --------------------------------------------------------------- */

/* The longest key's length over the noise's deviation, squared, up to which
 * bfloat16 does: what results are off by grows with the scale and with how far
 * apart keys are that compete.  Up to here made-up pictures were off by 5e-3 at
 * most, at twice as much by 9e-3; photographs, made of their own patches or of
 * another's, reached that at twenty times as much.
 */
#define TRUSTED 256.0f

static bool
trusts (const DifPosteriorCall *call)
{
  Keys  keys = keys_of (call->packed, call->n_keys, call->dim);
  float longest = 0.0f;
  int   j;

  for (j = 0; j < call->n_keys; j++)
    longest = keys.squares[j] > longest ? keys.squares[j] : longest;
  return 2.0f * call->scale * longest <= TRUSTED;
}

static int
block_keys (const Panel *p,
            int          k0)
{
  return p->keys.n - k0 < BLOCK ? p->keys.n - k0 : BLOCK;
}

void
dif_posterior_amx (const DifPosteriorCall *call,
                   int                     q0,
                   int                     q1,
                   float                  *scratch)
{
  Panel p;
  int   k0;

  if (! trusts (call))
    {
      dif_posterior_v4 (call, q0, q1, scratch);
      return;
    }
  dif_amx_configure ();
  panel_init (&p, call, scratch);
  memset (p.weight, 0, PANEL * BLOCK * sizeof (uint16_t));
  for (; q0 < q1; q0 += PANEL)
    {
      load_queries (&p, q0, q1 - q0 < PANEL ? q1 - q0 : PANEL);
      memset (p.sum, 0, PANEL * p.keys.dims * sizeof (float));
      for (k0 = 0; k0 < p.keys.n; k0 += BLOCK)
        {
          block_offsets (&p, k0, block_keys (&p, k0));
          take_block (&p, k0, block_keys (&p, k0));
        }
      write_results (&p, q0);
    }
  _tile_release ();
}

/* Adds to column what a query gives to n keys. */
static void
add_shares (Panel *p,
            int    n,
            int    i,
            float  lse)
{
  const float *score = p->score + i * BLOCK;
  float        level = (float) (lse + (double) p->call->scale * p->square[i]);
  float        unused = INFINITY;
  int          j;

  if (! p->finite[i] || isnan (lse))
    return;
  finish_scores (p, n, i, &unused);
  for (j = 0; j < n; j += DIF_VL)
    vf_store (p->column + j, vf_load (p->column + j)
                             + weight_of (vf_load (score + j) - level));
}

void
dif_posterior_shares_amx (const DifPosteriorCall *call,
                          int                     q0,
                          int                     q1,
                          int                     k0,
                          int                     k1,
                          double                 *share,
                          float                  *scratch)
{
  Panel p;
  int   first, i, j;

  if (! trusts (call))
    {
      dif_posterior_shares_v4 (call, q0, q1, k0, k1, share, scratch);
      return;
    }
  dif_amx_configure ();
  panel_init (&p, call, scratch);
  for (; q0 < q1; q0 += PANEL)
    {
      load_queries (&p, q0, q1 - q0 < PANEL ? q1 - q0 : PANEL);
      for (first = k0; first < k1; first += BLOCK)
        {
          int n = block_keys (&p, first);

          block_offsets (&p, first, n);
          memset (p.column, 0, n * sizeof (float));
          products (&p, first, n);
          for (i = 0; i < p.n; i++)
            add_shares (&p, n, i, call->lse[q0 + i]);
          for (j = 0; j < n && first + j < k1; j++)
            share[first + j] += p.column[j];
        }
    }
  _tile_release ();
}
