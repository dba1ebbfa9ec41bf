/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench.h: what the benchmarks share: medians, buffers, networks, and
 * the ceilings that they compare with.
 */

#ifndef DIF_TESTS_BENCH_H
#define DIF_TESTS_BENCH_H

#include <stddef.h>

#include "denoise/unet/unet.h"

/* Sorts x. */
double   bench_median (double *x,
                       int     n);

/* n floats in [-1,1], 64-byte aligned; free with dif_free(). */
float   *bench_floats (size_t  n);

/* The network of a model folder; ends the program if that fails. */
DifUnet *bench_load   (const char       *folder,
                       const DifKernels *kernels,
                       DifUnetConfig    *config);

/* One untimed call, then calls until they took so many seconds, at
 * least one.  The median of their seconds.
 */
typedef void (* BenchFunc) (void *data);

double   bench_repeat (BenchFunc  func,
                       void      *data,
                       double     seconds);

/* A convolution of one table with random weights and prepared input, for
 * a square output: bench_conv_run() is one call of conv() on the calling
 * thread.
 */
typedef struct
{
  const DifKernels *kernels;
  float            *in;
  float            *bias;
  float            *out;
  float            *packed;
  float            *scratch;
  DifConvCall       call;
} BenchConv;

void     bench_conv_init  (BenchConv        *conv,
                           const DifKernels *kernels,
                           DifConvShape      shape,
                           int               side);
void     bench_conv_clear (BenchConv        *conv);
void     bench_conv_run   (void             *conv);

/* Square products of n over OpenBLAS on one thread: the best of five, in
 * GFLOP/s.
 */
double   bench_sgemm  (int        n);

/* GFLOP/s of multiply-adds on registers alone, GB/s of a[i] = b[i] +
 * s * c[i] (12 bytes a value) on arrays of 256 MiB; all for the calling
 * thread, 0 where this machine or compiler has no such instructions.
 */
double   bench_peak_fma   (void);
double   bench_peak_tiles (void);
double   bench_triad      (void);

/* Parts of the first two, compiled for their instruction sets. */
double   bench_fma_v3     (void);
double   bench_fma_v4     (void);
double   bench_tiles      (void);

#endif
