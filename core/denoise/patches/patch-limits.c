/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-limits.c: some patches of the canvas at a time, a piece, have their log
 * sums found; then each candidate's share of them is added up.
 */

#include <math.h>
#include <string.h>

#include "denoise/patches/patch-limits.h"

#define BLOCKS 16                        /* of queries in a piece     */
#define PIECE (BLOCKS * DIF_POSTERIOR_QUERIES)
#define KEYS (4 * DIF_POSTERIOR_KEYS)    /* that a thread adds up for */

typedef struct
{
  const DifPatchSet *set;
  DifPatchQueries    queries;
  DifPosteriorCall   call;         /* of the piece                    */
  int                first;        /* of its patches                  */
  int                n;            /* of them                         */
  float             *patches;      /* [PIECE][values of a patch]      */
  float             *lse;          /* [PIECE]                         */
  double            *share;        /* of each candidate               */
  float             *scratch;      /* of each worker                  */
  size_t             scratch_size;
} Limits;

static Limits
limits_take (const DifPatchSet  *set,
             const DifPatchView *view,
             DifArena           *arena,
             int                 n_threads)
{
  Limits l = { set, dif_patch_queries_take (set, view, arena) };
  int    dim = l.queries.call.dim;

  l.patches = dif_arena_take (arena, (size_t) PIECE * dim);
  l.lse = dif_arena_take (arena, PIECE);
  l.share = (double *) dif_arena_take (arena, (size_t) 2 * set->n);
  l.scratch_size = (set->kernels->posterior_scratch (dim) + 15) & ~(size_t) 15;
  l.scratch = dif_arena_take (arena, dif_product (l.scratch_size, n_threads));
  l.call = l.queries.call;
  l.call.queries = l.patches;
  l.call.lse = l.lse;
  return l;
}

G_STATIC_ASSERT (sizeof (double) == 2 * sizeof (float));

/* The view with some limits: which do not matter to a count. */
static DifPatchView
limited (const DifPatchView *view,
         const float        *limits)
{
  DifPatchView with = *view;

  with.limits = limits;
  return with;
}

size_t
dif_patch_limits_workspace (const DifPatchSet  *set,
                            const DifPatchView *view,
                            int                 n_threads)
{
  static const float some = 0.0f;
  DifPatchView       with = limited (view, &some);
  DifArena           arena = { NULL };

  limits_take (set, &with, &arena, n_threads);
  return arena.peak;
}

/* The log sums of a block of the piece. */
static void
sum_block (int   chunk,
           int   worker,
           void *data)
{
  const Limits *l = data;
  int           first = chunk * DIF_POSTERIOR_QUERIES;
  int           end = MIN (first + DIF_POSTERIOR_QUERIES, l->n);

  dif_patch_queries_gather (&l->queries, l->first + first, end - first,
                            l->patches + (size_t) first * l->call.dim);
  l->set->kernels->posterior (&l->call, first, end,
                              l->scratch + worker * l->scratch_size);
}

/* What some candidates make of the piece. */
static void
share_keys (int   chunk,
            int   worker,
            void *data)
{
  const Limits *l = data;
  int           first = chunk * KEYS;

  l->set->kernels->posterior_shares (&l->call, 0, l->n, first,
                                     MIN (first + KEYS, l->set->n), l->share,
                                     l->scratch + worker * l->scratch_size);
}

gboolean
dif_patch_limits_adjust (const DifPatchSet  *set,
                         const DifPatchView *view,
                         DifPool            *pool,
                         DifArena           *arena,
                         double              slack,
                         float              *limits)
{
  size_t       mark = dif_arena_mark (arena);
  DifPatchView with = limited (view, limits);
  Limits       l = limits_take (set, &with, arena, dif_pool_n_threads (pool));
  int          n = l.queries.canvas.rows * l.queries.canvas.columns, j;
  double       allowed = slack * n / set->n;

  memset (l.share, 0, set->n * sizeof (double));
  for (l.first = 0; l.first < n && ! dif_pool_is_stopped (pool); l.first += l.n)
    {
      l.n = MIN (PIECE, n - l.first);
      dif_pool_run (pool, (l.n + DIF_POSTERIOR_QUERIES - 1)
                          / DIF_POSTERIOR_QUERIES, sum_block, &l);
      if (! dif_pool_is_stopped (pool))
        dif_pool_run (pool, (set->n + KEYS - 1) / KEYS, share_keys, &l);
    }
  for (j = 0; j < set->n && ! dif_pool_is_stopped (pool); j++)
    if (l.share[j] > 0.0)
      limits[j] = (float) MIN (0.0, limits[j] - log (l.share[j] / allowed));
    else
      limits[j] = 0.0f;
  dif_arena_release (arena, mark);
  return ! dif_pool_is_stopped (pool);
}
