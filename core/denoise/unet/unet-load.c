/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * unet-load.c: finds each layer's weights by the names that diffusers'
 * UNet2DModel gives them.
 */

#include "denoise/unet/unet-private.h"

static gboolean
load_linear (DifConv    *linear,
             DifLoader  *loader,
             const char *name,
             int         in,
             int         out)
{
  return dif_conv_load (linear, loader, name, (DifConvShape) { in, out, 1, 1 },
                        DIF_LOAD_MATRIX | DIF_LOAD_EXACT);
}

static gboolean
load_embeddings (DifUnet   *u,
                 DifLoader *loader)
{
  const DifUnetConfig *c = &u->config;
  int                  dims[2] = { c->num_class_embeds, c->time_embed_dim };
  int                  sines = c->down[0].channels;

  if (! load_linear (&u->time1, loader, "time_embedding.linear_1", sines,
                     c->time_embed_dim)
      || ! load_linear (&u->time2, loader, "time_embedding.linear_2",
                        c->time_embed_dim, c->time_embed_dim))
    return FALSE;
  switch (c->class_embed)
    {
    case DIF_CLASS_NONE:
      return TRUE;
    case DIF_CLASS_TIMESTEP:
      return load_linear (&u->class1, loader, "class_embedding.linear_1",
                          sines, c->time_embed_dim)
             && load_linear (&u->class2, loader, "class_embedding.linear_2",
                             c->time_embed_dim, c->time_embed_dim);
    case DIF_CLASS_EMBEDDING:
      u->class_table = dif_loader_alloc (loader, (size_t) dims[0] * dims[1]);
      if (dif_loader_counts (loader))
        return TRUE;
      return u->class_table
             && dif_weights_read (loader->weights, "class_embedding.weight", 2,
                                  dims, u->class_table, loader->error);
    }
  return FALSE;
}

static gboolean
load_resnet (DifResnet           *r,
             DifLoader           *loader,
             const DifUnetConfig *config,
             const char          *prefix,
             int                  i,
             int                  cin,
             int                  cin_skip,
             int                  cout,
             float                scale)
{
  g_autofree char *name = g_strdup_printf ("%s.resnets.%d", prefix, i);

  r->cin = cin;
  r->cin_skip = cin_skip;
  r->cout = cout;
  r->resize = DIF_SAME;
  r->scale = scale;
  return dif_resnet_load (r, loader, name, config);
}

static gboolean
load_attention (DifAttention        *a,
                DifLoader           *loader,
                const DifUnetConfig *config,
                const char          *prefix,
                int                  i,
                int                  channels,
                int                  groups,
                float                scale)
{
  g_autofree char *name = g_strdup_printf ("%s.attentions.%d", prefix, i);

  a->channels = channels;
  a->head_dim = config->head_dim;
  a->scale = scale;
  return dif_attention_load (a, loader, name, groups, config->norm_eps);
}

static gboolean
load_down (DifUnet   *u,
           DifLoader *loader,
           int        i)
{
  const DifUnetConfig *c = &u->config;
  const DifLevel      *shape = &c->down[i];
  DifUnetLevel        *level = &u->down[i];
  g_autofree char     *name = g_strdup_printf ("down_blocks.%d", i);
  g_autofree char     *sampler = g_strconcat (name, ".downsamplers.0", NULL);
  int                  j;

  level->n_layers = c->layers_per_block;
  level->has_attention = shape->attention;
  level->has_resampler = shape->resample_present;
  for (j = 0; j < level->n_layers; j++)
    {
      int before = i > 0 ? c->down[i - 1].channels : shape->channels;

      if (! load_resnet (&level->resnets[j], loader, c, name, j,
                         j > 0 ? shape->channels : before, 0, shape->channels,
                         1.0f)
          || (shape->attention
              && ! load_attention (&level->attentions[j], loader, c, name, j,
                                   shape->channels, c->norm_groups, 1.0f)))
        return FALSE;
    }
  return ! level->has_resampler
         || dif_resampler_load (&level->resampler, loader, sampler, c,
                                shape->resample, DIF_HALVE, shape->channels);
}

/* The skip connections that level i of the way up takes were left by
 * level n_levels - 1 - i of the way down, all but the last, which is the
 * output of the level above (or conv_in's).
 */
