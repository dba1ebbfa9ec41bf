/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * blocks.c: each block takes its temporary tensors from the arena and
 * gives them back before it returns.
 */

#include <string.h>

#include "denoise/unet/blocks.h"
#include "nn/copy.h"

static const DifTensor nothing = { NULL, 0, 0, 0, 0, NULL };

/* Residual block ----------------------------------------------------- */

static gboolean
load_shortcut (DifResnet  *r,
               DifLoader  *loader,
               const char *name)
{
  g_autofree char *weight_name = g_strconcat (name, ".conv_shortcut.weight", NULL);
  int              dims[4] = { r->cout, r->cin, 1, 1 };
  int              cin_x = r->cin - r->cin_skip;
  DifConvShape     shape = { cin_x, r->cout, 1, 1 };
  float           *weight = NULL, *bias;
  gboolean         ok;

  r->shortcut[0].kernels = r->shortcut[1].kernels = loader->kernels;
  if (! dif_loader_vector (loader, name, ".conv_shortcut.bias", r->cout, &bias))
    return FALSE;
  ok = dif_loader_counts (loader);
  if (! ok)
    {
      weight = dif_alloc (r->cout, r->cin * sizeof (float),
                          "the network's weights", loader->error);
      ok = weight && dif_weights_read (loader->weights, weight_name, 4, dims,
                                       weight, loader->error);
    }
  ok = ok
       && dif_conv_pack (&r->shortcut[0], loader, shape, weight, bias, 0, r->cin);
  if (ok && r->cin_skip > 0)
    {
      shape.cin = r->cin_skip;
      ok = dif_conv_pack (&r->shortcut[1], loader, shape, weight, NULL,
                          cin_x, r->cin);
    }
  dif_free (weight);
  return ok;
}

gboolean
dif_resnet_load (DifResnet           *r,
                 DifLoader           *loader,
                 const char          *name,
                 const DifUnetConfig *config)
{
  g_autofree char *norm1 = g_strconcat (name, ".norm1", NULL);
  g_autofree char *norm2 = g_strconcat (name, ".norm2", NULL);
  g_autofree char *conv1 = g_strconcat (name, ".conv1", NULL);
  g_autofree char *conv2 = g_strconcat (name, ".conv2", NULL);
  g_autofree char *time = g_strconcat (name, ".time_emb_proj", NULL);
  DifConvShape     linear = { config->time_embed_dim,
                              config->scale_shift ? 2 * r->cout : r->cout, 1, 1 };

  r->scale_shift = config->scale_shift;
  r->has_shortcut = r->cin != r->cout;
  return dif_norm_load (&r->norm1, loader, norm1, r->cin, config->norm_groups,
                        config->norm_eps)
         && dif_norm_load (&r->norm2, loader, norm2, r->cout,
                           config->norm_groups, config->norm_eps)
         && dif_conv_load (&r->conv1, loader, conv1,
                           (DifConvShape) { r->cin, r->cout, 3, 1 }, 0)
         && dif_conv_load (&r->conv2, loader, conv2,
                           (DifConvShape) { r->cout, r->cout, 3, 1 }, 0)
         && dif_conv_load (&r->time, loader, time, linear,
                           DIF_LOAD_MATRIX | DIF_LOAD_EXACT)
         && (! r->has_shortcut || load_shortcut (r, loader, name));
}

/* A convolution over silu (norm (x, skip)). */
static void
norm_act_conv (DifRun           *run,
               const DifNorm    *norm,
               const float      *modulation,
               DifTensor         x,
               DifTensor         skip,
               DifResize         resize,
               const DifConv    *conv,
               const DifConvHow *how,
               DifTensor         out)
{
  size_t   mark = dif_arena_mark (run->arena);
  size_t   n = (size_t) x.n * (x.c + skip.c);
  float   *scale = dif_arena_take (run->arena, n);
  float   *shift = dif_arena_take (run->arena, n);
  DifInput input = { { x, skip }, scale, shift, true, resize };

  dif_norm_fold (norm, run, x, skip, modulation, scale, shift);
  dif_conv3 (run, conv, how, &input, out);
  dif_arena_release (run->arena, mark);
}

