/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-kernels.c: every table of kernels that this machine can run
 * against the plain C one, on random and extreme values, odd sizes and
 * tails, with guard floats around each output; and whether a result
 * depends on how the rows are shared out.  Each test prints the largest
 * error that it met.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "buffers.h"
#include "kernels/blas.h"

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

/* raw, as the kernel wrote it, as float32; values between pixels and
 * behind the rows it must not touch.
 */
static void
collect (const DifKernels *k,
         const Buffer     *raw,
         int               channels,
         size_t            pixel,
         size_t            row,
         int               width,
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
      if (i % row / pixel >= (size_t) width
          || i % row % pixel >= (size_t) channels)
        g_assert_cmpint (half[i * words], ==, UNTOUCHED);
    }
}

/* The scaled and shifted values before SiLU, at full size, and the same
 * sum over absolute values.
 */
typedef struct
{
  Buffer value;
  Buffer size;
} Affine;

static Affine
affine_new (const DifPrepareCall *call,
            const Buffer         *in)
{
  Affine a = { buffer_new (in->n), buffer_new (in->n) };
  size_t i;

  for (i = 0; i < in->n; i++)
    {
      size_t c = i % call->channels;
      double v = in->data[i];
      double shift = call->scale ? call->shift[c] : 0.0;

      v *= call->scale ? call->scale[c] : 1.0;
      a.value.data[i] = (float) (v + shift);
      a.size.data[i] = (float) (fabs (v) + fabs (shift));
    }
  return a;
}

/* How wrong the value at full size may be: by one rounding of a term,
 * times the slope of SiLU or more, (1 + |v|) / (1 + e^-v); by `relative`
 * of itself; and SiLU may leave 1e-38 of what it should make nothing of.
 */
static double
allowed1 (const DifPrepareCall *call,
          const Affine         *a,
          size_t                i,
          double                relative)
{
  double v = a->value.data[i], size = a->size.data[i];
  double sigmoid = call->silu ? 1.0 / (1.0 + exp (-v)) : 1.0;
  double slope = call->silu ? (1.0 + fabs (v)) * sigmoid : 1.0;

  return 0x1p-23 * size * slope + relative * fabs (v * sigmoid) + 1e-38 * size;
}

/* The most of the values that make one output. */
static double
allowed (const DifPrepareCall *call,
         const Affine         *a,
         int                   y,
         int                   x,
         int                   c,
         double                relative)
{
  double most = 0.0;
  int    i, d = call->resize == DIF_HALVE ? 2 : 1;

  if (call->resize == DIF_DOUBLE)
    {
      y /= 2;
      x /= 2;
    }
  for (i = 0; i < d * d; i++)
    most = fmax (most, allowed1 (call, a, (d * y + i / d) * call->in_row
                                          + (d * x + i % d) * call->channels + c,
                                 relative));
  return most;
}

/* Each value by itself.  It is calculated in float32, wrong by no more than
 * what it is made of allows, SiLU's 2^-13 (in a table of bfloat16) or 4e-7
 * of itself included; what was calculated is then rounded to the type that
 * is stored.  bfloat16 holds eight digits of the significand, the leading
 * one included: between 2^k and 2^(k+1) its values lie 2^(k-7) apart, so
 * rounding to the nearest moves a value by up to 2^(k-8), which just above a
 * power of two is 2^-8 of it.  It moves the value that was calculated, wrong
 * as that is, so the two errors add up, and no product of theirs is lost.
 * Denormals are stored as 0, within 1e-36.
 */
static void
judge_prepare (const DifKernels     *k,
               const DifPrepareCall *call,
               const Affine         *affine,
               const Buffer         *got,
               const Buffer         *expected,
               int                   height,
               double               *worst)
{
  double own = k->input_bytes == 4 ? 0x1p-23 : 0x1p-8;
  double part = k->input_bytes == 4 ? 4e-7 : 0x1p-13;
  int    y, x, c;

  for (y = 0; y < height; y++)
    for (x = 0; x < call->width; x++)
      for (c = 0; c < call->channels; c++)
        {
          size_t i = y * call->out_row + x * call->out_pixel + c;
          double calculated = allowed (call, affine, y, x, c, part);

          worse (worst, got->data[i], expected->data[i], calculated + 1e-36
                 + own * (fabs (expected->data[i]) + calculated));
        }
}

