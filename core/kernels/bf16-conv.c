/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bf16-conv.c: convolution with AVX-512 BF16, for processors that have it
 * without a matrix unit: as vector-conv.c, but each step multiplies two
 * values of k at once.
 */

#include <immintrin.h>

#include "kernels/bf16.h"

#define MR 12       /* 24 sums, 2 weights, a broadcast: of 32 registers */

size_t dif_bf16_packed_size_bf16  (const DifConvShape *);
void   dif_bf16_pack_conv_bf16    (const DifConvShape *, const float *, float *);
size_t dif_bf16_conv_scratch_bf16 (const DifConvShape *, int);
void   dif_bf16_conv_bf16         (const DifConvCall *, int, int, float *);

size_t
dif_bf16_packed_size_bf16 (const DifConvShape *s)
{
  return dif_bf16_packed_size (s);
}

void
dif_bf16_pack_conv_bf16 (const DifConvShape *s,
                         const float        *weight,
                         float              *packed)
{
  dif_bf16_pack_conv (s, weight, packed);
}

size_t
dif_bf16_conv_scratch_bf16 (const DifConvShape *s,
                            int                 width)
{
  return MR * BF16_BLOCK + dif_bf16_row_floats (s, width);
}

static inline __m512bh
pair (const uint16_t *p)
{
  int32_t two;

  memcpy (&two, p, sizeof (two));
  return (__m512bh) _mm512_set1_epi32 (two);
}

/* mr and nr are constants where this is inlined. */
static inline __attribute__ ((always_inline)) void
tile (const DifBf16Input *input,
      const uint16_t     *w,
      int                 mr,
      int                 nr,
      float              *out)
{
  __m512 sum[MR][2];
  int    ky, k, m, n;

#pragma GCC unroll 16
  for (m = 0; m < mr; m++)
#pragma GCC unroll 2
    for (n = 0; n < nr; n++)
      sum[m][n] = _mm512_setzero_ps ();
  for (ky = 0; ky < input->n_rows; ky++)
    for (k = 0; k < input->run; k += 2)
      {
        const uint16_t *p = input->in + ky * input->row + k;
        __m512bh        weight[2];

#pragma GCC unroll 2
        for (n = 0; n < nr; n++, w += 2 * DIF_VL)
          weight[n] = (__m512bh) _mm512_load_si512 (w);
#pragma GCC unroll 16
        for (m = 0; m < mr; m++, p += input->pixel)
#pragma GCC unroll 2
          for (n = 0; n < nr; n++)
            sum[m][n] = _mm512_dpbf16_ps (sum[m][n], pair (p), weight[n]);
      }
#pragma GCC unroll 16
  for (m = 0; m < mr; m++)
#pragma GCC unroll 2
    for (n = 0; n < nr; n++)
      _mm512_store_ps (out + m * BF16_BLOCK + n * DIF_VL, sum[m][n]);
}

#define TILE(m)                                                         \
  static __attribute__ ((noinline)) void                                \
  tile_##m (const DifBf16Input *input, const uint16_t *w, int nr,       \
            float *out)                                                 \
  {                                                                     \
    if (nr == 2)                                                        \
      tile (input, w, m, 2, out);                                       \
    else                                                                \
      tile (input, w, m, 1, out);                                       \
  }

TILE (1) TILE (2) TILE (3) TILE (4) TILE (5) TILE (6)
TILE (7) TILE (8) TILE (9) TILE (10) TILE (11) TILE (12)

typedef void (* TileFunc) (const DifBf16Input *, const uint16_t *, int,
                           float *);

static const TileFunc tiles[MR] = {
  tile_1, tile_2, tile_3, tile_4, tile_5, tile_6,
  tile_7, tile_8, tile_9, tile_10, tile_11, tile_12
};

static void
one_row (const DifConvCall *call,
         DifBf16Input       input,
         const uint16_t    *w,
         int                o,
         int                nr,
         int                y,
         float             *sum)
{
  const uint16_t *in = input.in;
  int             n_tiles = (call->width + MR - 1) / MR;
  int             i, x;

  for (i = 0; i < n_tiles; i++)
    {
      int x0 = (int) ((long) call->width * i / n_tiles);
      int x1 = (int) ((long) call->width * (i + 1) / n_tiles);

      input.in = in + x0 * input.pixel;
      tiles[x1 - x0 - 1] (&input, w, nr, sum);
      for (x = x0; x < x1; x++)
        bf16_finish (call, y, x, o, nr, sum + (x - x0) * BF16_BLOCK);
    }
}

void
dif_bf16_conv_bf16 (const DifConvCall *call,
                    int                y0,
                    int                y1,
                    float             *scratch)
{
  const DifConvShape *s = &call->shape;
  const uint16_t     *w = (const uint16_t *) call->packed;
  uint16_t           *row = (uint16_t *) (scratch + MR * BF16_BLOCK);
  DifBf16Input        input = { .n_rows = s->kernel, .run = bf16_run (s),
                                .row = call->in_row,
                                .pixel = (size_t) s->stride * s->cin };
  int                 o, y;

  for (o = 0; o < s->cout; o += BF16_BLOCK)
    {
      int nr = bf16_vectors (s, o);

      for (y = y0; y < y1; y++)
        {
          size_t at = (size_t) y * s->stride * call->in_row;

          if (s->kernel == 1)
            {
              dif_bf16_convert_row ((const float *) call->in + at, call->width,
                                    s->stride * s->cin, s->cin, row);
              input.pixel = input.run;
              input.in = row;
            }
          else
            input.in = (const uint16_t *) call->in + at;
          one_row (call, input, w, o, nr, y, scratch);
        }
      w += bf16_block_values (s, nr);
    }
}
