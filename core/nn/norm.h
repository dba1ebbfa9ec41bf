/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * norm.h: group normalisation, folded into one scale and shift per channel.
 */

#ifndef DIF_NN_NORM_H
#define DIF_NN_NORM_H

#include "nn/loader.h"
#include "nn/tensor.h"

typedef struct
{
  int    channels;
  int    groups;
  float  eps;
  float *weight;
  float *bias;
} DifNorm;

gboolean dif_norm_load  (DifNorm       *norm,
                         DifLoader     *loader,
                         const char    *name,
                         int            channels,
                         int            groups,
                         float          eps);

/* Folds the statistics of x (its channels followed by those of skip,
 * which may have none), the norm's weight and bias, and an optional
 * modulation [n][2 * channels] (scale, then shift: y (1 + scale) + shift)
 * into one scale and shift per picture and channel, [n][channels] each.
 * Group normalisation, Wu & He 2018.
 */
void     dif_norm_fold  (const DifNorm *norm,
                         DifRun        *run,
                         DifTensor      x,
                         DifTensor      skip,
                         const float   *modulation,
                         float         *scale,
                         float         *shift);

#endif
