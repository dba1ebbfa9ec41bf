/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-posterior.c: the posterior mean by two matrix products over blocks
 * of keys that stay in the cache, with the largest score so far and the sum
 * of weights carried from block to block (Milakov and Gimelshein 2018; Dao et
 * al. 2022, FlashAttention).
 *
 * Queries are taken a panel at a time and lie in the lanes of vectors, so that
 * one layout of the keys, a row for each, serves both products: scores are
 * sums over the values of a key times a panel, [key][query], and results are
 * sums over keys of a row times the weights of some queries.  Weights below
 * e^-32 of the largest so far count for nothing, and a key with no other
 * weight in a panel is passed over.
 *
 * Where scores come from the product, |y - q|^2 is a small difference of large
 * sums.  Where the scale would make too much of what that loses, differences
 * themselves are squared, which takes twice as long, but for the keys that are
 * given up on the way: little noise leaves few that count.
 */

#include <math.h>

#include "kernels/vector-mix.h"
#include "kernels/vector-score.h"

#define BLOCK DIF_POSTERIOR_KEYS

size_t DIF_NAME (dif_posterior_packed)  (int, int);
void   DIF_NAME (dif_pack_posterior)    (const float *, size_t, int, int, int,
                                         int, float *);
size_t DIF_NAME (dif_posterior_scratch) (int);
void   DIF_NAME (dif_posterior)         (const DifPosteriorCall *, int, int,
                                         float *);
void   DIF_NAME (dif_posterior_shares)  (const DifPosteriorCall *, int, int,
                                         int, int, double *, float *);

/* Keys ---------------------------------------------------------------- */

static int
round_up (int n,
          int multiple)
{
  return (n + multiple - 1) / multiple * multiple;
}

/* Floats from key to key: whole vectors, and no multiple of 64, or columns of
 * a block would fall into few sets of the cache.
 */
static int
key_stride (int dim)
{
  int stride = round_up (dim, DIF_VL);

  return stride % 64 == 0 ? stride + DIF_VL : stride;
}

/* Rows of keys, and behind them the square of the length of each. */
size_t
DIF_NAME (dif_posterior_packed) (int n_keys,
                                 int dim)
{
  return (size_t) round_up (n_keys, SCORE_KEYS) * (key_stride (dim) + 1);
}

void
DIF_NAME (dif_pack_posterior) (const float *keys,
                               size_t       stride,
                               int          n_keys,
                               int          dim,
                               int          k0,
                               int          k1,
                               float       *packed)
{
  int    n_rows = round_up (n_keys, SCORE_KEYS), row = key_stride (dim);
  int    end = k1 == n_keys ? n_rows : k1, j, d;
  float *squares = packed + (size_t) n_rows * row;

  for (j = k0; j < end; j++)
    {
      float *to = packed + (size_t) j * row;
      double square = 0.0;

      memset (to, 0, row * sizeof (float));
      for (d = 0; d < dim && j < k1; d++)
        {
          to[d] = keys[(j - k0) * stride + d];
          square += (double) to[d] * to[d];
        }
      squares[j] = (float) square;
    }
}

/* Scores -------------------------------------------------------------- */

/* A call, as far as it is the same for all its queries. */
typedef struct
{
  const DifPosteriorCall *call;
  size_t                  stride;      /* of keys                       */
  int                     n_rows;      /* of them, padding included     */
  const float            *squares;     /* of keys, [n_rows]             */
  bool                    differ;
  float                   factor;      /* of products, or of squares    */
  float                   far;         /* see take_far()                */
} Scores;

/* Up to what size of a score's parts the product does.  On patches of
 * photographs from -1 to 1, of 3 x 3 to 9 x 9 pixels, means were then off by
 * 1.1e-6 at most, and with differences by 2.4e-6; at four times this size
 * products were off by 1.5e-5.
 */
#define TRUSTED 64.0f

/* How far a score may be below the largest bias, and how large a part of a
 * score its error may be.
 */
#define FAR   256.0f
#define DOUBT 0x1p-18f

/* Differences are taken where the scale times |y| |q| is large: |q| at most
 * that of the longest key, and |y| the length of that with the noise on it.
 */
