/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-winograd.c: see vector-winograd.h.  Patches are taken a group at
 * a time: their transforms, [36][patch][cin], and products, [36][patch]
 * [cout], stay in the cache.
 *
 * Packed weights: [36][block of NR vectors of cout][cin][lane].
 */

#include "kernels/vector-tile.h"
#include "kernels/vector-winograd.h"

#define POINTS 36
#define OUT    4       /* outputs of a patch along a side */
#define IN     6       /* inputs                          */
#define GROUP  36      /* patches, a multiple of TILE_MR  */

static size_t
padded_cout (const DifConvShape *s)
{
  return (s->cout + DIF_VL - 1) / DIF_VL * DIF_VL;
}

static size_t
padded_cin (const DifConvShape *s)
{
  return (s->cin + DIF_VL - 1) / DIF_VL * DIF_VL;
}

size_t
DIF_NAME (dif_winograd_packed_size) (const DifConvShape *s)
{
  return POINTS * padded_cout (s) * s->cin;
}

size_t
DIF_NAME (dif_winograd_scratch) (const DifConvShape *s)
{
  return (size_t) POINTS * GROUP * (padded_cin (s) + padded_cout (s));
}

/* u = G w G^T of the 3 x 3 kernels of as many output channels. */
static void
transform_weight (const vd w[9],
                  vd       u[IN][IN])
{
  static const double G[IN][3] = {
    { 1.0 / 4, 0, 0 },
    { -1.0 / 6, -1.0 / 6, -1.0 / 6 },
    { -1.0 / 6, 1.0 / 6, -1.0 / 6 },
    { 1.0 / 24, 1.0 / 12, 1.0 / 6 },
    { 1.0 / 24, -1.0 / 12, 1.0 / 6 },
    { 0, 0, 1 }
  };
  vd  half[IN][3];
  int i, j;

  for (i = 0; i < IN; i++)
    for (j = 0; j < 3; j++)
      half[i][j] = G[i][0] * w[j] + G[i][1] * w[3 + j] + G[i][2] * w[6 + j];
  for (i = 0; i < IN; i++)
    for (j = 0; j < IN; j++)
      u[i][j] = half[i][0] * G[j][0] + half[i][1] * G[j][1] + half[i][2] * G[j][2];
}

void
DIF_NAME (dif_winograd_pack) (const DifConvShape *s,
                              const float        *weight,
                              float              *packed)
{
  size_t point = padded_cout (s) * s->cin;
  int    o, i, n, lane, p;

  for (o = 0; o < s->cout; o += TILE_BLOCK)
    for (i = 0; i < s->cin; i++)
      for (n = 0; n < tile_vectors (s->cout, o); n++, packed += DIF_VL)
        {
          int first = o + n * DIF_VL;
          vd  w[9] = { { 0.0 } }, u[IN][IN];

          for (lane = 0; lane < DIF_VL && first + lane < s->cout; lane++)
            for (p = 0; p < 9; p++)
              w[p][lane] = weight[((size_t) (first + lane) * s->cin + i) * 9 + p];
          transform_weight (w, u);
          for (p = 0; p < POINTS; p++)
            vf_store (packed + p * point,
                      __builtin_convertvector (u[p / IN][p % IN], vf));
        }
}

/* out = B^T in, for one column of six. */
static inline __attribute__ ((always_inline)) void
transform_in (const vf in[IN],
              vf       out[IN])
{
  vf a = in[4] - 4.0f * in[2];
  vf b = in[3] - 4.0f * in[1];
  vf c = in[4] - in[2];
  vf d = 2.0f * (in[3] - in[1]);

  out[0] = 4.0f * in[0] - 5.0f * in[2] + in[4];
  out[1] = a + b;
  out[2] = a - b;
  out[3] = c + d;
  out[4] = c - d;
  out[5] = 4.0f * in[1] - 5.0f * in[3] + in[5];
}

/* out = A^T in */
static inline __attribute__ ((always_inline)) void
transform_out (const vf in[IN],
               vf       out[OUT])
{
  vf a = in[1] + in[2], b = in[1] - in[2];
  vf c = in[3] + in[4], d = in[3] - in[4];

  out[0] = in[0] + a + c;
  out[1] = b + 2.0f * d;
  out[2] = a + 4.0f * c;
  out[3] = b + 8.0f * d + in[5];
}

/* One patch of the input, one vector of channels: rows x cols of it lie
 * inside the picture, the rest is zero.
 */
static inline void
load_patch (const DifConvCall *call,
            const float       *in,
            int                rows,
            int                cols,
            int                lanes,
            vf                 patch[IN][IN])
{
  int i, j;

  for (i = 0; i < IN; i++)
    for (j = 0; j < IN; j++)
      {
        const float *p = in + i * call->in_row + (size_t) j * call->shape.cin;

        if (i >= rows || j >= cols)
          patch[i][j] = (vf) { 0.0f };
        else if (lanes >= DIF_VL)
          patch[i][j] = vf_load (p);
        else
          patch[i][j] = vf_load_some (p, lanes);
      }
}

