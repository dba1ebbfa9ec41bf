/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-poisson.c: solutions of the screened Poisson equation against conjugate
 * gradients in double precision, at odd, thin and single sizes, wrapped and not,
 * with pixels that are fixed; large ones against many more cycles; and the same
 * bits at any number of threads.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "quilt/poisson.h"
#include "screened.h"
#include "../larger.h"

/* A fifth of a level of 8 bits. */
#define LIMIT (0.2 / 127.5)

/* Steps between areas of a plane that is otherwise even: areas are those
 * nearest to one of some points.
 */
#define AREAS 40

static float *
steps_new (const Screened *e,
           guint64         seed)
{
  float *plane = g_new (float, (gsize) e->width * e->height);
  float  at[3 * AREAS];
  int    x, y, k;

  dif_rng_normal_rgb (seed, 0, 0, 0, AREAS, at, AREAS);
  for (y = 0; y < e->height; y++)
    for (x = 0; x < e->width; x++)
      {
        double nearest = INFINITY;

        for (k = 0; k < AREAS; k++)
          {
            double u = (0.5 + 0.3 * at[k]) * e->width - x;
            double v = (0.5 + 0.3 * at[AREAS + k]) * e->height - y;

            if (u * u + v * v < nearest)
              {
                nearest = u * u + v * v;
                plane[(gsize) y * e->width + x] = 0.12f * at[2 * AREAS + k];
              }
          }
      }
  return plane;
}

/* What takes the steps out, by our solver. */
static float *
corrected (const Screened *e,
           const float    *right,
           int             n_threads)
{
  DifPool    *pool = dif_pool_new (n_threads);
  DifPoisson *poisson = dif_poisson_new (e->width, e->height, e->wrapped,
                                         e->hold, e->fixed, pool, NULL);
  float      *values = g_new0 (float, (gsize) e->width * e->height);
  int         y;

  g_assert_nonnull (poisson);
  for (y = 0; y < e->height; y++)
    dif_poisson_set_row (poisson, y, right + (gsize) y * e->width);
  dif_poisson_add (poisson, values);
  dif_poisson_free (poisson);
  dif_pool_free (pool);
  return values;
}

static float *
right_new (const Screened *e,
           guint64         seed)
{
  gsize   n = (gsize) e->width * e->height, i;
  float  *right = steps_new (e, seed);
  double *d = g_new (double, n), *out = g_new (double, n);
  Screened all = *e;

  all.fixed = NULL;
  all.hold = 0.0;
  for (i = 0; i < n; i++)
    d[i] = right[i];
  screened_apply (&all, d, out);
  for (i = 0; i < n; i++)
    right[i] = -out[i];
  g_free (d);
  g_free (out);
  return right;
}

static void
check (const Screened *e)
{
  gsize   n = (gsize) e->width * e->height, i;
  float  *right = right_new (e, 5);
  double *exact = screened_solve (e, right);
  float  *values = corrected (e, right, 2);
  double  worst = 0.0;

  for (i = 0; i < n; i++)
    {
      worst = larger (worst, fabs (values[i] - exact[i]));
      if (e->fixed && e->fixed[i])
        g_assert_cmpfloat (values[i], ==, 0.0f);
    }
  g_test_message ("%d x %d, hold %g: %.5f of a level", e->width, e->height,
                  e->hold, 127.5 * worst);
  g_assert_cmpfloat (worst, <, LIMIT);
  g_free (right);
  g_free (exact);
  g_free (values);
}

static const int sizes[][2] = {
  { 1, 1 },   { 2, 1 },    { 1, 3 },   { 2, 2 },    { 5, 3 },    { 4, 9 },
  { 27, 27 }, { 28, 82 },  { 1, 400 }, { 333, 1 },  { 2, 301 },  { 64, 64 },
  { 97, 61 }, { 160, 107 }
};

static void
test_sizes (gconstpointer data)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Screened e = { sizes[i][0], sizes[i][1], data != NULL, 0.003 };

      check (&e);
      e.hold = 0.03;
      check (&e);
      e.hold = 3.0;
      check (&e);
    }
}

static gboolean
is_fixed (int kind,
          int x,
          int y)
{
  switch (kind)
    {
    case 0:
      return TRUE;
    case 1:
      return x >= 70;
    case 2:
      return (x - 75) * (x - 75) + (y - 50) * (y - 50) < 900;
    case 3:
      return (x - 75) * (x - 75) + (y - 50) * (y - 50) > 900;
    case 4:
      return x == y;
    case 5:
      return (x + 2 * y) % 37 == 0;
    case 6:
      return (x * 7919 + y * 104729) % 97 == 0;
    case 7:
      return (x / 5 + y / 7) % 2;
    default:
      return x == 0;
    }
}

