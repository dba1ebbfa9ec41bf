/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * peak-tiles.c: the rate of the matrix unit on its registers.
 */

#include <immintrin.h>

#include <glib.h>

#include "bench.h"
#include "kernels/amx.h"

#define TURNS 4000000

double
bench_tiles (void)
{
  float *values = bench_floats (4 * 256);
  gint64 start;
  double rate;
  int    i;

  /* The upper half of a float is a bfloat16; so must be the lower. */
  for (i = 0; i < 4 * 256; i++)
    ((unsigned short *) values)[2 * i] = ((unsigned short *) values)[2 * i + 1];
  dif_amx_configure ();
  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  _tile_loadd (4, values, 64);
  _tile_loadd (5, values + 256, 64);
  _tile_loadd (6, values + 512, 64);
  _tile_loadd (7, values + 768, 64);
  start = g_get_monotonic_time ();
  for (i = 0; i < TURNS; i++)
    {
      _tile_dpbf16ps (0, 4, 6);
      _tile_dpbf16ps (1, 4, 7);
      _tile_dpbf16ps (2, 5, 6);
      _tile_dpbf16ps (3, 5, 7);
    }
  rate = 4.0 * TURNS * 2 * 16 * 16 * 32 / (g_get_monotonic_time () - start)
         / 1e3;
  _tile_release ();
  dif_free (values);
  return rate;
}
