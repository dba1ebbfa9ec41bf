/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-kernels.c: every table of kernels that this machine can run
 * against the plain C one, on random and extreme values, odd sizes and
 * tails, with guard floats around each output; and whether a result
 * depends on how the rows are shared out.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "base/memory.h"
#include "kernels/kernels.h"

#define GUARD       64
#define GUARD_VALUE 12345.0f

typedef struct
{
  float *base;
  float *data;   /* 64-byte aligned, n floats */
  size_t n;
} Buffer;

static Buffer
buffer_new (size_t n)
{
  Buffer b;
  size_t i;

  b.base = dif_alloc (n + 2 * GUARD, sizeof (float), "a test buffer", NULL);
  g_assert_nonnull (b.base);
  b.data = b.base + GUARD;
  b.n = n;
  for (i = 0; i < n + 2 * GUARD; i++)
    b.base[i] = GUARD_VALUE;
  return b;
}

static Buffer
buffer_random (GRand *rand,
               size_t n,
               float  scale)
{
  Buffer b = buffer_new (n);
  size_t i;

  for (i = 0; i < n; i++)
    b.data[i] = scale * (float) g_rand_double_range (rand, -1.0, 1.0);
  return b;
}

static void
buffer_free (Buffer *b)
{
  size_t i;

  for (i = 0; i < GUARD; i++)
    {
      g_assert_cmpfloat (b->base[i], ==, GUARD_VALUE);
      g_assert_cmpfloat (b->data[b->n + i], ==, GUARD_VALUE);
    }
  dif_free (b->base);
}

/* Largest |a - b| over the largest |b|. */
static double
relative_error (const float *a,
                const float *b,
                size_t       n)
{
  double worst = 0.0, largest = 1e-30;
  size_t i;

  for (i = 0; i < n; i++)
    {
      if (! isfinite (b[i]) || ! isfinite (a[i]))
        {
          g_assert_true (isnan (a[i]) ? isnan (b[i]) : a[i] == b[i]);
          continue;
        }
      worst = fmax (worst, fabs ((double) a[i] - b[i]));
      largest = fmax (largest, fabs (b[i]));
    }
  return worst / largest;
}

/* Convolution -------------------------------------------------------- */

/* Values that bfloat16 holds exactly, for kernels that calculate in it:
 * what is left to compare is then the sum alone.
 */
static void
round_values (const DifKernels *k,
              Buffer           *b)
{
  size_t i;

  for (i = 0; i < b->n && k->exact; i++)
    {
      guint32 bits;

      memcpy (&bits, &b->data[i], 4);
      bits &= 0xffff0000u;
      memcpy (&b->data[i], &bits, 4);
    }
}

/* in as the kernels want it, with the slack behind it that they may read:
 * zeros, then what would spoil any sum.
 */
static void *
prepared (const DifKernels *k,
          const Buffer     *in,
          int               cin)
{
  size_t   slack = DIF_INPUT_SLACK (cin), i;
  char    *out = dif_alloc (in->n + slack, k->input_bytes, "a test buffer", NULL);
  guint16 *half = (guint16 *) out;

  g_assert_nonnull (out);
  for (i = 0; i < in->n + slack; i++)
    {
      float v = i < in->n ? in->data[i] : i < in->n + 64 ? 0.0f : NAN;

      if (k->input_bytes == 4)
        memcpy (out + 4 * i, &v, 4);
      else
        memcpy (&half[i], (char *) &v + 2, 2);   /* the upper half */
    }
  return out;
}

static void
run_conv (const DifKernels *k,
          DifConvCall       call,
          const float      *weight,
          float            *out,
          int               height,
          int               split)
{
  size_t n = k->packed_size (&call.shape);
  size_t n_scratch = k->conv_scratch (&call.shape, call.width);
  Buffer packed = buffer_new (n);
  Buffer scratch = buffer_new (n_scratch);

  k->pack_conv (&call.shape, weight, packed.data);
  call.packed = packed.data;
  call.out = out;
  k->conv (&call, 0, split, scratch.data);
  k->conv (&call, split, height, scratch.data);
  buffer_free (&packed);
  buffer_free (&scratch);
}

