/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * schedule.c: the tables of beta and abar.  The diffusers library, with
 * which networks are trained, has them in float32, and near t = 0 the
 * rounding of 1 - beta is worth 1e-4 of what a step does.  So each value
 * is rounded to float where the library rounds it, and only the running
 * product is a double.
 */

#include <math.h>

#include "base/memory.h"
#include "sample/schedule-private.h"

/* n values from start to end, each half counted from its own end, with
 * one rounding at the end of each.
 */
static void
fill_line (double *values,
           int     n,
           float   start,
           float   end)
{
  const double step = n > 1 ? (end - start) / (float) (n - 1) : 0.0f;

  for (int k = 0; k < n; k++)
    values[k] = (float) (k < n / 2 || n == 1 ? start + step * k
                                             : end - step * (n - 1 - k));
}

void
dif_schedule_fill_linear (DifSchedule *schedule,
                          double       start,
                          double       end)
{
  fill_line (schedule->betas, schedule->n_train_steps,
             (float) start, (float) end);
}

void
dif_schedule_fill_scaled_linear (DifSchedule *schedule,
                                 double       start,
                                 double       end)
{
  fill_line (schedule->betas, schedule->n_train_steps,
             (float) sqrt (start), (float) sqrt (end));
  for (int k = 0; k < schedule->n_train_steps; k++)
    schedule->betas[k] = (float) (schedule->betas[k] * schedule->betas[k]);
}

/* Nichol & Dhariwal 2021, eq. 17, without the normalisation, which
 * cancels in the ratio.
 */
static double
cosine_alpha_bar (double t)
{
  const double c = cos ((t + 0.008) / 1.008 * (G_PI / 2));

  return c * c;
}

void
dif_schedule_fill_cosine (DifSchedule *schedule)
{
  const int n = schedule->n_train_steps;

  for (int k = 0; k < n; k++)
    {
      const double before = cosine_alpha_bar ((double) k / n);
      const double after = cosine_alpha_bar ((double) (k + 1) / n);

      schedule->betas[k] = (float) MIN (1.0 - after / before, 0.999);
    }
}

/* Lin et al. 2024, algorithm 1: sqrt(abar) is shifted to end at 0 and
 * scaled to start where it did.
 */
void
dif_schedule_rescale_zero_snr (DifSchedule *schedule)
{
  const int n = schedule->n_train_steps;
  double   *betas = schedule->betas;
  double   *root = schedule->alpha_bar; /* filled anew afterwards */
  double    product = 1.0;
  float     first;
  float     last;
  float     scale;
  float     before = 1.0f;

  for (int k = 0; k < n; k++)
    {
      product *= 1.0f - (float) betas[k];
      root[k] = sqrtf ((float) product);
    }
  first = root[0];
  last = root[n - 1];
  scale = first / (first - last);
  for (int k = 0; k < n; k++)
    {
      const float r = ((float) root[k] - last) * scale;
      const float after = r * r;

      betas[k] = 1.0f - after / before;
      before = after;
    }
}

void
dif_schedule_fill_alpha_bar (DifSchedule *schedule)
{
  double product = 1.0;

  for (int k = 0; k < schedule->n_train_steps; k++)
    {
      product *= 1.0f - (float) schedule->betas[k];
      schedule->alpha_bar[k] = (float) product;
    }
}

gboolean
dif_schedule_falls (const DifSchedule *schedule,
                    int               *k)
{
  double before = 1.0;

  for (*k = 0; *k < schedule->n_train_steps; (*k)++)
    {
      const double now = schedule->alpha_bar[*k];

      if (! (now >= 0.0 && now < before))
        return FALSE;
      before = now;
    }
  return TRUE;
}

DifSchedule *
dif_schedule_new (int      n_train_steps,
                  GError **error)
{
  DifSchedule *schedule = g_new0 (DifSchedule, 1);

  schedule->n_train_steps = n_train_steps;
  schedule->betas = dif_alloc (n_train_steps, sizeof (double),
                               "the noise schedule", error);
  if (schedule->betas)
    schedule->alpha_bar = dif_alloc (n_train_steps, sizeof (double),
                                     "the noise schedule", error);
  if (! schedule->alpha_bar)
    g_clear_pointer (&schedule, dif_schedule_free);
  return schedule;
}

void
dif_schedule_free (DifSchedule *schedule)
{
  if (! schedule)
    return;
  dif_free (schedule->betas);
  dif_free (schedule->alpha_bar);
  g_free (schedule);
}

double
dif_schedule_alpha_bar (const DifSchedule *schedule,
                        int                t)
{
  g_return_val_if_fail (t >= 0 && t <= schedule->n_train_steps, 1.0);

  return t == 0 ? 1.0 : schedule->alpha_bar[t - 1];
}

double
dif_schedule_position (const DifSchedule *schedule,
                       double             alpha_bar)
{
  double before = 1.0;

  for (int t = 1; t <= schedule->n_train_steps; t++)
    {
      double after = schedule->alpha_bar[t - 1];

      if (alpha_bar >= after)
        return after < before
               ? t - 1 + CLAMP ((before - alpha_bar) / (before - after), 0.0, 1.0)
               : t;
      before = after;
    }
  return schedule->n_train_steps;
}
