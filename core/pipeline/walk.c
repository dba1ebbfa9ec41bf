/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * walk.c: the loop that the rest of the engine exists for.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "pipeline/chain.h"
#include "pipeline/colours.h"
#include "pipeline/flatness.h"
#include "pipeline/hot-pixels.h"
#include "pipeline/image.h"
#include "pipeline/jpeg-blocks.h"
#include "pipeline/restore.h"
#include "pipeline/seamless.h"
#include "pipeline/walk.h"
#include "sample/bounded-noise.h"
#include "sample/noising.h"

/* One variation under way. */
typedef struct
{
  DifWalk        *walk;
  const DifPass  *pass;         /* the walk's                           */
  const DifImage *source;
  DifNoise        noise;
  int             step;         /* the sampler's, of the move           */
  int             draw;         /* and which draw it is                 */
  int             n_ready;      /* rows of the band that no tile to come
                                   touches                              */
  int             bad;          /* atomic: a value was NaN or infinite  */
  double          beyond;       /* see dif_params_beyond()              */
  DifImage       *result;
} Work;

/* The first row of such a chunk of rows, and how many it has. */
static int
rows_of_chunk (int  chunk,
               int  end,
               int *first)
{
  *first = chunk * DIF_WALK_ROWS;
  return MIN (DIF_WALK_ROWS, end - *first);
}

static int
n_chunks (int rows)
{
  return (rows + DIF_WALK_ROWS - 1) / DIF_WALK_ROWS;
}

static const guint8 *
flatness_row (const DifWalk *walk,
              int            y)
{
  return walk->flatness ? walk->flatness + (gsize) y * walk->pass->tiling->x.length
                        : NULL;
}

/* Forward ------------------------------------------------------------ */

/* A canvas row of x_0: the picture, continued beyond its edges, and of what it has
 * outside [-1,1] as much as reach lets in.
 */
static void
lay_row (const Work *w,
         int         y,
         float       reach)
{
  const DifTiling *t = w->pass->tiling;
  gsize            plane = dif_tiling_values (t) / 3;
  gsize            n = (gsize) w->source->width * w->source->height;
  gsize            from = (gsize) dif_axis_source (&t->y, t->wrapped, y)
                          * w->source->width;
  float           *row = w->walk->x + (gsize) y * t->x.length;
  int              x, c;

  for (c = 0; c < 3; c++)
    for (x = 0; x < t->x.length; x++)
      {
        float v = w->source->rgb[c * n + from
                                 + dif_axis_source (&t->x, t->wrapped, x)];

        row[c * plane + x] = isnan (v) ? 0.0f
                                       : CLAMP (v, -1.0f - reach, 1.0f + reach);
      }
}

/* Canvas rows of x_t, with noise for every canvas pixel. */
static void
noise_rows (int   chunk,
            int   worker,
            void *data)
{
  Work          *w = data;
  gboolean       from_noise = w->walk->plan->params.from_noise;
  const DifAxis *ax = &w->pass->tiling->x, *ay = &w->pass->tiling->y;
  int            first, n_rows = rows_of_chunk (chunk, ay->length, &first), y;
  DifRows        rows = { w->walk->x + (gsize) first * ax->length,
                          (gsize) ax->length * ay->length, ax->length, n_rows,
                          w->pass->picture.x - ax->before,
                          w->pass->picture.y - ay->before + first,
                          flatness_row (w->walk, first) };

  for (y = first; y < first + n_rows && ! from_noise; y++)
    lay_row (w, y, 0.0f);
  dif_noising_closed_form (&rows, from_noise ? 0.0
                           : dif_sampler_alpha_bar (w->pass->sampler, 0),
                           &w->noise);
}

/* Canvas rows of the picture, its noise topped up to x_t.  Every other draw has the
 * noise of the one before it with the sign turned: what the estimate owes to it in
 * proportion is then not in their mean (Hammersley and Morton 1956, "A new Monte Carlo
 * technique: antithetic variates").
 */
