/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The 3 x 3 convolutions of training in float32, and their gradients, by
 * Winograd's minimal filtering F(4 x 4, 3 x 3) (Lavin & Gray 2016, section
 * 4.3): a quarter of the multiplications.  fused.py builds and calls this.
 *
 * Stride 1, a border of one zero.  x [n, h, w, cin], y [n, h, w, cout] and
 * their gradients are channels last, as are weights, [cout, 3, 3, cin].
 * Channels are multiples of BLOCK.  Functions return 0, or -1 if memory for
 * the scratch is lacking.
 *
 * Gradient of x: the same convolution over dy, with the weights turned round
 * and input and output channels exchanged.  Gradient of the weights: with
 * Y = A^T [(G w G^T) (B^T d B)] A of every patch, dw = G^T [sum over patches
 * of (A dY A^T) (B^T d B)] G, so that it too is 36 matrix products. */

#include <stdlib.h>
#include <string.h>

#ifdef __AVX512F__
#define VL 16
#define MR 12
#else
#define VL 8
#define MR 6
#endif
#define BLOCK  16             /* channels that lie together in a panel   */
#define NR     (BLOCK / VL)
#define POINTS 36
#define GROUP  36             /* patches at a time of one thread         */
#define CHUNK  (6 << 20)      /* bytes of transformed patches at a time,
                                 of the gradient of weights              */

typedef float vf __attribute__ ((vector_size (4 * VL)));
typedef float vf_any __attribute__ ((vector_size (4 * VL), aligned (4)));

typedef struct
{
  long n, h, w;
  long down, across;          /* patches of a picture */
  long patches;
} Shape;

static Shape
shape_of (long n, long h, long w)
{
  long down = (h + 3) / 4, across = (w + 3) / 4;

  return (Shape) { n, h, w, down, across, n * down * across };
}

static inline vf
load (const float *p)
{
  return *(const vf_any *) p;
}

static inline void
store (float *p, vf v)
{
  *(vf_any *) p = v;
}

/* Columns of six, four or three to columns of six, four or three. -------- */

static inline void
input (const vf in[6], vf out[6])           /* B^T */
{
  vf a = in[4] - 4.f * in[2], b = in[3] - 4.f * in[1];
  vf c = in[4] - in[2], d = 2.f * (in[3] - in[1]);

  out[0] = 4.f * in[0] - 5.f * in[2] + in[4];
  out[1] = a + b;
  out[2] = a - b;
  out[3] = c + d;
  out[4] = c - d;
  out[5] = 4.f * in[1] - 5.f * in[3] + in[5];
}

static inline void
output (const vf in[6], vf out[4])          /* A^T */
{
  vf a = in[1] + in[2], b = in[1] - in[2];
  vf c = in[3] + in[4], d = in[3] - in[4];

  out[0] = in[0] + a + c;
  out[1] = b + 2.f * d;
  out[2] = a + 4.f * c;
  out[3] = b + 8.f * d + in[5];
}

static inline void
output_gradient (const vf in[4], vf out[6]) /* A */
{
  vf a = in[0] + in[2], b = in[1] + in[3];
  vf c = in[0] + 4.f * in[2], d = 2.f * in[1] + 8.f * in[3];

  out[0] = in[0];
  out[1] = a + b;
  out[2] = a - b;
  out[3] = c + d;
  out[4] = c - d;
  out[5] = in[3];
}

static inline void
weight (const vf in[3], vf out[6])          /* G */
{
  vf a = in[0] + in[2], b = in[0] + 4.f * in[2];

  out[0] = in[0] * (1 / 4.f);
  out[1] = (a + in[1]) * (-1 / 6.f);
  out[2] = (a - in[1]) * (-1 / 6.f);
  out[3] = (b + 2.f * in[1]) * (1 / 24.f);
  out[4] = (b - 2.f * in[1]) * (1 / 24.f);
  out[5] = in[2];
}

static inline void
weight_gradient (const vf in[6], vf out[3]) /* G^T */
{
  vf a = (in[1] + in[2]) * (-1 / 6.f), b = (in[2] - in[1]) * (1 / 6.f);
  vf c = (in[3] + in[4]) * (1 / 24.f), d = (in[3] - in[4]) * (1 / 12.f);

  out[0] = in[0] * (1 / 4.f) + a + c;
  out[1] = b + d;
  out[2] = a + 4.f * c + in[5];
}

/* Squares of `from` a side to squares of `to` a side. */
#define SQUARE(name, from, to)                                          \
  static inline void                                                    \
  name##_square (const vf in[from * from], vf out[to * to])             \
  {                                                                     \
    vf half[to * from], line[to], column[from];                         \
    for (int j = 0; j < from; j++)                                      \
      {                                                                 \
        for (int i = 0; i < from; i++)                                  \
          column[i] = in[i * from + j];                                 \
        name (column, line);                                            \
        for (int i = 0; i < to; i++)                                    \
          half[i * from + j] = line[i];                                 \
      }                                                                 \
    for (int i = 0; i < to; i++)                                        \
      name (half + i * from, out + i * to);                             \
  }

