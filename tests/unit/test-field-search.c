/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-field-search.c: the search for matches against its formula written out
 * and against trying everything, and what must not matter.
 */

#include <math.h>
#include <string.h>

#include "fields.h"
#include "fixture.h"
#include "../larger.h"

/* Of the costs, which are calculated in float32. */
#define LIMIT 2e-6

/* A search with all that it reads. */
typedef struct
{
  DifImage       *source;
  DifImage       *picture;
  DifTexels      *query;
  DifTexels      *key;
  float          *bias;
  guint8         *held;
  DifField       *old;
  DifField       *found;
  float          *costs;
  int             key_columns;
  int             key_rows;
  DifPool        *pool;
  DifFieldSearch  search;
} Case;

static Case
case_new (GRand    *rand,
          int       patch,
          int       width,
          int       height,
          int       source_width,
          int       source_height,
          gboolean  wrapped)
{
  g_autoptr (GError) error = NULL;
  Case               c = {
    .source = fields_picture (rand, source_width, source_height),
    .picture = fields_picture (rand, width, height),
    .key_columns = dif_field_places (source_width, patch, wrapped),
    .key_rows = dif_field_places (source_height, patch, wrapped),
    .pool = dif_pool_new (1),
  };
  int n, i;

  c.query = fields_texels (c.picture, patch, wrapped);
  c.key = fields_texels (c.source, patch, wrapped);
  c.old = fields_random (rand, patch, width, height, wrapped, c.source);
  c.found = dif_field_copy (c.old, &error);
  g_assert_no_error (error);
  n = c.old->columns * c.old->rows;
  c.costs = g_new (float, n);
  c.held = g_new0 (guint8, n);
  c.bias = g_new0 (float, c.key_columns * c.key_rows);
  for (i = 0; i < n; i++)
    c.costs[i] = NAN;
  c.search = (DifFieldSearch) { .query = c.query, .key = c.key };
  return c;
}

static void
case_clear (Case *c)
{
  dif_image_free (c->source);
  dif_image_free (c->picture);
  dif_texels_free (c->query);
  dif_texels_free (c->key);
  dif_field_free (c->old);
  dif_field_free (c->found);
  g_free (c->costs);
  g_free (c->held);
  g_free (c->bias);
  dif_pool_free (c->pool);
}

static void
case_run (Case *c)
{
  dif_field_search (&c->search, c->old, c->found, c->costs, c->pool);
}

/* Everything that a search knows of; rows that are held whole among it. */
static void
add_priors (Case  *c,
            GRand *rand)
{
  int i, n = c->key_columns * c->key_rows;
  int rows = g_rand_int_range (rand, 0, c->old->rows);

  for (i = 0; i < n; i++)
    c->bias[i] = g_rand_int_range (rand, 0, 6) == 0
                 ? INFINITY : (float) g_rand_double_range (rand, -0.05, 0.3);
  for (i = 0; i < c->old->columns * c->old->rows; i++)
    c->held[i] = i / c->old->columns < rows / 3
                 || g_rand_int_range (rand, 0, 5) == 0;
  c->search.bias = c->bias;
  c->search.held = c->held;
  c->search.layout_y = 0.3f;
  c->search.layout_x = 0.1f;
  c->search.tearing = 0.4f;
}

/* The formula -------------------------------------------------------- */

/* The old match of the place; FALSE where there is none. */
static gboolean
old_match (const Case *c,
           int         x,
           int         y,
           DifMatch   *match)
{
  const DifField *f = c->old;

  if (f->wrapped)
    {
      x = fields_round (x, f->columns, TRUE);
      y = fields_round (y, f->rows, TRUE);
    }
  if (x < 0 || y < 0 || x >= f->columns || y >= f->rows)
    return FALSE;
  *match = f->at[y * f->columns + x];
  return TRUE;
}

static int
inside (int      v,
        int      n,
        gboolean wrapped)
{
  return wrapped ? fields_round (v, n, TRUE) : CLAMP (v, 0, n - 1);
}

