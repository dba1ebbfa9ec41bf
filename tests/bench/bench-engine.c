/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-engine MODEL: the engine's side of the benchmark against other
 * libraries.  It reads commands, one a line, and answers each with a
 * line, so that all sides can take turns in one run:
 *
 *   tables                                      names
 *   default                                     the name of the one in use
 *   input SIDE BATCH FILE                       sets a network input
 *   call TABLE THREADS SIDE BATCH SECONDS       seconds of a network call
 *   output FILE                                 the last call's output
 *   conv TABLE CIN COUT KERNEL STRIDE SIDE SECONDS
 *   flops SIDE BATCH                            of a network call
 *   sgemm|fma|tiles|triad THREADS               GFLOP/s or GB/s, in sum
 *
 * Sides are in network pixels; files hold raw floats, channels last.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define MAX_TABLES 8
#define TIMESTEP   400.0f
#define LABEL      3

typedef struct
{
  const char    *folder;
  DifUnetConfig  config;
  DifUnet       *unets[MAX_TABLES];

  /* Of one call. */
  const DifUnet *unet;
  DifPool       *pool;
  DifArena       arena;
  int            n;
  int            side;
  float         *x;
  size_t         x_size;
  float         *out;
  size_t         out_size;
  float         *timesteps;
  int           *labels;
} Engine;

static const DifUnet *
find (Engine     *e,
      const char *name)
{
  const DifKernels *k;
  int               i;

  for (i = 0; i < MAX_TABLES && (k = dif_kernels_nth (i)); i++)
    if (strcmp (k->name, name) == 0)
      {
        if (! e->unets[i])
          e->unets[i] = bench_load (e->folder, k, &e->config);
        return e->unets[i];
      }
  return NULL;
}

static void
call (void *data)
{
  Engine *e = data;

  dif_unet_run (e->unet, e->pool, &e->arena, e->n, e->side, e->side, e->x,
                e->timesteps, e->labels, e->out, NULL, NULL, NULL);
}

static double
time_call (Engine *e,
           int     threads,
           int     side,
           int     batch,
           double  seconds)
{
  size_t n = (size_t) side * side * batch;
  double result;
  int    i;

  e->pool = dif_pool_new (threads);
  e->n = batch;
  e->side = side;
  if (e->x_size != n * e->config.in_channels)
    {
      dif_free (e->x);
      e->x_size = n * e->config.in_channels;
      e->x = bench_floats (e->x_size);
    }
  dif_free (e->out);
  e->out_size = n * e->config.out_channels;
  e->out = bench_floats (e->out_size);
  e->timesteps = g_new (float, batch);
  e->labels = g_new (int, batch);
  for (i = 0; i < batch; i++)
    {
      e->timesteps[i] = TIMESTEP;
      e->labels[i] = LABEL;
    }
  e->arena = (DifArena) { NULL, 0, 0, 0 };
  e->arena.size = dif_unet_workspace (e->unet, batch, side, side, threads);
  e->arena.base = (char *) bench_floats (e->arena.size / sizeof (float) + 1);
  result = bench_repeat (call, e, seconds);
  dif_free (e->arena.base);
  g_free (e->timesteps);
  g_free (e->labels);
  dif_pool_free (e->pool);
  return result;
}

static void
answer_call (Engine  *e,
             char   **word,
             int      n)
{
  if (n != 6 || ! (e->unet = find (e, word[1])))
    printf ("no such call\n");
  else
    printf ("%.9f\n", time_call (e, atoi (word[2]), atoi (word[3]),
                                 atoi (word[4]), atof (word[5])));
}

static void
answer_conv (char **word,
             int    n)
{
  const DifKernels *k = n == 8 ? dif_kernels_by_name (word[1]) : NULL;
  BenchConv         conv;
  DifConvShape      shape;

  if (! k)
    {
      printf ("no such convolution\n");
      return;
    }
  shape = (DifConvShape) { atoi (word[2]), atoi (word[3]), atoi (word[4]),
                           atoi (word[5]) };
  bench_conv_init (&conv, k, shape, atoi (word[6]));
  printf ("%.9f\n", bench_repeat (bench_conv_run, &conv, atof (word[7])));
  bench_conv_clear (&conv);
}