static void
test_conv1 (const DifKernels *k,
            GRand            *rand,
            DifConvShape      shape,
            int               width,
            int               height,
            bool              with_residual)
{
  int    pad = shape.kernel - 1;
  int    in_w = (width - 1) * shape.stride + 1 + pad;
  int    in_h = (height - 1) * shape.stride + 1 + pad;
  size_t n_out = (size_t) width * height * shape.cout;
  Buffer in = buffer_random (rand, (size_t) in_w * in_h * shape.cin, 3.0f);
  Buffer weight = buffer_random (rand, (size_t) shape.cout * shape.cin
                                 * shape.kernel * shape.kernel, 1.0f);
  Buffer bias = buffer_random (rand, shape.cout, 1.0f);
  Buffer residual = buffer_random (rand, n_out, 1.0f);
  Buffer expected = buffer_new (n_out);
  Buffer got = buffer_new (n_out);
  Buffer again = buffer_new (n_out);
  /* Shapes for which the rounding of Winograd's transforms is allowed. */
  bool   winograd = shape.kernel == 3 && shape.stride == 1 && shape.cin >= 32
                    && shape.cout >= 32;
  void  *input = NULL;
  DifConvCall call = {
    .shape = shape, .bias = bias.data, .in = in.data,
    .in_row = (size_t) in_w * shape.cin,
    .out_row = (size_t) width * shape.cout,
    .residual = with_residual ? residual.data : NULL,
    .residual_row = (size_t) width * shape.cout,
    .scale = with_residual ? 0.7f : 1.0f, .width = width,
  };

  round_values (k, &in);
  round_values (k, &weight);
  run_conv (&dif_kernels_ref, call, weight.data, expected.data, height, 0);
  if (shape.kernel == 3)
    call.in = input = prepared (k, &in, shape.cin);
  run_conv (k, call, weight.data, got.data, height, 0);
  run_conv (k, call, weight.data, again.data, height,
            height / 2 / DIF_ROWS * DIF_ROWS);
  g_assert_cmpfloat (relative_error (got.data, expected.data, n_out), <,
                     winograd ? 1e-5 : 3e-6);
  g_assert_cmpmem (got.data, n_out * 4, again.data, n_out * 4);

  if (with_residual)  /* in place */
    {
      memcpy (again.data, residual.data, n_out * 4);
      call.residual = again.data;
      run_conv (k, call, weight.data, again.data, height,
                height > DIF_ROWS ? DIF_ROWS : 0);
      g_assert_cmpmem (got.data, n_out * 4, again.data, n_out * 4);
    }
  dif_free (input);
  buffer_free (&in);
  buffer_free (&weight);
  buffer_free (&bias);
  buffer_free (&residual);
  buffer_free (&expected);
  buffer_free (&got);
  buffer_free (&again);
}

static void
test_conv (gconstpointer data)
{
  static const int channels[] = { 1, 3, 12, 16, 17, 31, 32, 33, 48, 80, 130 };
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (7);
  int               i;

  for (i = 0; i < 400; i++)
    {
      DifConvShape shape = {
        .cin = channels[g_rand_int_range (rand, 0, G_N_ELEMENTS (channels))],
        .cout = channels[g_rand_int_range (rand, 0, G_N_ELEMENTS (channels))],
        .kernel = i % 2 ? 3 : 1,
        .stride = i % 5 == 0 ? 2 : 1,
      };

      test_conv1 (k, rand, shape, g_rand_int_range (rand, 1, 40),
                  g_rand_int_range (rand, 1, 14), i % 3 == 0);
    }
  g_rand_free (rand);
}

/* Preparation -------------------------------------------------------- */

#define UNTOUCHED 0x1234

/* What the kernel is to write to: nothing it should leave alone looks
 * like a result.
 */
static void
untouched (const DifKernels *k,
           Buffer           *raw)
{
  guint16 *half = (guint16 *) raw->data;
  size_t   i;

  for (i = 0; i < raw->n * k->input_bytes / 2; i++)
    half[i] = UNTOUCHED;
}

/* raw, as the kernel wrote it, as float32; values between pixels, which
 * it must not touch, as GUARD_VALUE.
 */
static void
collect (const DifKernels *k,
         const Buffer     *raw,
         int               channels,
         size_t            pixel,
         Buffer           *out)
{
  const guint16 *half = (const guint16 *) raw->data;
  size_t         i, words = k->input_bytes / 2;

  for (i = 0; i < out->n; i++)
    {
      guint32 bits = 0;

      memcpy ((char *) &bits + 4 - k->input_bytes, half + i * words,
              k->input_bytes);
      memcpy (&out->data[i], &bits, 4);
      if (i % pixel >= (size_t) channels)
        {
          g_assert_cmpint (half[i * words], ==, UNTOUCHED);
          out->data[i] = GUARD_VALUE;
        }
    }
}

