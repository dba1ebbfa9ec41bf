/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * posterior.c: the posterior mean of every table against the plain C, on keys
 * many of which are alike, as patches of pictures are, at levels of noise from
 * next to nothing to next to nothing else.
 */

#include <math.h>
#include <string.h>

#include "buffers.h"
#include "base/memory.h"

#define GROUP 5         /* keys that differ little from each other */

typedef struct
{
  int              n;           /* queries                              */
  int              stride;      /* floats from one to the next          */
  int              out_stride;
  Buffer           keys;        /* [n_keys][dim + 1]                    */
  Buffer           bias;
  Buffer           queries;
  DifPosteriorCall call;        /* without packed, out and lse          */
} Case;

/* By Irwin and Hall. */
static double
normal (GRand *rand)
{
  double sum = -6.0;
  int    i;

  for (i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum;
}

/* Keys in groups of waves; a query is a key with the noise of the scale, and
 * with so much on each of its values that none is near.
 */
static void
fill (Case  *c,
      GRand *rand,
      float  off)
{
  int    dim = c->call.dim, i, j, d;
  double deviation = sqrt (0.5 / fmax (c->call.scale, 1e-6));

  for (j = 0; j < c->call.n_keys; j++)
    {
      GRand *own = g_rand_new_with_seed (j / GROUP);
      double height = g_rand_double_range (own, 0.05, 0.7);
      double length = g_rand_double_range (own, 0.0, 1.0);
      double mean = g_rand_double_range (own, -0.25, 0.25);

      for (d = 0; d < dim; d++)
        c->keys.data[j * (dim + 1) + d] = (float) (
          mean + height * sin (d * length) + 0.01 * normal (rand) / 6.0);
      g_rand_free (own);
    }
  for (i = 0; i < c->n; i++)
    {
      const float *key = c->keys.data
                         + g_rand_int_range (rand, 0, c->call.n_keys) * (dim + 1);

      for (d = 0; d < dim; d++)
        c->queries.data[i * c->stride + d]
          = key[d] + off + (float) (deviation * normal (rand));
    }
}

/* Some keys are left out by their bias, but the first is not. */
static void
case_init (Case  *c,
           GRand *rand,
           int    n_keys,
           int    n,
           int    dim,
           double scale,
           bool   biased,
           float  off)
{
  int j;

  c->n = n;
  c->stride = dim + 3;
  c->out_stride = dim + 2;
  c->keys = buffer_new ((size_t) n_keys * (dim + 1));
  c->bias = buffer_random (rand, n_keys, 3.0f);
  c->queries = buffer_new ((size_t) n * c->stride);
  for (j = 1; j < n_keys; j++)
    if (g_rand_int_range (rand, 0, 5) == 0)
      c->bias.data[j] = -INFINITY;
  c->call = (DifPosteriorCall) {
    .n_keys = n_keys, .dim = dim, .bias = biased ? c->bias.data : NULL,
    .scale = (float) scale, .queries = c->queries.data,
    .query_stride = c->stride, .out_stride = c->out_stride,
  };
  fill (c, rand, off);
}

static void
case_clear (Case *c)
{
  buffer_free (&c->keys);
  buffer_free (&c->bias);
  buffer_free (&c->queries);
}

static Buffer
new_nan (size_t n)
{
  Buffer b = buffer_new (n);
  size_t i;

  for (i = 0; i < n; i++)
    b.data[i] = NAN;
  return b;
}

/* Packed in two parts, where there are enough of them, the last one first. */
static Buffer
pack (const DifKernels *k,
      const Case       *c)
{
  int    n = c->call.n_keys, dim = c->call.dim;
  int    half = n / 2 / DIF_POSTERIOR_KEYS * DIF_POSTERIOR_KEYS;
  Buffer packed = new_nan (k->posterior_packed (n, dim));

  k->pack_posterior (c->keys.data + half * (dim + 1), dim + 1, n, dim, half, n,
                     packed.data);
  if (half > 0)
    k->pack_posterior (c->keys.data, dim + 1, n, dim, 0, half, packed.data);
  return packed;
}

typedef struct
{
  Buffer out;
  Buffer lse;
} Result;

/* In two calls, the second of which begins anywhere. */
static Result
run (const DifKernels *k,
     const Case       *c,
     int               cut)
{
  DifPosteriorCall call = c->call;
  Buffer           packed = pack (k, c);
  Buffer           scratch = new_nan (k->posterior_scratch (call.dim));
  Result           r = { buffer_new ((size_t) c->n * c->out_stride),
                         buffer_new (c->n) };

  call.packed = packed.data;
  call.out = r.out.data;
  call.lse = r.lse.data;
  k->posterior (&call, 0, cut, scratch.data);
  k->posterior (&call, cut, c->n, scratch.data);
  buffer_free (&packed);
  buffer_free (&scratch);
  return r;
}

static void
result_clear (Result *r)
{
  buffer_free (&r->out);
  buffer_free (&r->lse);
}

/* Largest errors of means, and of log sums as a share of what they are made
 * of.
 */
typedef struct
{
  double mean;
  double lse;
} Errors;

static void
judge (const Case   *c,
       const Result *got,
       const Result *expected,
       Errors       *worst)
{
  int i, d, dim = c->call.dim;

  for (i = 0; i < c->n; i++)
    {
      const float *query = c->queries.data + i * c->stride;
      double       size = 0.0;

      for (d = 0; d < dim; d++)
        {
          worse (&worst->mean, got->out.data[i * c->out_stride + d],
                 expected->out.data[i * c->out_stride + d], 1.0);
          size += query[d] * query[d];
        }
      assert_guards (&got->out.data[i * c->out_stride + dim],
                     c->out_stride - dim);
      worse (&worst->lse, got->lse.data[i], expected->lse.data[i],
             10.0 + c->call.scale * size);
    }
}

static const double scales[] = {
  0.0, 1e-6, 0.01, 0.1, 0.5, 1.0, 3.0, 10.0, 50.0, 300.0, 5000.0, 1e5, 1e9
};

static int
some_dim (GRand *rand,
          int    i)
{
  static const int dims[] = { 27, 75, 147, 243, 64 };

  return i % 2 ? dims[i / 2 % G_N_ELEMENTS (dims)]
               : g_rand_int_range (rand, 1, 260);
}

/* In bfloat16 the limit is that of whole pictures.  Log sums are as far off as
 * single scores may be.
 */
void
test_posterior (gconstpointer data)
{
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (11);
  double            limit = k->exact ? 1.5e-2 : 1e-5;
  double            limit_lse = k->exact ? 5e-3 : 1e-6;
  guint             s;
  int               i;

  for (s = 0; s < G_N_ELEMENTS (scales); s++)
    {
      Errors worst = { 0.0, 0.0 };

      for (i = 0; i < 16; i++)
        {
          int    n = g_rand_int_range (rand, 1, 150), n_keys;
          Case   c;
          Result got, expected;

          n_keys = i < 4 ? 1 + i : g_rand_int_range (rand, 1, 400);
          case_init (&c, rand, n_keys, n, some_dim (rand, i), scales[s], i % 3,
                     i % 4 == 3 ? 0.4f : 0.0f);
          got = run (k, &c, g_rand_int_range (rand, 0, n + 1));
          expected = run (&dif_kernels_ref, &c, 0);
          judge (&c, &got, &expected, &worst);
          result_clear (&got);
          result_clear (&expected);
          case_clear (&c);
        }
      g_test_message ("%s, scale %g: means off by %.1e at most, log sums by "
                      "%.1e", k->name, scales[s], worst.mean, worst.lse);
      g_assert_cmpfloat (worst.mean, <=, limit);
      g_assert_cmpfloat (worst.lse, <=, limit_lse);
    }
  g_rand_free (rand);
}

/* Shares ------------------------------------------------------------- */

/* Of all keys, in parts, queries and keys likewise. */
static double *
shares (const DifKernels *k,
        const Case       *c,
        const Result     *r)
{
  int              n_keys = c->call.n_keys, i, j;
  double          *share = g_new0 (double, n_keys + 1);
  DifPosteriorCall call = c->call;
  Buffer           packed = pack (k, c);
  Buffer           scratch = new_nan (k->posterior_scratch (call.dim));

  share[n_keys] = GUARD_VALUE;
  call.packed = packed.data;
  call.lse = r->lse.data;
  for (i = 0; i < c->n; i += DIF_POSTERIOR_QUERIES)
    for (j = 0; j < n_keys; j += 2 * DIF_POSTERIOR_KEYS)
      k->posterior_shares (&call, i, MIN (i + DIF_POSTERIOR_QUERIES, c->n), j,
                           MIN (j + 2 * DIF_POSTERIOR_KEYS, n_keys), share,
                           scratch.data);
  g_assert_cmpfloat (share[n_keys], ==, GUARD_VALUE);
  buffer_free (&packed);
  buffer_free (&scratch);
  return share;
}

/* What all queries give is 1 each, but for one that is not finite.  Where scores
 * are so large that their log sum is known to no digit, it is something still.
 */
void
test_posterior_shares (gconstpointer data)
{
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (12);
  double            limit = k->exact ? 1.5e-2 : 2e-5;
  int               i, j;

  for (i = 0; i < 60; i++)
    {
      int                n = g_rand_int_range (rand, 2, 300);
      Case               c;
      Result             r, exact;
      g_autofree double *got = NULL, *expected = NULL;
      double             sum = 0.0;

      case_init (&c, rand, g_rand_int_range (rand, 1, 500), n,
                 some_dim (rand, i),
                 i % 6 == 5 ? 1e9 : scales[i % (G_N_ELEMENTS (scales) - 2)],
                 i % 3, i % 6 == 5 ? 0.3f : 0.0f);
      c.queries.data[c.stride * (n / 2)] = i % 2 ? NAN : INFINITY;
      r = run (k, &c, 0);
      exact = run (&dif_kernels_ref, &c, 0);
      got = shares (k, &c, &r);
      expected = shares (&dif_kernels_ref, &c, &exact);
      for (j = 0; j < c.call.n_keys; j++)
        {
          g_assert_true (got[j] >= 0.0 && got[j] <= n * (1.0 + limit));
          if (i % 6 == 5)
            continue;
          g_assert_cmpfloat (fabs (got[j] - expected[j]), <=, limit * n);
          if (c.call.bias && isinf (c.call.bias[j]))
            g_assert_cmpfloat (got[j], ==, 0.0);
          sum += got[j];
        }
      if (i % 6 != 5)
        g_assert_cmpfloat (fabs (sum - (n - 1)), <=, limit * n);
      result_clear (&r);
      result_clear (&exact);
      case_clear (&c);
    }
  g_rand_free (rand);
}

/* Queries alone ------------------------------------------------------ */

/* The bits of a query's results are the same alone as among others, one of
 * which is not finite, however these are called; and without its mean the same
 * log sum is found.
 */
void
test_posterior_alone (gconstpointer data)
{
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (13);
  guint             s;
  int               i, j;

  for (s = 0; s < G_N_ELEMENTS (scales); s++)
    for (j = 0; j < 3; j++)
      {
        int              n = 100, dim = some_dim (rand, (int) s);
        Case             c;
        Result           all, other, one;
        DifPosteriorCall call;
        Buffer           packed, scratch;

        case_init (&c, rand, g_rand_int_range (rand, 1, 300), n, dim, scales[s],
                   j, j == 2 ? 0.3f : 0.0f);
        c.queries.data[(s + 3) * c.stride + dim - 1] = j == 0 ? NAN : -INFINITY;
        all = run (k, &c, 0);
        other = run (k, &c, g_rand_int_range (rand, 1, n));
        one = run (k, &c, n);
        packed = pack (k, &c);
        scratch = new_nan (k->posterior_scratch (dim));
        call = c.call;
        call.packed = packed.data;
        call.lse = one.lse.data;
        for (i = 0; i < n; i++)
          {
            call.out = i % 2 ? one.out.data : NULL;
            k->posterior (&call, i, i + 1, scratch.data);
          }
        g_assert_cmpmem (all.out.data, all.out.n * 4, other.out.data,
                         all.out.n * 4);
        g_assert_cmpmem (all.out.data, all.out.n * 4, one.out.data,
                         all.out.n * 4);
        g_assert_cmpmem (all.lse.data, n * 4, one.lse.data, n * 4);
        g_assert_true (isnan (all.lse.data[s + 3]));
        for (i = 0; i < dim; i++)
          g_assert_true (isnan (all.out.data[(s + 3) * c.out_stride + i]));
        g_assert_true (isfinite (all.lse.data[s + 4]));
        buffer_free (&packed);
        buffer_free (&scratch);
        result_clear (&all);
        result_clear (&other);
        result_clear (&one);
        case_clear (&c);
      }
  g_rand_free (rand);
}
