/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * plan.c: the list, made from parameters, and what follows from it.
 */

#include "pipeline/chain.h"
#include "pipeline/made.h"
#include "pipeline/plan.h"
#include "pipeline/restore.h"

/* Pixels of tiles that one call takes for each thread, where there are that
 * many.  With fewer, threads would be without work.
 */
#define BATCH_PIXELS (192 * 192)

/* Beyond this many threads a call grows no further, for memory's sake. */
#define BATCH_THREADS 16

int
dif_plan_threads (const DifPlan *plan)
{
  return plan->params.threads > 0 ? plan->params.threads
                                  : (int) g_get_num_processors ();
}

static DifTiling *
new_tiling (const DifPlan *plan,
            int            width,
            int            height,
            const DifRect *rect,
            gboolean       within)
{
  const DifTraits *traits = &plan->model->denoiser->traits;
  DifTiling       *whole = dif_tiling_new (width, height, traits->multiple,
                                           traits->native,
                                           plan->params.tileable);
  DifTiling       *part;

  if (! rect)
    return whole;
  part = dif_tiling_part (whole, rect, within);
  dif_tiling_free (whole);
  return part;
}

/* The shorter side, after reduction, of the whole that a picture of this size
 * is cut from; its own where params name none.
 */
static int
whole_side (const DifParams *params,
            int              width,
            int              height)
{
  if (params->scale_side == 0)
    return MIN (width, height);
  return MAX (1, params->scale_side / MAX (1, params->reduction));
}

static int
choose_batch (const DifPlan   *plan,
              const DifTiling *tiling)
{
  gsize pixels = (gsize) tiling->x.size * tiling->y.size;
  gsize wanted = (gsize) BATCH_PIXELS * MIN (dif_plan_threads (plan),
                                             BATCH_THREADS);
  int   n = plan->params.batch;

  if (n == 0)
    n = (int) ((wanted + pixels - 1) / pixels);
  return CLAMP (n, 1, dif_tiling_n_tiles (tiling));
}

/* The moves of a pass whose t is known, of a picture of that size.  FALSE with an
 * error.
 */
static gboolean
list_moves (const DifPlan *plan,
            int            width,
            int            height,
            DifPass       *pass,
            GError       **error)
{
  DifSamplerParams how = {
    .kind = plan->params.sampler, .spacing = DIF_SPACING_TRAILING,
    .prediction = pass->denoiser->traits.prediction,
    .n_steps = plan->params.steps, .t_start = pass->t, .eta = plan->params.eta,
  };
  int              i;

  pass->n_draws = 1;
  if (pass->t == 0)
    return TRUE;
  /* Of ancestral sampling the last step is the posterior mean. */
  if (plan->params.task == DIF_JOB_RESTORE)
    {
      how.kind = DIF_SAMPLER_DDPM;
      how.n_steps = dif_restore_steps (&plan->params);
      if (how.n_steps == 1)
        pass->n_draws = dif_restore_draws (plan->noise_kind, &plan->params, width,
                                           height);
    }
  pass->sampler = dif_sampler_new (plan->model->schedule, &how, error);
  if (! pass->sampler)
    return FALSE;
  pass->n_moves = dif_sampler_n_steps (pass->sampler) * pass->n_draws;
  pass->moves = g_new (DifMove, pass->n_moves);
  for (i = 0; i < pass->n_moves; i++)
    pass->moves[i] = pass->n_draws > 1 ? (DifMove) { 0, i } : (DifMove) { i, 0 };
  return TRUE;
}

