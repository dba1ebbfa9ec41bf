/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * conv.c: the convolutions of a table against the plain C ones.  An error
 * is judged by the sum of the magnitudes of everything that was added up,
 * |bias| + |residual| + sum |weight| |in|, so that cancellation excuses
 * nothing and small results beside large ones are judged as closely; but
 * by Winograd's method, whose transforms mix the values of a patch, by the
 * largest sum of the patch of 4 x 4 outputs, with the kernel's largest
 * weight everywhere.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "buffers.h"

/* Limits of that error.  Measured up to 320 channels with x86-64-v2 and
 * x86-64-v3: 4.6e-7 at most straight or over OpenBLAS.  By Winograd's
 * method 8.8e-7, and 5.5e-6 where magnitudes from 1e-30 to 1e4 lie side by
 * side.
 */
#define LIMIT_DIRECT        1e-6
#define LIMIT_WINOGRAD      2.5e-6
#define LIMIT_WINOGRAD_WIDE 1.5e-5

/* Products below it may be lost: bfloat16 units take denormals for 0. */
#define FLOOR 1e-33

typedef enum
{
  PLAIN,
  WIDE,       /* magnitudes from 1e-30 to 1e4              */
  DENORMAL,   /* a third of the values below FLT_MIN       */
  CANCEL,     /* channels that cancel out, two by two      */
  N_VALUES
} Values;

typedef struct
{
  const DifKernels *k;
  GRand            *rand;
  double            worst[2][N_VALUES];  /* straight, by Winograd's method */
} ConvTest;

/* Winograd's packed weights are 36 values for a kernel of 9. */
static bool
by_winograd (const DifKernels   *k,
             const DifConvShape *s)
{
  return k->packed_size (s)
         > (size_t) 2 * s->kernel * s->kernel * s->cin * ((s->cout + 31) / 32 * 32);
}

