/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench.c: see bench.h.
 */

#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "kernels/blas.h"

#define MAX_REPEATS 200

static int
compare (const void *a,
         const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bench_median (double *x,
              int     n)
{
  qsort (x, n, sizeof (double), compare);
  return x[n / 2];
}

static float *
new_floats (size_t n)
{
  g_autoptr (GError) error = NULL;
  float             *x = dif_alloc (n, sizeof (float), "a benchmark buffer",
                                    &error);

  if (! x)
    g_error ("%s", error->message);
  return x;
}

float *
bench_floats (size_t n)
{
  g_autoptr (GRand)  rand = g_rand_new_with_seed (1);
  float             *x = new_floats (n);
  size_t             i;

  for (i = 0; i < n; i++)
    x[i] = (float) g_rand_double_range (rand, -1, 1);
  return x;
}

DifUnet *
bench_load (const char       *folder,
            const DifKernels *kernels,
            DifUnetConfig    *config)
{
  g_autofree char   *config_path = g_build_filename (folder, "unet",
                                                     "config.json", NULL);
  g_autofree char   *path = g_build_filename (
    folder, "unet", "diffusion_pytorch_model.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  DifWeights        *weights = NULL;
  DifUnet           *unet = NULL;

  if (dif_unet_config_read (config_path, config, &error))
    weights = dif_weights_open (path, &error);
  if (weights)
    unet = dif_unet_new (config, weights, kernels, &error);
  if (! unet)
    g_error ("%s", error->message);
  dif_weights_close (weights);
  return unet;
}

double
bench_repeat (BenchFunc  func,
              void      *data,
              double     seconds)
{
  double taken[MAX_REPEATS], total = 0.0;
  int    n = 0;

  func (data);
  do
    {
      gint64 start = g_get_monotonic_time ();

      func (data);
      taken[n] = (g_get_monotonic_time () - start) / 1e6;
      total += taken[n++];
    }
  while (total < seconds && n < MAX_REPEATS);
  return bench_median (taken, n);
}

void
bench_conv_init (BenchConv        *conv,
                 const DifKernels *kernels,
                 DifConvShape      shape,
                 int               side)
{
  int            border = shape.kernel == 3, wide = side * shape.stride;
  size_t         pixel = shape.cin, row = (wide + 2 * border) * pixel;
  size_t         bytes = border ? kernels->input_bytes : 4;
  size_t         n = row * (wide + 2 * border) + DIF_INPUT_SLACK (pixel);
  float         *values = bench_floats (wide * pixel * wide);
  float         *weight = bench_floats (pixel * shape.cout * shape.kernel
                                        * shape.kernel);
  DifPrepareCall prepare = { .in = values, .in_row = wide * pixel,
                             .channels = shape.cin, .out_row = row,
                             .out_pixel = pixel, .width = wide };

  conv->kernels = kernels;
  conv->in = new_floats (n);
  conv->bias = bench_floats (shape.cout);
  conv->out = new_floats ((size_t) side * side * shape.cout);
  conv->packed = new_floats (kernels->packed_size (&shape));
  conv->scratch = new_floats (kernels->conv_scratch (&shape, side));
  memset (conv->in, 0, n * sizeof (float));
  prepare.out = (char *) conv->in + border * (row + pixel) * bytes;
  if (border)
    kernels->prepare (&prepare, 0, wide);
  else
    memcpy (conv->in, values, wide * pixel * wide * sizeof (float));
  kernels->pack_conv (&shape, weight, conv->packed);
  conv->call = (DifConvCall) {
    .shape = shape, .packed = conv->packed, .bias = conv->bias,
    .in = conv->in, .in_row = row, .out = conv->out,
    .out_row = (size_t) side * shape.cout, .scale = 1.0f, .width = side,
  };
  dif_free (values);
  dif_free (weight);
}

void
bench_conv_clear (BenchConv *conv)
{
  dif_free (conv->in);
  dif_free (conv->bias);
  dif_free (conv->out);
  dif_free (conv->packed);
  dif_free (conv->scratch);
}

void
bench_conv_run (void *data)
{
  BenchConv *conv = data;

  conv->kernels->conv (&conv->call, 0, conv->call.width, conv->scratch);
}

double
bench_sgemm (int n)
{
  float *a = bench_floats ((size_t) n * n);
  float *b = bench_floats ((size_t) n * n);
  float *c = bench_floats ((size_t) n * n);
  double best = 0.0;
  int    turn;

  for (turn = 0; turn < 5; turn++)
    {
      gint64 start = g_get_monotonic_time ();

      dif_blas_gemm (false, n, n, n, 1.0f, a, n, b, n, c, n);
      best = MAX (best, 2.0 * n * n * n
                        / (g_get_monotonic_time () - start) / 1e3);
    }
  dif_free (a);
  dif_free (b);
  dif_free (c);
  return best;
}

/* Ceilings ----------------------------------------------------------- */

double
bench_peak_fma (void)
{
#ifdef BENCH_X86
  if (dif_kernels_by_name ("x86-64-v4"))
    return bench_fma_v4 ();
  if (dif_kernels_by_name ("x86-64-v3"))
    return bench_fma_v3 ();
#endif
  return 0.0;
}

double
bench_peak_tiles (void)
{
#ifdef DIF_X86_BF16
  /* Asking for the table also asks the system for the matrix unit. */
  if (dif_kernels_by_name ("amx-bf16"))
    return bench_tiles ();
#endif
  return 0.0;
}

#define TRIAD (64 * 1024 * 1024)

double
bench_triad (void)
{
  float *a = new_floats (TRIAD), *b = new_floats (TRIAD), *c = new_floats (TRIAD);
  double best = 0.0;
  int    turn, i;

  for (i = 0; i < TRIAD; i++)
    {
      a[i] = 0.0f;
      b[i] = 1.0f;
      c[i] = 2.0f;
    }
  for (turn = 0; turn < 3; turn++)
    {
      gint64 start = g_get_monotonic_time ();

      for (i = 0; i < TRIAD; i++)
        a[i] = b[i] + 0.5f * c[i];
      best = MAX (best, 12.0 * TRIAD
                        / (g_get_monotonic_time () - start) / 1e3);
      b[turn] = a[turn];
    }
  dif_free (a);
  dif_free (b);
  dif_free (c);
  return best;
}
