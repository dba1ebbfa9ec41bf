/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-tile.c: see vector-tile.h.  Each step broadcasts one float per
 * pixel and multiplies it by NR vectors of weights.
 */

#include "kernels/vector-tile.h"

#if DIF_VL == 16
#define DEEP 2                   /* steps of the sum taken at once */
#else
#define DEEP 1
#endif

/* mr and nr are constants where this is inlined, so that sum[][] lives in
 * registers; a call in the same function would push it to memory.
 */
static inline __attribute__ ((always_inline)) void
sums (const DifTile *tile,
      const float   *w,
      int            mr,
      int            nr,
      vf            *out)
{
  const float *in = tile->in;
  size_t       pixel = tile->pixel;
  int          run = tile->run;
  vf           sum[TILE_MR][TILE_NR];
  int          r, k, m, n, d;

#pragma GCC unroll 16
  for (m = 0; m < mr; m++)
#pragma GCC unroll 4
    for (n = 0; n < nr; n++)
      sum[m][n] = (vf) { 0.0f };
  for (r = 0; r < tile->n_runs; r++, in += tile->row)
    {
      for (k = 0; k + DEEP <= run; k += DEEP)
        {
          const float *p = in + k;
          vf           weight[DEEP][TILE_NR];

#pragma GCC unroll 4
          for (d = 0; d < DEEP; d++)
#pragma GCC unroll 4
            for (n = 0; n < nr; n++, w += DIF_VL)
              weight[d][n] = *(const vf *) w;
#pragma GCC unroll 16
          for (m = 0; m < mr; m++, p += pixel)
#pragma GCC unroll 4
            for (d = 0; d < DEEP; d++)
#pragma GCC unroll 4
              for (n = 0; n < nr; n++)
                sum[m][n] = vf_fma (vf_splat (p[d]), weight[d][n], sum[m][n]);
        }
      for (; k < run; k++)
        {
          const float *p = in + k;
          vf           weight[TILE_NR];

#pragma GCC unroll 4
          for (n = 0; n < nr; n++, w += DIF_VL)
            weight[n] = *(const vf *) w;
#pragma GCC unroll 16
          for (m = 0; m < mr; m++, p += pixel)
#pragma GCC unroll 4
            for (n = 0; n < nr; n++)
              sum[m][n] = vf_fma (vf_splat (p[0]), weight[n], sum[m][n]);
        }
    }
#pragma GCC unroll 16
  for (m = 0; m < mr; m++)
#pragma GCC unroll 4
    for (n = 0; n < nr; n++)
      *out++ = sum[m][n];
}

#define SUMS(m)                                                         \
  static __attribute__ ((noinline)) void                                \
  sums_##m##_1 (const DifTile *tile, const float *w, vf *out)           \
  {                                                                     \
    sums (tile, w, m, 1, out);                                          \
  }                                                                     \
  static __attribute__ ((noinline)) void                                \
  sums_##m##_2 (const DifTile *tile, const float *w, vf *out)           \
  {                                                                     \
    sums (tile, w, m, 2, out);                                          \
  }

#define BOTH(m) { sums_##m##_1, sums_##m##_2 }

SUMS (1) SUMS (2) SUMS (3) SUMS (4) SUMS (5) SUMS (6)
#if TILE_MR == 12
SUMS (7) SUMS (8) SUMS (9) SUMS (10) SUMS (11) SUMS (12)
#endif

typedef void (* SumsFunc) (const DifTile *, const float *, vf *);

static const SumsFunc funcs[TILE_MR][TILE_NR] = {
  BOTH (1), BOTH (2), BOTH (3), BOTH (4), BOTH (5), BOTH (6),
#if TILE_MR == 12
  BOTH (7), BOTH (8), BOTH (9), BOTH (10), BOTH (11), BOTH (12)
#endif
};

void
DIF_NAME (dif_tile) (const DifTile *tile,
                     const float   *w,
                     int            mr,
                     int            nr,
                     vf            *sum)
{
  funcs[mr - 1][nr - 1] (tile, w, sum);
}