/* What the block adds its result to: the input itself, resized where need
 * be, through the 1 x 1 convolution where the number of channels changes.
 * Room for what is resized is taken from the arena.
 */
static void
residual (const DifResnet *r,
          DifRun          *run,
          DifTensor        x,
          DifTensor        skip,
          DifTensor        out,
          DifConvHow      *how)
{
  DifCopy copy = { .resize = r->resize };

  if (! r->has_shortcut)
    {
      how->residual = out.data;
      if (skip.c == 0 && r->resize == DIF_SAME)
        {
          how->residual = x.data;
          return;
        }
      dif_copy (run, &copy, x, out);
      copy.first = x.c;
      dif_copy (run, &copy, skip, out);
      return;
    }
  if (r->resize != DIF_SAME)
    {
      DifTensor resized = dif_tensor_take (run, x.n, out.h, out.w, x.c);

      dif_copy (run, &copy, x, resized);
      x = resized;
    }
  how->shortcut = r->shortcut;
  how->from[0] = x;
  how->from[1] = skip;
}

/* The layer's bias plus the time embedding's part, [n][cout]. */
static void
add_bias (DifRun      *run,
          const float *bias,
          int          n,
          int          c,
          float       *time)
{
  int b, i;

  if (! dif_run_counts (run))
    for (b = 0; b < n; b++)
      for (i = 0; i < c; i++)
        time[(size_t) b * c + i] += bias[i];
}

void
dif_resnet_run (const DifResnet *r,
                DifRun          *run,
                DifTensor        x,
                DifTensor        skip,
                DifTensor        emb,
                DifTensor        out)
{
  size_t     mark = dif_arena_mark (run->arena);
  float     *time = dif_arena_take (run->arena,
                                    (size_t) x.n * r->time.shape.cout);
  DifTensor  hidden = dif_tensor_take_summed (run, out.n, out.h, out.w, r->cout);
  DifConvHow first = { 0 };
  DifConvHow second = { .scale = r->scale };

  dif_linear_run (run, &r->time, emb.data, x.n, time);
  if (! r->scale_shift)
    {
      add_bias (run, r->conv1.bias, x.n, r->cout, time);
      first.bias = time;
      first.per_picture = true;
    }
  norm_act_conv (run, &r->norm1, NULL, x, skip, r->resize, &r->conv1, &first,
                 hidden);
  residual (r, run, x, skip, out, &second);
  norm_act_conv (run, &r->norm2, r->scale_shift ? time : NULL, hidden, nothing,
                 DIF_SAME, &r->conv2, &second, out);
  dif_arena_release (run->arena, mark);
}

/* Change of resolution ----------------------------------------------- */

gboolean
dif_resampler_load (DifResampler        *s,
                    DifLoader           *loader,
                    const char          *name,
                    const DifUnetConfig *config,
                    DifResample          kind,
                    DifResize            resize,
                    int                  channels)
{
  g_autofree char *conv = g_strconcat (name, ".conv", NULL);
  DifConvShape     shape = { channels, channels, 3,
                             resize == DIF_HALVE ? 2 : 1 };

  s->kind = kind;
  s->resize = resize;
  s->padding = config->downsample_padding;
  s->resnet.cin = s->resnet.cout = channels;
  s->resnet.cin_skip = 0;
  s->resnet.resize = resize;
  s->resnet.scale = 1.0f;
  if (kind == DIF_RESAMPLE_CONV)
    return dif_conv_load (&s->conv, loader, conv, shape, 0);
  return dif_resnet_load (&s->resnet, loader, name, config);
}

void
dif_resampler_run (const DifResampler *s,
                   DifRun             *run,
                   DifTensor           x,
                   DifTensor           emb,
                   DifTensor           out)
{
  bool       down = s->resize == DIF_HALVE;
  DifInput   input = { .x = { x }, .resize = down ? DIF_SAME : DIF_DOUBLE };
  DifConvHow how = { .offset = down && s->padding == 0 ? 1 : 0 };

  if (s->kind == DIF_RESAMPLE_RESNET)
    dif_resnet_run (&s->resnet, run, x, nothing, emb, out);
  else
    dif_conv3 (run, &s->conv, &how, &input, out);
}
