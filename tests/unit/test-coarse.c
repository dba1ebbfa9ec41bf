/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-coarse.c: the coarsest level of a made picture against the formula of the
 * posterior mean written out; what is held and what is forbidden; the limits; the
 * same bits at any number of threads.
 */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "fields.h"
#include "quilt/coarse.h"
#include "../larger.h"

#define PATCH 5

/* abar at t of 1, as coarse.h names it. */
static double
alpha_bar (double t)
{
  return pow (cos ((t + 0.008) / 1.008 * G_PI / 2.0), 2.0);
}

static double
value (const DifImage *p,
       int             c,
       int             x,
       int             y)
{
  return p->rgb[((gsize) c * p->height + y % p->height) * p->width + x % p->width];
}

/* The posterior mean of pixel (x, y): that of its patches' means. */
static double
literal (const DifImage *source,
         const double   *noisy,
         int             width,
         int             height,
         gboolean        wrapped,
         double          abar,
         double          layout,
         const float    *bias,
         int             c,
         int             x,
         int             y)
{
  int    columns = dif_field_places (width, PATCH, wrapped);
  int    rows = dif_field_places (height, PATCH, wrapped);
  int    key_columns = dif_field_places (source->width, PATCH, wrapped);
  int    key_rows = dif_field_places (source->height, PATCH, wrapped);
  double scale = abar / (2.0 * (1.0 - abar) + 1e-4), mean = 0.0;
  int    i, j, n = 0;

  for (j = 0; j < PATCH; j++)
    for (i = 0; i < PATCH; i++)
      {
        int    px = x - i, py = y - j, kx, ky, u, v, k;
        double sum = 0.0, total = 0.0;

        if (wrapped)
          {
            px = (px + width) % width;
            py = (py + height) % height;
          }
        if (px < 0 || py < 0 || px >= columns || py >= rows)
          continue;
        for (ky = 0; ky < key_rows; ky++)
          for (kx = 0; kx < key_columns; kx++)
            {
              double distance = 0.0, weight;
              double dy = 2.0 * ky / (key_rows - 1) - 2.0 * py / (rows - 1);

              for (k = 0; k < 3; k++)
                for (v = 0; v < PATCH; v++)
                  for (u = 0; u < PATCH; u++)
                    {
                      gsize  at = ((gsize) k * height + (py + v) % height) * width
                                  + (px + u) % width;

                      distance += pow (noisy[at] / sqrt (abar)
                                       - value (source, k, kx + u, ky + v), 2.0);
                    }
              weight = exp (- scale * distance - layout * dy * dy
                            + (bias ? bias[ky * key_columns + kx] : 0.0f));
              sum += weight * value (source, c, kx + i, ky + j);
              total += weight;
            }
        mean += sum / total;
        n++;
      }
  return mean / n;
}

static void
check_literal (gboolean wrapped,
               gboolean biased)
{
  GRand           *rand = g_rand_new_with_seed (5);
  DifImage        *source = fields_picture (rand, 14, 11);
  DifImage        *start = fields_picture (rand, 12, 13);
  DifImage        *picture = dif_image_new (12, 13, NULL);
  DifField        *field = fields_identity (PATCH, 12, 13, wrapped);
  DifField        *held = fields_identity (PATCH, 12, 13, wrapped);
  DifPool         *pool = dif_pool_new (2);
  guint8           mask[12 * 13];
  float            bias[14 * 11], noise[3 * 12 * 13];
  double           noisy[3 * 12 * 13], abar = alpha_bar (0.35), off = 0.0;
  DifCoarseSource  what = { .patch = PATCH, .source = source, .width = 12,
                            .height = 13, .wrapped = wrapped, .layout_y = 3.0 };
  DifCoarseWay     way = { .start = start, .t = 0.35, .steps = 1, .seed = 9,
                           .stream = 4, .mask = mask, .held = start,
                           .held_field = held };
  DifCoarse       *coarse;
  int              i, c, x, y;

  memset (mask, 1, sizeof mask);
  for (i = 0; i < 14 * 11; i++)
    bias[i] = i % 3 == 0 ? -INFINITY : (float) g_rand_double (rand);
  what.bias = biased ? bias : NULL;
  coarse = dif_coarse_new (&what, NULL);
  g_assert_true (dif_coarse_go (coarse, &way, picture, field, pool));
  for (y = 0; y < 13; y++)
    dif_rng_normal_rgb (9, 4, 0, y, 12, noise + y * 12, 12 * 13);
  for (i = 0; i < 3 * 12 * 13; i++)
    noisy[i] = sqrt (abar) * start->rgb[i] + sqrt (1.0 - abar) * noise[i];
  for (c = 0; c < 3; c++)
    for (y = 0; y < 13; y++)
      for (x = 0; x < 12; x++)
        off = larger (off, fabs (value (picture, c, x, y)
                                 - literal (source, noisy, 12, 13, wrapped, abar,
                                            3.0, what.bias, c, x, y)));
  g_assert_cmpfloat (off, <, 2e-4);
  for (i = 0; biased && i < field->columns * field->rows; i++)
    {
      int columns = dif_field_places (14, PATCH, wrapped);

      g_assert_cmpint ((field->at[i].y * columns + field->at[i].x) % 3, !=, 0);
    }
  dif_coarse_free (coarse);
  dif_pool_free (pool);
  dif_image_free (source);
  dif_image_free (start);
  dif_image_free (picture);
  dif_field_free (field);
  dif_field_free (held);
  g_rand_free (rand);
}