static void
test_prepare1 (const DifKernels *k,
               GRand            *rand,
               int               channels,
               DifResize         resize,
               bool              silu,
               bool              affine)
{
  double limit = k->input_bytes == 4 ? 1e-6 : 1.0 / 256 + 1e-6;
  int    w = 2 * g_rand_int_range (rand, 1, 9);
  int    h = 2 * g_rand_int_range (rand, 1, 5);
  int    out_w = resize == DIF_DOUBLE ? 2 * w : resize == DIF_HALVE ? w / 2 : w;
  int    out_h = resize == DIF_DOUBLE ? 2 * h : resize == DIF_HALVE ? h / 2 : h;
  size_t pixel = channels + 5;    /* as when two inputs lie side by side */
  size_t n_out = out_w * out_h * pixel;
  Buffer in = buffer_random (rand, (size_t) w * h * channels, 20.0f);
  Buffer scale = buffer_random (rand, channels, 2.0f);
  Buffer shift = buffer_random (rand, channels, 2.0f);
  Buffer expected = buffer_new (n_out);
  Buffer got = buffer_new (n_out);
  Buffer raw = buffer_new (n_out);
  DifPrepareCall call = {
    .in = in.data, .in_row = (size_t) w * channels, .channels = channels,
    .scale = affine ? scale.data : NULL, .shift = affine ? shift.data : NULL,
    .silu = silu, .resize = resize, .out_row = out_w * pixel,
    .out_pixel = pixel, .width = out_w,
  };

  in.data[0] = -1e30f;
  in.data[w * h * channels - 1] = 1e30f;
  call.out = expected.data;
  dif_kernels_ref.prepare (&call, 0, out_h);
  untouched (k, &raw);
  /* In two parts, the second as if its rows began a buffer. */
  call.out = raw.data;
  k->prepare (&call, 0, 1);
  call.out = (char *) raw.data + call.out_row * k->input_bytes;
  call.out_y = 1;
  k->prepare (&call, 1, out_h);
  call.out_y = 0;
  collect (k, &raw, channels, pixel, &got);
  in.data[0] = in.data[w * h * channels - 1] = 0.0f;
  /* The extremes first, then everything else at its own scale. */
  g_assert_cmpfloat (relative_error (got.data, expected.data, n_out), <, limit);
  call.out = expected.data;
  dif_kernels_ref.prepare (&call, 0, out_h);
  untouched (k, &raw);
  call.out = raw.data;
  k->prepare (&call, 0, out_h);
  collect (k, &raw, channels, pixel, &got);
  g_assert_cmpfloat (relative_error (got.data, expected.data, n_out), <, limit);
  buffer_free (&in);
  buffer_free (&scale);
  buffer_free (&shift);
  buffer_free (&expected);
  buffer_free (&got);
  buffer_free (&raw);
}

static void
test_prepare (gconstpointer data)
{
  static const int channels[] = { 1, 3, 4, 7, 8, 12, 16, 33, 96 };
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (8);
  int               i;

  for (i = 0; i < 200; i++)
    test_prepare1 (k, rand, channels[i % G_N_ELEMENTS (channels)],
                   (DifResize) (i % 3), i % 2, i % 5 != 0);
  g_rand_free (rand);
}

/* Statistics --------------------------------------------------------- */

static void
test_statistics (gconstpointer data)
{
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (9);
  int               i, c;

  for (i = 1; i < 60; i++)
    {
      int    w = g_rand_int_range (rand, 1, 30), h = 5, channels = i;
      Buffer in = buffer_random (rand, (size_t) w * h * channels, 5.0f);
      double expected[2][64] = { { 1.0 } }, got[2][64] = { { 1.0 } };

      dif_kernels_ref.statistics (in.data, (size_t) w * channels, w, channels,
                                  1, h, expected[0], expected[1]);
      k->statistics (in.data, (size_t) w * channels, w, channels,
                     1, h, got[0], got[1]);
      for (c = 0; c < 64; c++)
        {
          double sizes = 1.0, squares = expected[1][c];
          int    p;

          for (p = w; p < w * h && c < channels; p++)
            sizes += fabsf (in.data[p * channels + c]);
          g_assert_cmpfloat (fabs (got[0][c] - expected[0][c]), <, sizes * 0x1p-20);
          g_assert_cmpfloat (fabs (got[1][c] - expected[1][c]), <=, squares * 0x1p-20);
        }
      buffer_free (&in);
    }
  g_rand_free (rand);
}

/* Attention ---------------------------------------------------------- */