/* Channel c of a value lies at (i / step) % channels. */
static void
make_values (Buffer *b,
             GRand  *rand,
             Values  values,
             int     channels,
             size_t  step)
{
  size_t i;

  for (i = 0; i < b->n; i++)
    if (values == WIDE)
      b->data[i] *= (float) pow (10.0, g_rand_double_range (rand, -30.0, 4.0));
    else if (values == DENORMAL && g_rand_int_range (rand, 0, 3) == 0)
      b->data[i] *= 1e-39f;
    else if (values == CANCEL)
      b->data[i] *= 1000.0f;
  if (values == CANCEL)
    for (i = step; i < b->n; i++)
      if (i / step % channels % 2 == 1)
        b->data[i] = b->data[i - step];
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

/* The rows in two calls, cut at row split; where the table can, the second
 * of them in two more, cut at about half of the output channels.
 */
static void
run_conv (const DifKernels *k,
          DifConvCall       call,
          const float      *weight,
          float            *out,
          int               height,
          int               split)
{
  int    block = k->cout_block;
  size_t n = k->packed_size (&call.shape);
  size_t n_scratch = k->conv_scratch (&call.shape, call.width);
  Buffer packed = buffer_new (n);
  Buffer scratch = buffer_new (n_scratch);

  k->pack_conv (&call.shape, weight, packed.data);
  call.packed = packed.data;
  call.out = out;
  k->conv (&call, 0, split, scratch.data);
  if (split > 0 && block > 0 && call.shape.cout > block)
    {
      call.o0 = MAX (1, call.shape.cout / 2 / block) * block;
      call.o1 = call.shape.cout;
      k->conv (&call, split, height, scratch.data);
      call.o1 = call.o0;
      call.o0 = 0;
    }
  k->conv (&call, split, height, scratch.data);
  buffer_free (&packed);
  buffer_free (&scratch);
}

/* The magnitudes: the same sum over absolute values. */
static Buffer
magnitudes (DifConvCall   call,
            const Buffer *in,
            const Buffer *weight,
            const Buffer *bias,
            const Buffer *residual,
            int           height,
            bool          winograd)
{
  const Buffer *from[] = { in, weight, bias, residual };
  Buffer        part[4], out = buffer_new (height * call.out_row);
  size_t        taps = call.shape.kernel * call.shape.kernel, i, j;
  int           p;

  for (p = 0; p < 4; p++)
    {
      part[p] = buffer_copy (from[p]);
      for (i = 0; i < part[p].n; i++)
        part[p].data[i] = fabsf (part[p].data[i]);
    }
  for (i = 0; winograd && i < weight->n; i += taps)
    {
      float most = 0.0f;

      for (j = 0; j < taps; j++)
        most = fmaxf (most, part[1].data[i + j]);
      for (j = 0; j < taps; j++)
        part[1].data[i + j] = most;
    }
  call.in = part[0].data;
  call.bias = part[2].data;
  call.residual = call.residual ? part[3].data : NULL;
  run_conv (&dif_kernels_ref, call, part[1].data, out.data, height, 0);
  for (p = 0; p < 4; p++)
    buffer_free (&part[p]);
  return out;
}

/* The largest magnitude of the patch, from where patches begin. */
static double
patch_magnitude (const DifConvCall *call,
                 const Buffer      *size,
                 int                height,
                 int                y,
                 int                x,
                 int                o)
{
  double most = 0.0;
  int    i, j;

  y -= y % 4;
  x -= x % 4;
  for (j = y; j < MIN (y + 4, height); j++)
    for (i = x; i < MIN (x + 4, call->width); i++)
      most = fmax (most, size->data[j * call->out_row
                                    + (size_t) i * call->shape.cout + o]);
  return most;
}

static void
judge (ConvTest          *t,
       const DifConvCall *call,
       const Buffer      *got,
       const Buffer      *expected,
       const Buffer      *size,
       int                height,
       Values             values)
{
  bool    winograd = by_winograd (t->k, &call->shape);
  size_t  row = (size_t) call->width * call->shape.cout, i;
  double *worst = &t->worst[winograd][values];
  int     y;

  for (y = 0; y < height; y++)
    {
      size_t at = y * call->out_row;

      for (i = 0; i < row; i++)
        {
          double m = size->data[at + i];

          if (winograd)
            m = patch_magnitude (call, size, height, y, i / call->shape.cout,
                                 i % call->shape.cout);
          worse (worst, got->data[at + i], expected->data[at + i],
                 m + FLOOR / LIMIT_DIRECT);
        }
      assert_guards (&got->data[at + row], call->out_row - row);
    }
}

static void
test_conv1 (ConvTest     *t,
            DifConvShape  shape,
            Values        values,
            int           width,
            int           height,
            bool          with_residual)
{
  const DifKernels *k = t->k;
  int    pad = shape.kernel - 1, taps = shape.kernel * shape.kernel;
  int    in_w = (width - 1) * shape.stride + 1 + pad;
  int    in_h = (height - 1) * shape.stride + 1 + pad;
  size_t out_row = (size_t) width * shape.cout + 5;
  Buffer in = buffer_random (t->rand, (size_t) in_w * in_h * shape.cin, 3.0f);
  Buffer weight = buffer_random (t->rand, (size_t) shape.cout * shape.cin * taps,
                                 1.0f);
  Buffer bias = buffer_random (t->rand, shape.cout, 1.0f);
  Buffer residual = buffer_random (t->rand, out_row * height, 1.0f);
  Buffer expected = buffer_new (out_row * height);
  Buffer got = buffer_new (out_row * height);
  Buffer again = buffer_new (out_row * height);
  Buffer size;
  void  *input = NULL;
  DifConvCall call = {
    .shape = shape, .bias = bias.data, .in = in.data,
    .in_row = (size_t) in_w * shape.cin, .out_row = out_row,
    .residual = with_residual ? residual.data : NULL,
    .residual_row = out_row, .scale = with_residual ? 0.7f : 1.0f,
    .width = width,
  };
  int y;

  make_values (&in, t->rand, values, shape.cin, 1);
  make_values (&weight, t->rand, values, shape.cin, taps);
  for (size_t i = 1; values == CANCEL && i < in.n; i++)
    if (i % shape.cin % 2 == 1)
      in.data[i] = -in.data[i];
  round_values (k, &in);
  round_values (k, &weight);
  run_conv (&dif_kernels_ref, call, weight.data, expected.data, height, 0);
  size = magnitudes (call, &in, &weight, &bias, &residual, height,
                     by_winograd (k, &shape));
  if (shape.kernel == 3)
    call.in = input = prepared (k, &in, shape.cin);
  run_conv (k, call, weight.data, got.data, height, 0);
  run_conv (k, call, weight.data, again.data, height,
            height / 2 / DIF_ROWS * DIF_ROWS);
  judge (t, &call, &got, &expected, &size, height, values);
  g_assert_cmpmem (got.data, got.n * 4, again.data, again.n * 4);

  if (with_residual)  /* in place */
    {
      memcpy (again.data, residual.data, again.n * 4);
      call.residual = again.data;
      run_conv (k, call, weight.data, again.data, height,
                height > DIF_ROWS ? DIF_ROWS : 0);
      for (y = 0; y < height; y++)
        g_assert_cmpmem (&got.data[y * out_row], (out_row - 5) * 4,
                         &again.data[y * out_row], (out_row - 5) * 4);
    }
  dif_free (input);
  buffer_free (&in);
  buffer_free (&weight);
  buffer_free (&bias);
  buffer_free (&residual);
  buffer_free (&expected);
  buffer_free (&got);
  buffer_free (&again);
  buffer_free (&size);
}

void
test_conv (gconstpointer data)
{
  static const int channels[] = { 1, 3, 12, 16, 17, 31, 32, 33, 48, 80, 130 };
  static const int deep[][2] = { { 320, 320 }, { 320, 33 }, { 257, 64 } };
  ConvTest         t = { .k = data, .rand = g_rand_new_with_seed (7) };
  int              i;

  for (i = 0; i < 300; i++)
    {
      DifConvShape shape = {
        .cin = channels[g_rand_int_range (t.rand, 0, G_N_ELEMENTS (channels))],
        .cout = channels[g_rand_int_range (t.rand, 0, G_N_ELEMENTS (channels))],
        .kernel = i % 2 ? 3 : 1,
        .stride = i % 5 == 0 ? 2 : 1,
      };

      test_conv1 (&t, shape, i % 7 < N_VALUES ? (Values) (i % 7) : PLAIN,
                  g_rand_int_range (t.rand, 1, 40),
                  g_rand_int_range (t.rand, 1, 14), i % 3 == 0);
    }
  for (i = 0; i < (int) G_N_ELEMENTS (deep) * N_VALUES; i++)
    test_conv1 (&t, (DifConvShape) { deep[i % 3][0], deep[i % 3][1], 3, 1 },
                (Values) (i / 3), 9, 5, i % 2);
  g_rand_free (t.rand);
  g_test_message ("%s: largest errors of ordinary, wide, denormal, cancelling "
                  "values", t.k->name);
  for (i = 0; i < 2; i++)
    g_test_message ("  %s %.1e %.1e %.1e %.1e", i ? "Winograd" : "straight",
                    t.worst[i][PLAIN], t.worst[i][WIDE], t.worst[i][DENORMAL],
                    t.worst[i][CANCEL]);
  for (i = 0; i < 2 * N_VALUES; i++)
    g_assert_cmpfloat (t.worst[i / N_VALUES][i % N_VALUES], <,
                       i < N_VALUES ? LIMIT_DIRECT
                       : i % N_VALUES == WIDE ? LIMIT_WINOGRAD_WIDE
                       : LIMIT_WINOGRAD);
}
