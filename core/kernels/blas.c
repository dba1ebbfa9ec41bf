/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * blas.c: the seam to OpenBLAS, and convolution as matrix products over
 * it.  The library's own threads stay out of it: parallel work is cut
 * into fixed pieces by the engine's pool, so that the number of threads
 * cannot change a result, and each piece is one call on one thread.
 */

#include <string.h>

#include <glib.h>
#include <cblas.h>

#include "kernels/blas.h"

/* What openblas_get_parallel() answers. */
#define BLAS_SERIAL 0
#define BLAS_OPENMP 2

static GMutex blas_mutex;

/* A serial build promises nothing about calls from several threads at
 * once unless it was made with USE_LOCKING, so there the calls queue.
 * In an OpenMP build the number of threads is a property of each calling
 * thread, and so is set in each.
 */
static bool
blas_enter (void)
{
  static gsize         once = 0;
  static bool          queue;
  static _Thread_local bool entered;

  if (g_once_init_enter (&once))
    {
      openblas_set_num_threads (1);
      queue = openblas_get_parallel () == BLAS_SERIAL
              && strstr (openblas_get_config (), "USE_LOCKING") == NULL;
      g_once_init_leave (&once, 1);
    }
  if (! entered)
    {
      entered = true;
      if (openblas_get_parallel () == BLAS_OPENMP)
        openblas_set_num_threads (1);
    }
  return queue;
}

void
dif_blas_gemm (bool         b_transposed,
               int          m,
               int          n,
               int          k,
               float        alpha,
               const float *a,
               size_t       lda,
               const float *b,
               size_t       ldb,
               float       *c,
               size_t       ldc)
{
  bool queue = blas_enter ();

  if (queue)
    g_mutex_lock (&blas_mutex);
  cblas_sgemm (CblasRowMajor, CblasNoTrans,
               b_transposed ? CblasTrans : CblasNoTrans, m, n, k,
               alpha, a, (blasint) lda, b, (blasint) ldb,
               0.0f, c, (blasint) ldc);
  if (queue)
    g_mutex_unlock (&blas_mutex);
}

/* Convolution: a segment of P output pixels becomes a matrix of P rows,
 * each the kernel * kernel * cin inputs of one pixel in the order
 * (ky, kx, i), which the picture's layout gives as kernel runs of
 * kernel * cin neighbouring floats.
 */

static int
conv_depth (const DifConvShape *s)
{
  return s->kernel * s->kernel * s->cin;
}

/* Pixels of a segment, which is a part of a row or all of it.  The number
 * depends on the shape and the width alone, as the bits of the result do.
 */
static int
segment_pixels (const DifConvShape *s,
                int                 width)
{
  int most = DIF_SEGMENT_FLOATS / conv_depth (s);

  return CLAMP (most, 1, width);
}

size_t
dif_blas_packed_size (const DifConvShape *s)
{
  return (size_t) conv_depth (s) * s->cout;
}

void
dif_blas_pack_conv (const DifConvShape *s,
                    const float        *weight,
                    float              *packed)
{
  int taps = s->kernel * s->kernel;
  int o, i, t;

  for (o = 0; o < s->cout; o++)
    for (i = 0; i < s->cin; i++)
      for (t = 0; t < taps; t++)
        packed[((size_t) t * s->cin + i) * s->cout + o]
          = weight[((size_t) o * s->cin + i) * taps + t];
}

size_t
dif_blas_conv_scratch (const DifConvShape *s,
                       int                 width)
{
  /* The segment, and the products where they cannot go straight to out. */
  return (size_t) segment_pixels (s, width) * (conv_depth (s) + s->cout);
}

static void
fill_segment (const DifConvCall *call,
              int                y,
              int                x,
              int                n,
              float             *segment)
{
  const DifConvShape *s = &call->shape;
  const float        *in = call->in;
  int                 run = s->kernel * s->cin;
  int                 p, ky;

  for (p = 0; p < n; p++)
    for (ky = 0; ky < s->kernel; ky++)
      {
        memcpy (segment,
                in + (size_t) (y * s->stride + ky) * call->in_row
                         + (size_t) (x + p) * s->stride * s->cin,
                run * sizeof (float));
        segment += run;
      }
}

static void
finish_segment (const DifConvCall *call,
                int                y,
                int                x,
                int                n,
                const float       *product)
{
  int          cout = call->shape.cout;
  float       *out = call->out + y * call->out_row + (size_t) x * cout;
  const float *residual = NULL;
  int          p, o;

  if (call->residual)
    residual = call->residual + y * call->residual_row + (size_t) x * cout;
  for (p = 0; p < n; p++)
    for (o = 0; o < cout; o++)
      {
        size_t i = (size_t) p * cout + o;
        float  v = product[i] + call->bias[o];

        if (residual)
          v += residual[i];
        out[i] = v * call->scale;
      }
}

void
dif_blas_conv (const DifConvCall *call,
               int                y0,
               int                y1,
               float             *scratch)
{
  const DifConvShape *s = &call->shape;
  int                 depth = conv_depth (s);
  int                 segment = segment_pixels (s, call->width);
  float              *product = scratch + (size_t) segment * depth;
  int                 y, x;

  for (y = y0; y < y1; y++)
    for (x = 0; x < call->width; x += segment)
      {
        int n = MIN (segment, call->width - x);

        fill_segment (call, y, x, n, scratch);
        dif_blas_gemm (false, n, s->cout, depth, 1.0f, scratch, depth,
                       call->packed, s->cout, product, s->cout);
        finish_segment (call, y, x, n, product);
      }
}

size_t
dif_blas_attention_packed (int n_tokens,
                           int head_dim)
{
  return 0;
}

size_t
dif_blas_attention_scratch (int n_tokens,
                            int head_dim)
{
  return (size_t) DIF_ATTENTION_BLOCK * n_tokens;
}