static gboolean
load_up (DifUnet   *u,
         DifLoader *loader,
         int        i)
{
  const DifUnetConfig *c = &u->config;
  const DifLevel      *shape = &c->up[i];
  DifUnetLevel        *level = &u->up[i];
  int                  mirror = c->n_levels - 1 - i;
  int                  last_skip = c->down[MAX (mirror - 1, 0)].channels;
  g_autofree char     *name = g_strdup_printf ("up_blocks.%d", i);
  g_autofree char     *sampler = g_strconcat (name, ".upsamplers.0", NULL);
  int                  j;

  level->n_layers = c->layers_per_block + 1;
  level->has_attention = shape->attention;
  level->has_resampler = shape->resample_present;
  for (j = 0; j < level->n_layers; j++)
    {
      int before = i > 0 ? c->up[i - 1].channels
                         : c->down[c->n_levels - 1].channels;
      int x = j > 0 ? shape->channels : before;
      int skip = j < c->layers_per_block ? c->down[mirror].channels : last_skip;

      if (! load_resnet (&level->resnets[j], loader, c, name, j, x + skip, skip,
                         shape->channels, 1.0f)
          || (shape->attention
              && ! load_attention (&level->attentions[j], loader, c, name, j,
                                   shape->channels, c->norm_groups, 1.0f)))
        return FALSE;
    }
  return ! level->has_resampler
         || dif_resampler_load (&level->resampler, loader, sampler, c,
                                shape->resample, DIF_DOUBLE, shape->channels);
}

static gboolean
load_mid (DifUnet   *u,
          DifLoader *loader)
{
  const DifUnetConfig *c = &u->config;
  int                  channels = c->down[c->n_levels - 1].channels;
  float                scale = 1.0f / c->mid_scale;

  if (! c->mid_block)
    return TRUE;
  return load_resnet (&u->mid1, loader, c, "mid_block", 0, channels, 0,
                      channels, scale)
         && (! c->mid_attention
             || load_attention (&u->mid_attention, loader, c, "mid_block", 0,
                                channels, c->attn_norm_groups, scale))
         && load_resnet (&u->mid2, loader, c, "mid_block", 1, channels, 0,
                         channels, scale);
}

static gboolean
load (DifUnet   *u,
      DifLoader *loader)
{
  const DifUnetConfig *c = &u->config;
  DifConvShape         in = { c->in_channels, c->down[0].channels, 3, 1 };
  DifConvShape         out = { c->down[0].channels, c->out_channels, 3, 1 };
  int                  i;

  if (! dif_conv_load (&u->conv_in, loader, "conv_in", in, DIF_LOAD_EXACT)
      || ! load_embeddings (u, loader))
    return FALSE;
  for (i = 0; i < c->n_levels; i++)
    if (! load_down (u, loader, i))
      return FALSE;
  if (! load_mid (u, loader))
    return FALSE;
  for (i = 0; i < c->n_levels; i++)
    if (! load_up (u, loader, i))
      return FALSE;
  return dif_norm_load (&u->norm_out, loader, "conv_norm_out",
                        c->down[0].channels, c->norm_groups, c->norm_eps)
         && dif_conv_load (&u->conv_out, loader, "conv_out", out,
                           DIF_LOAD_EXACT)
         && (dif_loader_counts (loader)
             || dif_weights_all_used (loader->weights, loader->error));
}

guint64
dif_unet_memory (const DifUnetConfig *config,
                 const DifKernels    *kernels,
                 guint64             *loading)
{
  DifUnet   *u = g_new0 (DifUnet, 1);
  DifLoader  loader = { .kernels = kernels };

  u->config = *config;
  load (u, &loader);
  g_free (u);
  if (loading)
    *loading = loader.bytes + loader.copies;
  return loader.bytes;
}

DifUnet *
dif_unet_new (const DifUnetConfig  *config,
              DifWeights           *weights,
              const DifKernels     *kernels,
              GError              **error)
{
  DifUnet  *u = g_new0 (DifUnet, 1);
  DifLoader loader;
  gboolean  ok;

  g_return_val_if_fail (config->n_levels <= DIF_MAX_LEVELS
                        && config->layers_per_block < MAX_LAYERS, NULL);
  u->config = *config;
  u->kernels = kernels;
  u->blocks = g_ptr_array_new_with_free_func (dif_free);
  dif_loader_init (&loader, weights, kernels, u->blocks, error);
  ok = load (u, &loader);
  if (ok)
    dif_loader_finish (&loader);
  else
    g_clear_pointer (&u, dif_unet_free);
  dif_loader_clear (&loader);
  return u;
}

void
dif_unet_free (DifUnet *u)
{
  if (! u)
    return;
  g_ptr_array_unref (u->blocks);
  g_free (u);
}