static void
test_fixed (gconstpointer data)
{
  int kind;

  for (kind = 0; kind < 9; kind++)
    {
      g_autofree guint8 *fixed = g_new (guint8, 149 * 103);
      Screened           e = { 149, 103, data != NULL, 0.01, fixed };
      int                i;

      for (i = 0; i < 149 * 103; i++)
        fixed[i] = is_fixed (kind, i % 149, i / 149);
      g_test_message ("fixed %d", kind);
      check (&e);
    }
}

/* What remains of the right-hand side is solved for again and again, in double
 * precision.  hold is what a picture of that size has.
 */
static void
test_large (gconstpointer data)
{
  Screened            e = { 1501, 1100, data != NULL,
                            0.003 * (512.0 / 1100.0) * (512.0 / 1100.0) };
  gsize               n = (gsize) e.width * e.height, i;
  g_autofree float   *right = right_new (&e, 9), *first = NULL, *left = NULL;
  g_autofree double  *d = g_new0 (double, n), *out = g_new (double, n);
  double              worst = 0.0, change = 1.0;
  int                 k;

  left = g_memdup2 (right, n * sizeof (float));
  for (k = 0; k < 6; k++)
    {
      g_autofree float *more = corrected (&e, left, 2);

      change = 0.0;
      for (i = 0; i < n; i++)
        {
          d[i] += more[i];
          change = larger (change, fabs (more[i]));
        }
      screened_apply (&e, d, out);
      for (i = 0; i < n; i++)
        left[i] = (float) (right[i] - out[i]);
      if (k == 0)
        first = g_steal_pointer (&more);
    }
  g_assert_cmpfloat (change, <, 1e-6);
  for (i = 0; i < n; i++)
    worst = larger (worst, fabs (first[i] - d[i]));
  g_test_message ("%.5f of a level", 127.5 * worst);
  g_assert_cmpfloat (worst, <, LIMIT);
}

/* Where there is nothing to do every bit stays. */
static void
test_nothing (void)
{
  DifPool    *pool = dif_pool_new (2);
  DifPoisson *poisson = dif_poisson_new (50, 40, FALSE, 0.01, NULL, pool, NULL);
  float       zeros[50] = { 0.0f }, values[2000];
  int         i;

  for (i = 0; i < 40; i++)
    dif_poisson_set_row (poisson, i, zeros);
  for (i = 0; i < 2000; i++)
    values[i] = 1.0f / (i - 999.5f);
  dif_poisson_add (poisson, values);
  for (i = 0; i < 2000; i++)
    g_assert_cmpfloat (values[i], ==, 1.0f / (i - 999.5f));
  dif_poisson_free (poisson);
  dif_pool_free (pool);
}

/* Large enough to be shared out. */
static void
test_threads (gconstpointer data)
{
  g_autofree guint8 *fixed = g_new0 (guint8, 173 * 131);
  Screened           e = { 173, 131, data != NULL, 0.003, fixed };
  g_autofree float  *right = NULL, *one = NULL;
  int                i, n;

  for (i = 0; i < 173 * 131; i += 11)
    fixed[i] = i % 173 > 100;
  right = right_new (&e, 8);
  one = corrected (&e, right, 1);
  for (n = 2; n <= 5; n++)
    {
      g_autofree float *other = corrected (&e, right, n);

      g_assert_cmpmem (one, 173 * 131 * sizeof (float), other,
                       173 * 131 * sizeof (float));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/poisson/sizes", NULL, test_sizes);
  g_test_add_data_func ("/poisson/sizes/wrapped", "", test_sizes);
  g_test_add_data_func ("/poisson/fixed", NULL, test_fixed);
  g_test_add_data_func ("/poisson/fixed/wrapped", "", test_fixed);
  g_test_add_data_func ("/poisson/large", NULL, test_large);
  g_test_add_data_func ("/poisson/large/wrapped", "", test_large);
  g_test_add_func ("/poisson/nothing", test_nothing);
  g_test_add_data_func ("/poisson/threads", NULL, test_threads);
  g_test_add_data_func ("/poisson/threads/wrapped", "", test_threads);
  return g_test_run ();
}