static void
test_prepare1 (const DifKernels *k,
               GRand            *rand,
               int               channels,
               DifResize         resize,
               bool              silu,
               bool              affine,
               double           *worst)
{
  int    w = 2 * g_rand_int_range (rand, 1, 9);
  int    h = 2 * g_rand_int_range (rand, 1, 5);
  int    out_w = resize == DIF_DOUBLE ? 2 * w : resize == DIF_HALVE ? w / 2 : w;
  int    out_h = resize == DIF_DOUBLE ? 2 * h : resize == DIF_HALVE ? h / 2 : h;
  size_t pixel = channels + 5;    /* as when two inputs lie side by side */
  size_t row = out_w * pixel + 3;
  size_t n_out = out_h * row;
  Buffer in = buffer_random (rand, (size_t) w * h * channels, 20.0f);
  Buffer scale = buffer_random (rand, channels, 2.0f);
  Buffer shift = buffer_random (rand, channels, 2.0f);
  Buffer expected = buffer_new (n_out);
  Buffer got = buffer_new (n_out);
  Buffer raw = buffer_new (n_out);
  DifPrepareCall call = {
    .in = in.data, .in_row = (size_t) w * channels, .channels = channels,
    .scale = affine ? scale.data : NULL, .shift = affine ? shift.data : NULL,
    .silu = silu, .resize = resize, .out_row = row,
    .out_pixel = pixel, .width = out_w,
  };
  Affine values;

  in.data[0] = -1e30f;
  in.data[in.n - 1] = 1e30f;
  in.data[in.n / 2] = 1e-39f;
  values = affine_new (&call, &in);
  call.out = expected.data;
  dif_kernels_ref.prepare (&call, 0, out_h);
  untouched (k, &raw);
  /* In two parts, the second as if its rows began a buffer. */
  call.out = raw.data;
  k->prepare (&call, 0, 1);
  call.out = (char *) raw.data + call.out_row * k->input_bytes;
  call.out_y = 1;
  k->prepare (&call, 1, out_h);
  collect (k, &raw, channels, pixel, row, out_w, &got);
  judge_prepare (k, &call, &values, &got, &expected, out_h, worst);
  buffer_free (&in);
  buffer_free (&scale);
  buffer_free (&shift);
  buffer_free (&values.value);
  buffer_free (&values.size);
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
  double            worst = 0.0;
  int               i;

  for (i = 0; i < 200; i++)
    test_prepare1 (k, rand, channels[i % G_N_ELEMENTS (channels)],
                   (DifResize) (i % 3), i % 2, i % 5 != 0, &worst);
  g_rand_free (rand);
  g_test_message ("%s: largest error %.2f of what is allowed", k->name, worst);
  g_assert_cmpfloat (worst, <, 1.0);
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

/* Limits of an error, by the mean of |v| that the weights make: weights
 * in bfloat16 are wrong by up to 2^-8 each, and scores in the hundreds, whose
 * last digit counts, by their rounding.
 */
static double
attention_limit (const DifKernels *k,
                 float             size)
{
  if (k->pack_attention)
    return size > 1.0f ? 1e-2 : 4e-3;
  return size > 1.0f ? 1e-3 : 2e-6;
}

/* The queries q0 <= i < q1, a block at a time, each in two parts. */
static void
run_attention (const DifKernels *k,
               DifAttentionCall *call,
               int               q0,
               int               q1)
{
  Buffer scratch = buffer_new (k->attention_scratch (call->n_tokens,
                                                     call->head_dim));
  Buffer packed = buffer_new (k->attention_packed (call->n_tokens,
                                                   call->head_dim));

  if (k->pack_attention)
    k->pack_attention (call, packed.data);
  call->packed = packed.data;
  for (; q0 < q1; q0 += DIF_ATTENTION_BLOCK)
    {
      int end = MIN (q0 + DIF_ATTENTION_BLOCK, q1);

      k->attention (call, q0, (q0 + end) / 2, scratch.data);
      k->attention (call, (q0 + end) / 2, end, scratch.data);
    }
  buffer_free (&packed);
  buffer_free (&scratch);
}

static void
test_attention1 (const DifKernels *k,
                 GRand            *rand,
                 int               n,
                 int               dim,
                 float             size,
                 double           *worst)
{
  size_t stride = 3 * dim + 1, out_stride = dim + 2;
  int    q0 = n > 3 ? n % 3 : 0, q1 = n > 8 ? n - n % 4 : n, i, d;
  Buffer qkv = buffer_random (rand, n * stride, size);
  Buffer expected = buffer_new (n * out_stride);
  Buffer mean = buffer_new (n * out_stride);
  Buffer got = buffer_new (n * out_stride);
  DifAttentionCall call = {
    .q = qkv.data, .k = qkv.data + dim, .v = qkv.data + 2 * dim,
    .qkv_stride = stride, .out_stride = out_stride, .n_tokens = n,
    .head_dim = dim, .scale = (float) (1.0 / sqrt (dim)),
  };

  round_values (k, &qkv);
  call.out = got.data;
  run_attention (k, &call, q0, q1);
  call.out = expected.data;
  run_attention (&dif_kernels_ref, &call, q0, q1);
  for (i = 0; i < n; i++)
    for (d = 0; d < dim; d++)
      qkv.data[i * stride + 2 * dim + d] = fabsf (qkv.data[i * stride + 2 * dim + d]);
  call.out = mean.data;
  run_attention (&dif_kernels_ref, &call, q0, q1);
  for (i = 0; i < n; i++)
    {
      const float *row = &got.data[i * out_stride];

      if (i < q0 || i >= q1)
        assert_guards (row, out_stride);
      else
        assert_guards (row + dim, out_stride - dim);
      for (d = 0; i >= q0 && i < q1 && d < dim; d++)
        worse (worst, row[d], expected.data[i * out_stride + d],
               mean.data[i * out_stride + d]);
    }
  buffer_free (&qkv);
  buffer_free (&expected);
  buffer_free (&mean);
  buffer_free (&got);
}

static void
test_attention (gconstpointer data)
{
  const DifKernels *k = data;
  GRand            *rand = g_rand_new_with_seed (10);
  double            worst[2] = { 0.0 };
  int               i;

  for (i = 0; i < 80; i++)
    test_attention1 (k, rand, i < 3 ? 1 + i : g_rand_int_range (rand, 1, 260),
                     i % 4 ? 8 * (1 + i % 5) : 1 + i % 13,
                     i % 7 ? 1.0f : 40.0f,   /* nearly one-hot weights too */
                     &worst[i % 7 == 0]);
  g_rand_free (rand);
  g_test_message ("%s: largest error %.1e, with large scores %.1e", k->name,
                  worst[0], worst[1]);
  g_assert_cmpfloat (worst[0], <, attention_limit (k, 1.0f));
  g_assert_cmpfloat (worst[1], <, attention_limit (k, 40.0f));
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

/* Differences of patches --------------------------------------------- */

/* Values of one picture, the patches at its end included. */
static void
test_patch_difference (gconstpointer data)
{
  enum { SIDE = 40, ROW = 3 * SIDE, N = SIDE * ROW };
  const DifKernels  *k = data;
  GRand             *rand = g_rand_new_with_seed (10);
  g_autofree gint16 *a = g_new (gint16, N + DIF_PATCH_SLACK);
  int                i, patch;

  for (i = 0; i < N + DIF_PATCH_SLACK; i++)
    a[i] = (gint16) g_rand_int_range (rand, -639, 640);
  for (i = 0; i < 4000; i++)
    {
      gint32  last, expected, got, limit;
      gint16 *b, *c;

      patch = i % 17 + 1;
      last = SIDE - patch;
      b = a + (i % 5 ? g_rand_int_range (rand, 0, last + 1) : last) * ROW
          + 3 * (i % 7 ? g_rand_int_range (rand, 0, last + 1) : last);
      c = a + (i % 6 ? g_rand_int_range (rand, 0, last + 1) : last) * ROW
          + 3 * g_rand_int_range (rand, 0, last + 1);
      expected = dif_kernels_ref.patch_difference (b, ROW, c, ROW, patch,
                                                   G_MAXINT32);
      g_assert_cmpint (k->patch_difference (b, ROW, c, ROW, patch, G_MAXINT32),
                       ==, expected);
      g_assert_cmpint (k->patch_difference (b, ROW, c, ROW, patch, expected),
                       ==, expected);
      limit = g_rand_int_range (rand, 0, expected + 2);
      got = k->patch_difference (b, ROW, c, ROW, patch, limit);
      if (expected <= limit)
        g_assert_cmpint (got, ==, expected);
      else
        g_assert_cmpint (got, >, limit);
    }
  /* The largest sum there is: of 17 x 17 pixels at opposite ends. */
  for (i = 0; i < N; i++)
    a[i] = i % ROW < ROW / 2 ? -639 : 639;
  g_assert_cmpint (k->patch_difference (a, ROW, a + ROW / 2, ROW, 17, G_MAXINT32),
                   ==, 17 * 17 * 3 * 1278 * 1278);
  g_rand_free (rand);
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
      add ("posterior", k, test_posterior);
      add ("posterior-shares", k, test_posterior_shares);
      add ("posterior-alone", k, test_posterior_alone);
      add ("patch-difference", k, test_patch_difference);
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