SQUARE (input, 6, 6)
SQUARE (output, 6, 4)
SQUARE (output_gradient, 4, 6)
SQUARE (weight, 3, 6)
SQUARE (weight_gradient, 6, 3)

/* The patch of side `side` of in, from the pixel `before` its outputs on,
 * transformed, to out + point * stride. */
static inline void
patch_in (const Shape *s, const float *in, long channels, long patch,
          int side, int before, float *out, size_t stride)
{
  long picture = patch / (s->down * s->across);
  long y0 = patch / s->across % s->down * 4 - before;
  long x0 = patch % s->across * 4 - before;

  for (long c = 0; c < channels; c += VL)
    {
      vf square[36], done[36];

      for (int i = 0; i < side; i++)
        for (int j = 0; j < side; j++)
          {
            long y = y0 + i, x = x0 + j;

            square[i * side + j] = y < 0 || y >= s->h || x < 0 || x >= s->w
              ? (vf) { 0 }
              : load (in + ((picture * s->h + y) * s->w + x) * channels + c);
          }
      if (side == 6)
        input_square (square, done);
      else
        output_gradient_square (square, done);
      for (int p = 0; p < POINTS; p++)
        store (out + p * stride + c, done[p]);
    }
}

static void
patch_out (const Shape *s, const float *m, size_t stride, const float *bias,
           long channels, long patch, float *y)
{
  long picture = patch / (s->down * s->across);
  long y0 = patch / s->across % s->down * 4, x0 = patch % s->across * 4;
  long rows = s->h - y0 < 4 ? s->h - y0 : 4;
  long columns = s->w - x0 < 4 ? s->w - x0 : 4;

  for (long c = 0; c < channels; c += VL)
    {
      vf square[36], done[16];

      for (int p = 0; p < POINTS; p++)
        square[p] = load (m + p * stride + c);
      output_square (square, done);
      for (long i = 0; i < rows; i++)
        for (long j = 0; j < columns; j++)
          store (y + ((picture * s->h + y0 + i) * s->w + x0 + j) * channels + c,
                 bias ? done[i * 4 + j] + load (bias + c) : done[i * 4 + j]);
    }
}

/* Products --------------------------------------------------------------- */

/* c[m][BLOCK] (+)= sum over k of a[m * a_row + k * a_step] b[k * b_row ..];
 * what is constant where this is inlined keeps the sums in registers. */
static inline __attribute__ ((always_inline)) void
tile (int rows, int add, const float *a, long a_row, long a_step,
      const float *b, long b_row, long depth, float *c, long c_row)
{
  vf sum[MR][NR];

#pragma GCC unroll 16
  for (int m = 0; m < rows; m++)
#pragma GCC unroll 2
    for (int n = 0; n < NR; n++)
      sum[m][n] = add ? load (c + m * c_row + n * VL) : (vf) { 0 };
  for (long k = 0; k < depth; k++, b += b_row)
    {
      vf right[NR];

#pragma GCC unroll 2
      for (int n = 0; n < NR; n++)
        right[n] = load (b + n * VL);
#pragma GCC unroll 16
      for (int m = 0; m < rows; m++)
        {
          vf left = a[m * a_row + k * a_step] - (vf) { 0 };
#pragma GCC unroll 2
          for (int n = 0; n < NR; n++)
            sum[m][n] += left * right[n];
        }
    }
#pragma GCC unroll 16
  for (int m = 0; m < rows; m++)
#pragma GCC unroll 2
    for (int n = 0; n < NR; n++)
      store (c + m * c_row + n * VL, sum[m][n]);
}

#define CASE(rows) case rows: TILE (rows); break;
#define CASES CASE (1) CASE (2) CASE (3) CASE (4) CASE (5) CASE (6)
#if MR == 12
#define MORE_CASES CASE (7) CASE (8) CASE (9) CASE (10) CASE (11) CASE (12)
#else
#define MORE_CASES
#endif

/* m[patch][..] = v[patch][..] panel */
static __attribute__ ((noinline)) void
tile_forward (int rows, const float *v, long channels, const float *panel,
              float *m, long m_row)
{
#define TILE(r) tile (r, 0, v, channels, 1, panel, BLOCK, channels, m, m_row)
  switch (rows) { CASES MORE_CASES }
#undef TILE
}

/* du[o][i..] += sum over patches of a[patch][o] v[patch][i..] */
static __attribute__ ((noinline)) void
tile_gradient (int rows, const float *a, long a_row, const float *v,
               long v_row, long patches, float *du)
{
#define TILE(r) tile (r, 1, a, 1, a_row, v, v_row, patches, du, v_row)
  switch (rows) { CASES MORE_CASES }
#undef TILE
}

/* The weights of the forward pass as [point][block of cout][cin][lane], or,
 * turned round, those of the gradient: [point][block of cin][cout][lane]. */
