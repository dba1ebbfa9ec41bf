/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bf16.c: see bf16.h.
 */

#include <immintrin.h>

#include "kernels/bf16.h"

static uint16_t
to_bf16 (float x)
{
  __m128bh half = _mm_cvtneps_pbh (_mm_set_ss (x));
  uint16_t out;

  memcpy (&out, &half, sizeof (out));
  return out;
}

size_t
dif_bf16_packed_size (const DifConvShape *s)
{
  size_t vectors = (s->cout + DIF_VL - 1) / DIF_VL;

  return bf16_block_values (s, 1) * vectors / 2;
}

void
dif_bf16_pack_conv (const DifConvShape *s,
                    const float        *weight,
                    float              *packed)
{
  uint16_t *to = (uint16_t *) packed;
  int       taps = s->kernel * s->kernel, run = bf16_run (s);
  int       o, ky, k, c, lane, i;

  for (o = 0; o < s->cout; o += BF16_BLOCK)
    for (ky = 0; ky < s->kernel; ky++)
      for (k = 0; k < run; k += 2)
        {
          size_t at[2];         /* in the weights of an output channel */

          for (i = 0; i < 2; i++)
            at[i] = (size_t) ((k + i) % s->cin) * taps + ky * s->kernel
                    + (k + i) / s->cin;
          for (c = 0; c < bf16_vectors (s, o); c++)
            for (lane = 0; lane < DIF_VL; lane++)
              for (i = 0; i < 2; i++)
                {
                  int out = o + c * DIF_VL + lane;

                  *to++ = out < s->cout && k + i < s->kernel * s->cin
                    ? to_bf16 (weight[(size_t) out * s->cin * taps + at[i]])
                    : 0;
                }
        }
}

void
dif_bf16_convert_row (const float *in,
                      int          n_pixels,
                      int          pixel,
                      int          cin,
                      uint16_t    *out)
{
  int padded = (cin + BF16_DEPTH - 1) / BF16_DEPTH * BF16_DEPTH;
  int x, c;

  for (x = 0; x < n_pixels; x++, in += pixel)
    for (c = 0; c < padded; c += DIF_VL, out += DIF_VL)
      {
        int      n = cin - c;
        vf       v = n >= DIF_VL ? vf_load (in + c)
                                 : vf_load_some (in + c, n > 0 ? n : 0);
        __m256bh half = _mm512_cvtneps_pbh ((__m512) v);

        memcpy (out, &half, sizeof (half));
      }
}

size_t
dif_bf16_row_floats (const DifConvShape *s,
                     int                 width)
{
  return s->kernel == 1 ? (size_t) (width + 32) * bf16_run (s) / 2 : 0;
}
