/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * attention.c: the attention block: every query block of every head of
 * every picture is a chunk of its own.
 */

#include <math.h>

#include "nn/attention.h"
#include "nn/copy.h"

static const DifTensor nothing = { NULL, 0, 0, 0, 0, NULL };

/* to_q, to_k and to_v as one linear layer with their outputs in a row. */
static gboolean
load_qkv (DifAttention *a,
          DifLoader    *loader,
          const char   *name)
{
  static const char *const parts[] = { ".to_q", ".to_k", ".to_v" };
  int          inner = a->n_heads * a->head_dim;
  int          dims[2] = { inner, a->channels };
  DifConvShape shape = { a->channels, 3 * inner, 1, 1 };
  float       *weight, *bias;
  gboolean     ok;
  int          i;

  a->qkv.kernels = loader->kernels;
  if (dif_loader_counts (loader))
    return dif_conv_pack (&a->qkv, loader, shape, NULL, NULL, 0, a->channels);
  weight = dif_alloc ((size_t) 3 * inner, a->channels * sizeof (float),
                      "the network's weights", loader->error);
  bias = dif_alloc ((size_t) 3 * inner, sizeof (float),
                    "the network's weights", loader->error);
  ok = weight && bias;

  for (i = 0; i < 3 && ok; i++)
    {
      g_autofree char *w = g_strconcat (name, parts[i], ".weight", NULL);
      g_autofree char *b = g_strconcat (name, parts[i], ".bias", NULL);

      ok = dif_weights_read (loader->weights, w, 2, dims,
                             weight + (size_t) i * inner * a->channels,
                             loader->error)
           && dif_weights_read (loader->weights, b, 1, dims, bias + i * inner,
                                loader->error);
    }
  ok = ok && dif_conv_pack (&a->qkv, loader, shape, weight, bias, 0, a->channels);
  dif_free (weight);
  dif_free (bias);
  return ok;
}

gboolean
dif_attention_load (DifAttention *a,
                    DifLoader    *loader,
                    const char   *name,
                    int           groups,
                    float         eps)
{
  g_autofree char *norm = g_strconcat (name, ".group_norm", NULL);
  g_autofree char *out = g_strconcat (name, ".to_out.0", NULL);
  DifConvShape     shape;

  if (a->head_dim == 0)
    a->head_dim = a->channels;
  a->n_heads = a->channels / a->head_dim;
  a->has_norm = groups > 0;
  shape = (DifConvShape) { a->n_heads * a->head_dim, a->channels, 1, 1 };
  return (! a->has_norm
          || dif_norm_load (&a->norm, loader, norm, a->channels, groups, eps))
         && load_qkv (a, loader, name)
         && dif_conv_load (&a->out, loader, out, shape, DIF_LOAD_MATRIX);
}

typedef struct
{
  const DifKernels   *kernels;
  const DifAttention *a;
  DifTensor           qkv;
  DifTensor           out;
  int                 n_blocks;     /* of queries, per picture and head */
  float              *packed;       /* of each picture and head         */
  size_t              packed_size;
  float              *scratch;      /* of each worker                   */
  size_t              scratch_size;
} Attend;

/* Head number i of all pictures. */
static DifAttentionCall
attention_call (const Attend *t,
                int           i)
{
  int          n_tokens = t->qkv.h * t->qkv.w;
  int          dim = t->a->head_dim, inner = dim * t->a->n_heads;
  int          head = i % t->a->n_heads, picture = i / t->a->n_heads;
  const float *qkv = t->qkv.data + (size_t) picture * n_tokens * t->qkv.c
                     + head * dim;

  return (DifAttentionCall) {
    .q = qkv, .k = qkv + inner, .v = qkv + 2 * inner, .qkv_stride = t->qkv.c,
    .out = t->out.data + (size_t) picture * n_tokens * inner + head * dim,
    .out_stride = inner, .n_tokens = n_tokens, .head_dim = dim,
    .scale = 1.0f / sqrtf ((float) dim), .packed = t->packed + i * t->packed_size,
  };
}