static Scores
scores_of (const DifPosteriorCall *call)
{
  Scores s = { call, key_stride (call->dim),
               round_up (call->n_keys, SCORE_KEYS) };
  float  longest = 0.0f, bias = call->bias ? -INFINITY : 0.0f;
  int    j;

  s.squares = call->packed + s.n_rows * s.stride;
  for (j = 0; j < call->n_keys; j++)
    {
      longest = s.squares[j] > longest ? s.squares[j] : longest;
      if (call->bias)
        bias = call->bias[j] > bias ? call->bias[j] : bias;
    }
  s.differ = call->scale * longest * (call->scale * longest + 0.5f * call->dim)
             > TRUSTED * TRUSTED;
  s.far = s.differ ? bias - FAR : -INFINITY;
  s.factor = s.differ ? -call->scale : 2.0f * call->scale;
  return s;
}

/* What scores of the keys from k0 on begin with; padding is left out. */
static void
block_offsets (const Scores *s,
               int           k0,
               int           n,
               float        *offset)
{
  const DifPosteriorCall *call = s->call;
  int                     j;

  for (j = 0; j < n; j++)
    if (k0 + j >= call->n_keys)
      offset[j] = -INFINITY;
    else
      offset[j] = (call->bias ? call->bias[k0 + j] : 0.0f)
                  - (s->differ ? 0.0f : call->scale * s->squares[k0 + j]);
}

/* Rows of the block that begins at k0, with the padding. */
static int
block_rows (const Scores *s,
            int           k0)
{
  return s->n_rows - k0 < BLOCK ? s->n_rows - k0 : BLOCK;
}

/* score[n][SCORE_PANEL] of the keys from k0 on; raises max. */
static void
block_scores (const Scores *s,
              int           k0,
              int           n,
              const float  *queries,
              const float  *offset,
              float        *score,
              vf            max[2])
{
  ScoreTile tile = { s->call->packed + k0 * s->stride, s->stride, queries,
                     s->call->dim, offset, s->factor };
  int       j;

  for (j = 0; j < n; j += SCORE_KEYS)
    {
      if (s->differ)
        DIF_NAME (dif_score_differ) (&tile, score + j * SCORE_PANEL, max);
      else
        DIF_NAME (dif_score_multiply) (&tile, score + j * SCORE_PANEL, max);
      tile.keys += SCORE_KEYS * s->stride;
      tile.offset += SCORE_KEYS;
    }
}

/* Queries ------------------------------------------------------------- */

/* A block of queries on its way. */
typedef struct
{
  int    n;
  float *queries;      /* [panel][dim][SCORE_PANEL]                     */
  float *sum;          /* [query][stride], of keys times weights        */
  float *score;        /* [BLOCK][SCORE_PANEL]; then weights            */
  float *offset;       /* [BLOCK]                                       */
  float  max[DIF_POSTERIOR_QUERIES] __attribute__ ((aligned (64)));
  float  total[DIF_POSTERIOR_QUERIES] __attribute__ ((aligned (64)));
  float  square[DIF_POSTERIOR_QUERIES];      /* of its length           */
  bool   finite[DIF_POSTERIOR_QUERIES];
} Queries;

static size_t
queries_floats (int dim)
{
  return (size_t) DIF_POSTERIOR_QUERIES * round_up (dim, 16);
}

size_t
DIF_NAME (dif_posterior_scratch) (int dim)
{
  return queries_floats (dim)
         + (size_t) DIF_POSTERIOR_QUERIES * key_stride (dim)
         + BLOCK * SCORE_PANEL + BLOCK + BLOCK * DIF_VL;
}

/* Queries from i0 on, n of them.  Those that are not finite, and those that
 * fill up the last panel, become 0, and no score counts beside their max.
 */