static double
expected_cost (const Case *c,
               int         x,
               int         y,
               int         mx,
               int         my)
{
  static const int    cross[4][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
  const DifField     *f = c->old;
  const DifImage     *s = c->source, *p = c->picture;
  double              sum = 0.0, cost, dx, dy;
  int                 i, j, k, torn = 0;
  DifMatch            n;

  for (k = 0; k < 3; k++)
    for (j = 0; j < f->patch; j++)
      for (i = 0; i < f->patch; i++)
        {
          double a = p->rgb[(k * p->height + (y + j) % p->height) * p->width
                            + (x + i) % p->width];
          double b = s->rgb[(k * s->height + (my + j) % s->height) * s->width
                            + (mx + i) % s->width];

          a = round (a * DIF_TEXEL_UNIT) / DIF_TEXEL_UNIT;
          b = round (b * DIF_TEXEL_UNIT) / DIF_TEXEL_UNIT;
          sum += (a - b) * (a - b);
        }
  cost = sum / (3 * f->patch * f->patch);
  dy = (double) my / c->key_rows - (double) y / f->rows;
  dx = (double) mx / c->key_columns - (double) x / f->columns;
  cost += c->search.layout_y * dy * dy + c->search.layout_x * dx * dx;
  if (c->search.bias)
    cost += c->bias[my * c->key_columns + mx];
  for (i = 0; i < 4; i++)
    if (old_match (c, x + cross[i][0], y + cross[i][1], &n))
      torn += n.x != inside (mx + cross[i][0], c->key_columns, f->wrapped)
              || n.y != inside (my + cross[i][1], c->key_rows, f->wrapped);
  return cost + c->search.tearing * torn / 4.0;
}

/* What is tried where nothing is drawn, found to be the least; found's match is
 * one of these.
 */
static double
least_cost (const Case *c,
            int         x,
            int         y,
            DifMatch    found,
            gboolean   *is_one)
{
  DifMatch n;
  double   least = INFINITY;
  int      i, dx, dy;

  *is_one = FALSE;
  for (i = 0; i < 2 && c->search.jumps[i] > 0; i++)
    for (dy = -1; dy <= 1; dy++)
      for (dx = -1; dx <= 1; dx++)
        {
          int far_x = dx * c->search.jumps[i], far_y = dy * c->search.jumps[i];

          if (old_match (c, x + far_x, y + far_y, &n))
            {
              int mx = inside (n.x - far_x, c->key_columns, c->old->wrapped);
              int my = inside (n.y - far_y, c->key_rows, c->old->wrapped);

              least = MIN (least, expected_cost (c, x, y, mx, my));
              *is_one |= found.x == mx && found.y == my;
            }
        }
  return least;
}

static void
check_formula (const Case *c)
{
  double worst = 0.0;
  int    x, y;

  for (y = 0; y < c->old->rows; y++)
    for (x = 0; x < c->old->columns; x++)
      {
        int      at = y * c->old->columns + x;
        DifMatch found = c->found->at[at];
        gboolean is_one;
        double   least = least_cost (c, x, y, found, &is_one), cost;

        if (c->search.held && c->held[at])
          {
            g_assert_true (isnan (c->costs[at]));
            g_assert_cmpmem (&found, sizeof (found), c->old->at + at,
                             sizeof (found));
            continue;
          }
        g_assert_true (is_one);
        cost = expected_cost (c, x, y, found.x, found.y);
        if (isinf (least))
          {
            g_assert_true (isinf (c->costs[at]));
            continue;
          }
        worst = larger (worst, fabs (c->costs[at] - cost));
        worst = larger (worst, cost - least);
      }
  g_assert_cmpfloat (worst, <, LIMIT);
}

static void
test_formula (void)
{
  GRand *rand = g_rand_new_with_seed (1);
  int    i;

  for (i = 0; i < 120; i++)
    {
      gboolean wrapped = i % 3 == 0;
      int      patch = g_rand_int_range (rand, 1, i % 10 ? 8 : 18);
      int      side[4], k;
      Case     c;

      for (k = 0; k < 4; k++)
        side[k] = patch + (g_rand_boolean (rand) ? g_rand_int_range (rand, 0, 24)
                                                 : 0);
      c = case_new (rand, patch, side[0], side[1], side[2], side[3], wrapped);
      c.search.jumps[0] = i % 7 ? 1 : 2;
      c.search.jumps[1] = i % 4 ? 3 : 0;
      if (i % 5)
        add_priors (&c, rand);
      case_run (&c);
      check_formula (&c);
      case_clear (&c);
    }
  g_rand_free (rand);
}

/* The whole search --------------------------------------------------- */

/* Everything that is allowed, tried. */
static void
test_exact (gconstpointer data)
{
  gboolean wrapped = GPOINTER_TO_INT (data);
  GRand   *rand = g_rand_new_with_seed (2);
  Case     c = case_new (rand, 5, 17, 13, 15, 18, wrapped);
  int      x, y, i, n = c.old->columns * c.old->rows;

  add_priors (&c, rand);
  c.search.tearing = 0.0f;
  c.search.jumps[0] = 1;
  c.search.jumps[1] = 3;
  c.search.reaches[0] = 2;
  c.search.reaches[1] = 6;
  c.search.anywhere = 30;
  for (i = 0; i < 60; i++)
    {
      c.search.seed = i;
      case_run (&c);
      memcpy (c.old->at, c.found->at, n * sizeof (DifMatch));
    }
  for (i = 0; i < n; i++)
    {
      double least = INFINITY;

      for (y = 0; y < c.key_rows; y++)
        for (x = 0; x < c.key_columns; x++)
          least = MIN (least, expected_cost (&c, i % c.old->columns,
                                             i / c.old->columns, x, y));
      if (! c.held[i])
        g_assert_cmpfloat (fabs (c.costs[i] - least), <, LIMIT);
    }
  case_clear (&c);
  g_rand_free (rand);
}

/* By what is drawn near alone the way to what lies a little aside is found, but
 * not farther than it reaches each time.
 */
static void
test_near (void)
{
  GRand              *rand = g_rand_new_with_seed (3);
  Case                c = case_new (rand, 7, 30, 20, 30, 20, FALSE);
  g_autoptr (DifField) identity = fields_identity (7, 30, 20, FALSE);
  int                 x, y, k, i, n = c.old->columns * c.old->rows;

  for (k = 0; k < 3; k++)
    for (y = 0; y < 20; y++)
      for (x = 0; x < 30; x++)
        c.picture->rgb[(k * 20 + y) * 30 + x]
          = c.source->rgb[(k * 20 + (y + 2) % 20) * 30 + (x + 27) % 30];
  dif_texels_fill (c.query, c.picture, 0.0, 0, 0, c.pool);
  memcpy (c.old->at, identity->at, n * sizeof (DifMatch));
  c.search.reaches[0] = 2;
  c.search.reaches[1] = 6;
  case_run (&c);
  for (i = 0; i < n; i++)
    {
      g_assert_cmpint (ABS (c.found->at[i].x - i % c.old->columns), <=, 6);
      g_assert_cmpint (ABS (c.found->at[i].y - i / c.old->columns), <=, 6);
    }
  for (i = 0; i < 2000; i++)
    {
      /* From where it began, so that no way leads there but the one draw. */
      c.search.seed = i;
      dif_field_search (&c.search, identity, c.found, c.costs, c.pool);
      for (k = 0; k < n; k++)
        if (c.costs[k] < 1e-9f)
          c.old->at[k] = c.found->at[k];
    }
  for (y = 0; y < c.old->rows - 2; y++)
    for (x = 3; x < c.old->columns; x++)
      {
        g_assert_cmpint (c.old->at[y * c.old->columns + x].x, ==, x - 3);
        g_assert_cmpint (c.old->at[y * c.old->columns + x].y, ==, y + 2);
      }
  case_clear (&c);
  g_rand_free (rand);
}

/* Nothing that is forbidden is chosen, and where nothing else was tried the
 * match stays.
 */
static void
test_forbidden (void)
{
  GRand *rand = g_rand_new_with_seed (4);
  Case   c = case_new (rand, 3, 20, 16, 20, 16, FALSE);
  int    i, n = c.old->columns * c.old->rows, moved = 0;

  for (i = 0; i < c.key_columns * c.key_rows; i++)
    c.bias[i] = i % 3 ? INFINITY : 0.0f;
  c.search.bias = c.bias;
  case_run (&c);
  fields_assert_equal (c.old, c.found);
  c.search.anywhere = 6;
  case_run (&c);
  for (i = 0; i < n; i++)
    {
      DifMatch was = c.old->at[i], is = c.found->at[i];

      moved += was.x != is.x || was.y != is.y;
      if (isinf (c.costs[i]))
        g_assert_cmpmem (&was, sizeof (was), &is, sizeof (is));
      else
        g_assert_cmpfloat (c.bias[is.y * c.key_columns + is.x], ==, 0.0);
    }
  g_assert_cmpint (moved, >, n / 2);
  case_clear (&c);
  g_rand_free (rand);
}

/* What must not matter ------------------------------------------------ */

/* All tables of kernels and any number of threads, without costs too. */
static void
test_same (void)
{
  GRand            *rand = g_rand_new_with_seed (5);
  const DifKernels *k;
  int               i, j, threads;

  for (i = 0; i < 30; i++)
    {
      int                  patch = i % 3 ? 7 : g_rand_int_range (rand, 1, 18);
      Case                 c = case_new (rand, patch,
                                         patch + g_rand_int_range (rand, 0, 300),
                                         patch + g_rand_int_range (rand, 0, 20),
                                         patch + g_rand_int_range (rand, 0, 60),
                                         patch + g_rand_int_range (rand, 0, 60),
                                         i % 2);
      g_autoptr (GError)   error = NULL;
      g_autoptr (DifField) expected = NULL;

      add_priors (&c, rand);
      c.search.jumps[0] = 1;
      c.search.jumps[1] = 3;
      c.search.reaches[0] = 2;
      c.search.reaches[1] = 6;
      c.search.anywhere = i % 3;
      c.search.seed = i;
      c.search.kernels = &dif_kernels_ref;
      case_run (&c);
      expected = dif_field_copy (c.found, &error);
      g_assert_no_error (error);
      for (j = 1; (k = dif_kernels_nth (j)); j++)
        for (threads = 1; threads <= 3; threads++)
          {
            DifPool *pool = dif_pool_new (threads);

            c.search.kernels = k;
            dif_field_search (&c.search, c.old, c.found, NULL, pool);
            fields_assert_equal (c.found, expected);
            dif_pool_free (pool);
          }
      case_clear (&c);
    }
  g_rand_free (rand);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field-search/formula", test_formula);
  g_test_add_data_func ("/field-search/exact", GINT_TO_POINTER (FALSE), test_exact);
  g_test_add_data_func ("/field-search/exact-wrapped", GINT_TO_POINTER (TRUE),
                        test_exact);
  g_test_add_func ("/field-search/near", test_near);
  g_test_add_func ("/field-search/forbidden", test_forbidden);
  g_test_add_func ("/field-search/same", test_same);
  return g_test_run ();
}
