/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-score.c: see vector-score.h.
 */

#include <math.h>

#include "kernels/vector-score.h"

/* sum[m] := the sum over n values of key m times those of a panel of queries,
 * [n][SCORE_PANEL], or of the squares of their differences, for SCORE_KEYS
 * keys.  On the way what lies ahead is asked for, a cache line of 16 floats for
 * each value.  differ is a constant where this is inlined.
 */
static inline __attribute__ ((always_inline)) void
sum_tile (const float *keys,
          size_t       stride,
          const float *queries,
          int          n,
          bool         differ,
          const float *ahead,
          vf           sum[SCORE_KEYS][2])
{
  int d, m;

#pragma GCC unroll 16
  for (m = 0; m < SCORE_KEYS; m++)
    sum[m][0] = sum[m][1] = (vf) { 0.0f };
  for (d = 0; d < n; d++, keys++, queries += SCORE_PANEL, ahead += 16)
    {
      const float *key = keys;
      vf           a = *(const vf *) queries;
      vf           b = *(const vf *) (queries + DIF_VL);

      __builtin_prefetch (ahead);
#pragma GCC unroll 16
      for (m = 0; m < SCORE_KEYS; m++, key += stride)
        {
          vf value = vf_splat (*key);

          if (differ)
            {
              vf x = a - value, y = b - value;

              sum[m][0] = vf_fma (x, x, sum[m][0]);
              sum[m][1] = vf_fma (y, y, sum[m][1]);
            }
          else
            {
              sum[m][0] = vf_fma (value, a, sum[m][0]);
              sum[m][1] = vf_fma (value, b, sum[m][1]);
            }
        }
    }
}

void
DIF_NAME (dif_score_multiply) (const ScoreTile *tile,
                               float           *score,
                               vf               max[2])
{
  vf  sum[SCORE_KEYS][2], most[2] = { max[0], max[1] };
  int m;

  sum_tile (tile->keys, tile->stride, tile->queries, tile->dim, false,
            tile->keys + SCORE_KEYS * tile->stride, sum);
#pragma GCC unroll 16
  for (m = 0; m < SCORE_KEYS; m++, score += SCORE_PANEL)
    {
      vf a = vf_fma (sum[m][0], vf_splat (tile->factor),
                     vf_splat (tile->offset[m]));
      vf b = vf_fma (sum[m][1], vf_splat (tile->factor),
                     vf_splat (tile->offset[m]));

      most[0] = vf_select (a > most[0], a, most[0]);
      most[1] = vf_select (b > most[1], b, most[1]);
      *(vf *) score = a;
      *(vf *) (score + DIF_VL) = b;
    }
  max[0] = most[0];
  max[1] = most[1];
}

/* Values whose differences are squared before one looks. */
#define STRETCH 40

/* A stretch of the values at a time, which loses fewer digits.  Scores only
 * fall on the way: when none is left that counts beside max, all are given up.
 */
void
DIF_NAME (dif_score_differ) (const ScoreTile *tile,
                             float           *score,
                             vf               max[2])
{
  vf  total[SCORE_KEYS][2], most[2] = { max[0], max[1] };
  int n = (tile->dim + STRETCH - 1) / STRETCH, i, m;

  memset (total, 0, sizeof (total));
  for (i = 0; i < n; i++)
    {
      int d0 = tile->dim * i / n, d1 = tile->dim * (i + 1) / n;
      vf  sum[SCORE_KEYS][2];
      vi  counts = { 0 };

      sum_tile (tile->keys + d0, tile->stride, tile->queries + d0 * SCORE_PANEL,
                d1 - d0, true,
                tile->keys + SCORE_KEYS * tile->stride + d0 * 16, sum);
#pragma GCC unroll 16
      for (m = 0; m < SCORE_KEYS; m++)
        {
          vf a, b;

          total[m][0] += sum[m][0];
          total[m][1] += sum[m][1];
          a = vf_fma (total[m][0], vf_splat (tile->factor),
                      vf_splat (tile->offset[m]));
          b = vf_fma (total[m][1], vf_splat (tile->factor),
                      vf_splat (tile->offset[m]));
          counts |= (a - max[0] >= vf_splat (SCORE_CUT))
                    | (b - max[1] >= vf_splat (SCORE_CUT));
          *(vf *) (score + m * SCORE_PANEL) = a;
          *(vf *) (score + m * SCORE_PANEL + DIF_VL) = b;
        }
      if (! score_any ((vf) counts))
        break;
    }
  for (m = 0; m < SCORE_KEYS; m++, score += SCORE_PANEL)
    {
      vf *a = (vf *) score, *b = (vf *) (score + DIF_VL);

      if (i < n)
        *a = *b = vf_splat (-INFINITY);
      most[0] = vf_select (*a > most[0], *a, most[0]);
      most[1] = vf_select (*b > most[1], *b, most[1]);
    }
  max[0] = most[0];
  max[1] = most[1];
}
