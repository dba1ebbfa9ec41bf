/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * peak-fma.c: the rate of fused multiply-adds on registers; compiled once
 * for each vector length BENCH_VL under the name BENCH_NAME.
 */

#include <glib.h>

#include "bench.h"

#define CHAINS 12     /* enough for two units of four cycles each */
#define TURNS  20000000

typedef float Vector __attribute__ ((vector_size (4 * BENCH_VL)));

double
BENCH_NAME (void)
{
  Vector sum[CHAINS] = { 0 };
  Vector by = { 0 }, plus = { 0 };
  gint64 start = g_get_monotonic_time ();
  double rate;
  int    turn, i;

  by += 0.5f;
  plus += 1.0f;
  for (turn = 0; turn < TURNS; turn++)
    {
#pragma GCC unroll 12
      for (i = 0; i < CHAINS; i++)
        sum[i] = sum[i] * by + plus;
      /* Keeps the compiler from computing several turns at once. */
      __asm__ volatile ("" : "+v" (by));
    }
  rate = 2.0 * BENCH_VL * CHAINS * TURNS / (g_get_monotonic_time () - start)
         / 1e3;
  for (i = 1; i < CHAINS; i++)
    sum[0] += sum[i];
  __asm__ volatile ("" : : "v" (sum[0]));
  return rate;
}
