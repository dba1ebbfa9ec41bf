/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-view.c: see patch-view.h.
 */

#include <math.h>

#include "denoise/patches/patch-view.h"

/* Noise of less than nothing or of nothing but noise is taken for this much. */
#define MIN_ALPHA_BAR 1e-12
#define MIN_VARIANCE  1e-9

/* The biases of candidates and the limits together. */
static const float *
add_limits (const DifPatchSet  *set,
            const DifPatchView *view,
            DifArena           *arena)
{
  float *bias;
  int    j;

  if (! view->limits)
    return set->bias;
  if (! set->bias)
    return view->limits;
  bias = dif_arena_take (arena, set->n);
  for (j = 0; bias && j < set->n; j++)
    bias[j] = set->bias[j] + view->limits[j];
  return bias;
}

DifPatchQueries
dif_patch_queries_take (const DifPatchSet  *set,
                        const DifPatchView *view,
                        DifArena           *arena)
{
  double          alpha_bar = MAX (view->alpha_bar, MIN_ALPHA_BAR);
  double          variance = MAX ((1.0 - alpha_bar) / alpha_bar, MIN_VARIANCE);
  int             dim = dif_patch_values (set->patch);
  DifPatchQueries q;

  q.canvas = dif_patch_canvas_new (set->patch, view->width, view->height,
                                   view->wrapped);
  q.canvas.values = dif_arena_take (arena, dif_patch_canvas_size (&q.canvas));
  q.call = (DifPosteriorCall) {
    .packed = set->packed, .n_keys = set->n, .dim = dim,
    .bias = add_limits (set, view, arena), .scale = (float) (0.5 / variance),
    .query_stride = dim, .out_stride = dim,
  };
  if (q.canvas.values)
    dif_patch_canvas_fill (&q.canvas, view->x, view->row_stride,
                           view->plane_stride, (float) (1.0 / sqrt (alpha_bar)),
                           set->mean);
  return q;
}

void
dif_patch_queries_gather (const DifPatchQueries *queries,
                          int                    first,
                          int                    n,
                          float                 *patches)
{
  int columns = queries->canvas.columns, i;

  for (i = 0; i < n; i++)
    dif_patch_canvas_gather (&queries->canvas, (first + i) % columns,
                             (first + i) / columns,
                             patches + i * queries->call.query_stride);
}
