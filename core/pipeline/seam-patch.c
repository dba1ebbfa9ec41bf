/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seam-patch.c: another part of the picture over the seam.  It is cut out
 * along two paths, one on each side, on which it differs least from what it
 * is put over (Efros and Freeman 2001, "Image quilting", section 2.1), so
 * that no straight line is left and nothing is blurred but for a few pixels
 * about the paths.  What it differs by there on average is added to it,
 * changing evenly from one path to the other.
 */

#include <math.h>
#include <string.h>

#include "pipeline/image.h"
#include "pipeline/seam.h"

/* In pixels of the whole picture: reach of the averages that are taken of
 * the difference, and deviation of the Gaussian along the paths.
 */
#define REACH  6
#define SIGMA  6

typedef struct
{
  const DifSeam *seam;
  int            band;
  int            core;
  int            offset;
  gint8         *back;          /* [along][band]: where a path comes from */
  int           *path[2];       /* [along], of 0 .. 2 * band - 1          */
  float         *mean[2];       /* [3][along], of the difference          */
  float         *smooth[2];
} Patch;

/* Pixel i of the band and what would replace it. */
static float *
old_at (const Patch *p,
        int          c,
        int          i,
        int          j)
{
  const DifSeam *s = p->seam;

  return dif_seam_at (s, c, (i + s->across - p->band) % s->across, j);
}

static float *
new_at (const Patch *p,
        int          c,
        int          i,
        int          j)
{
  return dif_seam_at (p->seam, c, i - p->band + p->offset, j);
}

static float
difference (const Patch *p,
            int          c,
            int          i,
            int          j)
{
  return dif_sane (*old_at (p, c, i, j)) - dif_sane (*new_at (p, c, i, j));
}

/* Paths ------------------------------------------------------------------- */

static double
cost (const Patch *p,
      int          i,
      int          j)
{
  double sum = 0.0;
  int    c, d;

  for (d = -1; d <= 1; d++)
    for (c = 0; c < 3; c++)
      sum += fabsf (difference (p, c, CLAMP (i + d, 0, 2 * p->band - 1), j));
  return sum;
}

/* The cheapest path through n columns of the band, from column first on.  It
 * begins at place start along the seam and goes once round; from place to place
 * it may go one column to the side.  pin: the column where it has to begin and
 * end, or -1.
 */
static void
find_path (Patch *p,
           int    first,
           int    n,
           int    start,
           int    pin,
           int   *path)
{
  double sums[DIF_SEAM_BAND], next[DIF_SEAM_BAND];
  int    along = p->seam->along, best = 0, i, t;

  for (i = 0; i < n; i++)
    sums[i] = pin < 0 || first + i == pin ? cost (p, first + i, start) : INFINITY;
  for (t = 1; t < along; t++)
    {
      int    j = (start + t) % along;
      gint8 *back = p->back + (gsize) j * p->band;

      for (i = 0; i < n; i++)
        {
          back[i] = 0;
          if (i > 0 && sums[i - 1] < sums[i])
            back[i] = -1;
          if (i < n - 1 && sums[i + 1] < sums[i + back[i]])
            back[i] = 1;
          next[i] = sums[i + back[i]] + cost (p, first + i, j);
        }
      memcpy (sums, next, n * sizeof (double));
    }
  for (i = 1; i < n; i++)
    if (sums[i] < sums[best])
      best = i;
  if (pin >= 0)
    best = pin - first;
  for (t = along - 1; t >= 0; t--)
    {
      int j = (start + t) % along;

      path[j] = first + best;
      if (t > 0)
        best += p->back[(gsize) j * p->band + best];
    }
}

/* On a closed seam the path has to end where it began.  A first path, begun
 * half way round, shows the column where it passes the beginning best.
 */
static void
find_side (Patch *p,
           int    side)
{
  int  n = p->band - p->core, first = side ? p->band + p->core : 0;
  int *path = p->path[side];

  find_path (p, first, n, p->seam->closed ? p->seam->along / 2 : 0, -1, path);
  if (p->seam->closed)
    find_path (p, first, n, 0, path[0], path);
}

/* Differences ------------------------------------------------------------- */

