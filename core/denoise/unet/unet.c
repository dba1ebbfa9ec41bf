/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * unet.c: the network as the papers draw it: an embedding of time, levels
 * down, a middle, levels up, and between the two ways the skip
 * connections.
 */

#include "denoise/unet/unet-private.h"

void
dif_unet_report (DifUnetCall *p,
                 DifTensor    t,
                 const char  *stage,
                 int          index)
{
  g_autofree char *name = NULL;

  if (! p->probe || dif_run_counts (&p->run))
    return;
  name = index < 0 ? g_strdup (stage) : g_strdup_printf ("%s.%d", stage, index);
  p->probe (name, t.data, t.n, t.h, t.w, t.c, p->probe_data);
}

static DifTensor
conv_in (DifUnetCall *p,
         DifTensor    x)
{
  const DifUnetConfig *c = &p->u->config;
  DifTensor            out = dif_tensor_take_summed (&p->run, x.n, x.h, x.w,
                                                     c->down[0].channels);
  size_t               mark = dif_arena_mark (p->run.arena);
  float               *scale = dif_arena_take (p->run.arena, (size_t) x.n * x.c);
  float               *shift = dif_arena_take (p->run.arena, (size_t) x.n * x.c);
  DifInput             input = { .x = { x } };
  size_t               i;

  if (c->center_input)          /* 2 x - 1 */
    {
      for (i = 0; i < (size_t) x.n * x.c && ! dif_run_counts (&p->run); i++)
        {
          scale[i] = 2.0f;
          shift[i] = -1.0f;
        }
      input.scale = scale;
      input.shift = shift;
    }
  dif_conv3 (&p->run, &p->u->conv_in, &(DifConvHow) { 0 }, &input, out);
  dif_arena_release (p->run.arena, mark);
  return out;
}

static DifTensor
down_level (DifUnetCall *p,
            int          i,
            DifTensor    x)
{
  const DifUnetLevel *level = &p->u->down[i];
  DifTensor           none = { NULL, 0, 0, 0, 0 };
  int                 j;

  for (j = 0; j < level->n_layers && ! dif_run_cancelled (&p->run); j++)
    {
      DifTensor out = dif_tensor_take_summed (&p->run, x.n, x.h, x.w,
                                              level->resnets[j].cout);

      dif_resnet_run (&level->resnets[j], &p->run, x, none, p->emb, out);
      if (level->has_attention)
        dif_attention_run (&level->attentions[j], &p->run, out);
      p->skips[p->n_skips++] = x = out;
    }
  if (level->has_resampler)
    {
      DifTensor out = dif_tensor_take_summed (&p->run, x.n, x.h / 2, x.w / 2,
                                              x.c);

      dif_resampler_run (&level->resampler, &p->run, x, p->emb, out);
      p->skips[p->n_skips++] = x = out;
    }
  dif_unet_report (p, x, "down_blocks", i);
  return x;
}

/* The room for the next result of the way up. */
static DifTensor
next_up (DifUnetCall *p,
         int          n,
         int          h,
         int          w,
         int          c)
{
  p->latest = ! p->latest;
  return (DifTensor) { p->room[p->latest], n, h, w, c, p->sums[p->latest] };
}

static DifTensor
mid_block (DifUnetCall *p,
           DifTensor    x)
{
  const DifUnet *u = p->u;
  DifTensor      none = { NULL, 0, 0, 0, 0 };
  DifTensor      out;

  if (! u->config.mid_block)
    return x;
  out = next_up (p, x.n, x.h, x.w, x.c);
  dif_resnet_run (&u->mid1, &p->run, x, none, p->emb, out);
  if (u->config.mid_attention)
    dif_attention_run (&u->mid_attention, &p->run, out);
  x = out;
  out = next_up (p, x.n, x.h, x.w, x.c);
  dif_resnet_run (&u->mid2, &p->run, x, none, p->emb, out);
  dif_unet_report (p, out, "mid_block", -1);
  return out;
}

static DifTensor
up_level (DifUnetCall *p,
          int          i,
          DifTensor    x)
{
  const DifUnetLevel *level = &p->u->up[i];
  int                 j;

  for (j = 0; j < level->n_layers && ! dif_run_cancelled (&p->run); j++)
    {
      DifTensor skip = p->skips[--p->n_skips];
      DifTensor out = next_up (p, x.n, x.h, x.w, level->resnets[j].cout);

      dif_resnet_run (&level->resnets[j], &p->run, x, skip, p->emb, out);
      if (level->has_attention)
        dif_attention_run (&level->attentions[j], &p->run, out);
      x = out;
    }
  if (level->has_resampler)
    {
      DifTensor out = next_up (p, x.n, 2 * x.h, 2 * x.w, x.c);

      dif_resampler_run (&level->resampler, &p->run, x, p->emb, out);
      x = out;
    }
  dif_unet_report (p, x, "up_blocks", i);
  return x;
}

/* Room for the largest tensor of the way up, the middle included, and
 * for its sums, twice.
 */
