/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * poisson-levels.c: making the levels of a screened Poisson equation.
 *
 * What is fixed has to hold on coarser levels at least as firmly as in truth:
 * where it held less, corrections would overshoot there and the cycles diverge.
 * So a cell that holds any free pixel is free, but each link from one of its free
 * pixels to a fixed one draws it to 0; and a neighbour that is fixed as a whole
 * counts as if it began half a cell away.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/poisson-private.h"

#define RATIO 3

/* A level is the last where its pixels hold so much more than they are linked
 * that a few sweeps are enough.
 */
#define LAST_HOLD 1.5f

static const char what[] = "the correction of seams";

static int
coarser (int n)
{
  return (n + RATIO - 1) / RATIO;
}

static void
free_axis (DifPoissonAxis *axis)
{
  dif_free (axis->first);
  dif_free (axis->overlaps);
  dif_free (axis->below);
  dif_free (axis->share);
}

static gboolean
make_axis (DifPoissonAxis  *axis,
           int              before,
           GError         **error)
{
  int    after = coarser (before), i, k;
  double size = (double) before / after;

  axis->before = before;
  axis->after = after;
  if (! (axis->first = dif_alloc (after, sizeof (int), what, error))
      || ! (axis->overlaps = dif_alloc ((gsize) after * DIF_POISSON_TAPS,
                                        sizeof (float), what, error))
      || ! (axis->below = dif_alloc (before, sizeof (int), what, error))
      || ! (axis->share = dif_alloc (before, sizeof (float), what, error)))
    return FALSE;
  for (i = 0; i < after; i++)
    {
      /* In whole numbers, so that a cell never begins a pixel too soon. */
      gint64 begin = (gint64) i * before, end = (gint64) (i + 1) * before;
      gint64 first = begin / after;

      axis->first[i] = (int) first;
      for (k = 0; k < DIF_POISSON_TAPS; k++)
        {
          gint64 from = MAX (begin, (first + k) * after);
          gint64 to = MIN (end, (first + k + 1) * after);

          axis->overlaps[i * DIF_POISSON_TAPS + k]
            = to > from ? (float) ((double) (to - from) / after) : 0.0f;
        }
    }
  for (i = 0; i < before; i++)
    {
      double at = (i + 0.5) / size - 0.5;

      axis->below[i] = (int) floor (at);
      axis->share[i] = (float) (at - floor (at));
    }
  return TRUE;
}

/* What is fixed ------------------------------------------------------ */

typedef struct
{
  const DifPoissonLevel *fine;
  DifPoissonLevel       *coarse;
} Making;

static void
fix_row (int   y,
         int   worker,
         void *data)
{
  const Making          *m = data;
  const DifPoissonLevel *fine = m->fine;
  guint8                *row = m->coarse->own_fixed
                               + (gsize) y * m->coarse->width;
  int                    x, i, j;

  for (x = 0; x < m->coarse->width; x++)
    {
      const float *down = fine->y.overlaps + y * DIF_POISSON_TAPS;
      const float *across = fine->x.overlaps + x * DIF_POISSON_TAPS;

      row[x] = 1;
      for (j = 0; j < DIF_POISSON_TAPS && down[j] > 0.0f; j++)
        for (i = 0; i < DIF_POISSON_TAPS && across[i] > 0.0f; i++)
          if (! fine->fixed[(gsize) (fine->y.first[y] + j) * fine->width
                            + fine->x.first[x] + i])
            row[x] = 0;
    }
}

/* The index of the neighbour (dx, dy) away, or -1 if there is none. */
static gssize
beside (const DifPoissonLevel *level,
        int                    x,
        int                    y,
        int                    dx,
        int                    dy)
{
  x += dx;
  y += dy;
  if (level->seam_across)
    x = (x + level->width) % level->width;
  if (level->seam_down)
    y = (y + level->height) % level->height;
  if (x < 0 || y < 0 || x >= level->width || y >= level->height)
    return -1;
  return (gssize) y * level->width + x;
}

static const int around[4][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };

/* What draws pixel (x, y) of the finer level to 0 and is not to be seen on the
 * coarser one.
 */
