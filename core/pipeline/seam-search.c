/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seam-search.c: which part of the picture is put over the seam.  All are
 * compared with what is to be seen on both sides, on a copy that is no
 * larger than needed, and then those about the best on the picture itself.
 */

#include <math.h>

#include "pipeline/image.h"
#include "pipeline/seam.h"

/* Half the band is at most this part of the picture: then the band, and the
 * part that is put there, take no more than a third each.
 */
#define SHARE  6

/* Pixels of the whole picture on each side of the seam that are replaced in
 * any case, but no more than a quarter of half the band.
 */
#define CORE   8

/* The copy has no more than twice SMALL pixels on its longer side, but COLUMNS
 * of the half band and ROWS along the seam at least, where there are so many.
 */
#define SMALL   128
#define COLUMNS 4
#define ROWS    8

/* Pixels of a column that are compared, at least where there are so many. */
#define ENOUGH 1024

int
dif_seam_band (const DifSeam *seam)
{
  int band = MIN (dif_seam_pixels (seam, DIF_SEAM_BAND), seam->across / SHARE);

  return band < 2 ? 0 : band;
}

int
dif_seam_core (const DifSeam *seam,
               int            band)
{
  return CLAMP (band / 4, 1, dif_seam_pixels (seam, CORE));
}

/* Correlation ------------------------------------------------------------- */

/* The middle of the part becomes the new seam, and must not be a line that is
 * stronger than this share of the others: if the picture were made to wrap once
 * more it would be taken for a seam.
 */
#define QUIET  0.8f

/* Below all scores; offsets have it that are not tried, or whose score is NaN.
 */
#define WORST  -2.0f

typedef struct
{
  const DifSeam *seam;
  const float   *ranks;     /* of its lines, or NULL */
  int            band;
  int            first;     /* of the offsets tried  */
  float         *scores;    /* of each               */
} Search;

/* How alike columns from .. to-1 (the seam is at 0) and those offset farther on
 * are: the coefficient of correlation, -1 to 1, about each channel's mean.  Of
 * long columns only some pixels are compared.
 */
static double
correlation (const DifSeam *s,
             int            from,
             int            to,
             int            offset)
{
  int    step = 1 + s->along / ENOUGH;
  double n = (double) (to - from) * ((s->along + step - 1) / step);
  double aa = 0.0, bb = 0.0, ab = 0.0;
  int    c, i, j;

  for (c = 0; c < 3; c++)
    {
      double a = 0.0, b = 0.0;

      for (i = from; i < to; i++)
        for (j = 0; j < s->along; j += step)
          {
            double p = dif_sane (*dif_seam_at (s, c, i < 0 ? i + s->across : i,
                                               j));
            double q = dif_sane (*dif_seam_at (s, c, i + offset, j));

            a += p;
            b += q;
            aa += p * p;
            bb += q * q;
            ab += p * q;
          }
      aa -= a * a / n;
      bb -= b * b / n;
      ab -= a * b / n;
    }
  return ab / sqrt (MAX (aa, 1e-9) * MAX (bb, 1e-9));
}

static void
try_offset (int   chunk,
            int   worker,
            void *data)
{
  Search *search = data;
  int     core = dif_seam_core (search->seam, search->band);
  int     offset = search->first + chunk;
  double  score;

  search->scores[chunk] = WORST;
  if (search->ranks && search->ranks[offset - 1] > QUIET)
    return;
  score = correlation (search->seam, -search->band, -core, offset)
          + correlation (search->seam, core, search->band, offset);
  if (score > WORST)
    search->scores[chunk] = (float) score;
}

/* The best of offsets first .. last; the middle one where none is better. */
static int
best_offset (const DifSeam *seam,
             const float   *ranks,
             int            band,
             int            first,
             int            last,
             float         *scores)
{
  Search search = { seam, ranks, band, first, scores };
  int    best = (last - first) / 2, i;

  dif_pool_run (seam->pool, last - first + 1, try_offset, &search);
  for (i = 0; i <= last - first; i++)
    if (scores[i] > scores[best])
      best = i;
  return first + best;
}

/* Reducing ---------------------------------------------------------------- */

typedef struct
{
  const DifSeam *from;
  const DifSeam *to;
  int            cell;     /* its sides, in pixels */
} Reducing;

/* The first pixel of cell i of n.  They lie evenly, pixels being left out
 * between them, so that both edges are in the copy.
 */
static int
cell_at (int i,
         int n,
         int pixels)
{
  return (int) ((gint64) i * pixels / n);
}

static void
reduce (int   chunk,
        int   worker,
        void *data)
{
  const Reducing *r = data;
  int             c = chunk / r->to->along, along = chunk % r->to->along;
  int             cell = r->cell, across, i, j;
  int             down = cell_at (along, r->to->along, r->from->along);

  for (across = 0; across < r->to->across; across++)
    {
      int    right = cell_at (across, r->to->across, r->from->across);
      double sum = 0.0;

      for (j = 0; j < cell; j++)
        for (i = 0; i < cell; i++)
          sum += dif_sane (*dif_seam_at (r->from, c, right + i, down + j));
      *dif_seam_at (r->to, c, across, along) = (float) (sum / (cell * cell));
    }
}

int
dif_seam_search (const DifSeam *seam,
                 int            band,
                 const float   *ranks,
                 DifArena      *arena)
{
  int      least = 2 * band, most = seam->across - 2 * band;
  int      cell = CLAMP (MAX (seam->across, seam->along) / SMALL, 1,
                         MAX (1, MIN (band / COLUMNS, seam->along / ROWS)));
  gsize    mark = dif_arena_mark (arena);
  DifSeam  small = *seam;
  Reducing reducing = { seam, &small, cell };
  float   *scores = dif_arena_take (arena, seam->across);
  int      offset = 0;

  small.across = seam->across / cell;
  small.along = seam->along / cell;
  small.plane = (gsize) small.across * small.along;
  small.step_across = seam->step_across == 1 ? 1 : small.along;
  small.step_along = seam->step_across == 1 ? small.across : 1;
  small.rgb = dif_arena_take (arena, 3 * small.plane);
  if (arena->base)
    {
      dif_pool_run (seam->pool, 3 * small.along, reduce, &reducing);
      offset = best_offset (&small, cell == 1 ? ranks : NULL, band / cell,
                            2 * (band / cell),
                            small.across - 2 * (band / cell), scores);
      offset = cell_at (offset, small.across, seam->across);
      if (cell > 1)
        offset = best_offset (seam, ranks, band,
                              CLAMP (offset - cell, least, most),
                              CLAMP (offset + cell, least, most), scores);
    }
  dif_arena_release (arena, mark);
  return offset;
}
