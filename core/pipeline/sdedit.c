/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sdedit.c: the loop that the rest of the engine exists for.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "pipeline/chain.h"
#include "pipeline/colours.h"
#include "pipeline/flatness.h"
#include "pipeline/image.h"
#include "pipeline/sdedit.h"
#include "pipeline/seamless.h"
#include "sample/bounded-noise.h"

/* Forward ------------------------------------------------------------ */

typedef struct
{
  DifSdedit      *s;
  const DifImage *source;
  DifNoise        noise;
  int             step;
  int             n_ready;      /* rows of the band that no tile to come
                                   touches                              */
  int             bad;          /* atomic: a value was NaN or infinite */
  double          kept;         /* see dif_params_kept()                   */
} Work;

/* The first row of such a band of the canvas, and how many it has. */
static int
band_of_rows (int  chunk,
              int  end,
              int *first)
{
  *first = chunk * DIF_SDEDIT_ROWS;
  return MIN (DIF_SDEDIT_ROWS, end - *first);
}

static int
n_bands (int rows)
{
  return (rows + DIF_SDEDIT_ROWS - 1) / DIF_SDEDIT_ROWS;
}

static const guint8 *
flatness_row (const DifSdedit *s,
              int              y)
{
  return s->flatness ? s->flatness + (gsize) y * s->tiling->x.length : NULL;
}

/* A canvas row of x_0: the picture, continued beyond its edges. */
static void
lay_row (const Work *w,
         int         y)
{
  DifSdedit     *s = w->s;
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  gboolean       wrapped = s->tiling->wrapped;
  gsize          plane = (gsize) ax->length * ay->length;
  gsize          n = (gsize) s->picture.width * s->picture.height;
  float         *row = s->x + (gsize) y * ax->length;
  gsize          from = (gsize) dif_axis_source (ay, wrapped, y)
                        * s->picture.width;
  int            x, c;

  for (c = 0; c < 3; c++)
    for (x = 0; x < ax->length; x++)
      row[c * plane + x] = dif_sane (
        w->source->rgb[c * n + from + dif_axis_source (ax, wrapped, x)]);
}

/* Canvas rows of x_t, with noise for every canvas pixel. */
static void
noise_rows (int   chunk,
            int   worker,
            void *data)
{
  Work          *w = data;
  DifSdedit     *s = w->s;
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  int            first, n_rows = band_of_rows (chunk, ay->length, &first), y;
  DifRows        rows = { s->x + (gsize) first * ax->length,
                          (gsize) ax->length * ay->length, ax->length, n_rows,
                          s->picture.x - ax->before,
                          s->picture.y - ay->before + first,
                          flatness_row (s, first) };

  for (y = first; y < first + n_rows && ! s->params.from_noise; y++)
    lay_row (w, y);
  dif_noising_closed_form (&rows, s->params.from_noise ? 0.0
                           : dif_sampler_alpha_bar (s->sampler, 0), &w->noise);
}

/* Reverse ------------------------------------------------------------ */

static float *
band_row (const DifSdedit *s,
          int              y,
          int              c)
{
  return s->prediction
         + ((gsize) c * s->band + y - s->band_top) * s->tiling->x.length;
}

/* Moves the band of predictions down to the rows from top on; it has been
 * filled to filled and is to be ready, with zeros, to end.
 */
static void
move_band (DifSdedit *s,
           int        top,
           int        filled,
           int        end)
{
  gsize width = s->tiling->x.length;
  int   c;

  for (c = 0; c < 3; c++)
    {
      float *plane = s->prediction + (gsize) c * s->band * width;

      if (filled > top)
        memmove (plane, band_row (s, top, c),
                 (filled - top) * width * sizeof (float));
      memset (plane + (MAX (filled, top) - top) * width, 0,
              (end - MAX (filled, top)) * width * sizeof (float));
    }
  s->band_top = top;
}

