/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-mix.h: keys mixed by the weights that a panel of queries gives them,
 * the other inner loop of the posterior mean.
 */

#ifndef DIF_KERNELS_VECTOR_MIX_H
#define DIF_KERNELS_VECTOR_MIX_H

#include "kernels/vector-score.h"

/* sum[m] := sum[m] * fade[m] + the sum over i < n of weight[i][m] times the row
 * of dim floats at keys + row[i], for SCORE_PANEL queries.  Rows and sums are
 * stride apart, whole vectors, and aligned; weight is [n][SCORE_PANEL].
 */
void DIF_NAME (dif_mix) (const float *keys,
                         size_t       stride,
                         int          dim,
                         const int   *row,
                         const float *weight,
                         int          n,
                         const float *fade,
                         float       *sum);

#endif