static void
answer_file (Engine  *e,
             char   **word,
             int      n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *values = NULL;
  gsize              length;

  if (n == 2 && e->out)
    {
      if (! g_file_set_contents (word[1], (char *) e->out,
                                 e->out_size * sizeof (float), &error))
        g_error ("%s", error->message);
    }
  else if (n == 4)
    {
      if (! g_file_get_contents (word[3], &values, &length, &error))
        g_error ("%s", error->message);
      dif_free (e->x);
      e->x_size = length / sizeof (float);
      e->x = bench_floats (e->x_size);
      memcpy (e->x, values, e->x_size * sizeof (float));
    }
  printf ("ok\n");
}

/* Ceilings ----------------------------------------------------------- */

static double
sgemm_2048 (void)
{
  return bench_sgemm (2048);
}

static void *
ceiling_main (void *data)
{
  double (** measure) (void) = data;
  double *result = g_new (double, 1);

  *result = (*measure) ();
  return result;
}

static void
answer_ceiling (char **word,
                int    n)
{
  static const struct { const char *name; double (* measure) (void); } all[] = {
    { "sgemm", sgemm_2048 }, { "fma", bench_peak_fma },
    { "tiles", bench_peak_tiles }, { "triad", bench_triad },
  };
  GThread *threads[64];
  int      n_threads = n == 2 ? CLAMP (atoi (word[1]), 1, 64) : 1, t;
  double   sum = 0.0;
  guint    i;

  for (i = 0; i < G_N_ELEMENTS (all); i++)
    if (strcmp (all[i].name, word[0]) == 0)
      {
        for (t = 0; t < n_threads; t++)
          threads[t] = g_thread_new ("ceiling", ceiling_main,
                                     (void *) &all[i].measure);
        for (t = 0; t < n_threads; t++)
          {
            g_autofree double *result = g_thread_join (threads[t]);

            sum += *result;
          }
        printf ("%.3f\n", sum);
        return;
      }
  printf ("no such command\n");
}

static void
answer (Engine  *e,
        char   **word,
        int      n)
{
  const DifKernels *k;
  int               i;

  if (strcmp (word[0], "tables") == 0)
    {
      for (i = 0; (k = dif_kernels_nth (i)); i++)
        printf ("%s ", k->name);
      printf ("\n");
    }
  else if (strcmp (word[0], "default") == 0)
    printf ("%s\n", dif_kernels_get ()->name);
  else if (strcmp (word[0], "flops") == 0 && n == 3)
    printf ("%.0f\n", dif_unet_flops (find (e, "ref"), atoi (word[2]),
                                      atoi (word[1]), atoi (word[1])));
  else if (strcmp (word[0], "call") == 0)
    answer_call (e, word, n);
  else if (strcmp (word[0], "conv") == 0)
    answer_conv (word, n);
  else if (strcmp (word[0], "input") == 0 || strcmp (word[0], "output") == 0)
    answer_file (e, word, n);
  else
    answer_ceiling (word, n);
  fflush (stdout);
}

int
main (int    argc,
      char **argv)
{
  Engine engine = { 0 };
  char   line[1024];
  int    i;

  if (argc != 2)
    {
      fprintf (stderr, "usage: bench-engine MODEL\n");
      return 2;
    }
  engine.folder = argv[1];
  while (fgets (line, sizeof line, stdin))
    {
      g_auto (GStrv) word = g_strsplit (g_strstrip (line), " ", -1);

      if (word[0])
        answer (&engine, word, g_strv_length (word));
    }
  for (i = 0; i < MAX_TABLES; i++)
    if (engine.unets[i])
      dif_unet_free (engine.unets[i]);
  dif_free (engine.x);
  dif_free (engine.out);
  return 0;
}