static float
drawn (const Making *m,
       int           x,
       int           y)
{
  const DifPoissonLevel *fine = m->fine, *coarse = m->coarse;
  gsize                  at = (gsize) y * fine->width + x;
  float                  sum;
  int                    k;

  if (fine->fixed[at])
    return 0.0f;
  /* While levels are made, sum is how far they are drawn to 0; the finest one
   * is not.
   */
  sum = fine->own_fixed ? fine->sum[at] : 0.0f;
  for (k = 0; k < 4; k++)
    {
      gssize next = beside (fine, x, y, around[k][0], around[k][1]);

      if (next >= 0 && fine->fixed[next])
        {
          int u = (int) ((2 * (next % fine->width) + 1) * coarse->width
                         / (2 * fine->width));
          int v = (int) ((2 * (next / fine->width) + 1) * coarse->height
                         / (2 * fine->height));

          if (! coarse->fixed[(gsize) v * coarse->width + u])
            sum += fine->anchor * (around[k][0] ? fine->across : fine->down);
        }
    }
  return sum;
}

static void
draw_row (int   y,
          int   worker,
          void *data)
{
  const Making          *m = data;
  const DifPoissonLevel *fine = m->fine;
  float                 *row = m->coarse->sum + (gsize) y * m->coarse->width;
  int                    x, i, j;

  for (x = 0; x < m->coarse->width; x++)
    {
      const float *down = fine->y.overlaps + y * DIF_POISSON_TAPS;
      const float *across = fine->x.overlaps + x * DIF_POISSON_TAPS;

      row[x] = 0.0f;
      for (j = 0; j < DIF_POISSON_TAPS && down[j] > 0.0f; j++)
        for (i = 0; i < DIF_POISSON_TAPS && across[i] > 0.0f; i++)
          row[x] += down[j] * across[i]
                    * drawn (m, fine->x.first[x] + i, fine->y.first[y] + j);
    }
}

/* Steps -------------------------------------------------------------- */

/* What value (x, y) counts for itself, of a level where none is fixed. */
static float
weight (const DifPoissonLevel *level,
        int                    x,
        int                    y)
{
  float sum = level->hold;
  int   k;

  for (k = 0; k < 4; k++)
    if (beside (level, x, y, around[k][0], around[k][1]) >= 0)
      sum += around[k][0] ? level->across : level->down;
  return sum;
}

static void
step_row (int   y,
          int   worker,
          void *data)
{
  DifPoissonLevel *level = ((const Making *) data)->coarse;
  float           *row = level->steps + y * level->stride;
  int              x, k;

  for (x = 0; x < level->width; x++)
    {
      gsize at = (gsize) y * level->width + x;
      float sum = weight (level, x, y) + level->sum[at];

      for (k = 0; k < 4; k++)
        {
          gssize next = beside (level, x, y, around[k][0], around[k][1]);

          if (next >= 0 && level->fixed[next])
            sum += (level->anchor - 1.0f)
                   * (around[k][0] ? level->across : level->down);
        }
      row[(x & 1) * level->odd + x / 2] = level->fixed[at] ? 0.0f : 1.0f / sum;
    }
}

/* Where nothing is fixed, or on the finest level. */
static void
make_three_steps (DifPoissonLevel *level)
{
  int rows[3] = { 0, level->height - 1, MIN (1, level->height - 1) };
  int i, x;

  memset (level->steps, 0, 3 * level->stride * sizeof (float));
  for (i = 0; i < 3; i++)
    for (x = 0; x < level->width; x++)
      level->steps[i * level->stride + (x & 1) * level->odd + x / 2]
        = 1.0f / weight (level, x, rows[i]);
}

/* Levels ------------------------------------------------------------- */

/* Takes its size, hold and weights for given. */
static gboolean
make_level (DifPoissonLevel  *level,
            gboolean          wrapped,
            gboolean          finest,
            gboolean          with_fixed,
            GError          **error)
{
  gsize pixels = dif_product (level->width, level->height);
  gsize split, i;

  level->seam_across = wrapped && level->width > 1;
  level->seam_down = wrapped && level->height > 1;
  level->odd = (level->width + 1) / 2 + 1;
  level->stride = level->odd + level->width / 2 + 1;
  level->step_rows = with_fixed && ! finest;
  split = dif_product (level->stride, level->height);
  if (! (level->rest = dif_alloc (split, sizeof (float), what, error))
      || ! (level->steps = dif_alloc (level->step_rows ? split
                                      : 3 * level->stride, sizeof (float), what,
                                      error))
      || ! (level->seams = dif_alloc (4 * ((gsize) level->width + level->height),
                                      sizeof (float), what, error)))
    return FALSE;
  /* The values behind the ends stay 0. */
  for (i = 0; i < (gsize) level->height; i++)
    level->rest[i * level->stride + level->odd - 1]
      = level->rest[(i + 1) * level->stride - 1] = 0.0f;
  if (! finest)
    {
      level->sum = dif_alloc (pixels, sizeof (float), what, error);
      if (! level->sum)
        return FALSE;
      if (with_fixed)
        {
          level->own_fixed = dif_alloc (pixels, 1, what, error);
          if (! level->own_fixed)
            return FALSE;
          level->fixed = level->own_fixed;
        }
    }
  return TRUE;
}

