/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sdedit-new.c: what one variation needs, measured and made.
 */

#include <math.h>

#include "pipeline/chain.h"
#include "pipeline/colours.h"
#include "pipeline/sdedit.h"
#include "pipeline/seamless.h"

/* Pixels of tiles that one network call takes for each thread, where
 * there are that many: less would not keep every thread in work.
 */
#define BATCH_PIXELS (192 * 192)

/* Beyond this many threads a call grows no further, for memory's sake. */
#define MOST_SHARED  16

static int
octave_label (const DifModel  *model,
              const DifParams *params,
              int              width,
              int              height)
{
  int side = params->scale_side > 0 ? params->scale_side : MIN (width, height);

  if (model->info.octaves == 0)
    return 0;
  if (params->scale_side > 0 && params->reduction > 1)
    side = MAX (1, side / params->reduction);
  return CLAMP ((int) lround (log2 (side / 64.0)), 0, model->info.octaves - 1);
}

DifTiling *
dif_sdedit_tiling (const DifModel  *model,
                   int              width,
                   int              height,
                   const DifRect   *rect,
                   gboolean         within,
                   const DifParams *params)
{
  int        p = model->info.pixel_unshuffle;
  DifTiling *whole = dif_tiling_new (width, height,
                                     p * dif_unet_multiple (model->unet),
                                     model->info.native_size, p,
                                     params->tileable);
  DifTiling *part;

  if (! rect)
    return whole;
  part = dif_tiling_part (whole, rect, within);
  dif_tiling_free (whole);
  return part;
}

static int
choose_threads (const DifParams *params)
{
  return params->threads > 0 ? params->threads : (int) g_get_num_processors ();
}

static int
choose_batch (const DifTiling *tiling,
              const DifParams *params)
{
  gsize pixels = (gsize) tiling->x.size * tiling->y.size;
  gsize wanted = (gsize) BATCH_PIXELS * MIN (choose_threads (params), MOST_SHARED);
  int   n = params->batch;

  if (n == 0)
    n = (int) ((wanted + pixels - 1) / pixels);
  return CLAMP (n, 1, dif_tiling_n_tiles (tiling));
}

static gsize
tile_values (const DifTiling *tiling,
             int              batch)
{
  return (gsize) tiling->x.size * tiling->y.size * 3 * batch;
}

static size_t
workspace (const DifModel  *model,
           const DifTiling *tiling,
           int              batch,
           int              n_threads)
{
  int p = tiling->unshuffle;

  return dif_unet_workspace (model->unet, batch, tiling->y.size / p,
                             tiling->x.size / p, n_threads);
}

/* Of each worker's rows. */
static gsize
rows_values (const DifTiling *tiling)
{
  return ((3 * DIF_SDEDIT_ROWS + 1) * (gsize) tiling->x.length + 15)
         & ~(gsize) 15;
}

/* What the work before the steps takes for a while, and that after them. */
static guint64
passing_memory (const DifModel  *model,
                int              width,
                int              height,
                const DifParams *params)
{
  int     reduction = MAX (1, params->reduction);
  guint64 before = 0, after = 0;

  if (dif_chain_joins_edges (model, params))
    before = dif_seamless_memory (width, height, reduction);
  if (params->keep_colours && ! params->from_noise)
    after = dif_colours_memory (width, height, reduction, params->tileable);
  return MAX (before, after);
}

guint64
dif_sdedit_memory (const DifModel  *model,
                   int              width,
                   int              height,
                   const DifParams *params)
{
  DifTiling *tiling = dif_sdedit_tiling (model, width, height, NULL, FALSE, params);
  int        batch = choose_batch (tiling, params);
  int        threads = choose_threads (params);
  guint64    bytes;

  bytes = dif_tiling_values (tiling) * sizeof (float)
          + 3 * (guint64) dif_tiling_band (tiling, batch) * tiling->x.length
            * sizeof (float)
          + 2 * tile_values (tiling, batch) * sizeof (float)
          + threads * rows_values (tiling) * sizeof (float)
          + (dif_chain_counts_source (model, params)
             ? dif_tiling_values (tiling) / 3 : 0)
          + dif_sampler_memory (params->sampler, dif_tiling_values (tiling))
          + passing_memory (model, width, height, params)
          + MIN ((guint64) workspace (model, tiling, batch, threads),
                 (guint64) G_MAXINT64);
  dif_tiling_free (tiling);
  return bytes;
}