static void
test_literal (void)
{
  check_literal (FALSE, FALSE);
  check_literal (FALSE, TRUE);
  check_literal (TRUE, FALSE);
}

/* A picture half flat, half of squares. */
static DifImage *
halves_new (GRand *rand)
{
  DifImage *p = fields_picture (rand, 24, 20);
  int       c, x, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < 20; y++)
      for (x = 0; x < 24; x++)
        p->rgb[(c * 20 + y) * 24 + x] = x < 12 ? 0.0f
                                        : (x / 3 + y / 3) % 2 ? 0.8f : -0.8f;
  return p;
}

/* The mean square of what is made of even grey in so many steps, with a mask of
 * everything or without: the limits belong to the second alone.
 */
static double
power (gboolean limited,
       int      steps,
       int      threads,
       float   *out)
{
  GRand           *rand = g_rand_new_with_seed (8);
  DifImage        *source = halves_new (rand), *start = dif_image_copy (source, NULL);
  DifImage        *picture = dif_image_new (24, 20, NULL);
  DifField        *field = fields_identity (PATCH, 24, 20, FALSE);
  DifField        *held = fields_identity (PATCH, 24, 20, FALSE);
  DifPool         *pool = dif_pool_new (threads);
  guint8           mask[24 * 20];
  DifCoarseSource  what = { .patch = PATCH, .source = source, .width = 24,
                            .height = 20 };
  DifCoarseWay     way = { .start = start, .t = 0.6, .steps = steps, .seed = 3,
                           .stream = 1, .held = start, .held_field = held };
  DifCoarse       *coarse = dif_coarse_new (&what, NULL);
  double           sum = 0.0;
  int              i;

  memset (mask, 1, sizeof mask);
  memset (start->rgb, 0, 3 * 24 * 20 * sizeof (float));
  way.mask = limited ? NULL : mask;
  g_assert_true (dif_coarse_go (coarse, &way, picture, field, pool));
  for (i = 0; i < 3 * 24 * 20; i++)
    sum += picture->rgb[i] * picture->rgb[i];
  if (out)
    memcpy (out, picture->rgb, 3 * 24 * 20 * sizeof (float));
  dif_coarse_free (coarse);
  dif_pool_free (pool);
  dif_image_free (source);
  dif_image_free (start);
  dif_image_free (picture);
  dif_field_free (field);
  dif_field_free (held);
  g_rand_free (rand);
  return sum / (3 * 24 * 20);
}

/* Grey with noise is most like the flat patches; limited, squares take part. */
static void
test_limits (void)
{
  double with = power (TRUE, 1, 1, NULL), without = power (FALSE, 1, 1, NULL);

  g_assert_cmpfloat (without, <, 6e-3);
  g_assert_cmpfloat (with, >, 3.0 * without);
}

static void
test_threads (void)
{
  float one[3 * 24 * 20], many[3 * 24 * 20];
  int   n;

  power (TRUE, 6, 1, one);
  for (n = 2; n <= 3; n++)
    {
      power (TRUE, 6, n, many);
      g_assert_cmpmem (one, sizeof one, many, sizeof many);
    }
}

/* What is held is the same to the bit, and so are its matches; the rest is made, of
 * even grey here.
 */
static void
test_held (void)
{
  GRand           *rand = g_rand_new_with_seed (6);
  DifImage        *source = fields_picture (rand, 20, 16);
  DifImage        *start = dif_image_copy (source, NULL);
  DifImage        *picture = dif_image_new (20, 16, NULL);
  DifField        *held = fields_identity (PATCH, 20, 16, FALSE);
  DifField        *field = dif_field_copy (held, NULL);
  DifPool         *pool = dif_pool_new (2);
  guint8           mask[20 * 16] = { 0 }, touched[20 * 16];
  DifCoarseSource  what = { .patch = PATCH, .source = source, .width = 20,
                            .height = 16 };
  DifCoarseWay     way = { .start = start, .t = 0.9, .steps = 6, .seed = 3,
                           .mask = mask, .held = source, .held_field = held,
                           .use = 1.0 };
  DifCoarse       *coarse = dif_coarse_new (&what, NULL);
  int              x, y, i, changed = 0;

  for (y = 5; y < 11; y++)
    for (x = 7; x < 14; x++)
      mask[y * 20 + x] = 1;
  memset (start->rgb, 0, 3 * 20 * 16 * sizeof (float));
  g_assert_true (dif_coarse_go (coarse, &way, picture, field, pool));
  for (i = 0; i < 3 * 20 * 16; i++)
    if (! mask[i % (20 * 16)])
      g_assert_cmpfloat (picture->rgb[i], ==, source->rgb[i]);
    else
      changed += fabsf (picture->rgb[i]) > 0.1f;
  g_assert_cmpint (changed, >, 40);
  dif_coarse_touch (field, mask, touched);
  for (i = 0; i < field->columns * field->rows; i++)
    if (! touched[i])
      g_assert_cmpmem (&field->at[i], sizeof (DifMatch), &held->at[i],
                       sizeof (DifMatch));
  dif_coarse_free (coarse);
  dif_pool_free (pool);
  dif_image_free (source);
  dif_image_free (start);
  dif_image_free (picture);
  dif_field_free (field);
  dif_field_free (held);
  g_rand_free (rand);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coarse/literal", test_literal);
  g_test_add_func ("/coarse/limits", test_limits);
  g_test_add_func ("/coarse/threads", test_threads);
  g_test_add_func ("/coarse/held", test_held);
  return g_test_run ();
}
