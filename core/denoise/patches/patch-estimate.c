/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-estimate.c: some rows of patches at a time, a band, are estimated and
 * added up.  Each pixel's sum is taken in the order of its patches, row by row,
 * however high a band is.
 */

#include <string.h>

#include "denoise/patches/patch-estimate.h"

/* Blocks of queries in a band, for each thread. */
#define BLOCKS 4

typedef struct
{
  const DifPatchSet *set;
  DifPatchQueries    queries;
  int                band;           /* rows of patches                    */
  float             *sum;            /* [3][height][width] of the canvas   */
  float             *estimates;      /* [band * columns][values of a patch] */
  float             *scratch;        /* of each worker                     */
  size_t             scratch_size;
  int                row;            /* of patches, the band's first       */
  int                n_rows;         /* of patches of this band            */
  float             *out;
} Estimate;

static Estimate
estimate_take (const DifPatchSet  *set,
               const DifPatchView *view,
               DifArena           *arena,
               int                 n_threads)
{
  Estimate e = { set, dif_patch_queries_take (set, view, arena) };
  int      dim = e.queries.call.dim, columns = e.queries.canvas.columns;
  size_t   patches = dif_product (DIF_POSTERIOR_QUERIES, dim);

  e.band = (int) MIN ((gint64) BLOCKS * DIF_POSTERIOR_QUERIES * n_threads
                      / columns + 1, e.queries.canvas.rows);
  e.sum = dif_arena_take (arena, dif_patch_canvas_size (&e.queries.canvas));
  e.estimates = dif_arena_take (arena, dif_product ((size_t) e.band * columns,
                                                    dim));
  e.scratch_size = (patches + set->kernels->posterior_scratch (dim) + 15)
                   & ~(size_t) 15;
  e.scratch = dif_arena_take (arena, dif_product (e.scratch_size, n_threads));
  return e;
}

size_t
dif_patch_estimate_workspace (const DifPatchSet  *set,
                              const DifPatchView *view,
                              int                 n_threads)
{
  DifArena arena = { NULL };

  estimate_take (set, view, &arena, n_threads);
  return arena.peak;
}

/* A block of queries of the band. */
static void
estimate_block (int   chunk,
                int   worker,
                void *data)
{
  const Estimate  *e = data;
  int              columns = e->queries.canvas.columns;
  int              first = chunk * DIF_POSTERIOR_QUERIES;
  int              n = MIN (DIF_POSTERIOR_QUERIES, e->n_rows * columns - first);
  float           *patches = e->scratch + worker * e->scratch_size;
  DifPosteriorCall call = e->queries.call;

  dif_patch_queries_gather (&e->queries, e->row * columns + first, n, patches);
  call.queries = patches;
  call.out = e->estimates + (size_t) first * call.dim;
  e->set->kernels->posterior (&call, 0, n,
                              patches + DIF_POSTERIOR_QUERIES * call.dim);
}

/* Adds up the band's patches in a row of one plane. */
static void
add_row (int   chunk,
         int   worker,
         void *data)
{
  const Estimate *e = data;
  int             side = e->set->patch, dim = e->queries.call.dim;
  int             columns = e->queries.canvas.columns, row, column, i;
  int             height = e->n_rows + side - 1;
  int             plane = chunk / height, y = e->row + chunk % height;
  float          *sum = e->sum + ((size_t) plane * e->queries.canvas.height + y)
                                 * e->queries.canvas.width;

  for (row = MAX (e->row, y - side + 1); row <= MIN (y, e->row + e->n_rows - 1);
       row++)
    {
      const float *patch = e->estimates
                           + (size_t) (row - e->row) * columns * dim
                           + (plane * side + y - row) * side;

      for (column = 0; column < columns; column++, patch += dim)
        for (i = 0; i < side; i++)
          sum[column + i] += patch[i];
    }
}

/* How many of n patches of so many pixels cover pixel i of n + side - 1. */
static int
count_covering (int i,
                int n,
                int side)
{
  return MIN (i, n - 1) - MAX (i - side + 1, 0) + 1;
}

/* Pixel x of a row of the picture that is wrapped, from all the places of the
 * canvas where it lies.
 */
static float
fold (const DifPatchCanvas *canvas,
      const float          *sum,
      int                   y,
      int                   x)
{
  float folded = 0.0f;
  int   row, column;

  for (row = y; row < canvas->height; row += canvas->picture_height)
    for (column = x; column < canvas->width; column += canvas->picture_width)
      folded += sum[(size_t) row * canvas->width + column];
  return folded / (canvas->patch * canvas->patch);
}

static void
finish_row (int   chunk,
            int   worker,
            void *data)
{
  const Estimate       *e = data;
  const DifPatchCanvas *canvas = &e->queries.canvas;
  int                   height = canvas->picture_height;
  int                   width = canvas->picture_width, x;
  int                   plane = chunk / height, y = chunk % height;
  const float          *sum = e->sum
                              + (size_t) plane * canvas->height * canvas->width;
  float                *out = e->out + (size_t) chunk * width;

  for (x = 0; x < width; x++)
    if (canvas->wrapped)
      out[x] = fold (canvas, sum, y, x) + e->set->mean[plane];
    else
      out[x] = sum[(size_t) y * width + x]
               / (count_covering (y, canvas->rows, canvas->patch)
                  * count_covering (x, canvas->columns, canvas->patch))
               + e->set->mean[plane];
}

gboolean
dif_patch_estimate (const DifPatchSet  *set,
                    const DifPatchView *view,
                    DifPool            *pool,
                    DifArena           *arena,
                    DifPatchFunc        progress,
                    void               *data,
                    float              *out)
{
  size_t   mark = dif_arena_mark (arena);
  Estimate e = estimate_take (set, view, arena, dif_pool_n_threads (pool));
  int      rows = e.queries.canvas.rows, columns = e.queries.canvas.columns;
  gboolean wanted = TRUE;

  e.out = out;
  memset (e.sum, 0, dif_patch_canvas_size (&e.queries.canvas) * sizeof (float));
  for (e.row = 0; e.row < rows && wanted; e.row += e.n_rows)
    {
      e.n_rows = MIN (e.band, rows - e.row);
      dif_pool_run (pool, (e.n_rows * columns + DIF_POSTERIOR_QUERIES - 1)
                          / DIF_POSTERIOR_QUERIES, estimate_block, &e);
      dif_pool_run (pool, 3 * (e.n_rows + set->patch - 1), add_row, &e);
      wanted = ! dif_pool_is_stopped (pool)
               && (! progress
                   || progress ((double) (e.row + e.n_rows) / rows, data));
    }
  if (wanted)
    dif_pool_run (pool, 3 * view->height, finish_row, &e);
  dif_arena_release (arena, mark);
  return wanted && ! dif_pool_is_stopped (pool);
}
