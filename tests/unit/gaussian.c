/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * gaussian.c: see gaussian.h.
 */

#include <math.h>

#include "fixture.h"
#include "gaussian.h"

/* E[x_0 | x_t] where x_t = a x_0 + sqrt (1 - a^2) noise. */
static double
estimate (const Gaussian *g,
          double          alpha_bar,
          double          x)
{
  double a = sqrt (alpha_bar), v = g->variance;

  return g->mean + a * v / (alpha_bar * v + 1.0 - alpha_bar) * (x - a * g->mean);
}

double
gaussian_end (const Gaussian *g,
              double          alpha_bar,
              double          x)
{
  double v = g->variance;

  return g->mean + sqrt (v / (alpha_bar * v + 1.0 - alpha_bar))
                   * (x - sqrt (alpha_bar) * g->mean);
}

static size_t
workspace (const DifDenoiser *denoiser,
           int                n,
           int                height,
           int                width,
           int                n_threads)
{
  return 0;
}

static gboolean
run (const DifDenoiser *denoiser,
     DifPool           *pool,
     DifArena          *arena,
     const DifCall     *call,
     DifControl        *control)
{
  Gaussian *g = (Gaussian *) denoiser;
  float    *out = call->out;
  int       i, c, y, x;

  g_atomic_int_inc (&g->calls);
  g_atomic_int_add (&g->tiles, call->n);
  g_atomic_int_set (&g->side, call->side);
  for (i = 0; i < call->n; i++)
    for (c = 0; c < 3; c++)
      for (y = 0; y < call->tiles[i].height; y++)
        {
          const float *from = call->x + c * call->plane_stride
                              + (call->tiles[i].y + y) * call->row_stride
                              + call->tiles[i].x;

          for (x = 0; x < call->tiles[i].width; x++)
            *out++ = (float) estimate (g, call->alpha_bar, from[x]);
        }
  return ! g_atomic_int_get (&control->cancel);
}

static void
free_gaussian (DifDenoiser *denoiser)
{
  g_free (denoiser);
}

DifModel *
gaussian_model (double mean,
                double variance)
{
  g_autofree char   *path = fixture_source (
    "plugin/models/photo/scheduler/scheduler_config.json");
  g_autoptr (GError) error = NULL;
  DifSchedule       *schedule = dif_schedule_read (path, &error);
  Gaussian          *g = g_new0 (Gaussian, 1);
  DifModelInfo       info = { .id = "gaussian", .name = "A Gaussian prior" };

  g_assert_no_error (error);
  g->denoiser = (DifDenoiser) {
    .traits = { .multiple = 1, .native = 1, .prediction = DIF_PREDICTION_SAMPLE },
    .workspace = workspace, .run = run, .free = free_gaussian
  };
  g->mean = mean;
  g->variance = variance;
  return dif_model_new (&g->denoiser, schedule, &info);
}

Gaussian *
gaussian_of (const DifModel *model)
{
  return (Gaussian *) model->denoiser;
}
