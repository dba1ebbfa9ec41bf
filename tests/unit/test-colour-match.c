/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-colour-match.c: means and covariances become the model's; a picture that has
 * them already stays; one of one colour becomes the model's mean.
 */

#include <math.h>

#include "fields.h"
#include "quilt/colour-match.h"
#include "../larger.h"

static void
measure (const DifImage *p,
         double          mean[3],
         double          covariance[3][3])
{
  gsize n = (gsize) p->width * p->height, i;
  int   a, b;

  for (a = 0; a < 3; a++)
    for (mean[a] = 0.0, i = 0; i < n; i++)
      mean[a] += p->rgb[a * n + i] / n;
  for (a = 0; a < 3; a++)
    for (b = 0; b < 3; b++)
      for (covariance[a][b] = 0.0, i = 0; i < n; i++)
        covariance[a][b] += (p->rgb[a * n + i] - mean[a])
                            * (p->rgb[b * n + i] - mean[b]) / n;
}

/* A picture whose channels go together. */
static DifImage *
mixed_new (GRand  *rand,
           int     width,
           int     height,
           double  mix)
{
  DifImage *p = fields_picture (rand, width, height);
  gsize     n = (gsize) width * height, i;

  for (i = 0; i < n; i++)
    {
      p->rgb[n + i] = (float) (0.2 + mix * p->rgb[i] + 0.3 * p->rgb[n + i]);
      p->rgb[2 * n + i] = (float) (-0.1 + 0.5 * p->rgb[n + i]
                                   + 0.1 * p->rgb[2 * n + i]);
    }
  return p;
}

static void
test_statistics (void)
{
  GRand    *rand = g_rand_new_with_seed (1);
  DifImage *picture = mixed_new (rand, 40, 30, 0.4);
  DifImage *model = mixed_new (rand, 25, 50, -0.3);
  double    mean[2][3], covariance[2][3][3], off = 0.0;
  int       a, b;

  dif_colour_match (picture, model, NULL);
  measure (picture, mean[0], covariance[0]);
  measure (model, mean[1], covariance[1]);
  for (a = 0; a < 3; a++)
    {
      off = larger (off, fabs (mean[0][a] - mean[1][a]));
      for (b = 0; b < 3; b++)
        off = larger (off, fabs (covariance[0][a][b] - covariance[1][a][b]));
    }
  g_assert_cmpfloat (off, <, 1e-4);
  dif_image_free (picture);
  dif_image_free (model);
  g_rand_free (rand);
}

static void
test_same (void)
{
  GRand    *rand = g_rand_new_with_seed (2);
  DifImage *picture = mixed_new (rand, 31, 17, 0.4);
  DifImage *model = dif_image_copy (picture, NULL);
  double    off = 0.0;
  gsize     i;

  dif_colour_match (picture, model, NULL);
  for (i = 0; i < 3 * 31 * 17; i++)
    off = larger (off, fabs (picture->rgb[i] - model->rgb[i]));
  g_assert_cmpfloat (off, <, 1e-5);
  dif_image_free (picture);
  dif_image_free (model);
  g_rand_free (rand);
}

/* What is excluded of the model does not count, and nothing is blown up. */
static void
test_even (void)
{
  GRand    *rand = g_rand_new_with_seed (3);
  DifImage *picture = dif_image_new (9, 9, NULL);
  DifImage *model = mixed_new (rand, 10, 10, 0.2);
  guint8    excluded[100];
  int       i, c;

  for (i = 0; i < 100; i++)
    {
      excluded[i] = i >= 50;
      for (c = 0; c < 3; c++)
        model->rgb[c * 100 + i] = i >= 50 ? 1.0f : 0.25f * c;
    }
  dif_colour_match (picture, model, excluded);
  for (c = 0; c < 3; c++)
    for (i = 0; i < 81; i++)
      g_assert_cmpfloat (fabs (picture->rgb[c * 81 + i] - 0.25 * c), <, 1e-5);
  dif_image_free (picture);
  dif_image_free (model);
  g_rand_free (rand);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/colour-match/statistics", test_statistics);
  g_test_add_func ("/colour-match/same", test_same);
  g_test_add_func ("/colour-match/even", test_even);
  return g_test_run ();
}
