/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * timesteps.c: the spacings of Lin et al. 2024, table 2, and the noise
 * levels of Karras et al. 2022, rounded as the diffusers library rounds
 * them, so that a network is asked about the same timesteps.
 */

#include <math.h>

#include "sample/timesteps.h"

#define KARRAS_RHO 7.0

/* Stands for abar = 0, whose sigma would be infinite. */
#define SMALLEST_ALPHA_BAR 0x1p-24f

static gboolean
is_dpm_solver (DifSamplerKind kind)
{
  return kind != DIF_SAMPLER_DDPM && kind != DIF_SAMPLER_DDIM;
}

/* In single precision as the library's table; see schedule.c. */
static float
sigma_at (const DifSchedule *schedule,
          int                k)
{
  float abar = (float) schedule->alpha_bar[k];

  if (abar == 0.0f)
    abar = SMALLEST_ALPHA_BAR;
  return sqrtf ((1.0f - abar) / abar);
}

/* Adds timestep k, or end - 1 where k is not below end; nothing where that is
 * not below the timestep before.
 */
static void
append (DifTimesteps *ts,
        double        k,
        int           end)
{
  k = MIN (k, end - 1);
  if (ts->n_steps == 0 || k < ts->timestep[ts->n_steps - 1])
    ts->timestep[ts->n_steps++] = k;
}

/* n timesteps of 0..end-1; intervals: n intervals of which the last
 * point is left out.
 */
static void
space_leading (DifTimesteps *ts,
               int           n,
               int           end,
               gboolean      intervals,
               int           offset)
{
  int stride;

  if (intervals)
    n = MAX (1, MIN (n, end - 1));
  stride = end / (intervals ? n + 1 : n);
  for (int i = n - 1; i >= 0; i--)
    append (ts, (double) (i + intervals) * stride + offset, end);
}

static void
space_linspace (DifTimesteps *ts,
                int           n,
                int           end,
                gboolean      intervals)
{
  const int    n_points = intervals ? n + 1 : n;
  const double stride = n_points > 1 ? (end - 1.0) / (n_points - 1) : 0.0;

  for (int i = n_points - 1; i >= intervals; i--)
    append (ts, i == n_points - 1 && i > 0 ? end - 1.0 : rint (i * stride),
            end);
}

/* From end down in n strides that would take t_start to 0. */
static void
space_trailing (DifTimesteps *ts,
                int           n,
                int           end,
                int           t_start)
{
  const double stride = end - (end - (double) t_start / n);

  for (int i = 0; i < n && rint (end - i * stride) >= 1.0; i++)
    append (ts, rint (end - i * stride) - 1.0, end);
}

/* The timestep whose noise level is nearest sigma: linear in log sigma
 * between the timesteps around it, then rounded.
 */
static double
timestep_of_sigma (const DifSchedule *schedule,
                   double             sigma)
{
  const double log_sigma = log (sigma);
  int          low = 0;
  int          high = schedule->n_train_steps - 1;
  float        log_low;
  float        log_high;
  double       w;

  if (high == 0)
    return 0.0;
  /* First, for the library's table may fall at its end: see
   * SMALLEST_ALPHA_BAR in schedule-read.c.
   */
  if (logf (sigma_at (schedule, high)) <= log_sigma)
    low = high - 1;
  while (high - low > 1)
    {
      const int middle = (low + high) / 2;

      if (logf (sigma_at (schedule, middle)) <= log_sigma)
        low = middle;
      else
        high = middle;
    }
  log_low = logf (sigma_at (schedule, low));
  log_high = logf (sigma_at (schedule, high));
  w = CLAMP ((log_low - log_sigma) / (log_low - log_high), 0.0, 1.0);
  w = (1.0 - w) * low + w * high;
  return schedule->truncate_karras ? floor (w) : rint (w);
}

static void
space_karras (DifTimesteps      *ts,
              const DifSchedule *schedule,
              int                n,
              int                end)
{
  const double first = pow (sigma_at (schedule, end - 1), 1.0 / KARRAS_RHO);
  const double last = pow (sigma_at (schedule, 0), 1.0 / KARRAS_RHO);

  for (int i = 0; i < n; i++)
    {
      const double ramp = i == 0     ? 0.0
                          : i < n - 1 ? i * (1.0 / (n - 1))
                                      : 1.0;
      const double sigma = pow (first + ramp * (last - first), KARRAS_RHO);

      ts->timestep[i] = timestep_of_sigma (schedule, sigma);
      ts->sigma[i] = (float) sigma;
    }
  ts->n_steps = n;
}

static void
fill_previous (DifTimesteps           *ts,
               const DifSchedule      *schedule,
               const DifSamplerParams *params)
{
  const int stride = schedule->n_train_steps / params->n_steps;

  for (int i = 0; i < ts->n_steps; i++)
    if (params->as_diffusers && params->kind == DIF_SAMPLER_DDIM)
      ts->previous[i] = MAX (-1, (int) ts->timestep[i] - stride);
    else
      ts->previous[i] = i + 1 < ts->n_steps ? (int) ts->timestep[i + 1] : -1;
}

DifTimesteps *
dif_timesteps_new (const DifSchedule      *schedule,
                   const DifSamplerParams *params)
{
  const gboolean intervals = is_dpm_solver (params->kind);
  const gboolean karras = intervals
                          && (params->karras
                              || params->kind == DIF_SAMPLER_DPMPP_2M_KARRAS);
  const int      n = MIN (params->n_steps, params->t_start);
  int            end = params->t_start;
  DifTimesteps  *ts = g_new0 (DifTimesteps, 1);

  ts->timestep = g_new0 (double, n);
  ts->previous = g_new0 (int, n);
  if (intervals)
    {
      ts->sigma = g_new0 (double, n + 1);
      if (! karras)
        end = MIN (end, schedule->n_unclipped);
    }

  if (karras)
    space_karras (ts, schedule, n, end);
  else if (params->spacing == DIF_SPACING_LEADING)
    space_leading (ts, n, end, intervals, schedule->steps_offset);
  else if (params->spacing == DIF_SPACING_TRAILING)
    space_trailing (ts, n, end, params->t_start);
  else if (n == 1 && ! intervals && ! params->as_diffusers)
    append (ts, end - 1, end); /* the library would start at 0 */
  else
    space_linspace (ts, n, end, intervals);

  if (! intervals)
    fill_previous (ts, schedule, params);
  else
    {
      if (! karras)
        for (int i = 0; i < ts->n_steps; i++)
          ts->sigma[i] = sigma_at (schedule, (int) ts->timestep[i]);
      ts->sigma[ts->n_steps] = schedule->final_sigma_min
                                 ? sigma_at (schedule, 0) : 0.0;
    }
  return ts;
}

void
dif_timesteps_free (DifTimesteps *ts)
{
  if (! ts)
    return;
  g_free (ts->timestep);
  g_free (ts->previous);
  g_free (ts->sigma);
  g_free (ts);
}