static void
pack_chunk (int   chunk,
            int   worker,
            void *data)
{
  const Attend    *t = data;
  DifAttentionCall call = attention_call (t, chunk);

  t->kernels->pack_attention (&call, t->packed + chunk * t->packed_size);
}

static void
attend_chunk (int   chunk,
              int   worker,
              void *data)
{
  const Attend    *t = data;
  int              q0 = chunk % t->n_blocks * DIF_ATTENTION_BLOCK;
  DifAttentionCall call = attention_call (t, chunk / t->n_blocks);

  t->kernels->attention (&call, q0,
                         MIN (q0 + DIF_ATTENTION_BLOCK, call.n_tokens),
                         t->scratch + worker * t->scratch_size);
}

/* softmax (q k^T / sqrt (head_dim)) v, Vaswani et al. 2017 (1), for every
 * picture and head.  More tokens or blocks than can be numbered count as
 * more memory than there is.
 */
static void
attend (DifRun             *run,
        const DifAttention *a,
        DifTensor           qkv,
        DifTensor           out)
{
  size_t mark = dif_arena_mark (run->arena);
  gint64 tokens = (gint64) qkv.h * qkv.w, heads = (gint64) qkv.n * a->n_heads;
  gint64 blocks = (tokens + DIF_ATTENTION_BLOCK - 1) / DIF_ATTENTION_BLOCK;
  int    n_tokens = (int) tokens, n_heads = (int) heads;
  Attend t = { run->kernels, a, qkv, out, (int) blocks };

  if (tokens > DIF_ATTENTION_TOKENS || blocks > G_MAXINT / heads)
    {
      dif_arena_take (run->arena, G_MAXSIZE);
      dif_arena_release (run->arena, mark);
      return;
    }
  /* Whole cache lines. */
  t.packed_size = (run->kernels->attention_packed (n_tokens, a->head_dim) + 15)
                  & ~(size_t) 15;
  t.scratch_size = (run->kernels->attention_scratch (n_tokens, a->head_dim) + 15)
                   & ~(size_t) 15;
  t.packed = dif_arena_take (run->arena, dif_product (t.packed_size, n_heads));
  t.scratch = dif_arena_take (run->arena, t.scratch_size * run->n_threads);
  if (! dif_run_counts (run))
    {
      if (t.packed_size > 0)
        dif_pool_run (run->pool, n_heads, pack_chunk, &t);
      dif_pool_run (run->pool, n_heads * t.n_blocks, attend_chunk, &t);
    }
  dif_run_add (run, 4.0 * n_heads * a->head_dim * n_tokens * n_tokens);
  dif_arena_release (run->arena, mark);
}

void
dif_attention_run (const DifAttention *a,
                   DifRun             *run,
                   DifTensor           x)
{
  size_t     mark = dif_arena_mark (run->arena);
  int        inner = a->head_dim * a->n_heads;
  DifTensor  normed = dif_tensor_take (run, x.n, x.h, x.w, x.c);
  DifTensor  qkv = dif_tensor_take (run, x.n, x.h, x.w, 3 * inner);
  DifTensor  mixed = dif_tensor_take (run, x.n, x.h, x.w, inner);
  float     *scale = dif_arena_take (run->arena, (size_t) x.n * x.c);
  float     *shift = dif_arena_take (run->arena, (size_t) x.n * x.c);
  DifCopy    copy = { scale, shift, DIF_SAME, 0 };
  DifConvHow add = { .residual = x.data, .scale = a->scale };

  if (a->has_norm)
    {
      dif_norm_fold (&a->norm, run, x, nothing, NULL, scale, shift);
      dif_copy (run, &copy, x, normed);
    }
  dif_conv1 (run, &a->qkv, &(DifConvHow) { 0 }, a->has_norm ? normed : x, qkv);
  attend (run, a, qkv, mixed);
  dif_conv1 (run, &a->out, &add, mixed, x);
  dif_arena_release (run->arena, mark);
}
