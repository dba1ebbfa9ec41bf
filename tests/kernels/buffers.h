/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * buffers.h: arrays with guard floats around them, and the errors that the
 * tests of the kernels judge by.
 */

#ifndef TESTS_KERNELS_BUFFERS_H
#define TESTS_KERNELS_BUFFERS_H

#include <glib.h>

#include "kernels/kernels.h"

#define GUARD_VALUE 12345.0f

typedef struct
{
  float *base;
  float *data;   /* 64-byte aligned, n floats */
  size_t n;
} Buffer;

/* Filled with GUARD_VALUE. */
Buffer buffer_new    (size_t            n);

/* Uniform in -scale .. scale. */
Buffer buffer_random (GRand            *rand,
                      size_t            n,
                      float             scale);

Buffer buffer_copy   (const Buffer     *b);

/* Fails the test if the guards were written to. */
void   buffer_free   (Buffer           *b);

/* Cuts the values to what bfloat16 holds, for kernels that calculate in
 * it: what is left to compare is then the sum alone.
 */
void   round_values  (const DifKernels *k,
                      Buffer           *b);

/* Fails the test unless these n values are still GUARD_VALUE. */
void   assert_guards (const float      *values,
                      size_t            n);

/* Raises *worst to |got - expected| over size; got must be finite. */
void   worse         (double           *worst,
                      double            got,
                      double            expected,
                      double            size);

/* conv.c */
void   test_conv     (gconstpointer     kernels);

/* posterior.c: means, shares, and what a query's result depends on. */
void   test_posterior        (gconstpointer kernels);
void   test_posterior_shares (gconstpointer kernels);
void   test_posterior_alone  (gconstpointer kernels);

#endif