/* What cannot be counted is refused before anything is taken. */
static gboolean
allocate (DifSdedit *s,
          GError   **error)
{
  gsize canvas = dif_tiling_values (s->tiling), tile = tile_values (s->tiling, s->batch);
  int   threads = dif_pool_n_threads (s->pool);

  s->band = dif_tiling_band (s->tiling, s->batch);
  s->rows_size = rows_values (s->tiling);
  s->arena.size = workspace (s->model, s->tiling, s->batch, threads);
  s->timesteps = g_new0 (float, s->batch);
  s->labels = g_new0 (int, s->batch);
  s->arena.base = dif_alloc (s->arena.size, 1, "the network's workspace", error);
  if (s->arena.base)
    s->x = dif_alloc (canvas, sizeof (float), "the noised picture", error);
  if (s->x)
    s->prediction = dif_alloc (3 * (gsize) s->band * s->tiling->x.length,
                               sizeof (float), "the network's prediction",
                               error);
  if (s->prediction)
    s->input = dif_alloc (tile, sizeof (float), "the network's input", error);
  if (s->input)
    s->output = dif_alloc (tile, sizeof (float), "the network's output", error);
  if (s->output)
    s->rows = dif_alloc (s->rows_size * threads, sizeof (float),
                         "the noise", error);
  if (! s->rows || ! dif_chain_counts_source (s->model, &s->params))
    return s->rows != NULL;
  s->flatness = dif_alloc (canvas / 3, 1, "the picture's flatness", error);
  return s->flatness != NULL;
}

DifSdedit *
dif_sdedit_new (const DifModel  *model,
                int              width,
                int              height,
                const DifRect   *area,
                const DifParams *params,
                GError         **error)
{
  DifSdedit       *s = g_new0 (DifSdedit, 1);
  DifSamplerParams how = {
    .kind = params->sampler, .spacing = DIF_SPACING_TRAILING,
    .n_steps = params->steps, .eta = params->eta,
  };

  s->model = model;
  s->params = *params;
  s->tiling = dif_sdedit_tiling (model, width, height, area, TRUE, params);
  s->picture = (DifRect) { s->tiling->x.offset, s->tiling->y.offset,
                           s->tiling->x.picture, s->tiling->y.picture };
  s->t = how.t_start = dif_chain_t (model, params);
  if (s->t == 0)
    return s;
  s->pool = dif_pool_new (params->threads);
  s->batch = choose_batch (s->tiling, params);
  s->label = octave_label (model, params, width, height);
  if (allocate (s, error))
    s->sampler = dif_sampler_new (model->schedule, &how,
                                  dif_tiling_values (s->tiling), error);
  if (! s->sampler)
    {
      dif_sdedit_free (s);
      return NULL;
    }
  return s;
}

void
dif_sdedit_free (DifSdedit *s)
{
  if (! s)
    return;
  dif_pool_free (s->pool);
  dif_tiling_free (s->tiling);
  dif_sampler_free (s->sampler);
  dif_free (s->x);
  dif_free (s->prediction);
  dif_free (s->input);
  dif_free (s->output);
  dif_free (s->rows);
  dif_free (s->flatness);
  dif_image_free (s->sample);
  dif_image_free (s->denoised);
  dif_free (s->arena.base);
  g_free (s->timesteps);
  g_free (s->labels);
  g_free (s);
}

gboolean
dif_sdedit_watch (DifSdedit    *s,
                  DifStepFunc   func,
                  void         *data,
                  GError      **error)
{
  s->sample = dif_image_new (s->picture.width, s->picture.height, error);
  if (s->sample)
    s->denoised = dif_image_new (s->picture.width, s->picture.height, error);
  if (! s->denoised)
    return FALSE;
  s->watch = func;
  s->watch_data = data;
  return TRUE;
}

int
dif_sdedit_n_steps (const DifSdedit *s)
{
  return s->sampler ? dif_sampler_n_steps (s->sampler) : 0;
}

int
dif_sdedit_n_tiles (const DifSdedit *s)
{
  return s->tiling ? dif_tiling_n_tiles (s->tiling) : 0;
}

int
dif_params_n_steps (const DifModel  *model,
                    const DifParams *params)
{
  return MIN (params->steps, dif_chain_t (model, params));
}

double
dif_params_work (const DifModel  *model,
                 int              width,
                 int              height,
                 const DifParams *params)
{
  DifTiling *tiling = dif_sdedit_tiling (model, width, height, NULL, FALSE,
                                         params);
  double     pixels = (double) tiling->x.size * tiling->y.size
                      * dif_tiling_n_tiles (tiling);

  dif_tiling_free (tiling);
  return pixels * 1e-6 * dif_params_n_steps (model, params)
         * params->num_variations;
}
