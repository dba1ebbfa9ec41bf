/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * forward.c: the way into noise by itself, without a job.
 */

#include "base/memory.h"
#include "denoise/model.h"
#include "pipeline/chain.h"
#include "pipeline/flatness.h"
#include "pipeline/image.h"
#include "pipeline/params.h"
#include "pipeline/seamless.h"
#include "sample/bounded-noise.h"
#include "sample/noising.h"

/* From so many noise values on, threads are worth starting. */
#define THREADED_VALUES (1 << 17)

typedef struct
{
  DifImage     *image;
  DifNoise      noise;
  double        alpha_bar;    /* 0: the image is not read */
  float        *scratch;
  guint8       *flatness;
} Forward;

static void
forward_rows (int   chunk,
              int   worker,
              void *data)
{
  const Forward *f = data;
  int            first = chunk * DIF_NOISE_ROWS;
  gsize          n = (gsize) f->image->width * f->image->height;
  gsize          at = (gsize) first * f->image->width, i;
  DifRows        rows = { f->image->rgb + at, n, f->image->width,
                          MIN (DIF_NOISE_ROWS, f->image->height - first), 0, first,
                          f->flatness ? f->flatness + at : NULL };
  int            c;

  for (c = 0; c < 3; c++)
    for (i = 0; i < (gsize) rows.n_rows * rows.width; i++)
      rows.rgb[c * n + i] = dif_sane (rows.rgb[c * n + i]);
  dif_noising_closed_form (&rows, f->alpha_bar, &f->noise);
}

/* The flatness of the image itself, with no canvas around it. */
static gboolean
measure_flatness (Forward  *f,
                  gboolean  wrapped,
                  DifPool  *pool,
                  GError  **error)
{
  gsize   n = (gsize) f->image->width * f->image->height;
  DifAxis x = { .length = f->image->width, .picture = f->image->width };
  DifAxis y = { .length = f->image->height, .picture = f->image->height };

  f->scratch = dif_alloc (n, sizeof (float), "the picture's detail", error);
  if (f->scratch)
    f->flatness = dif_alloc (n, 1, "the picture's flatness", error);
  if (f->flatness)
    dif_flatness_measure (f->image, &x, &y, wrapped, pool, f->scratch,
                          f->flatness);
  return f->flatness != NULL;
}

gboolean
dif_join_edges (const DifModel   *model,
                DifImage         *image,
                const DifParams  *params,
                GError          **error)
{
  DifPool *pool;
  gboolean good;

  if (! dif_params_check (model, params, error))
    return FALSE;
  if (! dif_chain_joins_edges (model, params))
    return TRUE;
  pool = dif_pool_new (params->threads);
  good = dif_seamless (image, params->reduction, pool, error);
  dif_pool_free (pool);
  return good;
}

gboolean
dif_forward (const DifModel   *model,
             DifImage         *image,
             const DifParams  *params,
             GError          **error)
{
  Forward  f = { .image = image, .noise = dif_chain_noise (params, 0) };
  double   values = (double) image->width * image->height
                    * f.noise.reduction * f.noise.reduction;
  DifPool *pool;
  gboolean good;
  int      t;

  if (! dif_params_check (model, params, error))
    return FALSE;
  t = dif_chain_t (model, params);
  if (t == 0)
    return TRUE;
  if (params->tileable)
    {
      f.noise.wrap_width = image->width;
      f.noise.wrap_height = image->height;
    }
  pool = dif_pool_new (values < THREADED_VALUES ? 1 : params->threads);
  good = ! dif_chain_counts_source (model, params)
         || measure_flatness (&f, params->tileable, pool, error);
  if (! params->from_noise)
    f.alpha_bar = dif_schedule_alpha_bar (model->schedule, t);
  if (good)
    dif_pool_run (pool, (image->height + DIF_NOISE_ROWS - 1) / DIF_NOISE_ROWS,
                  forward_rows, &f);
  dif_pool_free (pool);
  dif_free (f.scratch);
  dif_free (f.flatness);
  return good;
}

