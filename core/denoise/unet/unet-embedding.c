/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * unet-embedding.c: time, and where the network knows classes the label, as
 * the vector that every residual block is told.
 */

#include <math.h>
#include <string.h>

#include "denoise/unet/unet-private.h"

/* Sinusoids of the timestep, Vaswani et al. 2017 section 3.5 as Ho et
 * al. 2020 apply it: sines first, or cosines if flipped.
 */
static void
sinusoids (const DifUnetConfig *c,
           double               timestep,
           float               *out)
{
  int dim = c->down[0].channels;
  int half = dim / 2, i;

  for (i = 0; i < half; i++)
    {
      double rate = exp (-log (10000.0) * i / (half - (double) c->freq_shift));
      float  angle = (float) timestep * (float) rate;

      out[i] = (float) (c->flip_sin_to_cos ? cos (angle) : sin (angle));
      out[half + i] = (float) (c->flip_sin_to_cos ? sin (angle) : cos (angle));
    }
  if (dim % 2)
    out[dim - 1] = 0.0f;
}

static double *
take_doubles (DifUnetCall *p,
              int          n)
{
  return (double *) dif_arena_take (p->run.arena, 2 * (size_t) n);
}

/* linear_2 (silu (linear_1 (sinusoids (values)))), [n][time_embed_dim]. */
static void
embed (DifUnetCall   *p,
       const DifConv *linear1,
       const DifConv *linear2,
       const double  *values,
       int            n,
       float         *out)
{
  const DifUnetConfig *c = &p->u->config;
  size_t               mark = dif_arena_mark (p->run.arena);
  float               *sines = dif_arena_take (p->run.arena,
                                               (size_t) n * c->down[0].channels);
  float               *hidden = dif_arena_take (p->run.arena,
                                                (size_t) n * c->time_embed_dim);
  int                  i;

  if (! dif_run_counts (&p->run))
    for (i = 0; i < n; i++)
      sinusoids (c, values[i], sines + (size_t) i * c->down[0].channels);
  dif_linear_run (&p->run, linear1, sines, n, hidden);
  if (! dif_run_counts (&p->run))
    p->run.kernels->silu (hidden, (size_t) n * c->time_embed_dim);
  dif_linear_run (&p->run, linear2, hidden, n, out);
  dif_arena_release (p->run.arena, mark);
}

static void
add_class (DifUnetCall *p,
           const int   *labels,
           int          n)
{
  const DifUnetConfig *c = &p->u->config;
  size_t               mark = dif_arena_mark (p->run.arena);
  size_t               dim = c->time_embed_dim;
  float               *extra = dif_arena_take (p->run.arena, n * dim);
  double              *values = take_doubles (p, n);
  int                  i;
  size_t               j;

  for (i = 0; i < n && ! dif_run_counts (&p->run); i++)
    values[i] = labels[i];
  if (c->class_embed == DIF_CLASS_TIMESTEP)
    embed (p, &p->u->class1, &p->u->class2, values, n, extra);
  else if (! dif_run_counts (&p->run))
    for (i = 0; i < n; i++)
      memcpy (extra + i * dim, p->u->class_table + labels[i] * dim,
              dim * sizeof (float));
  if (! dif_run_counts (&p->run))
    for (j = 0; j < n * dim; j++)
      p->emb.data[j] += extra[j];
  dif_arena_release (p->run.arena, mark);
}

void
dif_unet_embed (DifUnetCall *p,
                const float *timesteps,
                const int   *labels,
                int          n)
{
  const DifUnetConfig *c = &p->u->config;
  double              *values = take_doubles (p, n);
  int                  i;

  for (i = 0; i < n && ! dif_run_counts (&p->run); i++)
    values[i] = timesteps[i];
  p->emb = dif_tensor_take (&p->run, n, 1, 1, c->time_embed_dim);
  embed (p, &p->u->time1, &p->u->time2, values, n, p->emb.data);
  dif_unet_report (p, p->emb, "time_embedding", -1);
  if (c->class_embed != DIF_CLASS_NONE)
    add_class (p, labels, n);
  if (! dif_run_counts (&p->run))
    p->run.kernels->silu (p->emb.data, (size_t) n * c->time_embed_dim);
}