/* All channels of one patch, transformed, to v + point * stride. */
static void
input_patch (const DifConvCall *call,
             const float       *in,
             int                rows,
             int                cols,
             float             *v,
             size_t             stride)
{
  int cin = call->shape.cin;
  int c, i, j;

  for (c = 0; c < cin; c += DIF_VL)
    {
      vf patch[IN][IN], column[IN][IN], line[IN];

      load_patch (call, in + c, rows, cols, cin - c, patch);
      for (j = 0; j < IN; j++)
        {
          vf from[IN], to[IN];

          for (i = 0; i < IN; i++)
            from[i] = patch[i][j];
          transform_in (from, to);
          for (i = 0; i < IN; i++)
            column[i][j] = to[i];
        }
      for (i = 0; i < IN; i++)
        {
          transform_in (column[i], line);
          for (j = 0; j < IN; j++)
            vf_store (v + (i * IN + j) * stride + c, line[j]);
        }
    }
}

/* One patch of products back to at most rows x cols outputs. */
static void
output_patch (const DifConvCall *call,
              const float       *m,
              size_t             stride,
              int                y,
              int                x,
              int                rows,
              int                cols)
{
  int o, i, j;

  for (o = call->o0; o < tile_end (call); o += DIF_VL)
    {
      vf column[OUT][IN], line[OUT];

      for (j = 0; j < IN; j++)
        {
          vf from[IN], to[OUT];

          for (i = 0; i < IN; i++)
            from[i] = vf_load (m + (i * IN + j) * stride + o);
          transform_out (from, to);
          for (i = 0; i < OUT; i++)
            column[i][j] = to[i];
        }
      for (i = 0; i < rows; i++)
        {
          transform_out (column[i], line);
          for (j = 0; j < cols; j++)
            vector_finish (call, y + i, x + j, o, line[j]);
        }
    }
}

/* m[point][patch][cout] := v[point][patch][cin] u[point] */
static void
multiply (const DifConvCall *call,
          const float       *v,
          int                n,
          float             *m)
{
  const DifConvShape *s = &call->shape;
  size_t              cin = padded_cin (s), cout = padded_cout (s);
  int                 n_tiles = (n + TILE_MR - 1) / TILE_MR;
  DifTile             tile = { .pixel = cin, .n_runs = 1, .run = s->cin };
  int                 point, o, t, i, j;

  for (point = 0; point < POINTS; point++)
    for (o = call->o0; o < tile_end (call); o += TILE_BLOCK)
      {
        const float *packed = call->packed + (point * cout + o) * s->cin;
        int          nr = tile_vectors (s->cout, o);

        for (t = 0; t < n_tiles; t++)
          {
            int    i0 = n * t / n_tiles, i1 = n * (t + 1) / n_tiles;
            float *to = m + ((size_t) point * GROUP + i0) * cout + o;
            vf     sum[TILE_MR * TILE_NR];
            vf    *from = sum;

            tile.in = v + ((size_t) point * GROUP + i0) * cin;
            DIF_NAME (dif_tile) (&tile, packed, i1 - i0, nr, sum);
            for (i = i0; i < i1; i++, to += cout)
              for (j = 0; j < nr; j++)
                vf_store (to + j * DIF_VL, *from++);
          }
      }
}

static inline int
at_most (int a,
         int b)
{
  return a < b ? a : b;
}

void
DIF_NAME (dif_winograd_conv) (const DifConvCall *call,
                              int                y0,
                              int                y1,
                              float             *scratch)
{
  const DifConvShape *s = &call->shape;
  size_t              cin = padded_cin (s), cout = padded_cout (s);
  float              *v = scratch, *m = v + POINTS * GROUP * cin;
  int                 across = (call->width + OUT - 1) / OUT;
  int                 n_patches = across * ((y1 - y0 + OUT - 1) / OUT);
  int                 first, i;

  for (first = 0; first < n_patches; first += GROUP)
    {
      int n = at_most (GROUP, n_patches - first);

      for (i = 0; i < n; i++)
        {
          int y = y0 + (first + i) / across * OUT;
          int x = (first + i) % across * OUT;

          input_patch (call, (const float *) call->in + y * call->in_row
                             + (size_t) x * s->cin,
                       y1 - y + 2, call->width - x + 2, v + i * cin,
                       GROUP * cin);
        }
      multiply (call, v, n, m);
      for (i = 0; i < n; i++)
        {
          int y = y0 + (first + i) / across * OUT;
          int x = (first + i) % across * OUT;

          output_patch (call, m + i * cout, GROUP * cout, y, x,
                        at_most (OUT, y1 - y), at_most (OUT, call->width - x));
        }
    }
}
