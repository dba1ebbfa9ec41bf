/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-mix.c: see vector-mix.h.
 */

#include "kernels/vector-mix.h"

#define MAX_VECTORS 3           /* of a row in a tile   */
#if SCORE_KEYS == 12
#define TILE_QUERIES 8          /* 24 sums and 3 values */
#else
#define TILE_QUERIES 4          /* 12 sums and 3 values */
#endif

/* sum[m] := sum[m] * fade[m] + the sum over n keys of their rows times their
 * weights, for TILE_QUERIES queries and nr vectors of a row.  nr is a constant
 * where this is inlined.
 */
static inline __attribute__ ((always_inline)) void
mix_tile (const float *keys,
          const int   *row,
          const float *weight,
          int          n,
          int          nr,
          const float *fade,
          float       *sum,
          size_t       stride)
{
  vf  part[TILE_QUERIES][MAX_VECTORS];
  int i, m, v;

#pragma GCC unroll 16
  for (m = 0; m < TILE_QUERIES; m++)
#pragma GCC unroll 4
    for (v = 0; v < nr; v++)
      part[m][v] = (vf) { 0.0f };
  for (i = 0; i < n; i++, weight += SCORE_PANEL)
    {
      const float *key = keys + row[i];
      vf           value[MAX_VECTORS];

#pragma GCC unroll 4
      for (v = 0; v < nr; v++)
        value[v] = *(const vf *) (key + v * DIF_VL);
#pragma GCC unroll 16
      for (m = 0; m < TILE_QUERIES; m++)
#pragma GCC unroll 4
        for (v = 0; v < nr; v++)
          part[m][v] = vf_fma (vf_splat (weight[m]), value[v], part[m][v]);
    }
#pragma GCC unroll 16
  for (m = 0; m < TILE_QUERIES; m++, sum += stride)
#pragma GCC unroll 4
    for (v = 0; v < nr; v++)
      *(vf *) (sum + v * DIF_VL) = vf_fma (*(vf *) (sum + v * DIF_VL),
                                           vf_splat (fade[m]), part[m][v]);
}

#define MIX(nr)                                                         \
  static __attribute__ ((noinline)) void                                \
  mix_##nr (const float *keys, const int *row, const float *weight,     \
            int n, const float *fade, float *sum, size_t stride)        \
  {                                                                     \
    mix_tile (keys, row, weight, n, nr, fade, sum, stride);             \
  }

MIX (1) MIX (2) MIX (3)

void
DIF_NAME (dif_mix) (const float *keys,
                    size_t       stride,
                    int          dim,
                    const int   *row,
                    const float *weight,
                    int          n,
                    const float *fade,
                    float       *sum)
{
  int vectors = (dim + DIF_VL - 1) / DIF_VL;
  int groups = (vectors + MAX_VECTORS - 1) / MAX_VECTORS, g, m;

  for (g = 0; g < groups; g++)
    {
      int          from = vectors * g / groups, to = vectors * (g + 1) / groups;
      const float *part = keys + from * DIF_VL;

      for (m = 0; m < SCORE_PANEL; m += TILE_QUERIES)
        {
          float *out = sum + m * stride + from * DIF_VL;

          if (to - from == 3)
            mix_3 (part, row, weight + m, n, fade + m, out, stride);
          else if (to - from == 2)
            mix_2 (part, row, weight + m, n, fade + m, out, stride);
          else
            mix_1 (part, row, weight + m, n, fade + m, out, stride);
        }
    }
}