/* Shows what stands in a canvas row: sample, or denoised if given. */
static void
show_row (DifSdedit   *s,
          int          y,
          int          c,
          const float *denoised)
{
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  int            row = y - ay->before;
  gsize          at, from;
  int            x;

  if (! s->watch || row < 0 || row >= s->picture.height)
    return;
  at = ((gsize) c * s->picture.height + row) * s->picture.width;
  from = ((gsize) c * ay->length + y) * ax->length + ax->before;
  for (x = 0; x < s->picture.width; x++)
    {
      s->sample->rgb[at + x] = s->x[from + x];
      s->denoised->rgb[at + x] = denoised ? dif_sane (denoised[ax->before + x])
                                          : s->x[from + x];
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
    show_row (w->s, y, c, NULL);
}

/* The sampler's step on some rows of the band. */
static void
step_rows (int   chunk,
           int   worker,
           void *data)
{
  Work          *w = data;
  DifSdedit     *s = w->s;
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  gsize          plane = (gsize) ax->length * ay->length;
  gsize          noise_plane = (gsize) DIF_SDEDIT_ROWS * ax->length;
  float         *noise = s->rows + worker * s->rows_size;
  float         *x0 = noise + 3 * noise_plane;
  gboolean       noisy = dif_sampler_wants_noise (s->sampler, w->step);
  int            first, n_rows = band_of_rows (chunk, w->n_ready, &first);
  int            y, c;

  if (noisy)
    dif_bounded_noise (&(DifBoundedNoise) {
      .noise = &w->noise, .stream = DIF_STREAM_STEP (w->step),
      .x = s->picture.x - ax->before,
      .y = s->picture.y - ay->before + s->band_top + first,
      .width = ax->length, .n_rows = n_rows,
      .flatness = flatness_row (s, s->band_top + first),
      .flatness_stride = ax->length,
      .out = noise, .row_stride = ax->length, .plane_stride = noise_plane });
  for (y = s->band_top + first; n_rows-- > 0; y++, noise += ax->length)
    for (c = 0; c < 3; c++)
      {
        gsize        at = c * plane + (gsize) y * ax->length;
        const float *prediction = band_row (s, y, c);

        if (! dif_all_finite (prediction, ax->length))
          g_atomic_int_set (&w->bad, 1);
        dif_sampler_step (s->sampler, w->step, at, ax->length, prediction,
                          noisy ? noise + c * noise_plane : NULL, s->x + at,
                          s->watch ? x0 : NULL);
        show_row (s, y, c, x0);
      }
}

/* One step on the whole canvas: the network's word on it, tile after tile,
 * and the sampler's step on the rows that no tile to come touches, so that
 * of the predictions a band is enough.
 */
static void
step (Work           *w,
      DifUnetControl *control,
      DifSdeditFunc   progress,
      void           *data)
{
  DifSdedit       *s = w->s;
  const DifTiling *t = s->tiling;
  int              n_tiles = dif_tiling_n_tiles (t), p = t->unshuffle;
  int              filled = 0, first, i;

  for (i = 0; i < s->batch; i++)
    {
      s->timesteps[i] = (float) dif_sampler_timestep (s->sampler, w->step);
      s->labels[i] = s->label;
    }
  s->band_top = 0;
  for (first = 0; first < n_tiles; first += s->batch)
    {
      int n = MIN (s->batch, n_tiles - first);
      int top = t->wrapped ? 0 : dif_tiling_row (t, first);
      int end = dif_tiling_row (t, first + n - 1) + t->y.size;
      int done = dif_tiling_row (t, first + n);

      move_band (s, top, filled, end);
      filled = end;
      dif_tiling_gather (t, s->pool, first, n, s->x, s->input);
      if (! dif_unet_run (s->model->unet, s->pool, &s->arena, n, t->y.size / p,
                          t->x.size / p, s->input, s->timesteps, s->labels,
                          s->output, control, NULL, NULL))
        return;
      dif_tiling_scatter (t, s->pool, first, n, s->output, top, s->band,
                          s->prediction);
      if (t->wrapped && first + n == n_tiles)
        dif_tiling_fold (t, s->pool, s->prediction);
      w->n_ready = done - top;
      if (! t->wrapped || first + n == n_tiles)
        dif_pool_run (s->pool, n_bands (w->n_ready), step_rows, w);
      progress (w->step, first + n, data);
    }
}

/* The estimates of the step that was made, or the noised picture. */
static void
show (Work *w,
      int   variation,
      int   step)
{
  DifSdedit *s = w->s;

  if (s->watch)
    s->watch (variation, step, dif_sdedit_n_steps (s),
              dif_schedule_position (s->model->schedule,
                                     dif_sampler_alpha_bar (s->sampler, step)),
              s->sample, s->denoised, s->watch_data);
}

/* Result ------------------------------------------------------------- */

/* The result takes over the memory of x: its rows move up over the margin
 * of the canvas.
 */
static DifImage *
crop_to_result (Work *w)
{
  DifSdedit     *s = w->s;
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  gsize          plane = (gsize) ax->length * ay->length;
  DifImage      *result = g_new0 (DifImage, 1);
  float         *to = s->x;
  int            y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < s->picture.height; y++, to += s->picture.width)
      memmove (to, s->x + c * plane + (gsize) (y + ay->before) * ax->length
                   + ax->before, s->picture.width * sizeof (float));
  result->width = s->picture.width;
  result->height = s->picture.height;
  result->rgb = g_steal_pointer (&s->x);
  return result;
}