static void
top_up_rows (int   chunk,
             int   worker,
             void *data)
{
  Work          *w = data;
  DifWalk       *walk = w->walk;
  const DifPlan *plan = walk->plan;
  const DifAxis *ax = &w->pass->tiling->x, *ay = &w->pass->tiling->y;
  int            first, n_rows = rows_of_chunk (chunk, ay->length, &first), y;
  gsize          plane = (gsize) ax->length * ay->length;
  gsize          noise_plane = (gsize) DIF_WALK_ROWS * ax->length;
  float         *noise = walk->rows + worker * walk->rows_size;
  float          reach = (float) dif_restore_reach (&plan->noise, &plan->params);
  int            i, c;

  dif_bounded_noise (&(DifBoundedNoise) {
    .noise = &w->noise, .stream = DIF_STREAM_DRAW (w->draw / 2),
    .x = w->pass->picture.x - ax->before,
    .y = w->pass->picture.y - ay->before + first,
    .width = ax->length, .n_rows = n_rows, .out = noise,
    .row_stride = ax->length, .plane_stride = noise_plane });
  for (c = 0; w->draw % 2 == 1 && c < 3; c++)
    for (i = 0; i < n_rows * ax->length; i++)
      noise[c * noise_plane + i] = -noise[c * noise_plane + i];
  for (y = first; y < first + n_rows; y++, noise += ax->length)
    {
      lay_row (w, y, reach);
      dif_restore_top_up (plan->noise_kind, &plan->noise, &plan->params,
                          dif_sampler_alpha_bar (w->pass->sampler, 0), ax->length,
                          noise, noise_plane,
                          walk->x + (gsize) y * ax->length, plane);
    }
}

/* The mean of the draws takes the place of the last one. */
static void
average (const Work *w,
         gsize       at,
         int         n)
{
  float *sum = w->walk->history + at, *x = w->walk->x + at;
  int    draws = w->pass->n_draws, i;

  for (i = 0; i < n; i++)
    {
      sum[i] = w->draw == 0 ? x[i] : sum[i] + x[i];
      if (w->draw == draws - 1)
        x[i] = sum[i] / (float) draws;
    }
}

/* Reverse ------------------------------------------------------------ */

static float *
band_row (const DifWalk *walk,
          int            y,
          int            c)
{
  return walk->estimate + ((gsize) c * walk->band + y - walk->band_top)
                          * walk->pass->tiling->x.length;
}

/* Moves the band of estimates down to the rows from top on; it has been
 * filled to filled and is to be ready, with zeros, to end.
 */
static void
move_band (DifWalk *walk,
           int      top,
           int      filled,
           int      end)
{
  gsize width = walk->pass->tiling->x.length;
  int   c;

  for (c = 0; c < 3; c++)
    {
      float *plane = walk->estimate + (gsize) c * walk->band * width;

      if (filled > top)
        memmove (plane, band_row (walk, top, c),
                 (filled - top) * width * sizeof (float));
      memset (plane + (MAX (filled, top) - top) * width, 0,
              (end - MAX (filled, top)) * width * sizeof (float));
    }
  walk->band_top = top;
}

/* Copies a row of the canvas to the pictures that are shown: x to sample, and
 * to denoised the estimate, or x where there is none.
 */
static void
show_row (DifWalk     *walk,
          int          y,
          int          c,
          const float *denoised)
{
  const DifAxis *ax = &walk->pass->tiling->x, *ay = &walk->pass->tiling->y;
  int            row = y - ay->before;
  gsize          at, from;
  int            x;

  if (! walk->watch || row < 0 || row >= ay->picture)
    return;
  at = ((gsize) c * ay->picture + row) * ax->picture;
  from = ((gsize) c * ay->length + y) * ax->length + ax->before;
  for (x = 0; x < ax->picture; x++)
    {
      walk->sample->rgb[at + x] = walk->x[from + x];
      walk->denoised->rgb[at + x] = denoised ? dif_sane (denoised[ax->before + x])
                                             : walk->x[from + x];
    }
}

static void
show_noised_row (int   y,
                 int   worker,
                 void *data)
{
  Work *w = data;
  int   c;

  for (c = 0; c < 3; c++)
    show_row (w->walk, y, c, NULL);
}

/* Noise of the step for some canvas rows. */
static void
draw_noise (const Work *w,
            int         y,
            int         n_rows,
            float      *noise)
{
  const DifAxis *ax = &w->pass->tiling->x, *ay = &w->pass->tiling->y;

  dif_bounded_noise (&(DifBoundedNoise) {
    .noise = &w->noise, .stream = DIF_STREAM_STEP (w->step),
    .x = w->pass->picture.x - ax->before, .y = w->pass->picture.y - ay->before + y,
    .width = ax->length, .n_rows = n_rows,
    .flatness = flatness_row (w->walk, y), .flatness_stride = ax->length,
    .out = noise, .row_stride = ax->length,
    .plane_stride = (gsize) DIF_WALK_ROWS * ax->length });
}

