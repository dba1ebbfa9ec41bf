/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-kernels.c: rates of the convolutions of the bundled network on
 * one thread, each table of kernels in turn, beside what OpenBLAS's sgemm
 * reaches on square matrices in the same run.
 */

#include <stdio.h>

#include "bench.h"
#include "kernels/blas.h"

#define ROUNDS 7

static double
sgemm_rate (int n)
{
  double rate[ROUNDS];
  int    i;

  for (i = 0; i < ROUNDS; i++)
    rate[i] = bench_sgemm (n);
  return bench_median (rate, ROUNDS);
}

static double
conv_rate (const DifKernels *k,
           DifConvShape      shape,
           int               side)
{
  double    flops = 2.0 * side * side * shape.cout * shape.cin
                    * shape.kernel * shape.kernel;
  BenchConv conv;
  double    seconds;

  bench_conv_init (&conv, k, shape, side);
  seconds = bench_repeat (bench_conv_run, &conv, 0.05);
  bench_conv_clear (&conv);
  return flops / seconds / 1e9;
}

int
main (void)
{
  static const struct { DifConvShape shape; int side; } cases[] = {
    { { 12, 64, 3, 1 }, 128 }, { { 64, 64, 3, 1 }, 128 },
    { { 128, 64, 3, 1 }, 128 }, { { 128, 64, 1, 1 }, 128 },
    { { 64, 64, 3, 2 }, 64 }, { { 96, 96, 3, 1 }, 64 },
    { { 192, 96, 3, 1 }, 64 }, { { 160, 160, 3, 1 }, 32 },
    { { 320, 160, 3, 1 }, 32 }, { { 320, 160, 3, 1 }, 29 },
    { { 64, 12, 3, 1 }, 128 },
  };
  DifKernels        over_blas = dif_kernels_base;
  const DifKernels *k;
  double            peak = sgemm_rate (2048);
  guint             c;
  int               i;

  over_blas.packed_size = dif_blas_packed_size;
  over_blas.pack_conv = dif_blas_pack_conv;
  over_blas.conv_scratch = dif_blas_conv_scratch;
  over_blas.conv = dif_blas_conv;
  printf ("one thread, GFLOP/s (share of sgemm 2048: %.1f)\n", peak);
  printf ("%-28s %16s", "cin cout kernel stride side", "openblas");
  for (i = 2; (k = dif_kernels_nth (i)); i++)
    printf (" %16s", k->name);
  printf ("\n");
  for (c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      DifConvShape s = cases[c].shape;
      double       rate = conv_rate (&over_blas, s, cases[c].side);

      printf ("%4d %4d %4d %6d %6d    %8.1f (%3.0f %%)", s.cin, s.cout, s.kernel,
              s.stride, cases[c].side, rate, 100 * rate / peak);
      for (i = 2; (k = dif_kernels_nth (i)); i++)
        {
          rate = conv_rate (k, s, cases[c].side);
          printf (" %8.1f (%3.0f %%)", rate, 100 * rate / peak);
        }
      printf ("\n");
    }
  printf ("sgemm 2048 again: %.1f\n", sgemm_rate (2048));
  return 0;
}