/* The mean about a path, on its side of the seam. */
static void
average (int   j,
         int   worker,
         void *data)
{
  Patch *p = data;
  int    reach = dif_seam_pixels (p->seam, REACH), side, c, i;

  for (side = 0; side < 2; side++)
    for (c = 0; c < 3; c++)
      {
        int    at = p->path[side][j];
        int    from = MAX (at - reach, side ? p->band : 0);
        int    to = MIN (at + reach + 1, side ? 2 * p->band : p->band);
        double sum = 0.0;

        for (i = from; i < to; i++)
          sum += difference (p, c, i, j);
        p->mean[side][(gsize) c * p->seam->along + j]
          = (float) (sum / (to - from));
      }
}

static void
smoothen (int   j,
          int   worker,
          void *data)
{
  Patch *p = data;
  int    along = p->seam->along, sigma = dif_seam_pixels (p->seam, SIGMA);
  int    side, c, d;

  for (side = 0; side < 2; side++)
    for (c = 0; c < 3; c++)
      {
        const float *mean = p->mean[side] + (gsize) c * along;
        double       sum = 0.0, weights = 0.0;

        for (d = -3 * sigma; d <= 3 * sigma; d++)
          {
            double weight = exp (-0.5 * d * d / ((double) sigma * sigma));
            int    at = j + d;

            if (p->seam->closed)
              at = (at % along + along) % along;
            if (at < 0 || at >= along)
              continue;
            sum += weight * mean[at];
            weights += weight;
          }
        p->smooth[side][(gsize) c * along + j] = (float) (sum / weights);
      }
}

/* Blending ---------------------------------------------------------------- */

/* From 0 to 1 while i goes from -reach to reach. */
static float
ramp (float i,
      float reach)
{
  float v = CLAMP ((i + reach) / (2.0f * reach), 0.0f, 1.0f);

  return v * v * (3.0f - 2.0f * v);
}

/* The share of the new in pixel i of the band. */
static float
share_of_new (const Patch *p,
              int          i,
              int          j)
{
  float reach = MAX (1, p->core / 2);
  float end = MIN (i + 0.5f, 2 * p->band - i - 0.5f) / reach;

  return ramp (i - p->path[0][j], reach) * ramp (p->path[1][j] - i, reach)
         * MIN (end, 1.0f);
}

static float
tidy (float v)
{
  return isfinite (v) ? v : dif_sane (v);
}

static void
blend (int   j,
       int   worker,
       void *data)
{
  Patch *p = data;
  int    left = p->path[0][j], right = p->path[1][j], c, i;

  for (c = 0; c < 3; c++)
    {
      float a = p->smooth[0][(gsize) c * p->seam->along + j];
      float b = p->smooth[1][(gsize) c * p->seam->along + j];

      for (i = 0; i < 2 * p->band; i++)
        {
          float  share = share_of_new (p, i, j);
          float  way = CLAMP ((float) (i - left) / (right - left), 0.0f, 1.0f);
          float *old = old_at (p, c, i, j), new;

          if (share == 0.0f)
            continue;
          new = dif_seam_changed (tidy (*new_at (p, c, i, j)), a + way * (b - a));
          *old = tidy (*old) + share * (new - tidy (*old));
        }
    }
}

void
dif_seam_patch (const DifSeam *seam,
                int            band,
                int            offset,
                DifArena      *arena)
{
  Patch p = { .seam = seam, .band = band, .offset = offset,
              .core = dif_seam_core (seam, band) };
  gsize mark = dif_arena_mark (arena), along = seam->along;
  int   side;

  p.back = (gint8 *) dif_arena_take (arena, (along * band + 3) / 4);
  for (side = 0; side < 2; side++)
    {
      p.path[side] = (int *) dif_arena_take (arena, along);
      p.mean[side] = dif_arena_take (arena, 3 * along);
      p.smooth[side] = dif_arena_take (arena, 3 * along);
    }
  if (arena->base)
    {
      find_side (&p, 0);
      find_side (&p, 1);
      dif_pool_run (seam->pool, seam->along, average, &p);
      dif_pool_run (seam->pool, seam->along, smoothen, &p);
      dif_pool_run (seam->pool, seam->along, blend, &p);
    }
  dif_arena_release (arena, mark);
}
