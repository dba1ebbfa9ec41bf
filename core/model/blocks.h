/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * blocks.h: the parts of a U-Net: residual block, attention, change of
 * resolution.  Each is loaded from the tensors below one name and runs
 * on a batch.
 */

#ifndef DIF_MODEL_BLOCKS_H
#define DIF_MODEL_BLOCKS_H

#include "model/config.h"
#include "model/layers.h"

/* ResnetBlock2D: x + conv (silu (norm (conv (silu (norm (x))) + time))),
 * He et al. 2016, with the time embedding added or, scale_shift, as a
 * modulation of the second norm (Dhariwal & Nichol 2021).  The input may
 * come in two parts, channels of x first: on the way up the second is a
 * skip connection.
 */
typedef struct
{
  int       cin;           /* both parts together    */
  int       cin_skip;      /* those of the second    */
  int       cout;
  DifResize resize;
  bool      scale_shift;
  bool      has_shortcut;
  float     scale;         /* 1 / output_scale_factor */
  DifNorm   norm1;
  DifNorm   norm2;
  DifConv   conv1;
  DifConv   conv2;
  DifConv   time;          /* a linear layer          */
  DifConv   shortcut[2];   /* of each part            */
} DifResnet;

/* cin, cin_skip, cout, resize and scale are set by the caller.
 * Errors, here and of the loads below: MEMORY, and those of
 * dif_weights_read(), into loader->error.
 */
gboolean  dif_resnet_load    (DifResnet           *resnet,
                              DifLoader           *loader,
                              const char          *name,
                              const DifUnetConfig *config);

/* emb is silu (time embedding), [n][time_embed_dim].  out has cout
 * channels, at the resized size.
 */
void      dif_resnet_run     (const DifResnet     *resnet,
                              DifRun              *run,
                              DifTensor            x,
                              DifTensor            skip,
                              DifTensor            emb,
                              DifTensor            out);

/* Attention over all pixels (Vaswani et al. 2017), with a GroupNorm in
 * front and a residual connection around it.
 */
typedef struct
{
  int     channels;
  int     head_dim;
  int     n_heads;
  bool    has_norm;
  float   scale;           /* 1 / rescale_output_factor */
  DifNorm norm;
  DifConv qkv;             /* three linear layers side by side */
  DifConv out;
} DifAttention;

/* groups 0: no norm. */
gboolean  dif_attention_load (DifAttention        *attention,
                              DifLoader           *loader,
                              const char          *name,
                              const DifUnetConfig *config,
                              int                  channels,
                              int                  groups,
                              float                scale);

/* In place. */
void      dif_attention_run  (const DifAttention  *attention,
                              DifRun              *run,
                              DifTensor            x);

/* A convolution or a residual block that halves or doubles the sides. */
typedef struct
{
  DifResample kind;
  DifResize   resize;
  int         padding;     /* of the strided convolution */
  DifConv     conv;
  DifResnet   resnet;
} DifResampler;

gboolean  dif_resampler_load (DifResampler        *resampler,
                              DifLoader           *loader,
                              const char          *name,
                              const DifUnetConfig *config,
                              DifResample          kind,
                              DifResize            resize,
                              int                  channels);
void      dif_resampler_run  (const DifResampler  *resampler,
                              DifRun              *run,
                              DifTensor            x,
                              DifTensor            emb,
                              DifTensor            out);

/* A linear layer on [n][cin] vectors, each by itself. */
void      dif_linear_run     (DifRun              *run,
                              const DifConv       *linear,
                              const float         *in,
                              int                  n,
                              float               *out);

#endif