static void
transform_weights (const float *w, long cin, long cout, int turned, float *u)
{
  #pragma omp parallel for schedule(static)
  for (long i = 0; i < cin; i += VL)
    for (long o = 0; o < cout; o++)
      {
        vf kernel[9], done[POINTS];

        for (int k = 0; k < 9; k++)
          kernel[k] = load (w + (o * 9 + (turned ? 8 - k : k)) * cin + i);
        weight_square (kernel, done);
        for (int p = 0; p < POINTS; p++)
          {
            float *to = u + p * cin * cout;

            if (turned)
              store (to + (i / BLOCK * cout + o) * BLOCK + i % BLOCK, done[p]);
            else
              for (int lane = 0; lane < VL; lane++)
                to[(o / BLOCK * cin + i + lane) * BLOCK + o % BLOCK]
                  = done[p][lane];
          }
      }
}

static void
convolve_group (const Shape *s, const float *x, long cin, const float *u,
                const float *bias, float *y, long cout, long first, long n,
                float *v, float *m)
{
  for (long i = 0; i < n; i++)
    patch_in (s, x, cin, first + i, 6, 1, v + i * cin, GROUP * cin);
  for (long p = 0; p < POINTS; p++)
    for (long o = 0; o < cout; o += BLOCK)
      for (long i = 0; i < n; i += MR)
        tile_forward ((int) (n - i < MR ? n - i : MR),
                      v + (p * GROUP + i) * cin, cin, u + (p * cout + o) * cin,
                      m + (p * GROUP + i) * cout + o, cout);
  for (long i = 0; i < n; i++)
    patch_out (s, m + i * cout, GROUP * cout, bias, cout, first + i, y);
}

static float *
floats (size_t n)
{
  return aligned_alloc (64, (n * sizeof (float) + 63) & ~(size_t) 63);
}

/* y of x, or, turned, the gradient of x from that of y: x is then dy, y dx,
 * cin and cout are those of the forward pass.  bias may be NULL. */
int
conv3 (const float *x, const float *w, const float *bias, float *y, long n,
       long h, long width, long cin, long cout, int turned)
{
  Shape  s = shape_of (n, h, width);
  long   from = turned ? cout : cin, to = turned ? cin : cout;
  float *u = floats ((size_t) POINTS * cin * cout);
  int    failed = ! u;

  if (u)
    transform_weights (w, cin, cout, turned, u);
  #pragma omp parallel reduction(| : failed)
  {
    float *v = floats ((size_t) POINTS * GROUP * (from + to));
    failed |= ! v;

    #pragma omp for schedule(dynamic)
    for (long first = 0; first < s.patches; first += GROUP)
      if (v && u)
        convolve_group (&s, x, from, u, bias, y, to, first,
                        s.patches - first < GROUP ? s.patches - first : GROUP,
                        v, v + (size_t) POINTS * GROUP * from);
    free (v);
  }
  free (u);
  return failed ? -1 : 0;
}

int
conv3_weight_gradient (const float *x, const float *dy, float *dw, long n,
                       long h, long width, long cin, long cout)
{
  Shape  s = shape_of (n, h, width);
  long   most = CHUNK / (long) sizeof (float) / POINTS / (cin + cout);
  float *v, *a, *du;
  int    failed;

  if (most > s.patches)
    most = s.patches;
  v = floats ((size_t) POINTS * most * cin);
  a = floats ((size_t) POINTS * most * cout);
  du = floats ((size_t) POINTS * cin * cout);
  failed = ! v || ! a || ! du;
  #pragma omp parallel if (! failed)
  if (! failed)
    {
      #pragma omp for schedule(static)
      for (long p = 0; p < POINTS; p++)
        memset (du + p * cin * cout, 0, sizeof (float) * (size_t) (cin * cout));
      for (long first = 0; first < s.patches; first += most)
        {
          long many = s.patches - first < most ? s.patches - first : most;

          #pragma omp for schedule(static)
          for (long i = 0; i < many; i++)
            {
              patch_in (&s, x, cin, first + i, 6, 1, v + i * cin,
                        (size_t) many * cin);
              patch_in (&s, dy, cout, first + i, 4, 0, a + i * cout,
                        (size_t) many * cout);
            }
          #pragma omp for schedule(dynamic)
          for (long p = 0; p < POINTS; p++)
            for (long i = 0; i < cin; i += BLOCK)
              for (long o = 0; o < cout; o += MR)
                tile_gradient ((int) (cout - o < MR ? cout - o : MR),
                               a + p * many * cout + o, cout,
                               v + p * many * cin + i, cin, many,
                               du + (p * cout + o) * cin + i);
        }
      #pragma omp for schedule(static)
      for (long o = 0; o < cout; o++)
        for (long i = 0; i < cin; i += VL)
          {
            vf square[POINTS], done[9];

            for (int p = 0; p < POINTS; p++)
              square[p] = load (du + (p * cout + o) * cin + i);
            weight_gradient_square (square, done);
            for (int k = 0; k < 9; k++)
              store (dw + (o * 9 + k) * cin + i, done[k]);
          }
    }
  free (v);
  free (a);
  free (du);
  return failed ? -1 : 0;
}
