/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seam-level.c: what two edges differ by on the large scale, spread over
 * the picture.  Half of it is added at one edge and taken away at the other,
 * and in between the change is harmonic, the smoothest that there is (as in
 * Moisan 2011, "Periodic plus smooth image decomposition"): a part of the
 * difference that goes as cos (k y) along the edges goes as
 * sinh (k (n/2 - x)) / (2 sinh (k n/2)) from one to the other, a constant
 * as a straight line.  It is worked out at nodes some pixels apart.
 */

#include <math.h>

#include "pipeline/image.h"
#include "pipeline/seam.h"

/* In pixels of the whole picture: how deep an edge is averaged, the
 * deviation of the Gaussian that tells the large scale from texture, and
 * the distance of the nodes.
 */
#define DEPTH  8
#define SIGMA  32
#define NODES  8

/* Waves up to CUT / sigma radians a pixel are taken, of which the Gaussian
 * leaves exp (-4.5) at the end, and WAVES of them at the most: where an edge is
 * so long that there would be more, the Gaussian is widened.
 */
#define CUT    3.0
#define WAVES  64

/* Places along the edges that a thread takes at a time: a cache line. */
#define BLOCK  16

typedef struct
{
  const DifSeam *seam;
  int            waves;
  double         wave_number;          /* of wave 1, radians a pixel   */
  double         sigma;                /* pixels                       */
  double         cosine[3][WAVES];     /* of the difference            */
  double         sine[3][WAVES];
  int            nodes_across;
  int            nodes_along;
  float         *difference;           /* [3][along]                   */
  float         *shape;                /* [waves][nodes_across]        */
  float         *change;               /* [3][nodes_along][nodes_across] */
} Levelling;

static void
measure (int   j,
         int   worker,
         void *data)
{
  Levelling     *l = data;
  const DifSeam *s = l->seam;
  int            depth = CLAMP (s->across / 8, 1, dif_seam_pixels (s, DEPTH));
  int            c, i;

  for (c = 0; c < 3; c++)
    {
      double sum = 0.0;

      for (i = 0; i < depth; i++)
        sum += dif_sane (*dif_seam_at (s, c, s->across - 1 - i, j))
               - dif_sane (*dif_seam_at (s, c, i, j));
      l->difference[(gsize) c * s->along + j] = (float) (sum / depth);
    }
}

/* How much of one wave is in the difference, and how it fades across. */
static void
analyse (int   k,
         int   worker,
         void *data)
{
  Levelling     *l = data;
  const DifSeam *s = l->seam;
  double         number = k * l->wave_number, n = s->across;
  double         share = (k ? 2.0 : 1.0) / s->along
                         * exp (-0.5 * pow (number * l->sigma, 2.0));
  int            c, i, j;

  for (c = 0; c < 3; c++)
    {
      const float *difference = l->difference + (gsize) c * s->along;

      l->cosine[c][k] = l->sine[c][k] = 0.0;
      for (j = 0; j < s->along; j++)
        {
          double at = number * (j + 0.5);

          l->cosine[c][k] += share * cos (at) * difference[j];
          if (s->closed)
            l->sine[c][k] += share * sin (at) * difference[j];
        }
    }
  for (i = 0; i < l->nodes_across; i++)
    {
      double x = n / 2.0 - n * i / (l->nodes_across - 1), a = fabs (x);
      double v = k == 0
        ? a / n
        : (exp (number * (a - n / 2.0)) - exp (-number * (a + n / 2.0)))
          / (2.0 * (1.0 - exp (-number * n)));

      l->shape[(gsize) k * l->nodes_across + i] = (float) copysign (v, x);
    }
}

/* The change at one row of nodes. */
static void
synthesise (int   chunk,
            int   worker,
            void *data)
{
  Levelling *l = data;
  int        c = chunk / l->nodes_along, row = chunk % l->nodes_along, i, k;
  double     y = (double) l->seam->along * row / (l->nodes_along - 1);
  float     *change = l->change + (gsize) chunk * l->nodes_across;

  for (i = 0; i < l->nodes_across; i++)
    change[i] = 0.0f;
  for (k = 0; k < l->waves; k++)
    {
      double       at = k * l->wave_number * y;
      float        share = (float) (l->cosine[c][k] * cos (at)
                                    + l->sine[c][k] * sin (at));
      const float *shape = l->shape + (gsize) k * l->nodes_across;

      for (i = 0; i < l->nodes_across; i++)
        change[i] += share * shape[i];
    }
}

/* The node before pixel i of length, and how far on to the next it lies. */
static int
node_at (int    i,
         int    length,
         int    nodes,
         float *share)
{
  float at = (i + 0.5f) * (nodes - 1) / length;
  int   node = MIN ((int) at, nodes - 2);

  *share = at - node;
  return node;
}

static void
apply (int   chunk,
       int   worker,
       void *data)
{
  Levelling     *l = data;
  const DifSeam *s = l->seam;
  int            end = MIN (s->along, (chunk + 1) * BLOCK), c, i, j;

  for (c = 0; c < 3; c++)
    for (i = 0; i < s->across; i++)
      {
        float        h, v;
        const float *column = l->change
                              + (gsize) c * l->nodes_along * l->nodes_across
                              + node_at (i, s->across, l->nodes_across, &h);

        for (j = chunk * BLOCK; j < end; j++)
          {
            const float *a = column + (gsize) l->nodes_across
                             * node_at (j, s->along, l->nodes_along, &v);
            const float *b = a + l->nodes_across;
            float        above = a[0] + h * (a[1] - a[0]);
            float        below = b[0] + h * (b[1] - b[0]);
            float       *p = dif_seam_at (s, c, i, j);

            *p = dif_seam_changed (*p, above + v * (below - above));
          }
      }
}

void
dif_seam_level (const DifSeam *seam,
                DifArena      *arena)
{
  Levelling l = { .seam = seam };
  gsize     mark = dif_arena_mark (arena);
  int       apart = dif_seam_pixels (seam, NODES);
  int       most = MAX (1, seam->closed ? seam->along / 2 : seam->along);

  l.wave_number = (seam->closed ? 2.0 : 1.0) * G_PI / seam->along;
  l.sigma = MAX ((double) SIGMA / seam->reduction,
                 CUT / (l.wave_number * (WAVES - 1)));
  l.waves = CLAMP ((int) (CUT / (l.wave_number * l.sigma)) + 1, 1,
                   MIN (most, WAVES));
  l.nodes_across = (seam->across + apart - 1) / apart + 1;
  l.nodes_along = (seam->along + apart - 1) / apart + 1;
  l.difference = dif_arena_take (arena, (gsize) 3 * seam->along);
  l.shape = dif_arena_take (arena, (gsize) l.waves * l.nodes_across);
  l.change = dif_arena_take (arena, (gsize) 3 * l.nodes_along * l.nodes_across);
  if (arena->base)
    {
      dif_pool_run (seam->pool, seam->along, measure, &l);
      dif_pool_run (seam->pool, l.waves, analyse, &l);
      dif_pool_run (seam->pool, 3 * l.nodes_along, synthesise, &l);
      dif_pool_run (seam->pool, (seam->along + BLOCK - 1) / BLOCK, apply, &l);
    }
  dif_arena_release (arena, mark);
}