static void
load_queries (const DifPosteriorCall *call,
              int                     i0,
              int                     n,
              float                  *scratch,
              Queries                *q)
{
  int i, d;

  q->n = n;
  q->queries = scratch;
  q->sum = q->queries + queries_floats (call->dim);
  q->score = q->sum + DIF_POSTERIOR_QUERIES * key_stride (call->dim);
  q->offset = q->score + BLOCK * SCORE_PANEL;
  for (i = 0; i < round_up (n, SCORE_PANEL); i++)
    {
      const float *from = call->queries + (i0 + i) * call->query_stride;
      float       *to = q->queries + i / SCORE_PANEL * SCORE_PANEL * call->dim
                        + i % SCORE_PANEL;
      double       square = 0.0;
      float        zero = 0.0f;

      for (d = 0; d < call->dim && i < n; d++)
        {
          zero += from[d] * 0.0f;
          square += (double) from[d] * from[d];
        }
      q->finite[i] = i < n && zero == 0.0f;
      q->square[i] = (float) square;
      for (d = 0; d < call->dim; d++)
        to[d * SCORE_PANEL] = q->finite[i] ? from[d] : 0.0f;
      q->max[i] = q->finite[i] ? -INFINITY : INFINITY;
      q->total[i] = 0.0f;
    }
}

/* e^x for SCORE_CUT <= x <= 0, 0 below.  Relative error below 2e-7. */
static inline vf
weight_of (vf x)
{
  const vf magic = vf_splat (12582912.0f);   /* see vf_exp() */
  vi       wanted = x >= vf_splat (SCORE_CUT), e;
  vf       n, r, p;

  x = (vf) ((vi) x & wanted);
  n = vf_fma (x, vf_splat (1.44269504f), magic);
  e = (vi) n << 23;
  n = n - magic;
  r = vf_fma (n, vf_splat (-0.693359375f), x);
  r = vf_fma (n, vf_splat (2.12194440e-4f), r);
  p = vf_fma (r, vf_splat (1.0f / 5040.0f), vf_splat (1.0f / 720.0f));
  p = vf_fma (p, r, vf_splat (1.0f / 120.0f));
  p = vf_fma (p, r, vf_splat (1.0f / 24.0f));
  p = vf_fma (p, r, vf_splat (1.0f / 6.0f));
  p = vf_fma (p, r, vf_splat (0.5f));
  p = vf_fma (p, r, vf_splat (1.0f));
  p = vf_fma (p, r, vf_splat (1.0f));
  return (vf) (((vi) p + e) & wanted);
}

/* Turns the scores of n keys and a panel into weights.  Keys with a weight
 * move together: their weights to the front, where their rows begin to row[].
 * Returns how many there are.
 */
static int
weigh (float     *score,
       int        n,
       size_t     stride,
       const vf   max[2],
       vf         total[2],
       int       *row)
{
  int j, kept = 0;

  for (j = 0; j < n; j++)
    {
      const vf *from = (const vf *) (score + j * SCORE_PANEL);
      vf       *to = (vf *) (score + kept * SCORE_PANEL);
      vf        a = weight_of (from[0] - max[0]);
      vf        b = weight_of (from[1] - max[1]);

      total[0] += a;
      total[1] += b;
      to[0] = a;
      to[1] = b;
      row[kept] = j * (int) stride;
      kept += score_any (a + b);
    }
  return kept;
}

/* Takes the block of keys at k0 into what is known of the panel of queries
 * that begins with the i-th.
 */
static void
take_block (const Scores *s,
            Queries      *q,
            int           k0,
            int           i)
{
  int n = block_rows (s, k0), row[BLOCK], kept, v;
  vf  max[2], total[2] = { { 0.0f }, { 0.0f } }, fade[2];

  for (v = 0; v < 2; v++)
    max[v] = *(const vf *) (q->max + i + v * DIF_VL);
  block_scores (s, k0, n, q->queries + (size_t) i * s->call->dim, q->offset,
                q->score, max);
  for (v = 0; v < 2; v++)
    {
      vf *known = (vf *) (q->max + i + v * DIF_VL);

      fade[v] = vf_select (*known == max[v], vf_splat (1.0f),
                           weight_of (*known - max[v]));
      *known = max[v];
    }
  kept = weigh (q->score, n, s->stride, max, total, row);
  for (v = 0; v < 2; v++)
    {
      vf *known = (vf *) (q->total + i + v * DIF_VL);

      *known = vf_fma (*known, fade[v], total[v]);
    }
  if (s->call->out)
    DIF_NAME (dif_mix) (s->call->packed + k0 * s->stride, s->stride,
                        s->call->dim, row, q->score, kept, (const float *) fade,
                        q->sum + i * s->stride);
}

