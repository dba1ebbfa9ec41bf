/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sdedit.c: the loop that the rest of the engine exists for.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "pipeline/sdedit.h"
#include "sample/noising.h"

/* Forward ------------------------------------------------------------ */

typedef struct
{
  DifSdedit      *s;
  const DifImage *source;
  guint64         seed;
  int             step;
  int             bad;          /* atomic: a value was NaN or infinite */
} Work;

/* i mirrored into 0..n-1, the edge itself not repeated. */
static int
mirror (int i,
        int n)
{
  int period = 2 * (n - 1);

  if (n == 1)
    return 0;
  i = ABS (i) % period;
  return i < n ? i : period - i;
}

/* A canvas row of x_t: the picture, continued beyond its edges by its
 * mirror image, and noise of its own for every canvas pixel.
 */
static void
noise_row (int   y,
           int   worker,
           void *data)
{
  Work          *w = data;
  DifSdedit     *s = w->s;
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  gsize          plane = (gsize) ax->length * ay->length;
  gsize          n = (gsize) s->width * s->height;
  float         *row = s->x + (gsize) y * ax->length;
  gsize          from = (gsize) mirror (y - ay->before, s->height) * s->width;
  double         alpha_bar = dif_sampler_alpha_bar (s->sampler, 0);
  DifRows        rows = { row, plane, ax->length, 1,
                          s->params.origin_x - ax->before,
                          s->params.origin_y - ay->before + y };
  int            x, c;

  for (c = 0; c < 3; c++)
    for (x = 0; x < ax->length; x++)
      {
        int at = mirror (x - ax->before, s->width);

        row[c * plane + x] = s->params.from_noise
          ? 0.0f : dif_sane (w->source->rgb[c * n + from + at]);
      }
  if (s->params.from_noise)
    dif_noising_mix (&rows, 0.0, 1.0, w->seed, DIF_STREAM_FORWARD);
  else
    dif_noising_closed_form (&rows, alpha_bar, w->seed);
}

/* Reverse ------------------------------------------------------------ */

/* The network's word on the whole canvas.  FALSE if cancelled. */
static gboolean
predict (DifSdedit     *s,
         int            step,
         const int     *cancel,
         DifSdeditFunc  progress,
         void          *data)
{
  int   n_tiles = dif_tiling_n_tiles (s->tiling);
  int   p = s->tiling->unshuffle;
  float timestep = (float) dif_sampler_timestep (s->sampler, step);
  int   first, i;

  memset (s->prediction, 0, dif_tiling_values (s->tiling) * sizeof (float));
  for (i = 0; i < s->batch; i++)
    {
      s->timesteps[i] = timestep;
      s->labels[i] = s->label;
    }
  for (first = 0; first < n_tiles; first += s->batch)
    {
      int n = MIN (s->batch, n_tiles - first);

      dif_tiling_gather (s->tiling, s->pool, first, n, s->x, s->input);
      if (! dif_unet_run (s->model->unet, s->pool, &s->arena, n,
                          s->tiling->y.size / p, s->tiling->x.size / p,
                          s->input, s->timesteps, s->labels, s->output, cancel,
                          NULL, NULL))
        return FALSE;
      dif_tiling_scatter (s->tiling, s->pool, first, n, s->output,
                          s->prediction);
      progress (step, first + n, data);
    }
  return TRUE;
}

static gboolean
all_finite (const float *v,
            gsize        n)
{
  float sum = 0.0f;
  gsize i;

  for (i = 0; i < n; i++)
    sum += v[i] * 0.0f;       /* NaN if any is not finite */
  return sum == 0.0f;
}

/* The sampler's step on one canvas row. */
static void
step_row (int   y,
          int   worker,
          void *data)
{
  Work          *w = data;
  DifSdedit     *s = w->s;
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  gsize          plane = (gsize) ax->length * ay->length;
  float         *noise = NULL;
  int            c;

  if (dif_sampler_wants_noise (s->sampler, w->step))
    {
      noise = s->noise + worker * s->noise_size;
      dif_rng_normal_rgb (w->seed, DIF_STREAM_STEP (w->step),
                          s->params.origin_x - ax->before,
                          s->params.origin_y - ay->before + y, ax->length,
                          noise, ax->length);
    }
  for (c = 0; c < 3; c++)
    {
      gsize at = c * plane + (gsize) y * ax->length;

      if (! all_finite (s->prediction + at, ax->length))
        g_atomic_int_set (&w->bad, 1);
      dif_sampler_step (s->sampler, w->step, at, ax->length, s->prediction + at,
                        noise ? noise + (gsize) c * ax->length : NULL,
                        s->x + at, NULL);
    }
}

/* The result takes over the memory of x: its rows move up over the margin
 * of the canvas.  What the source had outside [-1,1], which only
 * floating-point layers can, is carried over on top.
 */
static void
crop_to_result (Work *w)
{
  DifSdedit     *s = w->s;
  const DifAxis *ax = &s->tiling->x, *ay = &s->tiling->y;
  gsize          plane = (gsize) ax->length * ay->length;
  const float   *old = w->source->rgb;
  float         *to = s->x;
  int            x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < s->height; y++)
      {
        const float *from = s->x + c * plane
                            + (gsize) (y + ay->before) * ax->length + ax->before;

        for (x = 0; x < s->width; x++, old++)
          {
            float rest = isfinite (*old) && ! s->params.from_noise
                         ? *old - dif_sane (*old) : 0.0f;

            *to++ = dif_sane (from[x]) + rest;
          }
      }
}

static DifImage *
finish (Work *w)
{
  DifSdedit *s = w->s;
  DifImage  *result = g_new0 (DifImage, 1);

  crop_to_result (w);
  result->width = s->width;
  result->height = s->height;
  result->rgb = g_steal_pointer (&s->x);
  return result;
}

static DifImage *
copy_source (const DifImage  *source,
             GError         **error)
{
  DifImage *copy = dif_image_new (source->width, source->height, error);

  if (copy)
    memcpy (copy->rgb, source->rgb,
            (gsize) 3 * source->width * source->height * sizeof (float));
  return copy;
}

DifImage *
dif_sdedit_run (DifSdedit       *s,
                const DifImage  *source,
                guint64          seed,
                const int       *cancel,
                DifSdeditFunc    progress,
                void            *data,
                GError         **error)
{
  Work w = { s, source, seed, 0, 0 };

  if (s->t == 0)
    return copy_source (source, error);
  if (! s->x)
    s->x = dif_alloc (dif_tiling_values (s->tiling), sizeof (float),
                      "the noised picture", error);
  if (! s->x)
    return NULL;
  dif_pool_run (s->pool, s->tiling->y.length, noise_row, &w);
  for (w.step = 0; w.step < dif_sdedit_n_steps (s); w.step++)
    {
      if (! predict (s, w.step, cancel, progress, data))
        {
          g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CANCELLED,
                               "The job was cancelled.");
          return NULL;
        }
      dif_pool_run (s->pool, s->tiling->y.length, step_row, &w);
      if (w.bad)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_NUMERIC,
                       "The model \"%s\" produced values that are not numbers "
                       "in step %d: its weights are unusable.",
                       s->model->info.folder, w.step + 1);
          return NULL;
        }
    }
  return finish (&w);
}
