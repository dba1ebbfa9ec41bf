/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-conv.c: convolution in float32 without laying the input out as a
 * matrix first: most 3 x 3 convolutions by Winograd's method
 * (vector-winograd.c), all others straight from the picture.
 *
 * With channels last, the kernel * cin inputs that one row of the kernel
 * takes for one pixel are neighbours in memory, so the sum is kernel runs
 * of that length.  Packed weights: [block of NR vectors of cout][ky]
 * [kx * cin + i][lane], padded with zeros to whole vectors.
 */

#include "kernels/vector-tile.h"
#include "kernels/vector-winograd.h"

size_t DIF_NAME (dif_direct_packed_size)  (const DifConvShape *);
void   DIF_NAME (dif_direct_pack_conv)    (const DifConvShape *,
                                           const float *, float *);
size_t DIF_NAME (dif_direct_conv_scratch) (const DifConvShape *, int);
void   DIF_NAME (dif_direct_conv)         (const DifConvCall *, int, int,
                                           float *);

static size_t
depth (const DifConvShape *s)
{
  return (size_t) s->kernel * s->kernel * s->cin;
}

size_t
DIF_NAME (dif_direct_packed_size) (const DifConvShape *s)
{
  size_t lanes = (s->cout + DIF_VL - 1) / DIF_VL * DIF_VL;

  if (dif_winograd_suits (s))
    return DIF_NAME (dif_winograd_packed_size) (s);
  return lanes * depth (s);
}

void
DIF_NAME (dif_direct_pack_conv) (const DifConvShape *s,
                                 const float        *weight,
                                 float              *packed)
{
  int taps = s->kernel * s->kernel;
  int o, t, i, lane;

  if (dif_winograd_suits (s))
    {
      DIF_NAME (dif_winograd_pack) (s, weight, packed);
      return;
    }
  for (o = 0; o < s->cout; o += TILE_BLOCK)
    {
      int lanes = tile_vectors (s->cout, o) * DIF_VL;

      for (t = 0; t < taps; t++)
        for (i = 0; i < s->cin; i++)
          for (lane = 0; lane < lanes; lane++)
            *packed++ = o + lane < s->cout
              ? weight[((size_t) (o + lane) * s->cin + i) * taps + t] : 0.0f;
    }
}

size_t
DIF_NAME (dif_direct_conv_scratch) (const DifConvShape *s,
                                    int                 width)
{
  return dif_winograd_suits (s) ? DIF_NAME (dif_winograd_scratch) (s) : 0;
}

/* Adds bias and residual, scales, and writes the result to out. */
static void
finish (const DifConvCall *call,
        int                y,
        int                x,
        int                o,
        int                mr,
        int                nr,
        const vf          *sum)
{
  int m, n;

  for (m = 0; m < mr; m++)
    for (n = 0; n < nr; n++)
      vector_finish (call, y, x + m, o + n * DIF_VL, *sum++);
}

void
DIF_NAME (dif_direct_conv) (const DifConvCall *call,
                            int                y0,
                            int                y1,
                            float             *scratch)
{
  const DifConvShape *s = &call->shape;
  const float        *w = call->packed + call->o0 * depth (s);
  int                 n_tiles = (call->width + TILE_MR - 1) / TILE_MR;
  DifTile             tile = { .row = call->in_row, .n_runs = s->kernel,
                               .pixel = (size_t) s->stride * s->cin,
                               .run = s->kernel * s->cin };
  int                 o, y, i;

  if (dif_winograd_suits (s))
    {
      DIF_NAME (dif_winograd_conv) (call, y0, y1, scratch);
      return;
    }
  /* A block's weights stay in the cache for all rows; the pixels of a
   * row are shared out evenly over its tiles.
   */
  for (o = call->o0; o < tile_end (call); o += TILE_BLOCK)
    {
      int nr = tile_vectors (s->cout, o);

      for (y = y0; y < y1; y++)
        for (i = 0; i < n_tiles; i++)
          {
            int x0 = (int) ((long) call->width * i / n_tiles);
            int x1 = (int) ((long) call->width * (i + 1) / n_tiles);
            vf  sum[TILE_MR * TILE_NR];

            tile.in = (const float *) call->in
                      + (size_t) y * s->stride * call->in_row
                      + x0 * tile.pixel;
            DIF_NAME (dif_tile) (&tile, w, x1 - x0, nr, sum);
            finish (call, y, x0, o, x1 - x0, nr, sum);
          }
      w += nr * DIF_VL * depth (s);
    }
}