static double
distance (const float *a,
          const float *b,
          int          n)
{
  vd     sum = { 0.0 };
  double total = 0.0;
  int    d;

  for (d = 0; d < n; d += DIF_VL)
    {
      int some = n - d < DIF_VL ? n - d : DIF_VL;
      vd  x = __builtin_convertvector (vf_load_some (a + d, some), vd)
              - __builtin_convertvector (vf_load_some (b + d, some), vd);

      sum += x * x;
    }
  for (d = 0; d < DIF_VL; d++)
    total += sum[d];
  return total;
}

/* What is known of a query in double precision. */
typedef struct
{
  bool   wanted;
  double max;
  double total;
} Far;

/* Takes key j into what is known of query i; query points at it. */
static void
take_key (const Scores *s,
          const float  *query,
          int           j,
          Far          *far,
          float        *sum)
{
  const DifPosteriorCall *call = s->call;
  const float            *key = call->packed + j * s->stride;
  double                  score, fade, weight;
  int                     d;

  score = (call->bias ? call->bias[j] : 0.0)
          - call->scale * distance (query, key, call->dim);
  fade = score > far->max ? exp (far->max - score) : 1.0;
  far->max = score > far->max ? score : far->max;
  weight = exp (score - far->max);
  far->total = far->total * fade + weight;
  for (d = 0; call->out && d < call->dim; d++)
    sum[d] = sum[d] * (float) fade + (float) weight * key[d];
}

/* Where no key is near a query, in terms of the noise, scores are so large that
 * single precision does not tell them apart.  Those queries of the panel that
 * begins with the i-th begin anew: what the largest score is, but for DOUBT of
 * it, is known now, and so are the few keys that may count beside it.
 */
static void
take_far (const Scores *s,
          Queries      *q,
          int           i0,
          int           i)
{
  float level[SCORE_PANEL] __attribute__ ((aligned (64)));
  Far   far[SCORE_PANEL];
  bool  any = false;
  int   k0, j, m;

  for (m = 0; m < SCORE_PANEL; m++)
    {
      far[m] = (Far) { q->max[i + m] < s->far, -INFINITY };
      any |= far[m].wanted;
      level[m] = far[m].wanted ? q->max[i + m] - DOUBT * fabsf (q->max[i + m])
                               : INFINITY;
      if (far[m].wanted)
        memset (q->sum + (i + m) * s->stride, 0, s->stride * sizeof (float));
    }
  for (k0 = 0; k0 < s->n_rows && any; k0 += BLOCK)
    {
      int n = block_rows (s, k0);

      block_offsets (s, k0, n, q->offset);
      for (j = 0; j < n; j += SCORE_KEYS)
        {
          vf max[2] = { *(vf *) level, *(vf *) (level + DIF_VL) };

          block_scores (s, k0 + j, SCORE_KEYS,
                        q->queries + (size_t) i * s->call->dim, q->offset + j,
                        q->score + j * SCORE_PANEL, max);
        }
      for (j = 0; j < n; j++)
        for (m = 0; m < SCORE_PANEL; m++)
          if (q->score[j * SCORE_PANEL + m] - level[m] >= SCORE_CUT)
            take_key (s, s->call->queries + (i0 + i + m) * s->call->query_stride,
                      k0 + j, &far[m], q->sum + (i + m) * s->stride);
    }
  for (m = 0; m < SCORE_PANEL; m++)
    if (far[m].wanted)
      {
        q->max[i + m] = (float) far[m].max;
        q->total[i + m] = (float) far[m].total;
      }
}

