/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * amx-conv.c: convolution on the matrix unit (Intel AMX, bfloat16; Intel
 * 64 and IA-32 Architectures Optimization Reference Manual, chapter 20).
 *
 * A tile register holds 16 rows of 64 bytes.  With channels last and the
 * input prepared as bfloat16, a tile of input is 16 neighbouring pixels
 * by 32 values of k, loaded straight from the picture; one product adds
 * 16 pixels by 16 output channels over 32 values of k.  Four sums, two
 * inputs and two weights fill the eight registers: 32 pixels by 32
 * channels at a time.
 *
 * For stride 1 the rows of the picture with their borders are one long
 * sequence of pixels: what is computed at the borders is thrown away,
 * which costs less than a remainder at the end of every row.
 */

#include <immintrin.h>

#include "kernels/amx.h"
#include "kernels/bf16.h"

#define PIXELS 32                       /* of two tiles */

size_t dif_amx_packed_size_amx  (const DifConvShape *);
void   dif_amx_pack_conv_amx    (const DifConvShape *, const float *, float *);
size_t dif_amx_conv_scratch_amx (const DifConvShape *, int);
void   dif_amx_conv_amx         (const DifConvCall *, int, int, float *);

size_t
dif_amx_packed_size_amx (const DifConvShape *s)
{
  return dif_bf16_packed_size (s);
}

void
dif_amx_pack_conv_amx (const DifConvShape *s,
                       const float        *weight,
                       float              *packed)
{
  dif_bf16_pack_conv (s, weight, packed);
}

/* The sums of 32 pixels by 32 channels, and a row of converted input. */
size_t
dif_amx_conv_scratch_amx (const DifConvShape *s,
                          int                 width)
{
  return PIXELS * BF16_BLOCK + dif_bf16_row_floats (s, width);
}

/* sum[32][32] := the products of mt * 16 pixels and nr * 16 channels.
 * mt and nr are constants where this is inlined.
 */
static inline __attribute__ ((always_inline)) void
products (const DifBf16Input *input,
          const uint16_t     *w,
          int                 mt,
          int                 nr,
          float              *sum)
{
  long in_stride = input->pixel * sizeof (uint16_t);
  long w_stride = nr * 64;
  int  ky, k;

  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (ky = 0; ky < input->n_rows; ky++)
    {
      const uint16_t *in = input->in + ky * input->row;

      for (k = 0; k < input->run; k += BF16_DEPTH, w += nr * 512)
        {
          _tile_loadd (6, w, w_stride);
          _tile_loadd (4, in + k, in_stride);
          _tile_dpbf16ps (0, 4, 6);
          if (nr == 2)
            {
              _tile_loadd (7, w + 32, w_stride);
              _tile_dpbf16ps (1, 4, 7);
            }
          if (mt == 2)
            {
              _tile_loadd (5, in + k + 16 * input->pixel, in_stride);
              _tile_dpbf16ps (2, 5, 6);
              if (nr == 2)
                _tile_dpbf16ps (3, 5, 7);
            }
        }
    }
  _tile_stored (0, sum, BF16_BLOCK * sizeof (float));
  if (nr == 2)
    _tile_stored (1, sum + 16, BF16_BLOCK * sizeof (float));
  if (mt == 2)
    {
      _tile_stored (2, sum + 16 * BF16_BLOCK, BF16_BLOCK * sizeof (float));
      if (nr == 2)
        _tile_stored (3, sum + 16 * BF16_BLOCK + 16,
                      BF16_BLOCK * sizeof (float));
    }
}

static void
multiply (const DifBf16Input *input,
          const uint16_t     *w,
          int                 mt,
          int                 nr,
          float              *sum)
{
  if (mt == 2 && nr == 2)
    products (input, w, 2, 2, sum);
  else if (mt == 2)
    products (input, w, 2, 1, sum);
  else if (nr == 2)
    products (input, w, 1, 2, sum);
  else
    products (input, w, 1, 1, sum);
}

/* Writes what the sums of n pixels from (x, y) on become to the output, row by
 * row; those in the border between two rows are dropped.
 */
static void
finish (const DifConvCall *call,
        int                y,
        int                x,
        int                n,
        int                pitch,
        int                o,
        int                nr,
        const float       *sum)
{
  while (n > 0)
    {
      int row = pitch - x < n ? pitch - x : n;
      int end = x + row < call->width ? x + row : call->width;

      n -= row;
      for (; x < end; x++, row--, sum += BF16_BLOCK)
        bf16_finish (call, y, x, o, nr, sum);
      sum += row * BF16_BLOCK;
      x = 0;
      y++;
    }
}

/* All output channels of n pixels that follow each other in the input,
 * the first of them (x, y); after `pitch` pixels comes the next row.
 */
static void
sequence (const DifConvCall *call,
          DifBf16Input       input,
          int                y,
          int                n,
          int                pitch,
          float             *sum)
{
  const DifConvShape *s = &call->shape;
  const uint16_t     *w = (const uint16_t *) call->packed;
  const uint16_t     *in = input.in;
  int                 o, first;

  for (o = 0; o < s->cout; o += BF16_BLOCK)
    {
      int nr = bf16_vectors (s, o);

      for (first = 0; first < n; first += PIXELS)
        {
          int count = n - first < PIXELS ? n - first : PIXELS;

          input.in = in + first * input.pixel;
          multiply (&input, w, count > 16 ? 2 : 1, nr, sum);
          finish (call, y + first / pitch, first % pitch, count, pitch, o, nr,
                  sum);
        }
      w += bf16_block_values (s, nr);
    }
}

void
dif_amx_conv_amx (const DifConvCall *call,
                  int                y0,
                  int                y1,
                  float             *scratch)
{
  const DifConvShape *s = &call->shape;
  uint16_t           *row = (uint16_t *) (scratch + PIXELS * BF16_BLOCK);
  DifBf16Input        input = { .n_rows = s->kernel, .run = bf16_run (s),
                                .row = call->in_row,
                                .pixel = (size_t) s->stride * s->cin };
  int                 y;

  dif_amx_configure ();
  if (s->kernel == 1)
    {
      input.pixel = input.run;
      input.in = row;
      for (y = y0; y < y1; y++)
        {
          dif_bf16_convert_row ((const float *) call->in
                                + (size_t) y * s->stride * call->in_row,
                                call->width, s->stride * s->cin, s->cin, row);
          sequence (call, input, y, call->width, call->width, scratch);
        }
    }
  else if (s->stride == 1)
    {
      int pitch = (int) (call->in_row / s->cin);

      input.in = (const uint16_t *) call->in + y0 * call->in_row;
      sequence (call, input, y0, (y1 - y0) * pitch - (pitch - call->width),
                pitch, scratch);
    }
  else
    for (y = y0; y < y1; y++)
      {
        input.in = (const uint16_t *) call->in
                   + (size_t) y * s->stride * call->in_row;
        sequence (call, input, y, call->width, call->width, scratch);
      }
  _tile_release ();
}
