/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * norm.c: group normalisation from the sums of strips.
 */

#include <math.h>
#include <string.h>

#include "nn/norm.h"
#include "nn/strips.h"

gboolean
dif_norm_load (DifNorm    *norm,
               DifLoader  *loader,
               const char *name,
               int         channels,
               int         groups,
               float       eps)
{
  norm->channels = channels;
  norm->groups = groups;
  norm->eps = eps;
  return dif_loader_vector (loader, name, ".weight", channels, &norm->weight)
         && dif_loader_vector (loader, name, ".bias", channels, &norm->bias);
}

typedef struct
{
  const DifKernels *kernels;
  DifTensor         x;
  int               n_strips;
} Statistics;

static void
statistics_chunk (int   chunk,
                  int   worker,
                  void *data)
{
  const Statistics *st = data;
  int               picture, y0, y1;

  dif_strip (chunk, st->n_strips, st->x.h, &picture, &y0, &y1);
  dif_sum_strip (st->kernels, st->x, chunk, picture, y0, y1);
}

/* The totals of every picture and channel, [n][2][c] at stride, from the
 * sums of the strips, which are made here where no convolution left them.
 */
static void
total_sums (DifRun    *run,
            DifTensor  x,
            double    *totals,
            size_t     stride,
            size_t     square)
{
  size_t     mark = dif_arena_mark (run->arena);
  Statistics st = { run->kernels, x, dif_strips_of (x.h, x.w) };
  int        b, s, c;

  if (! x.sums)
    st.x.sums = (double *) dif_arena_take (
      run->arena, 2 * dif_sums_size (x.n, x.h, x.w, x.c));
  if (! dif_run_counts (run))
    {
      if (! x.sums)
        dif_pool_run (run->pool, x.n * st.n_strips, statistics_chunk, &st);
      for (b = 0; b < x.n; b++)
        for (s = 0; s < st.n_strips; s++)
          {
            const double *sum = st.x.sums + ((size_t) b * st.n_strips + s) * 2 * x.c;

            for (c = 0; c < x.c; c++)
              {
                totals[b * stride + c] += sum[c];
                totals[b * stride + square + c] += sum[x.c + c];
              }
          }
    }
  dif_arena_release (run->arena, mark);
}

static void
fold_group (const DifNorm *norm,
            int            group,
            const double  *sums,    /* [2][channels] */
            double         count,
            const float   *modulation,
            float         *scale,
            float         *shift)
{
  int    per = norm->channels / norm->groups;
  int    c;
  double mean = 0.0, square = 0.0, rstd;

  for (c = group * per; c < (group + 1) * per; c++)
    {
      mean += sums[c];
      square += sums[norm->channels + c];
    }
  mean /= count * per;
  square = fmax (square / (count * per) - mean * mean, 0.0);
  rstd = 1.0 / sqrt (square + norm->eps);
  for (c = group * per; c < (group + 1) * per; c++)
    {
      double a = norm->weight[c] * rstd;
      double b = norm->bias[c] - mean * a;

      if (modulation)
        {
          a *= 1.0 + modulation[c];
          b = b * (1.0 + modulation[c]) + modulation[norm->channels + c];
        }
      scale[c] = (float) a;
      shift[c] = (float) b;
    }
}

void
dif_norm_fold (const DifNorm *norm,
               DifRun        *run,
               DifTensor      x,
               DifTensor      skip,
               const float   *modulation,
               float         *scale,
               float         *shift)
{
  size_t  mark = dif_arena_mark (run->arena);
  int     channels = x.c + skip.c;
  size_t  n_totals = (size_t) 2 * channels;
  double *totals = (double *) dif_arena_take (run->arena, 2 * n_totals * x.n);
  int     b, g;

  if (! dif_run_counts (run))
    memset (totals, 0, n_totals * x.n * sizeof (double));
  total_sums (run, x, totals, n_totals, channels);
  if (skip.c > 0)
    total_sums (run, skip, totals + x.c, n_totals, channels);
  if (! dif_run_counts (run))
    for (b = 0; b < x.n; b++)
      for (g = 0; g < norm->groups; g++)
        fold_group (norm, g, totals + n_totals * b, (double) x.h * x.w,
                    modulation ? modulation + n_totals * b : NULL,
                    scale + (size_t) channels * b,
                    shift + (size_t) channels * b);
  dif_arena_release (run->arena, mark);
}