/* The sampler's step on some rows of the band. */
static void
step_rows (int   chunk,
           int   worker,
           void *data)
{
  Work             *w = data;
  DifWalk          *walk = w->walk;
  const DifSampler *sampler = w->pass->sampler;
  int               width = w->pass->tiling->x.length;
  gsize             plane = (gsize) width * w->pass->tiling->y.length;
  gsize             noise_plane = (gsize) DIF_WALK_ROWS * width;
  float            *noise = walk->rows + worker * walk->rows_size;
  float            *x0 = noise + 3 * noise_plane;
  gboolean          noisy = dif_sampler_wants_noise (sampler, w->step);
  int               first, n_rows = rows_of_chunk (chunk, w->n_ready, &first);
  int               y = walk->band_top + first, c;

  if (noisy)
    draw_noise (w, y, n_rows, noise);
  for (; n_rows-- > 0; y++, noise += width)
    for (c = 0; c < 3; c++)
      {
        gsize        at = c * plane + (gsize) y * width;
        const float *estimate = band_row (walk, y, c);

        if (! dif_all_finite (estimate, width))
          g_atomic_int_set (&w->bad, 1);
        dif_sampler_step (sampler, w->step, width, estimate,
                          noisy ? noise + c * noise_plane : NULL,
                          walk->history && w->pass->n_draws == 1
                            ? walk->history + at : NULL,
                          walk->x + at, walk->watch ? x0 : NULL);
        if (w->pass->n_draws > 1)
          average (w, at, width);
        show_row (walk, y, c, x0);
      }
}

/* Adds the denoiser's estimates of n tiles to the band.  FALSE if it was
 * stopped.
 */
static gboolean
estimate_tiles (Work *w,
                int   first,
                int   n)
{
  DifWalk           *walk = w->walk;
  const DifTiling   *t = w->pass->tiling;
  const DifDenoiser *denoiser = w->pass->denoiser;
  DifCall            call = {
    .x = walk->x, .row_stride = t->x.length,
    .plane_stride = (gsize) t->x.length * t->y.length,
    .n = n, .tiles = walk->tiles,
    .timestep = dif_sampler_timestep (w->pass->sampler, w->step),
    .alpha_bar = dif_sampler_alpha_bar (w->pass->sampler, w->step),
    .noise = w->step == 0 ? walk->plan->noise_kind : DIF_NOISE_WHITE,
    .mirror_x = w->draw & 1, .mirror_y = (w->draw & 2) != 0,
    .side = w->pass->side, .out = walk->tile_values
  };

  dif_tiling_place (t, first, n, walk->tiles);
  if (! denoiser->run (denoiser, walk->pool, &walk->arena, &call, walk->control))
    return FALSE;
  dif_tiling_add (t, walk->pool, first, n, walk->tile_values, walk->band_top,
                  walk->band, walk->estimate);
  return TRUE;
}

/* One move: the denoiser is asked tile after tile, and the sampler steps on
 * the rows that no tile to come touches.  So a band of estimates is enough.
 */
static void
move (Work        *w,
      int          i,
      DifWalkFunc  progress,
      void        *data)
{
  DifWalk         *walk = w->walk;
  const DifTiling *t = w->pass->tiling;
  int              n_tiles = dif_tiling_n_tiles (t), filled = 0, first, n;

  w->step = w->pass->moves[i].step;
  w->draw = w->pass->moves[i].draw;
  if (w->draw > 0)
    dif_pool_run (walk->pool, n_chunks (t->y.length), top_up_rows, w);
  walk->band_top = 0;
  for (first = 0; first < n_tiles; first += n)
    {
      int      top = t->wrapped ? 0 : dif_tiling_row (t, first);
      int      end;
      gboolean last;

      n = MIN (w->pass->batch, n_tiles - first);
      last = first + n == n_tiles;
      end = dif_tiling_row (t, first + n - 1) + t->y.size;
      move_band (walk, top, filled, end);
      filled = end;
      if (! estimate_tiles (w, first, n))
        return;
      if (t->wrapped && last)
        dif_tiling_fold (t, walk->pool, walk->estimate);
      w->n_ready = dif_tiling_row (t, first + n) - top;
      if (! t->wrapped || last)
        dif_pool_run (walk->pool, n_chunks (w->n_ready), step_rows, w);
      progress (last ? i + 1 : i, last ? 0 : first + n, data);
    }
}

