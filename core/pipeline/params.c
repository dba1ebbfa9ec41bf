/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.c: what may be asked of a job, and the forward process alone.
 */

#include <math.h>

#include "pipeline/flatness.h"
#include "pipeline/sdedit.h"
#include "pipeline/seamless.h"

static gboolean
check_number (const DifParam *row,
              double          value,
              GError        **error)
{
  /* Written so that NaN fails. */
  if (value >= row->min && value <= row->max)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "%s is %g; it can be %g to %g.", row->subject, value, row->min,
               row->max);
  return FALSE;
}

static gboolean
check_whole (const DifParam *row,
             int             value,
             int             min,
             int             max,
             GError        **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "%s is %d; it can be %d to %d.", row->subject, value, min, max);
  return FALSE;
}

static int
n_choices (const DifParam *row)
{
  int n = 0;

  while (row->choices[n].nick)
    n++;
  return n;
}

gboolean
dif_params_check (const DifModel  *model,
                  const DifParams *params,
                  GError         **error)
{
  const DifParam *row;
  gboolean        good = TRUE;

  for (row = dif_param_table; good && row->name; row++)
    if (! dif_param_is_engines (row))
      continue;
    else if (row->type == DIF_PARAM_NUMBER)
      good = check_number (row, G_STRUCT_MEMBER (double, params, row->offset),
                           error);
    else if (row->type == DIF_PARAM_WHOLE)
      good = check_whole (row, G_STRUCT_MEMBER (int, params, row->offset),
                          (int) row->min, (int) row->max, error);
    else if (row->type == DIF_PARAM_CHOICE)
      good = check_whole (row, G_STRUCT_MEMBER (int, params, row->offset), 0,
                          n_choices (row) - 1, error);
  return good;
}

/* Quality ------------------------------------------------------------ */

/* core/training/steps.md has the measurements. */
static const int quality_steps[DIF_QUALITY_CUSTOM] = {
  [DIF_QUALITY_DRAFT]  = 6,
  [DIF_QUALITY_NORMAL] = 12,
  [DIF_QUALITY_BEST]   = 24
};

void
dif_params_set_quality (DifParams  *params,
                        DifQuality  quality)
{
  if ((guint) quality >= DIF_QUALITY_CUSTOM)
    return;
  params->sampler = DIF_SAMPLER_DPMPP_2M_KARRAS;
  params->steps = quality_steps[quality];
  params->eta = 0.0;
}

DifQuality
dif_params_get_quality (const DifParams *params)
{
  int i;

  if (params->sampler == DIF_SAMPLER_DPMPP_2M_KARRAS)
    for (i = 0; i < DIF_QUALITY_CUSTOM; i++)
      if (params->steps == quality_steps[i])
        return (DifQuality) i;
  return DIF_QUALITY_CUSTOM;
}

/* The chain ---------------------------------------------------------- */

int
dif_strength_to_t (const DifModel *model,
                   double          strength)
{
  int T = model->info.n_train_steps;

  if (! (strength > 0.0))
    return 0;
  return CLAMP ((int) lround (strength * T), 1, T);
}

int
dif_params_turn (const DifModel  *model,
                 const DifParams *params)
{
  int    t = dif_strength_to_t (model, params->strength);
  double abar = dif_schedule_alpha_bar (model->schedule, t);
  double f = MAX (1, params->reduction);

  if (t == 0 || f == 1.0)
    return t;
  /* abar' with (1 - abar') / abar' = (1 - abar) / abar / f^2 */
  abar = abar * f * f / (abar * f * f + 1.0 - abar);
  return MAX (1, (int) lround (dif_schedule_position (model->schedule, abar)));
}

DifNoise
dif_params_noise (const DifParams *params,
                  int              variation)
{
  gboolean near = params->vary > 0.0;

  return (DifNoise) {
    .seed = params->seed + (near ? 0 : (guint64) variation),
    .other_seed = params->vary_seed + (guint64) variation,
    .turn = near ? params->vary * G_PI / 2.0 : 0.0,
    .reduction = MAX (1, params->reduction),
    .origin_x = params->origin_x,
    .origin_y = params->origin_y
  };
}

gboolean
dif_params_counts_source (const DifModel  *model,
                          const DifParams *params)
{
  return ! params->from_noise
         && dif_params_turn (model, params) < model->info.n_train_steps;
}

double
dif_params_alpha_bar (const DifModel  *model,
                      const DifParams *params)
{
  return dif_schedule_alpha_bar (model->schedule,
                                 dif_params_turn (model, params));
}

int
dif_params_n_steps (const DifModel  *model,
                    const DifParams *params)
{
  return MIN (params->steps, dif_params_turn (model, params));
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

/* Forward ------------------------------------------------------------ */

/* From so many noise values on, threads are worth starting. */
#define MANY (1 << 17)

#define ROWS 16

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
  int            first = chunk * ROWS;
  gsize          n = (gsize) f->image->width * f->image->height;
  gsize          at = (gsize) first * f->image->width, i;
  DifRows        rows = { f->image->rgb + at, n, f->image->width,
                          MIN (ROWS, f->image->height - first), 0, first,
                          f->flatness ? f->flatness + at : NULL };
  int            c;

  for (c = 0; c < 3; c++)
    for (i = 0; i < (gsize) rows.n_rows * rows.width; i++)
      rows.rgb[c * n + i] = dif_sane (rows.rgb[c * n + i]);
  dif_noising_closed_form (&rows, f->alpha_bar, &f->noise);
}

/* Without a canvas around the image. */
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
  if (! params->tileable || params->from_noise
      || dif_params_turn (model, params) == 0)
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
  Forward  f = { .image = image, .noise = dif_params_noise (params, 0) };
  double   values = (double) image->width * image->height
                    * f.noise.reduction * f.noise.reduction;
  DifPool *pool;
  gboolean good;
  int      t;

  if (! dif_params_check (model, params, error))
    return FALSE;
  t = dif_params_turn (model, params);
  if (t == 0)
    return TRUE;
  if (params->tileable)
    {
      f.noise.wrap_width = image->width;
      f.noise.wrap_height = image->height;
    }
  pool = dif_pool_new (values < MANY ? 1 : params->threads);
  good = ! dif_params_counts_source (model, params)
         || measure_flatness (&f, params->tileable, pool, error);
  if (! params->from_noise)
    f.alpha_bar = dif_schedule_alpha_bar (model->schedule, t);
  if (good)
    dif_pool_run (pool, (image->height + ROWS - 1) / ROWS, forward_rows, &f);
  dif_pool_free (pool);
  dif_free (f.scratch);
  dif_free (f.flatness);
  return good;
}

double
dif_params_kept (const DifModel  *model,
                 const DifParams *params)
{
  if (! dif_params_counts_source (model, params))
    return 0.0;
  return sqrt (dif_params_alpha_bar (model, params));
}