static void
test_attention (gconstpointer data)
{
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (10);
  int               i;

  for (i = 0; i < 60; i++)
    {
      int    n = i < 3 ? 1 + i : g_rand_int_range (rand, 1, 200);
      int    dim = i % 4 ? 8 * (1 + i % 5) : 1 + i % 13;
      float  size = i % 7 ? 1.0f : 40.0f;   /* nearly one-hot weights too */
      size_t stride = 3 * dim + 1, out_stride = dim + 2;
      int    q1 = MIN (n, DIF_ATTENTION_BLOCK);
      Buffer qkv = buffer_random (rand, n * stride, size);
      Buffer expected = buffer_new (n * out_stride);
      Buffer got = buffer_new (n * out_stride);
      Buffer scratch = buffer_new (MAX (k->attention_scratch (n, dim),
                                        dif_kernels_ref.attention_scratch (n, dim)));
      Buffer packed = buffer_new (k->attention_packed (n, dim));
      double limit = k->pack_attention ? 1.5e-2 : 1e-4;
      DifAttentionCall call = {
        .q = qkv.data, .k = qkv.data + dim, .v = qkv.data + 2 * dim,
        .qkv_stride = stride, .out_stride = out_stride, .n_tokens = n,
        .head_dim = dim, .scale = (float) (1.0 / sqrt (dim)),
      };

      call.out = expected.data;
      dif_kernels_ref.attention (&call, 0, q1, scratch.data);
      call.out = got.data;
      if (k->pack_attention)
        k->pack_attention (&call, packed.data);
      call.packed = packed.data;
      k->attention (&call, 0, q1 / 2, scratch.data);
      k->attention (&call, q1 / 2, q1, scratch.data);
      g_assert_cmpfloat (relative_error (got.data, expected.data,
                                         n * out_stride), <, limit);
      buffer_free (&packed);
      buffer_free (&qkv);
      buffer_free (&expected);
      buffer_free (&got);
      buffer_free (&scratch);
    }
  g_rand_free (rand);
}

static void
test_silu (gconstpointer data)
{
  const DifKernels *k = data;
  float             x[4001], y[4001];
  int               i, n = G_N_ELEMENTS (x);

  for (i = 0; i < n; i++)
    x[i] = y[i] = (i - 2000) * 0.05f;
  x[0] = y[0] = NAN;
  dif_kernels_ref.silu (y, n);
  k->silu (x, n);
  g_assert_true (isnan (x[0]));
  for (i = 1; i < n; i++)   /* relative, value by value */
    g_assert_cmpfloat (fabs (x[i] - y[i]), <=, 4e-7 * fabs (y[i]) + 1e-36);
}

/* The convolution over OpenBLAS serves as a table of its own. */
static DifKernels over_blas;

static void
add (const char       *kernel,
     const DifKernels *k,
     GTestDataFunc     func)
{
  g_autofree char *path = g_strdup_printf ("/kernels/%s/%s", k->name, kernel);

  g_test_add_data_func (path, k, func);
}

static void
skip (gconstpointer name)
{
  g_test_skip ("this machine cannot run these kernels");
}

int
main (int    argc,
      char **argv)
{
  const DifKernels *k;
  int               i;

  g_test_init (&argc, &argv, NULL);
  over_blas = dif_kernels_base;
  over_blas.name = "openblas";
  over_blas.packed_size = dif_blas_packed_size;
  over_blas.pack_conv = dif_blas_pack_conv;
  over_blas.conv_scratch = dif_blas_conv_scratch;
  over_blas.conv = dif_blas_conv;
  add ("conv", &over_blas, test_conv);
  for (i = 1; (k = dif_kernels_nth (i)); i++)
    {
      add ("conv", k, test_conv);
      add ("prepare", k, test_prepare);
      add ("statistics", k, test_statistics);
      add ("attention", k, test_attention);
      add ("silu", k, test_silu);
    }
#ifdef DIF_X86
  if (! dif_kernels_by_name (dif_kernels_v3.name))
    g_test_add_data_func ("/kernels/x86-64-v3", NULL, skip);
  if (! dif_kernels_by_name (dif_kernels_v4.name))
    g_test_add_data_func ("/kernels/x86-64-v4", NULL, skip);
#endif
#ifdef DIF_X86_BF16
  if (! dif_kernels_by_name (dif_kernels_bf16.name))
    g_test_add_data_func ("/kernels/avx512-bf16", NULL, skip);
  if (! dif_kernels_by_name (dif_kernels_amx.name))
    g_test_add_data_func ("/kernels/amx-bf16", NULL, skip);
#endif
  return g_test_run ();
}