/* Shows what there is after so many moves; after none, the noised picture. */
static void
show (const Work *w,
      int         variation,
      int         moves)
{
  const DifWalk    *walk = w->walk;
  const DifSampler *sampler = w->pass->sampler;
  double            alpha_bar = dif_sampler_alpha_bar (
    sampler, moves > 0 ? w->pass->moves[moves - 1].step + 1 : 0);

  if (walk->watch)
    walk->watch (variation, moves, w->pass->n_moves,
                 dif_schedule_position (walk->plan->model->schedule, alpha_bar),
                 walk->sample, walk->denoised, walk->watch_data);
}

/* Result ------------------------------------------------------------- */

/* The result takes over the memory of x: its rows move up over the margin
 * of the canvas.
 */
static DifImage *
crop_to_result (DifWalk *walk)
{
  const DifAxis *ax = &walk->pass->tiling->x, *ay = &walk->pass->tiling->y;
  gsize          plane = (gsize) ax->length * ay->length;
  DifImage      *result = g_new0 (DifImage, 1);
  float         *to = walk->x;
  int            y, c;

  result->width = ax->picture;
  result->height = ay->picture;
  for (c = 0; c < 3; c++)
    for (y = 0; y < result->height; y++, to += result->width)
      memmove (to, walk->x + c * plane + (gsize) (y + ay->before) * ax->length
                   + ax->before, result->width * sizeof (float));
  result->rgb = g_steal_pointer (&walk->x);
  return result;
}

/* What the source had outside [-1,1] is carried over on top, as much of
 * it as dif_params_beyond() says.
 */
static void
finish_row (int   y,
            int   worker,
            void *data)
{
  Work     *w = data;
  DifImage *result = w->result;
  gsize     n = (gsize) result->width * result->height;
  int       x, c;

  for (c = 0; c < 3; c++)
    for (x = 0; x < result->width; x++)
      {
        gsize  at = c * n + (gsize) y * result->width + x;
        float  old = w->source->rgb[at];
        float  rest = isfinite (old)
                      ? (float) (w->beyond * (old - dif_sane (old))) : 0.0f;

        result->rgb[at] = dif_sane (result->rgb[at]) + rest;
      }
}

static void
blend_row (int   y,
           int   worker,
           void *data)
{
  Work          *w = data;
  const DifPlan *plan = w->walk->plan;
  DifImage      *result = w->result;
  gsize          n = (gsize) result->width * result->height;
  gsize          at = (gsize) y * result->width;
  float         *grain = w->walk->rows + worker * w->walk->rows_size;

  dif_noise_row (&w->noise, DIF_STREAM_GRAIN, w->pass->picture.x,
                 w->pass->picture.y + y, result->width, grain, result->width);
  dif_restore_blend (&plan->noise, &plan->params, result->width, grain,
                     w->source->rgb + at, n, result->rgb + at, n);
}

/* Where the first whole block begins in a part that begins at from. */
static int
first_block (int block,
             int from)
{
  return ((block - from) % 8 + 8) % 8;
}

/* Of a row of JPEG's blocks, one that lies in the picture as a whole. */
static void
hold_rows (int   chunk,
           int   worker,
           void *data)
{
  Work                *w = data;
  const DifLayerNoise *noise = &w->walk->plan->noise;
  const DifParams     *params = &w->walk->plan->params;
  DifImage            *result = w->result;
  gsize                n = (gsize) result->width * result->height;
  int                  y = first_block (noise->block_y, params->origin_y
                                                         + w->pass->picture.y)
                           + 8 * chunk;
  gsize                at = (gsize) y * result->width;

  if (y + 8 <= result->height)
    dif_jpeg_blocks_hold (noise, first_block (noise->block_x, params->origin_x
                                                            + w->pass->picture.x),
                          result->width, w->source->rgb + at, n,
                          result->rgb + at, n);
}

