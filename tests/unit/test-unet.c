/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-unet.c: networks drawn at random.  A batch is bit for bit what its
 * pictures are one by one, at any number of threads, in every table of
 * kernels, and no memory is read that nothing wrote: all that a call is
 * given to write to is full of NaN before, and what is free of its arena
 * becomes so again at every stage.
 */

#include <string.h>

#include "network.h"
#include "../larger.h"

#define N_NETWORKS    40
#define MAX_PICTURES  3

/* Operations of a picture at the most, where its size allows, so that the
 * plain C kernels do not take long either.
 */
#define MAX_FLOPS 1e7

/* How far a table may be from the plain C one, by the largest value, where
 * every group that is normalised has GROUP_VALUES values at least.  Those of a
 * smaller group can be nearly equal, and what is left of them is rounding.
 */
#define LIMIT        1e-4
#define LIMIT_BF16   0.1
#define GROUP_VALUES 32

typedef struct
{
  const DifUnet *unet;
  int            height;
  int            width;
  gboolean       steady;    /* no group is small   */
  gsize          in;        /* values of a picture */
  gsize          out;
  float         *x;         /* of MAX_PICTURES     */
  float          timesteps[MAX_PICTURES];
  int            labels[MAX_PICTURES];
} Draw;

static float *
take_floats (gsize n)
{
  GError *error = NULL;
  float  *values = dif_alloc (n, sizeof (float), "a test's values", &error);

  g_assert_no_error (error);
  return values;
}

/* All bits set: NaN as float, as double and as bfloat16. */
static void
poison (void  *memory,
        gsize  bytes)
{
  memset (memory, 0xff, bytes);
}

static void
poison_free (const char  *stage,
             const float *values,
             int          n,
             int          height,
             int          width,
             int          channels,
             void        *data)
{
  DifArena *arena = data;

  poison (arena->base + arena->used, arena->size - arena->used);
}

/* The pictures first .. first + n - 1 in one call, to out. */
static void
run (const Draw *draw,
     int         first,
     int         n,
     int         n_threads,
     float      *out)
{
  DifPool *pool = dif_pool_new (n_threads);
  DifArena arena = { NULL, dif_unet_workspace (draw->unet, n, draw->height,
                                               draw->width, n_threads), 0, 0 };
  float   *x = take_floats (n * draw->in), *result = take_floats (n * draw->out);

  arena.base = (char *) take_floats (arena.size / sizeof (float));
  poison (arena.base, arena.size);
  poison (result, n * draw->out * sizeof (float));
  memcpy (x, draw->x + first * draw->in, n * draw->in * sizeof (float));
  g_assert_true (dif_unet_run (draw->unet, pool, &arena, n, draw->height,
                               draw->width, x, draw->timesteps + first,
                               draw->labels + first, result, NULL, poison_free,
                               &arena));
  memcpy (out + first * draw->out, result, n * draw->out * sizeof (float));
  dif_free (x);
  dif_free (result);
  dif_free (arena.base);
  dif_pool_free (pool);
}

/* Odd multiples of what the network takes among them. */
static void
draw_size (Draw  *draw,
           GRand *rand)
{
  int most = 9, multiple = dif_unet_multiple (draw->unet);

  do
    {
      draw->height = multiple * g_rand_int_range (rand, 1, most + 1);
      draw->width = multiple * g_rand_int_range (rand, 1, most + 1);
      most = MAX (1, most - 1);
    }
  while (most > 1
         && dif_unet_flops (draw->unet, 1, draw->height, draw->width)
            > MAX_FLOPS);
}

/* Whether every group has GROUP_VALUES values. */
static gboolean
is_steady (const Draw          *draw,
           const DifUnetConfig *config)
{
  int groups = MAX (config->norm_groups, config->attn_norm_groups);
  int multiple = dif_unet_multiple (draw->unet), i;
  int pixels = (draw->height / multiple) * (draw->width / multiple);

  for (i = 0; i < config->n_levels; i++)
    if (pixels * config->down[i].channels / groups < GROUP_VALUES)
      return FALSE;
  return TRUE;
}