/* noise NULL: nothing is restored, or from some noise. */
static DifPlan *
new_plan (const DifModel      *model,
          int                  width,
          int                  height,
          const DifRect       *rect,
          gboolean             within,
          const DifLayerNoise *noise,
          const DifParams     *params,
          GError             **error)
{
  DifPlan *plan = g_new0 (DifPlan, 1);
  DifPass *pass = g_new0 (DifPass, 1);

  plan->model = model;
  plan->finishes = ! noise && dif_made_is_asked (params);
  plan->params = plan->finishes ? dif_made_finish (params, width, height) : *params;
  params = &plan->params;
  plan->n_passes = 1;
  plan->passes = pass;
  pass->denoiser = model->denoiser;
  pass->tiling = new_tiling (plan, width, height, rect, within);
  pass->picture = (DifRect) { pass->tiling->x.offset, pass->tiling->y.offset,
                              pass->tiling->x.picture, pass->tiling->y.picture };
  pass->side = whole_side (params, width, height);
  pass->batch = choose_batch (plan, pass->tiling);
  if (noise)
    {
      plan->params.task = DIF_JOB_RESTORE;
      plan->noise = *noise;
      plan->noise_kind = dif_restore_kind (model, noise, params);
      pass->t = dif_restore_t (model, noise, params);
    }
  else if (params->task == DIF_JOB_RESTORE)
    pass->t = params->amount > 0.0;
  else
    pass->t = dif_chain_t (model, params);
  if (! list_moves (plan, width, height, pass, error))
    g_clear_pointer (&plan, dif_plan_free);
  return plan;
}

DifPlan *
dif_plan_new (const DifModel  *model,
              int              width,
              int              height,
              const DifRect   *rect,
              gboolean         within,
              const DifParams *params,
              GError         **error)
{
  return new_plan (model, width, height, rect, within, NULL, params, error);
}

DifPlan *
dif_plan_new_restore (const DifModel      *model,
                      int                  width,
                      int                  height,
                      const DifRect       *rect,
                      gboolean             within,
                      const DifLayerNoise *noise,
                      const DifParams     *params,
                      GError             **error)
{
  return new_plan (model, width, height, rect, within, noise, params, error);
}

void
dif_plan_free (DifPlan *plan)
{
  int i;

  if (! plan)
    return;
  for (i = 0; i < plan->n_passes; i++)
    {
      dif_tiling_free (plan->passes[i].tiling);
      dif_sampler_free (plan->passes[i].sampler);
      g_free (plan->passes[i].moves);
    }
  g_free (plan->passes);
  g_free (plan);
}

DifRect
dif_plan_picture (const DifPlan *plan)
{
  return plan->passes[plan->n_passes - 1].picture;
}

int
dif_plan_n_moves (const DifPlan *plan)
{
  int i, n = 0;

  for (i = 0; i < plan->n_passes; i++)
    n += plan->passes[i].n_moves;
  return n;
}

const DifPass *
dif_plan_pass (const DifPlan *plan,
               int            i)
{
  const DifPass *pass = plan->passes, *last = pass + plan->n_passes - 1;

  for (; pass < last && i >= pass->n_moves; pass++)
    i -= pass->n_moves;
  return pass;
}

static double
tile_work (const DifPass *pass)
{
  return 1e-6 * pass->tiling->x.size * pass->tiling->y.size;
}

double
dif_plan_work (const DifPlan *plan)
{
  return dif_plan_done (plan, dif_plan_n_moves (plan), 0.0);
}

double
dif_plan_done (const DifPlan *plan,
               int            moves,
               double         tiles)
{
  double done = tile_work (dif_plan_pass (plan, moves)) * tiles;
  int    i, n;

  for (i = 0; i < plan->n_passes; i++, moves -= n)
    {
      const DifPass *pass = &plan->passes[i];

      n = MIN (moves, pass->n_moves);
      done += tile_work (pass) * dif_tiling_n_tiles (pass->tiling) * n;
    }
  return done;
}

/* Figures of a job ---------------------------------------------------- */

int
dif_params_n_steps (const DifModel  *model,
                    int              width,
                    int              height,
                    const DifParams *params)
{
  g_autoptr (DifPlan) plan = dif_plan_new (model, width, height, NULL, FALSE,
                                           params, NULL);

  return plan ? dif_plan_n_moves (plan) : 0;
}

double
dif_params_work (const DifModel  *model,
                 int              width,
                 int              height,
                 const DifParams *params)
{
  g_autoptr (DifPlan) plan = dif_plan_new (model, width, height, NULL, FALSE,
                                           params, NULL);
  double              once = 0.0, each = 0.0;

  if (! plan)
    return 0.0;
  if (plan->finishes)
    dif_made_work (params, width, height, NULL, 0, &once, &each);
  return once + (each + dif_plan_work (plan)) * params->num_variations;
}