static DifImage *
finish (Work    *w,
        GError **error)
{
  const DifParams *params = &w->walk->plan->params;
  DifPool         *pool = w->walk->pool;

  w->result = crop_to_result (w->walk);
  if (params->task == DIF_JOB_RESTORE)
    {
      if (dif_restore_blocks (&w->walk->plan->noise, params))
        dif_pool_run (pool, w->result->height / 8, hold_rows, w);
      dif_pool_run (pool, w->result->height, blend_row, w);
    }
  else if (params->keep_colours && ! params->from_noise
           && ! dif_colours_keep (w->result, w->source, w->pass->picture.x,
                                  w->pass->picture.y, MAX (1, params->reduction),
                                  params->tileable, pool, error))
    g_clear_pointer (&w->result, dif_image_free);
  else
    dif_pool_run (pool, w->result->height, finish_row, w);
  return w->result;
}

/* Walking ------------------------------------------------------------ */

/* Whether all work so far was done: a pool that is stopped leaves some of it
 * undone.  FALSE with an error.
 */
static gboolean
go_on (const DifWalk  *walk,
       GError        **error)
{
  if (! g_atomic_int_get (&walk->control->cancel))
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CANCELLED,
                       "The job was cancelled.");
  return FALSE;
}

/* Whether move i went well.  FALSE with an error. */
static gboolean
check_move (const Work  *w,
            int          i,
            GError     **error)
{
  const DifModelInfo *info = &w->walk->plan->model->info;

  if (! go_on (w->walk, error))
    return FALSE;
  if (! w->bad)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_NUMERIC,
               "The model \"%s\" produced values that are not numbers in "
               "step %d: it cannot be used.",
               info->folder ? info->folder : info->id, i + 1);
  return FALSE;
}

gboolean
dif_walk_prepare (DifWalk   *walk,
                  DifImage  *source,
                  GError   **error)
{
  const DifPlan   *plan = walk->plan;
  const DifTiling *t = walk->pass->tiling;

  if (walk->pass->n_moves == 0)
    return TRUE;
  if (plan->params.task == DIF_JOB_RESTORE)
    dif_hot_pixels_take_out (source, &plan->params);
  if (! plan->finishes && dif_chain_joins_edges (plan->model, &plan->params)
      && ! dif_seamless (source, plan->params.reduction, walk->pool, error))
    return FALSE;
  if (walk->flatness)
    dif_flatness_measure (source, &t->x, &t->y, t->wrapped, walk->pool, walk->x,
                          walk->flatness);
  return go_on (walk, error);
}

/* Begins a variation: x_t on the canvas, shown to whoever watches. */
static gboolean
go_forward (Work    *w,
            GError **error)
{
  DifWalk         *walk = w->walk;
  const DifTiling *t = w->pass->tiling;

  if (t->wrapped)
    {
      w->noise.wrap_width = w->pass->picture.width;
      w->noise.wrap_height = w->pass->picture.height;
    }
  if (! walk->x)
    walk->x = dif_alloc (dif_tiling_values (t), sizeof (float),
                         "the noised picture", error);
  if (! walk->x)
    return FALSE;
  dif_pool_run (walk->pool, n_chunks (t->y.length),
                walk->plan->params.task == DIF_JOB_RESTORE ? top_up_rows
                                                             : noise_rows, w);
  if (walk->watch)
    dif_pool_run (walk->pool, t->y.length, show_noised_row, w);
  return go_on (walk, error);
}

DifImage *
dif_walk_run (DifWalk         *walk,
              const DifImage  *source,
              int              variation,
              DifWalkFunc      progress,
              void            *data,
              GError         **error)
{
  const DifPlan *plan = walk->plan;
  Work           w = { .walk = walk, .pass = walk->pass, .source = source,
                       .noise = dif_chain_noise (&plan->params, variation),
                       .beyond = dif_params_beyond (plan->model,
                                                    &plan->params) };
  DifImage      *result;
  int            i;

  if (w.pass->n_moves == 0)
    return dif_image_copy (source, error);
  if (! go_forward (&w, error))
    return NULL;
  show (&w, variation, 0);
  for (i = 0; i < w.pass->n_moves; i++)
    {
      move (&w, i, progress, data);
      if (! check_move (&w, i, error))
        return NULL;
      show (&w, variation, i + 1);
    }
  result = finish (&w, error);
  if (result && ! go_on (walk, error))
    g_clear_pointer (&result, dif_image_free);
  return result;
}
