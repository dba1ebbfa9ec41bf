/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config.h: the shape of a network, read from the config.json that the
 * diffusers library writes for a UNet2DModel.  Whatever that file may
 * say and we do not run is refused by the key's name.
 */

#ifndef DIF_DENOISE_UNET_CONFIG_H
#define DIF_DENOISE_UNET_CONFIG_H

#include "dif.h"

#define DIF_MAX_LEVELS 8

typedef enum
{
  DIF_RESAMPLE_CONV,   /* Downsample2D / Upsample2D with a convolution     */
  DIF_RESAMPLE_RESNET  /* a ResnetBlock2D that pools or repeats inside     */
} DifResample;

typedef enum
{
  DIF_CLASS_NONE,
  DIF_CLASS_EMBEDDING, /* num_class_embeds rows, looked up by label        */
  DIF_CLASS_TIMESTEP   /* label embedded as a timestep, then a small MLP   */
} DifClassEmbed;

/* One level of the way down or up, in the order of the forward pass. */
typedef struct
{
  int         channels;        /* block_out_channels of this block         */
  gboolean    attention;
  gboolean    resample_present;/* FALSE for the last block of each way     */
  DifResample resample;
} DifLevel;

typedef struct
{
  int           in_channels;
  int           out_channels;
  int           n_levels;
  int           layers_per_block;
  DifLevel      down[DIF_MAX_LEVELS];
  DifLevel      up[DIF_MAX_LEVELS];
  int           head_dim;         /* attention_head_dim; 0: one head of all
                                     channels                              */
  int           norm_groups;
  int           attn_norm_groups; /* of the mid block's attention; 0: that
                                     attention has no GroupNorm            */
  float         norm_eps;
  int           downsample_padding; /* 0: pad right and bottom by one; 1   */
  gboolean      scale_shift;      /* resnet_time_scale_shift               */
  gboolean      mid_block;        /* FALSE: mid_block_type is null         */
  gboolean      mid_attention;    /* add_attention                         */
  float         mid_scale;        /* mid_block_scale_factor                */
  gboolean      center_input;
  gboolean      flip_sin_to_cos;
  float         freq_shift;
  int           time_embed_dim;
  DifClassEmbed class_embed;
  int           num_class_embeds;
  int           sample_size;      /* 0 if the file does not say            */
} DifUnetConfig;

/* Errors: NOT_FOUND, IO, MALFORMED, UNSUPPORTED. */
gboolean dif_unet_config_read (const char     *path,
                               DifUnetConfig  *config,
                               GError        **error);

#endif
