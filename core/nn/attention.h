/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * attention.h: the attention block.
 */

#ifndef DIF_NN_ATTENTION_H
#define DIF_NN_ATTENTION_H

#include "nn/conv.h"
#include "nn/norm.h"

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

/* channels, head_dim (0: one head of all channels) and scale are set by the
 * caller.  groups and eps are the norm's; groups 0: no norm.
 */
gboolean dif_attention_load (DifAttention       *attention,
                             DifLoader          *loader,
                             const char         *name,
                             int                 groups,
                             float               eps);

/* In place. */
void     dif_attention_run  (const DifAttention *attention,
                             DifRun             *run,
                             DifTensor           x);

#endif
