/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * unet-private.h: what unet-load.c builds and unet.c runs.
 */

#ifndef DIF_DENOISE_UNET_UNET_PRIVATE_H
#define DIF_DENOISE_UNET_UNET_PRIVATE_H

#include "denoise/unet/blocks.h"
#include "denoise/unet/unet.h"
#include "nn/attention.h"

#define MAX_LAYERS 17   /* of a level: layers_per_block + 1 */
#define MAX_SKIPS  (DIF_MAX_LEVELS * MAX_LAYERS + 1)

typedef struct
{
  int          n_layers;
  DifResnet    resnets[MAX_LAYERS];
  DifAttention attentions[MAX_LAYERS];
  bool         has_attention;
  bool         has_resampler;
  DifResampler resampler;
} DifUnetLevel;

struct _DifUnet
{
  DifUnetConfig     config;
  const DifKernels *kernels;
  GPtrArray        *blocks;         /* memory of all weights */
  DifConv           conv_in;
  DifConv           time1;
  DifConv           time2;
  float            *class_table;    /* [num_class_embeds][time_embed_dim] */
  DifConv           class1;
  DifConv           class2;
  DifUnetLevel      down[DIF_MAX_LEVELS];
  DifUnetLevel      up[DIF_MAX_LEVELS];
  DifResnet         mid1;
  DifResnet         mid2;
  DifAttention      mid_attention;
  DifNorm           norm_out;
  DifConv           conv_out;
};

/* One network call under way. */
typedef struct
{
  const DifUnet *u;
  DifRun         run;
  DifTensor      emb;                 /* silu (time embedding)             */
  DifTensor      skips[MAX_SKIPS];    /* a stack                           */
  int            n_skips;
  float         *room[2];             /* for the way up: the latest is x,  */
  double        *sums[2];             /*   the other takes the next result */
  int            latest;
  DifUnetProbe   probe;
  void          *probe_data;
} DifUnetCall;

/* Hands a stage's output to the probe; index < 0: the name has none. */
void dif_unet_report (DifUnetCall *p,
                      DifTensor    t,
                      const char  *stage,
                      int          index);

/* Sets p->emb. */
void dif_unet_embed  (DifUnetCall *p,
                      const float *timesteps,
                      const int   *labels,
                      int          n);

#endif