static void
write_results (const Scores  *s,
               const Queries *q,
               int            i0)
{
  const DifPosteriorCall *call = s->call;
  int                     i, d;

  for (i = 0; i < q->n; i++)
    {
      const float *sum = q->sum + i * s->stride;
      float       *out = call->out + (i0 + i) * call->out_stride;

      for (d = 0; call->out && d < call->dim; d++)
        out[d] = q->finite[i] ? sum[d] / q->total[i] : NAN;
      if (call->lse)
        call->lse[i0 + i] = q->finite[i]
          ? (float) (q->max[i] + log (q->total[i])
                     - (s->differ ? 0.0 : (double) call->scale * q->square[i]))
          : NAN;
    }
}

void
DIF_NAME (dif_posterior) (const DifPosteriorCall *call,
                          int                     q0,
                          int                     q1,
                          float                  *scratch)
{
  Scores  s = scores_of (call);
  Queries q;
  int     k0, i;

  for (; q0 < q1; q0 += DIF_POSTERIOR_QUERIES)
    {
      load_queries (call, q0, q1 - q0 < DIF_POSTERIOR_QUERIES
                              ? q1 - q0 : DIF_POSTERIOR_QUERIES, scratch, &q);
      if (call->out)
        memset (q.sum, 0, DIF_POSTERIOR_QUERIES * s.stride * sizeof (float));
      for (k0 = 0; k0 < s.n_rows; k0 += BLOCK)
        {
          block_offsets (&s, k0, block_rows (&s, k0), q.offset);
          for (i = 0; i < q.n; i += SCORE_PANEL)
            take_block (&s, &q, k0, i);
        }
      for (i = 0; i < q.n; i += SCORE_PANEL)
        take_far (&s, &q, q0, i);
      write_results (&s, &q, q0);
    }
}

/* Shares -------------------------------------------------------------- */

/* e^x, which is no more than 1: scores are no larger than their log sum, but
 * for the error of both.
 */
static inline vf
part_of (vf x)
{
  return weight_of (vf_select (x > vf_splat (0.0f), vf_splat (0.0f), x));
}

/* What the scores of a query begin with less what its results end with: as
 * scores without it are of a lse without it.
 */
static void
query_levels (const Scores *s,
              Queries      *q,
              int           i0)
{
  const float *lse = s->call->lse + i0;
  int          i;

  for (i = 0; i < round_up (q->n, SCORE_PANEL); i++)
    if (! q->finite[i] || isnan (lse[i]))
      q->max[i] = INFINITY;
    else
      q->max[i] = s->differ ? lse[i]
                  : (float) (lse[i] + (double) s->call->scale * q->square[i]);
}

void
DIF_NAME (dif_posterior_shares) (const DifPosteriorCall *call,
                                 int                     q0,
                                 int                     q1,
                                 int                     k0,
                                 int                     k1,
                                 double                 *share,
                                 float                  *scratch)
{
  Scores  s = scores_of (call);
  Queries q;
  int     first, i, j, lane;

  for (; q0 < q1; q0 += DIF_POSTERIOR_QUERIES)
    {
      load_queries (call, q0, q1 - q0 < DIF_POSTERIOR_QUERIES
                              ? q1 - q0 : DIF_POSTERIOR_QUERIES, scratch, &q);
      query_levels (&s, &q, q0);
      for (first = k0; first < k1; first += BLOCK)
        {
          int    n = block_rows (&s, first);
          float *sum = q.offset + BLOCK;      /* [BLOCK][DIF_VL] */

          block_offsets (&s, first, n, q.offset);
          memset (sum, 0, n * DIF_VL * sizeof (float));
          for (i = 0; i < q.n; i += SCORE_PANEL)
            {
              const vf *level = (const vf *) (q.max + i);
              vf        max[2] = { level[0], level[1] };

              block_scores (&s, first, n, q.queries + (size_t) i * call->dim,
                            q.offset, q.score, max);
              for (j = 0; j < n; j++)
                {
                  const vf *score = (const vf *) (q.score + j * SCORE_PANEL);

                  *(vf *) (sum + j * DIF_VL)
                    += part_of (score[0] - level[0])
                       + part_of (score[1] - level[1]);
                }
            }
          for (j = 0; j < n && first + j < k1; j++)
            for (lane = 0; lane < DIF_VL; lane++)
              share[first + j] += sum[j * DIF_VL + lane];
        }
    }
}