static gboolean
make_coarser (DifPoisson  *poisson,
              gboolean     wrapped,
              GError     **error)
{
  DifPoissonLevel *fine = &poisson->levels[poisson->n_levels - 1];
  DifPoissonLevel *coarse = fine + 1;
  Making           making = { fine, coarse };
  double           ratio_x, ratio_y;

  poisson->n_levels++;
  if (! make_axis (&fine->x, fine->width, error)
      || ! make_axis (&fine->y, fine->height, error))
    return FALSE;
  coarse->width = fine->x.after;
  coarse->height = fine->y.after;
  ratio_x = (double) fine->width / coarse->width;
  ratio_y = (double) fine->height / coarse->height;
  coarse->hold = (float) (fine->hold * ratio_x * ratio_y);
  coarse->across = (float) (fine->across * ratio_y / ratio_x);
  coarse->down = (float) (fine->down * ratio_x / ratio_y);
  coarse->anchor = 2.0f;
  if (! make_level (coarse, wrapped, FALSE, fine->fixed != NULL, error))
    return FALSE;
  if (coarse->fixed)
    {
      dif_pool_run (poisson->pool, coarse->height, fix_row, &making);
      dif_pool_run (poisson->pool, coarse->height, draw_row, &making);
      dif_pool_run (poisson->pool, coarse->height, step_row, &making);
    }
  else
    make_three_steps (coarse);
  return TRUE;
}

static gboolean
is_last (const DifPoissonLevel *level)
{
  return (level->width == 1 && level->height == 1)
         || level->hold >= LAST_HOLD * MAX (level->across, level->down);
}

DifPoisson *
dif_poisson_new (int            width,
                 int            height,
                 gboolean       wrapped,
                 double         hold,
                 const guint8  *fixed,
                 DifPool       *pool,
                 GError       **error)
{
  g_autoptr (DifPoisson)  p = g_new0 (DifPoisson, 1);
  DifPoissonLevel        *finest = &p->levels[0];

  p->pool = pool;
  p->n_levels = 1;
  finest->width = width;
  finest->height = height;
  finest->hold = (float) hold;
  finest->across = finest->down = finest->anchor = 1.0f;
  finest->fixed = fixed;
  if (! make_level (finest, wrapped, TRUE, fixed != NULL, error))
    return NULL;
  make_three_steps (finest);
  while (! is_last (&p->levels[p->n_levels - 1]))
    if (! make_coarser (p, wrapped, error))
      return NULL;
  /* A split row, and the cells that it becomes or comes from, with one more at
   * each end.  No two workers write to one cache line.
   */
  p->scratch_row = finest->stride + coarser (width) + 2 + DIF_ALIGNMENT;
  p->scratch = dif_alloc (dif_product (p->scratch_row,
                                       dif_pool_n_threads (pool)),
                          sizeof (float), what, error);
  return p->scratch ? g_steal_pointer (&p) : NULL;
}

void
dif_poisson_free (DifPoisson *poisson)
{
  int i;

  if (! poisson)
    return;
  for (i = 0; i < poisson->n_levels; i++)
    {
      DifPoissonLevel *level = &poisson->levels[i];

      dif_free (level->rest);
      dif_free (level->steps);
      dif_free (level->seams);
      if (i > 0)
        dif_free (level->sum);
      dif_free (level->own_fixed);
      free_axis (&level->x);
      free_axis (&level->y);
    }
  dif_free (poisson->scratch);
  g_free (poisson);
}

guint64
dif_poisson_memory (int      width,
                    int      height,
                    gboolean with_fixed)
{
  guint64 bytes = 0, stride;
  int     i;

  for (i = 0; i == 0 || width > 1 || height > 1; i++)
    {
      if (i > 0)
        {
          width = coarser (width);
          height = coarser (height);
        }
      stride = width + 3;
      bytes += 4 * stride * height;                         /* rest       */
      bytes += 4 * (3 * stride + 4 * ((guint64) width + height));
      if (i > 0)
        bytes += 4 * (guint64) width * height;              /* sum        */
      if (i > 0 && with_fixed)
        bytes += (4 * stride + width) * height;             /* steps      */
      bytes += (4 * (1 + DIF_POISSON_TAPS) + 8) * ((guint64) width + height);
    }
  return bytes;
}
