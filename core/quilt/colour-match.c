/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * colour-match.c: see colour-match.h.
 */

#include <math.h>
#include <string.h>

#include "quilt/colour-match.h"

/* Variance below which a colour counts as even. */
#define LEAST_VARIANCE 1e-6

typedef struct
{
  double mean[3];
  double covariance[3][3];
} ColourMoments;

static ColourMoments
measure (const DifImage *picture,
         const guint8   *excluded)
{
  gsize      n = (gsize) picture->width * picture->height, i, count = 0;
  ColourMoments s = { { 0.0 } };
  int        a, b;

  for (i = 0; i < n; i++)
    if (! excluded || ! excluded[i])
      {
        for (a = 0; a < 3; a++)
          s.mean[a] += picture->rgb[a * n + i];
        count++;
      }
  count = MAX (count, 1);
  for (a = 0; a < 3; a++)
    s.mean[a] /= count;
  for (i = 0; i < n; i++)
    if (! excluded || ! excluded[i])
      for (a = 0; a < 3; a++)
        for (b = a; b < 3; b++)
          s.covariance[a][b] += (picture->rgb[a * n + i] - s.mean[a])
                                * (picture->rgb[b * n + i] - s.mean[b]);
  for (a = 0; a < 3; a++)
    for (b = a; b < 3; b++)
      s.covariance[a][b] = s.covariance[b][a] = s.covariance[a][b] / count;
  return s;
}

static void
multiply (const double a[3][3],
          const double b[3][3],
          double       out[3][3])
{
  int i, j, k;

  for (i = 0; i < 3; i++)
    for (j = 0; j < 3; j++)
      for (out[i][j] = 0.0, k = 0; k < 3; k++)
        out[i][j] += a[i][k] * b[k][j];
}

/* Turns matrix, which is symmetric, into its eigenvalues on the diagonal, and
 * vectors into its eigenvectors in columns (Jacobi's rotations).
 */
static void
diagonalise (double matrix[3][3],
             double vectors[3][3])
{
  int round, p, q, k;

  for (p = 0; p < 3; p++)
    for (q = 0; q < 3; q++)
      vectors[p][q] = p == q;
  for (round = 0; round < 32; round++)
    for (p = 0; p < 2; p++)
      for (q = p + 1; q < 3; q++)
        {
          double angle = 0.5 * atan2 (2.0 * matrix[p][q],
                                      matrix[q][q] - matrix[p][p]);
          double c = cos (angle), s = sin (angle);

          for (k = 0; k < 3; k++)
            {
              double a = matrix[k][p], b = matrix[k][q];

              matrix[k][p] = c * a - s * b;
              matrix[k][q] = s * a + c * b;
            }
          for (k = 0; k < 3; k++)
            {
              double a = matrix[p][k], b = matrix[q][k];

              matrix[p][k] = c * a - s * b;
              matrix[q][k] = s * a + c * b;
              a = vectors[k][p];
              b = vectors[k][q];
              vectors[k][p] = c * a - s * b;
              vectors[k][q] = s * a + c * b;
            }
        }
}

/* matrix to that power, 0.5 or -0.5; it is symmetric and not negative. */
static void
raise_to (const double matrix[3][3],
          double       power,
          double       out[3][3])
{
  double values[3][3], vectors[3][3];
  int    i, j, k;

  memcpy (values, matrix, sizeof values);
  diagonalise (values, vectors);
  for (i = 0; i < 3; i++)
    for (j = 0; j < 3; j++)
      for (out[i][j] = 0.0, k = 0; k < 3; k++)
        out[i][j] += vectors[i][k] * vectors[j][k]
                     * pow (MAX (values[k][k], LEAST_VARIANCE), power);
}

void
dif_colour_match (DifImage       *picture,
                  const DifImage *model,
                  const guint8   *excluded)
{
  gsize      n = (gsize) picture->width * picture->height, i;
  ColourMoments from = measure (picture, NULL), to = measure (model, excluded);
  double     root[3][3], inverse[3][3], inner[3][3], map[3][3], part[3][3];
  double     most;
  int        a, b;

  /* from^-1/2 (from^1/2 to from^1/2)^1/2 from^-1/2 */
  raise_to (from.covariance, 0.5, root);
  raise_to (from.covariance, -0.5, inverse);
  multiply (root, to.covariance, part);
  multiply (part, root, inner);
  raise_to (inner, 0.5, map);
  multiply (inverse, map, part);
  multiply (part, inverse, map);
  for (most = 0.0, a = 0; a < 3; a++)
    for (b = 0; b < 3; b++)
      most = MAX (most, fabs (map[a][b]));
  if (most > DIF_COLOUR_MATCH_MAX)
    for (a = 0; a < 3; a++)
      for (b = 0; b < 3; b++)
        map[a][b] *= DIF_COLOUR_MATCH_MAX / most;
  for (i = 0; i < n; i++)
    {
      double old[3];

      for (a = 0; a < 3; a++)
        old[a] = picture->rgb[a * n + i] - from.mean[a];
      for (a = 0; a < 3; a++)
        picture->rgb[a * n + i] = (float) (to.mean[a] + map[a][0] * old[0]
                                           + map[a][1] * old[1]
                                           + map[a][2] * old[2]);
    }
}
