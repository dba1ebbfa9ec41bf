/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * blocks.h: the parts of a U-Net beside attention: residual block and
 * change of resolution.  Each is loaded from the tensors below one name and
 * runs on a batch.
 */

#ifndef DIF_DENOISE_UNET_BLOCKS_H
#define DIF_DENOISE_UNET_BLOCKS_H

#include "denoise/unet/config.h"
#include "nn/conv.h"
#include "nn/norm.h"

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

#endif