/* What the source had outside [-1,1] is carried over on top, as much of
 * it as dif_params_kept() says.
 */
static void
finish_row (int   y,
            int   worker,
            void *data)
{
  Work           *w = ((void **) data)[0];
  DifImage       *result = ((void **) data)[1];
  gsize           n = (gsize) result->width * result->height;
  int             x, c;

  for (c = 0; c < 3; c++)
    for (x = 0; x < result->width; x++)
      {
        gsize  at = c * n + (gsize) y * result->width + x;
        float  old = w->source->rgb[at];
        float  rest = isfinite (old) ? (float) (w->kept * (old - dif_sane (old)))
                                     : 0.0f;

        result->rgb[at] = dif_sane (result->rgb[at]) + rest;
      }
}

static DifImage *
finish (Work    *w,
        GError **error)
{
  DifSdedit *s = w->s;
  DifImage  *result = crop_to_result (w);
  void      *data[] = { w, result };

  if (s->params.keep_colours && ! s->params.from_noise
      && ! dif_colours_keep (result, w->source, s->picture.x, s->picture.y,
                               MAX (1, s->params.reduction),
                             s->params.tileable, s->pool, error))
    {
      dif_image_free (result);
      return NULL;
    }
  dif_pool_run (s->pool, result->height, finish_row, data);
  return result;
}

/* Whether the work so far is whole, for a pool that is stopped leaves some
 * of it undone.  FALSE with an error.
 */
static gboolean
go_on (DifUnetControl  *control,
       GError         **error)
{
  if (! g_atomic_int_get (&control->cancel))
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CANCELLED,
                       "The job was cancelled.");
  return FALSE;
}

/* One step of the way back.  FALSE with an error. */
static gboolean
go_back (Work           *w,
         DifUnetControl *control,
         DifSdeditFunc   progress,
         void           *data,
         GError        **error)
{
  step (w, control, progress, data);
  if (! go_on (control, error))
    return FALSE;
  if (! w->bad)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_NUMERIC,
               "The model \"%s\" produced values that are not numbers in "
               "step %d: its weights are unusable.",
               w->s->model->info.folder, w->step + 1);
  return FALSE;
}

gboolean
dif_sdedit_prepare (DifSdedit       *s,
                    DifImage        *source,
                    DifUnetControl  *control,
                    GError         **error)
{
  if (s->t == 0)
    return TRUE;
  dif_pool_set_stop (s->pool, &control->cancel);
  if (dif_chain_joins_edges (s->model, &s->params)
      && ! dif_seamless (source, s->params.reduction, s->pool, error))
    return FALSE;
  if (s->flatness)
    dif_flatness_measure (source, &s->tiling->x, &s->tiling->y,
                          s->tiling->wrapped, s->pool, s->x, s->flatness);
  return go_on (control, error);
}

DifImage *
dif_sdedit_run (DifSdedit      *s,
                const DifImage *source,
                int             variation,
                DifUnetControl *control,
                DifSdeditFunc   progress,
                void           *data,
                GError        **error)
{
  Work w = { .s = s, .source = source,
             .noise = dif_chain_noise (&s->params, variation),
             .kept = dif_params_kept (s->model, &s->params) };
  DifImage *result;

  if (s->t == 0)
    return dif_image_copy (source, error);
  if (s->tiling->wrapped)
    {
      w.noise.wrap_width = s->picture.width;
      w.noise.wrap_height = s->picture.height;
    }
  if (! s->x)
    s->x = dif_alloc (dif_tiling_values (s->tiling), sizeof (float),
                      "the noised picture", error);
  if (! s->x)
    return NULL;
  dif_pool_run (s->pool, n_bands (s->tiling->y.length), noise_rows, &w);
  if (s->watch)
    dif_pool_run (s->pool, s->tiling->y.length, show_noised_row, &w);
  if (! go_on (control, error))
    return NULL;
  show (&w, variation, 0);
  for (w.step = 0; w.step < dif_sdedit_n_steps (s); w.step++)
    {
      if (! go_back (&w, control, progress, data, error))
        return NULL;
      show (&w, variation, w.step + 1);
    }
  result = finish (&w, error);
  if (result && ! go_on (control, error))
    g_clear_pointer (&result, dif_image_free);
  return result;
}
