/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-score.h: the scores of some keys for a panel of queries, the one inner
 * loop that the posterior mean finds them in.  Queries lie in the lanes of
 * vectors.
 */

#ifndef DIF_KERNELS_VECTOR_SCORE_H
#define DIF_KERNELS_VECTOR_SCORE_H

#include "kernels/vector.h"

#define SCORE_PANEL (2 * DIF_VL)         /* queries                          */
#if DIF_VL == 16 || defined __aarch64__
#define SCORE_KEYS 12                    /* 24 sums of 32 registers          */
#else
#define SCORE_KEYS 6                     /* 12 sums of 16 registers          */
#endif

/* Scores that are less than the largest by more than this count for nothing. */
#define SCORE_CUT (-32.0f)

typedef struct
{
  const float *keys;       /* SCORE_KEYS rows, behind them the next          */
  size_t       stride;     /* floats from one to the next                    */
  const float *queries;    /* [dim][SCORE_PANEL]                             */
  int          dim;
  const float *offset;     /* [SCORE_KEYS]                                   */
  float        factor;
} ScoreTile;

/* score[m][.] := offset[m] + factor * the product of key m and each query.
 * Raises max to the largest of them.
 */
void DIF_NAME (dif_score_multiply) (const ScoreTile *tile,
                                    float           *score,
                                    vf               max[2]);

/* The same with the square of the distance of each query from key m; factor is
 * not positive.  Scores that count for nothing beside max may become -INFINITY.
 */
void DIF_NAME (dif_score_differ)   (const ScoreTile *tile,
                                    float           *score,
                                    vf               max[2]);

/* Whether any lane is not 0, bit by bit. */
static inline bool
score_any (vf x)
{
#if DIF_VL == 16
  return _mm512_test_epi32_mask ((__m512i) x, (__m512i) x) != 0;
#elif DIF_VL == 8
  return ! _mm256_testz_si256 ((__m256i) x, (__m256i) x);
#elif defined __aarch64__
  return vmaxvq_u32 ((uint32x4_t) x) != 0;
#else
  vi bits = (vi) x;

  return (bits[0] | bits[1] | bits[2] | bits[3]) != 0;
#endif
}

#endif
