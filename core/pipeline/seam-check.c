/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seam-check.c: how strongly the lines between pixels show.  Where a picture
 * wraps already, as one does that was made to wrap before, its seam does not
 * show among the other lines, and it is left as it is.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/image.h"
#include "pipeline/seam.h"

/* Pixels of the whole picture.  On the large scale the differences at so many
 * pixels along a line are added up first, and then the sizes of these sums: so
 * a step that is the same all along is found among noise.
 */
#define BLOCK  8

/* The edge of a frame is at least so many times as strong as other lines. */
#define FRAME  1.5f

typedef struct
{
  const DifSeam *seam;
  float         *fine;     /* [across], the last one is the seam  */
  float         *coarse;
  float         *alone;    /* how much it stands out of those beside it */
} Check;

/* By how much the pixels on both sides of line i differ. */
static void
measure (int   i,
         int   worker,
         void *data)
{
  Check         *check = data;
  const DifSeam *s = check->seam;
  int            block = dif_seam_pixels (s, BLOCK), c, j;
  double         fine = 0.0, coarse = 0.0, sum;

  for (c = 0; c < 3; c++)
    for (j = 0, sum = 0.0; j < s->along; j++)
      {
        float d = dif_sane (*dif_seam_at (s, c, (i + 1) % s->across, j))
                  - dif_sane (*dif_seam_at (s, c, i, j));

        fine += fabsf (d);
        sum += d;
        if ((j + 1) % block == 0 || j == s->along - 1)
          {
            coarse += fabs (sum);
            sum = 0.0;
          }
      }
  check->fine[i] = (float) fine;
  check->coarse[i] = (float) coarse;
}

/* By how much each line is stronger than those beside it.  Where two textures
 * meet there is a single strong line.  A strong line within a texture, of
 * bricks too, mostly has others beside it.
 */
static void
stand_out (const float *lines,
           int          n,
           float       *out)
{
  int i;

  for (i = 0; i < n; i++)
    out[i] = lines[i] - 0.5f * (lines[(i + n - 1) % n] + lines[(i + 1) % n]);
}

static int
compare (const void *a,
         const void *b)
{
  float p = *(const float *) a, q = *(const float *) b;

  return p < q ? -1 : p > q;
}

/* Raises the rank of each line to the share of those within the picture,
 * n - 1 of them, that are weaker.
 */
static void
rank (const float *lines,
      int          n,
      float       *sorted,
      float       *ranks)
{
  int i, low, high;

  memcpy (sorted, lines, (n - 1) * sizeof (float));
  qsort (sorted, n - 1, sizeof (float), compare);
  for (i = 0; i < n; i++)
    {
      for (low = 0, high = n - 1; low < high;)
        {
          int middle = (low + high) / 2;

          if (sorted[middle] < lines[i])
            low = middle + 1;
          else
            high = middle;
        }
      ranks[i] = MAX (ranks[i], (float) low / MAX (1, n - 1));
    }
}

/* Whether a line near the seam is far stronger than all that are farther away.
 * It is the edge of a thin frame then, which would be a bar across the joined
 * picture.
 */
static gboolean
is_framed (const DifSeam *seam,
           const float   *lines)
{
  int   near = dif_seam_core (seam, dif_seam_band (seam)), i;
  float most_near = lines[seam->across - 1], most = 0.0f;

  for (i = 0; i < seam->across - 1; i++)
    if (i < near || i >= seam->across - 1 - near)
      most_near = MAX (most_near, lines[i]);
    else
      most = MAX (most, lines[i]);
  return most_near > FRAME * most;
}

float *
dif_seam_ranks (const DifSeam *seam,
                DifArena      *arena)
{
  int    n = seam->across;
  float *ranks = dif_arena_take (arena, n);
  gsize  mark = dif_arena_mark (arena);
  Check  check = { seam, dif_arena_take (arena, n), dif_arena_take (arena, n),
                   dif_arena_take (arena, n) };
  float *sorted = dif_arena_take (arena, n);

  if (arena->base)
    {
      /* The pool may be stopped before they are measured. */
      memset (check.fine, 0, n * sizeof (float));
      memset (check.coarse, 0, n * sizeof (float));
      dif_pool_run (seam->pool, n, measure, &check);
      stand_out (check.fine, n, check.alone);
      memset (ranks, 0, n * sizeof (float));
      rank (check.fine, n, sorted, ranks);
      rank (check.coarse, n, sorted, ranks);
      rank (check.alone, n, sorted, ranks);
      if (dif_seam_band (seam) > 0 && is_framed (seam, check.coarse))
        ranks[n - 1] = 1.0f;
    }
  dif_arena_release (arena, mark);
  return ranks;
}
