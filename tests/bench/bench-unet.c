/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-unet MODEL: the float32 rate of whole network calls on square
 * tiles, for each table of kernels and number of threads, beside the rate
 * of OpenBLAS's sgemm at 2048 x 2048 x 2048 on one thread.  All sides
 * take turns in every round; the medians are printed.
 */

#include <stdio.h>

#include "bench.h"

#define ROUNDS     5
#define MAX_TABLES 8

/* Seconds of one call on a tile of side network pixels. */
static double
time_call (const DifUnet       *unet,
           const DifUnetConfig *config,
           DifPool             *pool,
           int                  side)
{
  size_t   n = (size_t) side * side;
  float   *x = bench_floats (n * config->in_channels);
  float   *out = bench_floats (n * config->out_channels);
  float    timestep = 400.0f;
  int      label = 0;
  DifArena arena = { NULL, 0, 0, 0 };
  gint64   start;
  double   seconds;

  arena.size = dif_unet_workspace (unet, 1, side, side,
                                   dif_pool_n_threads (pool));
  arena.base = (char *) bench_floats (arena.size / sizeof (float));
  start = g_get_monotonic_time ();
  dif_unet_run (unet, pool, &arena, 1, side, side, x, &timestep, &label, out,
                NULL, NULL, NULL);
  seconds = (g_get_monotonic_time () - start) / 1e6;
  dif_free (x);
  dif_free (out);
  dif_free (arena.base);
  return seconds;
}

static void
bench_tile (DifUnet            **unets,
            const DifUnetConfig *config,
            int                  n_tables,
            DifPool             *pool,
            int                  side)
{
  double sgemm[ROUNDS], seconds[MAX_TABLES][ROUNDS], peak;
  double flops = dif_unet_flops (unets[0], 1, side, side);
  int    i, r;

  for (r = 0; r < ROUNDS; r++)
    {
      sgemm[r] = bench_sgemm (2048);
      for (i = 0; i < n_tables; i++)
        seconds[i][r] = time_call (unets[i], config, pool, side);
    }
  peak = bench_median (sgemm, ROUNDS);
  printf ("%4d x %-4d %7d %8.2f %10.1f", side, side, dif_pool_n_threads (pool),
          flops / 1e9, peak);
  for (i = 0; i < n_tables; i++)
    {
      double s = bench_median (seconds[i], ROUNDS);

      printf ("  %7.1f ms %6.1f (%3.0f %%)", s * 1e3, flops / s / 1e9,
              100 * flops / s / 1e9 / peak);
    }
  printf ("\n");
}

int
main (int    argc,
      char **argv)
{
  static const int  sides[] = { 32, 64, 128, 184 };
  DifUnet          *unets[MAX_TABLES];
  DifUnetConfig     config;
  const DifKernels *k;
  int               n_tables = 0, threads;
  guint             s;

  if (argc != 2)
    {
      fprintf (stderr, "usage: bench-unet MODEL\n");
      return 2;
    }
  printf ("network pixels, threads, GFLOP, sgemm GFLOP/s on one thread; then "
          "time, GFLOP/s (share of sgemm)\n%37s", "");
  for (; n_tables + 1 < MAX_TABLES && (k = dif_kernels_nth (n_tables + 1));
       n_tables++)
    {
      unets[n_tables] = bench_load (argv[1], k, &config);
      printf ("  %-26s", k->name);
    }
  printf ("\n");
  for (threads = 1; threads <= (int) g_get_num_processors (); threads *= 2)
    {
      DifPool *pool = dif_pool_new (threads);

      for (s = 0; s < G_N_ELEMENTS (sides); s++)
        bench_tile (unets, &config, n_tables, pool, sides[s]);
      dif_pool_free (pool);
    }
  while (n_tables > 0)
    dif_unet_free (unets[--n_tables]);
  return 0;
}