static void
take_rooms (DifUnetCall *p,
            DifTensor    x)
{
  const DifUnetConfig *c = &p->u->config;
  size_t               room = 0, sums = 0;
  int                  i, up;

  for (i = 0; i < c->n_levels; i++)
    {
      int shift = c->n_levels - 1 - i;   /* halvings at this level */
      int channels = i == 0 ? MAX (c->up[0].channels, c->down[shift].channels)
                            : c->up[i].channels;

      for (up = 0; up <= (c->up[i].resample_present ? 1 : 0); up++)
        {
          int h = (x.h >> shift) << up, w = (x.w >> shift) << up;

          room = MAX (room, dif_product ((size_t) x.n * h,
                                         (size_t) w * channels));
          sums = MAX (sums, dif_sums_size (x.n, h, w, channels));
        }
    }
  for (i = 0; i < 2; i++)
    {
      p->room[i] = dif_arena_take (p->run.arena, room);
      p->sums[i] = (double *) dif_arena_take (p->run.arena, 2 * sums);
    }
}

static void
forward (DifUnetCall *p,
         DifTensor    x,
         const float *timesteps,
         const int   *labels,
         DifTensor    out)
{
  const DifUnet       *u = p->u;
  const DifUnetConfig *c = &u->config;
  DifInput             input;
  float               *scale, *shift;
  int                  i;

  dif_unet_embed (p, timesteps, labels, x.n);
  take_rooms (p, x);
  p->skips[p->n_skips++] = x = conv_in (p, x);
  dif_unet_report (p, x, "conv_in", -1);
  for (i = 0; i < c->n_levels && ! dif_run_cancelled (&p->run); i++)
    x = down_level (p, i, x);
  if (! dif_run_cancelled (&p->run))
    x = mid_block (p, x);
  for (i = 0; i < c->n_levels && ! dif_run_cancelled (&p->run); i++)
    x = up_level (p, i, x);
  if (dif_run_cancelled (&p->run))
    return;

  scale = dif_arena_take (p->run.arena, (size_t) x.n * x.c);
  shift = dif_arena_take (p->run.arena, (size_t) x.n * x.c);
  dif_norm_fold (&u->norm_out, &p->run, x, (DifTensor) { 0 }, NULL, scale, shift);
  input = (DifInput) { { x }, scale, shift, true, DIF_SAME };
  dif_conv3 (&p->run, &u->conv_out, &(DifConvHow) { 0 }, &input, out);
}

/* A call without data: what it would take. */
static void
count (const DifUnet *u,
       int            n,
       int            height,
       int            width,
       int            n_threads,
       size_t        *bytes,
       double        *flops)
{
  DifArena    arena = { NULL, 0, 0, 0 };
  DifUnetCall p = { .u = u, .run = { u->kernels, NULL, &arena, n_threads, NULL,
                                     0.0, 0.0 } };
  DifTensor   x = { NULL, n, height, width, u->config.in_channels };
  DifTensor   out = { NULL, n, height, width, u->config.out_channels };

  forward (&p, x, NULL, NULL, out);
  *bytes = arena.peak;
  *flops = p.run.flops;
}

int
dif_unet_multiple (const DifUnet *u)
{
  int i, halvings = 0;

  for (i = 0; i < u->config.n_levels; i++)
    halvings += u->config.down[i].resample_present ? 1 : 0;
  return 1 << halvings;
}

size_t
dif_unet_workspace (const DifUnet *u,
                    int            n,
                    int            height,
                    int            width,
                    int            n_threads)
{
  size_t bytes;
  double flops;

  count (u, n, height, width, n_threads, &bytes, &flops);
  return bytes;
}

double
dif_unet_flops (const DifUnet *u,
                int            n,
                int            height,
                int            width)
{
  size_t bytes;
  double flops;

  count (u, n, height, width, 1, &bytes, &flops);
  return flops;
}

gboolean
dif_unet_run (const DifUnet  *u,
              DifPool        *pool,
              DifArena       *arena,
              int             n,
              int             height,
              int             width,
              const float    *x,
              const float    *timesteps,
              const int      *labels,
              float          *out,
              DifControl     *control,
              DifUnetProbe    probe,
              void           *probe_data)
{
  size_t      mark = dif_arena_mark (arena);
  DifUnetCall p = {
    .u = u,
    .run = { u->kernels, pool, arena, dif_pool_n_threads (pool), control, 0.0,
             0.0 },
    .probe = probe, .probe_data = probe_data,
  };
  DifTensor from = { (float *) x, n, height, width, u->config.in_channels };
  DifTensor to = { out, n, height, width, u->config.out_channels };

  g_return_val_if_fail (height % dif_unet_multiple (u) == 0
                        && width % dif_unet_multiple (u) == 0, FALSE);
  if (control)
    {
      g_atomic_int_set (&control->done, 0);
      p.run.total_flops = dif_unet_flops (u, n, height, width);
    }
  forward (&p, from, timesteps, labels, to);
  dif_arena_release (arena, mark);
  return ! dif_run_cancelled (&p.run);
}