static void
draw_pictures (Draw                *draw,
               GRand               *rand,
               const DifUnetConfig *config)
{
  gsize i, pixels = (gsize) draw->height * draw->width;

  draw->in = pixels * config->in_channels;
  draw->out = pixels * config->out_channels;
  draw->x = take_floats (MAX_PICTURES * draw->in);
  for (i = 0; i < MAX_PICTURES * draw->in; i++)
    draw->x[i] = (float) g_rand_double_range (rand, -2.0, 2.0);
  for (i = 0; i < MAX_PICTURES; i++)
    {
      draw->timesteps[i] = g_rand_int_range (rand, 0, 1000);
      draw->labels[i] = g_rand_int_range (rand, 0, NETWORK_LABELS);
    }
}

/* Of one picture, by the largest value expected. */
static double
relative_error (const float *got,
                const float *expected,
                gsize        n)
{
  double largest = 0.0, error = 0.0;
  gsize  i;

  g_assert_true (dif_all_finite (got, n) && dif_all_finite (expected, n));
  for (i = 0; i < n; i++)
    {
      largest = larger (largest, fabs (expected[i]));
      error = larger (error, fabs ((double) got[i] - expected[i]));
    }
  return error / largest;
}

/* One network in one table.  expected is what the plain C one made of it, and
 * is made where that is this table.
 */
static void
check_table (const DifKernels *kernels,
             Draw             *draw,
             float            *expected)
{
  g_autofree float *alone = g_new (float, MAX_PICTURES * draw->out);
  g_autofree float *batch = g_new (float, MAX_PICTURES * draw->out);
  int               n, threads, i;

  for (i = 0; i < MAX_PICTURES; i++)
    run (draw, i, 1, 1, alone);
  if (kernels == &dif_kernels_ref)
    memcpy (expected, alone, MAX_PICTURES * draw->out * sizeof (float));
  for (i = 0; i < MAX_PICTURES; i++)
    {
      double error = relative_error (alone + i * draw->out,
                                     expected + i * draw->out, draw->out);

      g_test_message ("%s: off by %.1e", kernels->name, error);
      if (draw->steady)
        g_assert_cmpfloat (error, <, kernels->exact ? LIMIT_BF16 : LIMIT);
    }
  for (n = 1; n <= MAX_PICTURES; n++)
    for (threads = n == 1 ? 2 : 1; threads <= 2; threads++)
      {
        gsize bytes = n * draw->out * sizeof (float);

        run (draw, 0, n, threads, batch);
        g_assert_cmpmem (batch, bytes, alone, bytes);
      }
}

static void
test_draw (Fixture       *fixture,
           gconstpointer  data)
{
  GRand            *rand = g_rand_new_with_seed (GPOINTER_TO_INT (data));
  DifUnetConfig     config;
  DifWeights       *weights = network_draw (fixture, rand, &config);
  const DifKernels *kernels;
  g_autofree float *expected = NULL;
  Draw              draw = { NULL };
  int               i;

  for (i = 0; (kernels = dif_kernels_nth (i)); i++)
    {
      GError  *error = NULL;
      DifUnet *unet = dif_unet_new (&config, weights, kernels, &error);

      g_assert_no_error (error);
      draw.unet = unet;
      if (! draw.x)
        {
          draw_size (&draw, rand);
          draw_pictures (&draw, rand, &config);
          expected = g_new (float, MAX_PICTURES * draw.out);
          draw.steady = is_steady (&draw, &config);
          g_test_message ("%d x %d%s", draw.width, draw.height,
                          draw.steady ? "" : ", small groups");
        }
      check_table (kernels, &draw, expected);
      dif_unet_free (unet);
    }
  dif_free (draw.x);
  dif_weights_close (weights);
  g_rand_free (rand);
}

int
main (int    argc,
      char **argv)
{
  int i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < N_NETWORKS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/unet/draw/%d", i);

      fixture_add (path, test_draw, GINT_TO_POINTER (i));
    }
  return g_test_run ();
}
