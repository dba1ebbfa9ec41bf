/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * walk-new.c: what walking a pass needs, measured and made.
 */

#include "pipeline/chain.h"
#include "pipeline/colours.h"
#include "pipeline/seamless.h"
#include "pipeline/walk.h"

/* Bytes of each thing that a walk holds, with so many threads. */
typedef struct
{
  gsize canvas;
  gsize estimate;
  gsize history;
  gsize tile_values;
  gsize flatness;
  gsize rows;          /* of each thread                              */
  gsize workspace;     /* G_MAXSIZE where that cannot be counted      */
} Sizes;

static Sizes
measure (const DifPlan *plan,
         const DifPass *pass,
         int            n_threads)
{
  const DifTiling *t = pass->tiling;
  gsize            values = dif_tiling_values (t);
  Sizes            sizes = { .canvas = values * sizeof (float) };

  sizes.estimate = (gsize) 3 * dif_tiling_band (t, pass->batch) * t->x.length
                   * sizeof (float);
  if (pass->n_draws > 1 || dif_sampler_has_history (pass->sampler))
    sizes.history = sizes.canvas;
  sizes.tile_values = (gsize) pass->batch * 3 * t->x.size * t->y.size
                      * sizeof (float);
  if (dif_chain_counts_source (plan->model, &plan->params)
      && plan->params.task != DIF_JOB_RESTORE)
    sizes.flatness = values / 3;
  sizes.rows = (((3 * DIF_WALK_ROWS + 1) * (gsize) t->x.length + 15)
                & ~(gsize) 15) * sizeof (float);
  sizes.workspace = pass->denoiser->workspace (pass->denoiser, pass->batch,
                                               t->y.size, t->x.size, n_threads);
  return sizes;
}

/* Bytes that are taken for a while by what is done before the moves or after
 * them: never both at once.
 */
static guint64
passing_memory (const DifPlan *plan,
                const DifPass *pass)
{
  const DifParams *params = &plan->params;
  int              width = pass->picture.width, height = pass->picture.height;
  int              reduction = MAX (1, params->reduction);
  guint64          before = 0, after = 0;

  if (! plan->finishes && dif_chain_joins_edges (plan->model, params))
    before = dif_seamless_memory (width, height, reduction);
  if (params->keep_colours && ! params->from_noise && params->task == DIF_JOB_VARY)
    after = dif_colours_memory (width, height, reduction, params->tileable);
  return MAX (before, after);
}

guint64
dif_walk_memory (const DifPlan *plan,
                 const DifPass *pass)
{
  int   n_threads = dif_plan_threads (plan);
  Sizes sizes;

  if (pass->n_moves == 0)
    return 0;
  sizes = measure (plan, pass, n_threads);
  return (guint64) sizes.canvas + sizes.estimate + sizes.history
         + sizes.tile_values + sizes.flatness + n_threads * sizes.rows
         + passing_memory (plan, pass)
         + MIN ((guint64) sizes.workspace, (guint64) G_MAXINT64);
}

/* Memory of one of these sizes; NULL where it is 0 or something failed before.
 */
static void *
take (gsize        size,
      const char  *what,
      gboolean    *good,
      GError     **error)
{
  void *block = NULL;

  if (*good && size > 0)
    {
      block = dif_alloc (size, 1, what, error);
      *good = block != NULL;
    }
  return block;
}

/* The workspace comes first: one that cannot be counted is refused before
 * anything is taken.
 */
static gboolean
allocate (DifWalk *w,
          GError **error)
{
  int      n_threads = dif_pool_n_threads (w->pool);
  Sizes    sizes = measure (w->plan, w->pass, n_threads);
  gboolean good = TRUE;

  w->band = dif_tiling_band (w->pass->tiling, w->pass->batch);
  w->rows_size = sizes.rows / sizeof (float);
  w->tiles = g_new (DifRect, w->pass->batch);
  w->arena.size = sizes.workspace;
  w->arena.base = take (sizes.workspace, "the denoiser's workspace", &good,
                        error);
  w->x = take (sizes.canvas, "the noised picture", &good, error);
  w->estimate = take (sizes.estimate, "the estimate of the picture", &good,
                      error);
  w->history = take (sizes.history, "the sampler's history", &good, error);
  w->tile_values = take (sizes.tile_values, "the estimates of tiles", &good,
                         error);
  w->rows = take (n_threads * sizes.rows, "the noise", &good, error);
  w->flatness = take (sizes.flatness, "the picture's flatness", &good, error);
  return good;
}

DifWalk *
dif_walk_new (const DifPlan  *plan,
              const DifPass  *pass,
              DifControl     *control,
              GError        **error)
{
  DifWalk *w = g_new0 (DifWalk, 1);

  w->plan = plan;
  w->pass = pass;
  w->control = control;
  if (pass->n_moves == 0)
    return w;
  w->pool = dif_pool_new (plan->params.threads);
  dif_pool_set_stop (w->pool, &control->cancel);
  if (! allocate (w, error))
    g_clear_pointer (&w, dif_walk_free);
  return w;
}

void
dif_walk_free (DifWalk *w)
{
  if (! w)
    return;
  dif_pool_free (w->pool);
  dif_free (w->x);
  dif_free (w->estimate);
  dif_free (w->history);
  dif_free (w->tile_values);
  dif_free (w->rows);
  dif_free (w->flatness);
  dif_free (w->arena.base);
  dif_image_free (w->sample);
  dif_image_free (w->denoised);
  g_free (w->tiles);
  g_free (w);
}

gboolean
dif_walk_watch (DifWalk      *w,
                DifStepFunc   func,
                void         *data,
                GError      **error)
{
  int width = w->pass->picture.width, height = w->pass->picture.height;

  w->sample = dif_image_new (width, height, error);
  if (w->sample)
    w->denoised = dif_image_new (width, height, error);
  if (! w->denoised)
    return FALSE;
  w->watch = func;
  w->watch_data = data;
  return TRUE;
}
