/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-kernels.c: rates of the convolutions of the bundled network and of the
 * posterior mean of a picture's patches, on one thread, each table of kernels
 * in turn, beside what OpenBLAS's sgemm reaches on square matrices in the same
 * run.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* Patches -------------------------------------------------------------- */

#define PICTURE 70              /* pixels of a side */
#define QUERIES 256

typedef struct
{
  const DifKernels *kernels;
  float            *packed;
  float            *scratch;
  DifPosteriorCall  call;
} Posterior;

/* All patches of a picture of waves, row by row, in the order [c][y][x]; their
 * number.
 */
static int
cut_patches (int    side,
             float *patches)
{
  int rows = PICTURE - side + 1, i, d, n = 3 * side * side;

  for (i = 0; i < rows * rows; i++)
    for (d = 0; d < n; d++)
      {
        int x = i % rows + d % side, y = i / rows + d / side % side;

        *patches++ = (float) (0.4 * sin (0.21 * x) * cos (0.13 * y + d * 3 / n)
                              + 0.2 * sin (0.9 * x + 0.05 * y * y)
                              + 0.1 * sin (x * 12.9898 + y * 78.233));
      }
  return rows * rows;
}

/* Some of the patches, with noise of that deviation. */
static void
posterior_init (Posterior        *p,
                const DifKernels *k,
                int               side,
                double            sigma)
{
  int    dim = 3 * side * side, i, n;
  float *patches = bench_floats ((size_t) PICTURE * PICTURE * dim);
  float *noise = bench_floats ((size_t) 12 * QUERIES * dim);

  n = cut_patches (side, patches);
  for (i = 0; i < QUERIES * dim; i++)
    {
      double sum = 0.0;
      int    j;

      for (j = 0; j < 12; j++)      /* of variance 4 */
        sum += noise[i * 12 + j];
      noise[i] = patches[(size_t) (i / dim * 15) * dim + i % dim]
                 + (float) (0.5 * sigma * sum);
    }
  p->kernels = k;
  p->packed = bench_floats (k->posterior_packed (n, dim));
  p->scratch = bench_floats (k->posterior_scratch (dim));
  k->pack_posterior (patches, dim, n, dim, 0, n, p->packed);
  p->call = (DifPosteriorCall) {
    .packed = p->packed, .n_keys = n, .dim = dim,
    .scale = (float) (0.5 / (sigma * sigma)), .queries = noise,
    .query_stride = dim, .out_stride = dim,
    .out = bench_floats ((size_t) QUERIES * dim),
  };
  dif_free (patches);
}

static void
posterior_run (void *data)
{
  Posterior *p = data;

  p->kernels->posterior (&p->call, 0, QUERIES, p->scratch);
}

static void
posterior_clear (Posterior *p)
{
  dif_free ((float *) p->call.queries);
  dif_free (p->call.out);
  dif_free (p->packed);
  dif_free (p->scratch);
}

/* The rate of the two products, whatever is done for them, and its share of
 * sgemm's in turn: medians.
 */
static double
posterior_rate (const DifKernels *k,
                int               side,
                double            sigma,
                double           *share)
{
  double    rate[ROUNDS], shares[ROUNDS];
  Posterior p;
  int       i;

  posterior_init (&p, k, side, sigma);
  for (i = 0; i < ROUNDS; i++)
    {
      rate[i] = 4.0 * QUERIES * p.call.n_keys * p.call.dim
                / bench_repeat (posterior_run, &p, 0.02) / 1e9;
      shares[i] = rate[i] / bench_sgemm (1024);
    }
  posterior_clear (&p);
  *share = bench_median (shares, ROUNDS);
  return bench_median (rate, ROUNDS);
}

static void
print_posterior (void)
{
  static const struct { int side; double sigma; } cases[] = {
    { 3, 1.0 }, { 5, 1.0 }, { 7, 3.0 }, { 7, 1.0 }, { 7, 0.3 }, { 7, 0.1 },
    { 9, 1.0 },
  };
  const DifKernels *k;
  guint             c;
  int               i;

  printf ("\nposterior mean of the patches of a picture of %d x %d pixels, the "
          "rate of its two\nproducts (share of sgemm 1024, in turn)\n",
          PICTURE, PICTURE);
  printf ("%-28s", "side values sigma");
  for (i = 1; (k = dif_kernels_nth (i)); i++)
    printf (" %16s", k->name);
  printf ("\n");
  for (c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      int side = cases[c].side;

      printf ("%4d %6d %5.1f           ", side, 3 * side * side,
              cases[c].sigma);
      for (i = 1; (k = dif_kernels_nth (i)); i++)
        {
          double share, rate = posterior_rate (k, side, cases[c].sigma, &share);

          printf (" %8.1f (%3.0f %%)", rate, 100 * share);
        }
      printf ("\n");
    }
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
  print_posterior ();
  printf ("sgemm 2048 again: %.1f\n", sgemm_rate (2048));
  return 0;
}
