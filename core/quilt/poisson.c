/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * poisson.c: see poisson.h.
 *
 * Beside the values themselves a level has one plane, `rest`.  At first it holds
 * the right-hand side.  When a colour has been relaxed nothing is left of it
 * there, and its changes stand in its place, until the other colour, which they
 * leave something to do, has taken them up.  So d itself is never stored on the
 * finest level: every change is added to the values at once.
 *
 * Links over the seam of a wrapped plane lag: one sweep takes up what the last
 * one has changed on the other side.  Colours need not match there then.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/poisson-private.h"

#define SWEEPS 2             /* before and after a visit to the coarser level */
#define LAST_SWEEPS 8        /* on the last level                             */
#define CYCLES 3
#define SLOW_CYCLES 6        /* wrapped, or with fixed pixels                 */

/* Rows that a chunk relaxes. */
#define BAND 16

/* Levels of fewer pixels are done sooner than other threads would wake up. */
#define ALONE 16384

/* What `rest` holds of the colour to be relaxed. */
typedef enum
{
  START,        /* what is left, before any of it was relaxed; red: alone   */
  GO_ON,        /* changes that have been taken up                          */
  CORRECTED     /* red: what is left, black: what came from the coarser level */
} Sweep;

typedef struct
{
  DifPoisson      *poisson;
  DifPoissonLevel *level;
  Sweep            sweep;
} Task;

/* func for chunks of the task's level. */
static void
run_chunks (Task        *task,
            int          n_chunks,
            DifPoolFunc  func)
{
  int i;

  if ((gsize) task->level->width * task->level->height >= ALONE)
    dif_pool_run (task->poisson->pool, n_chunks, func, task);
  else
    for (i = 0; i < n_chunks; i++)
      func (i, 0, task);
}

/* Columns of a parity. */
static inline int
columns (const DifPoissonLevel *level,
         int                    parity)
{
  return parity ? level->width / 2 : (level->width + 1) / 2;
}

/* The values of a parity in row y of rest. */
static inline float *
run_of (const DifPoissonLevel *level,
        int                    y,
        int                    parity)
{
  return level->rest + y * level->stride + (parity ? level->odd : 0);
}

/* The neighbours of a run's values. */
typedef struct
{
  const float *left;
  const float *right;
  const float *above;
  const float *below;
  float        across;
  float        up;        /* 0 where there is no row; above is any then */
  float        down;
} Beside;

static Beside
beside_run (const DifPoissonLevel *level,
            int                    y,
            int                    parity)
{
  const float *other = run_of (level, y, ! parity);

  return (Beside) {
    parity ? other : other - 1,
    parity ? other + 1 : other,
    y > 0 ? run_of (level, y - 1, parity) : other,
    y < level->height - 1 ? run_of (level, y + 1, parity) : other,
    level->across,
    y > 0 ? level->down : 0.0f,
    y < level->height - 1 ? level->down : 0.0f
  };
}

static inline float
drawn_from (const Beside *b,
            int           i)
{
  return b->across * (b->left[i] + b->right[i]) + b->up * b->above[i]
         + b->down * b->below[i];
}

/* The last changes on the other side of the seams: [x] for the first and the
 * last row, [y] for the first and the last column; now: those of this sweep.
 */
static inline float *
seam_row (const DifPoissonLevel *level,
          gboolean               last,
          gboolean               now)
{
  return level->seams + (now ? 2 * ((gsize) level->width + level->height) : 0)
         + (last ? level->width : 0);
}

static inline float *
seam_column (const DifPoissonLevel *level,
             gboolean               last,
             gboolean               now)
{
  return seam_row (level, FALSE, now) + 2 * (gsize) level->width
         + (last ? level->height : 0);
}

/* What comes over the seams to pixel (x, y), which is at an end. */
static inline float
over_seams (const DifPoissonLevel *level,
            int                    x,
            int                    y)
{
  float sum = 0.0f;

  if (level->seam_down && (y == 0 || y == level->height - 1))
    {
      if (y == 0)
        sum += level->down * seam_row (level, TRUE, FALSE)[x];
      if (y == level->height - 1)
        sum += level->down * seam_row (level, FALSE, FALSE)[x];
    }
  if (level->seam_across && x == 0)
    sum += level->across * seam_column (level, TRUE, FALSE)[y];
  if (level->seam_across && x == level->width - 1)
    sum += level->across * seam_column (level, FALSE, FALSE)[y];
  return sum;
}

/* Calls for the pixels of a run that lie at a seam: every i of the first and the
 * last row, or the ends alone.
 */
#define FOR_SEAM_PIXELS(level, y, parity, i)                                  \
  for (i = 0; i < columns (level, parity);                                    \
       i += (level)->seam_down && (y == 0 || y == (level)->height - 1)        \
            ? 1 : MAX (1, columns (level, parity) - 1 - i))

static void
remember (const DifPoissonLevel *level,
          int                    x,
          int                    y,
          float                  change,
          gboolean               now)
{
  if (level->seam_down && y == 0)
    seam_row (level, FALSE, now)[x] += change;
  if (level->seam_down && y == level->height - 1)
    seam_row (level, TRUE, now)[x] += change;
  if (level->seam_across && x == 0)
    seam_column (level, FALSE, now)[y] += change;
  if (level->seam_across && x == level->width - 1)
    seam_column (level, TRUE, now)[y] += change;
}

/* Nothing changes where pixels are fixed. */
static void
hold_run (const DifPoissonLevel *level,
          int                    y,
          int                    parity)
{
  const guint8 *fixed = level->fixed + (gsize) y * level->width + parity;
  float        *own = run_of (level, y, parity);
  int           n = columns (level, parity), i;

  for (i = 0; i < n; i++)
    if (fixed[2 * i])
      own[i] = 0.0f;
}

static void
add_run (const DifPoissonLevel *level,
         int                    y,
         int                    parity)
{
  const float *own = run_of (level, y, parity);
  float       *sum = level->sum + (gsize) y * level->width + parity;
  int          n = columns (level, parity), i;

  for (i = 0; i < n; i++)
    sum[2 * i] += own[i];
}

/* Relaxes one colour (0: red, the first pixel's) of a row. */
static void
relax (const Task *task,
       int         y,
       int         colour)
{
  const DifPoissonLevel *level = task->level;
  int                    parity = (y + colour) & 1;
  int                    n = columns (level, parity), i;
  float *restrict        own = run_of (level, y, parity);
  const float           *step = dif_poisson_step_row (level, y)
                                + (parity ? level->odd : 0);
  Beside                 b = beside_run (level, y, parity);
  gboolean               seams = level->seam_across || level->seam_down;

  if (task->sweep == GO_ON)
    for (i = 0; i < n; i++)
      own[i] = drawn_from (&b, i) * step[i];
  else if (task->sweep == START && colour == 0)
    for (i = 0; i < n; i++)
      own[i] *= step[i];
  else if (task->sweep == CORRECTED && colour == 1)
    for (i = 0; i < n; i++)
      own[i] = drawn_from (&b, i) * step[i] - own[i];
  else
    for (i = 0; i < n; i++)
      own[i] = (own[i] + drawn_from (&b, i)) * step[i];
  if (seams)
    FOR_SEAM_PIXELS (level, y, parity, i)
      own[i] += over_seams (level, 2 * i + parity, y) * step[i];
  if (level->fixed)
    hold_run (level, y, parity);
  add_run (level, y, parity);
  if (seams)
    FOR_SEAM_PIXELS (level, y, parity, i)
      remember (level, 2 * i + parity, y, own[i], TRUE);
}

/* All red pixels of a band, and the black ones whose neighbours are in it. */
static void
relax_band (int   band,
            int   worker,
            void *data)
{
  const Task *task = data;
  int         begin = band * BAND;
  int         end = MIN (begin + BAND, task->level->height), y;

  for (y = begin; y < end; y++)
    {
      relax (task, y, 0);
      if (y - 1 > begin)
        relax (task, y - 1, 1);
    }
}

/* The black pixels of its first and its last row. */
static void
relax_ends (int   band,
            int   worker,
            void *data)
{
  const Task *task = data;
  int         begin = band * BAND;
  int         last = MIN (begin + BAND, task->level->height) - 1;

  relax (task, begin, 1);
  if (last > begin)
    relax (task, last, 1);
}

static void
sweep_level (DifPoisson      *poisson,
             DifPoissonLevel *level,
             Sweep            sweep)
{
  Task  task = { poisson, level, sweep };
  int   bands = (level->height + BAND - 1) / BAND;
  gsize n = 2 * ((gsize) level->width + level->height);

  memset (level->seams + n, 0, n * sizeof (float));
  run_chunks (&task, bands, relax_band);
  run_chunks (&task, bands, relax_ends);
  memcpy (level->seams, level->seams + n, n * sizeof (float));
}

/* There and back ------------------------------------------------------ */

/* What the last black changes leave of the red pixels' right-hand sides. */
static void
left_row (int   y,
          int   worker,
          void *data)
{
  const DifPoissonLevel *level = ((const Task *) data)->level;
  int                    parity = y & 1, n = columns (level, parity), i;
  float *restrict        own = run_of (level, y, parity);
  Beside                 b = beside_run (level, y, parity);

  for (i = 0; i < n; i++)
    own[i] = drawn_from (&b, i);
  if (level->fixed)
    hold_run (level, y, parity);
}

static inline gboolean
is_fixed (const DifPoissonLevel *level,
          int                    x,
          int                    y)
{
  return level->fixed && level->fixed[(gsize) y * level->width + x];
}

/* Row y of the coarser level's right-hand side: what is left, added up. */
static void
reduce_row (int   y,
            int   worker,
            void *data)
{
  const Task            *task = data;
  const DifPoissonLevel *level = task->level, *coarse = level + 1;
  float                 *mixed = task->poisson->scratch
                                 + worker * task->poisson->scratch_row;
  const float           *down = level->y.overlaps + y * DIF_POISSON_TAPS;
  int                    i, k, x;

  memset (mixed, 0, level->stride * sizeof (float));
  for (k = 0; k < DIF_POISSON_TAPS && down[k] > 0.0f; k++)
    {
      int          row = level->y.first[y] + k, parity = row & 1, p;
      int          n = columns (level, parity);
      const float *left = run_of (level, row, parity);
      float       *to = mixed + (parity ? level->odd : 0);

      for (i = 0; i < n; i++)
        to[i] += down[k] * left[i];
      if (level->seam_across || level->seam_down)
        for (p = 0; p < 2; p++)
          FOR_SEAM_PIXELS (level, row, p, i)
            if (! is_fixed (level, 2 * i + p, row))
              mixed[(p ? level->odd : 0) + i]
                += down[k] * over_seams (level, 2 * i + p, row);
    }
  for (x = 0; x < coarse->width; x++)
    {
      const float *across = level->x.overlaps + x * DIF_POISSON_TAPS;
      float        sum = 0.0f;

      for (k = 0; k < DIF_POISSON_TAPS && across[k] > 0.0f; k++)
        {
          int column = level->x.first[x] + k;

          sum += across[k] * mixed[(column & 1) * level->odd + column / 2];
        }
      run_of (coarse, y, x & 1)[x / 2] = sum;
    }
}

/* Sets the black pixels of row y to what the coarser level says, and adds it. */
static void
enlarge_row (int   y,
             int   worker,
             void *data)
{
  const Task            *task = data;
  const DifPoissonLevel *level = task->level, *coarse = level + 1;
  float                 *mixed = task->poisson->scratch
                                 + worker * task->poisson->scratch_row + 1;
  int                    parity = ! (y & 1), n = columns (level, parity);
  float                 *own = run_of (level, y, parity);
  int                    above = level->y.below[y], below = above + 1;
  float                  share = level->y.share[y];
  int                    width = coarse->width, last = coarse->height - 1, i;
  const float           *a, *b;

  if (level->seam_down)
    {
      above = above < 0 ? last : above;
      below = below > last ? 0 : below;
    }
  a = coarse->sum + (gsize) CLAMP (above, 0, last) * width;
  b = coarse->sum + (gsize) CLAMP (below, 0, last) * width;
  for (i = 0; i < width; i++)
    mixed[i] = a[i] + share * (b[i] - a[i]);
  mixed[-1] = mixed[level->seam_across ? width - 1 : 0];
  mixed[width] = mixed[level->seam_across ? 0 : width - 1];
  for (i = 0; i < n; i++)
    {
      int          x = 2 * i + parity;
      const float *from = mixed + level->x.below[x];

      own[i] = from[0] + level->x.share[x] * (from[1] - from[0]);
    }
  if (level->fixed)
    hold_run (level, y, parity);
  add_run (level, y, parity);
  if (level->seam_across || level->seam_down)
    FOR_SEAM_PIXELS (level, y, parity, i)
      remember (level, 2 * i + parity, y, own[i], FALSE);
}

/* first: rest holds the whole right-hand side. */
static void
visit (DifPoisson *poisson,
       int         number,
       gboolean    first)
{
  DifPoissonLevel *level = &poisson->levels[number];
  Task             task = { poisson, level };
  gboolean         is_last = number == poisson->n_levels - 1;
  int              n = is_last ? LAST_SWEEPS : SWEEPS, i;

  if (first)
    memset (level->seams, 0, 2 * ((gsize) level->width + level->height)
                             * sizeof (float));
  for (i = 0; i < n; i++)
    sweep_level (poisson, level, first && i == 0 ? START : GO_ON);
  if (is_last || dif_pool_is_stopped (poisson->pool))
    return;
  run_chunks (&task, level->height, left_row);
  run_chunks (&task, level[1].height, reduce_row);
  memset (level[1].sum, 0, (gsize) level[1].width * level[1].height
                           * sizeof (float));
  visit (poisson, number + 1, TRUE);
  if (dif_pool_is_stopped (poisson->pool))
    return;
  run_chunks (&task, level->height, enlarge_row);
  for (i = 0; i < SWEEPS; i++)
    sweep_level (poisson, level, i == 0 ? CORRECTED : GO_ON);
}

void
dif_poisson_set_row (DifPoisson  *poisson,
                     int          y,
                     const float *right)
{
  const DifPoissonLevel *level = &poisson->levels[0];
  float                 *even = run_of (level, y, 0), *odd = run_of (level, y, 1);
  int                    i;

  for (i = 0; i < level->width / 2; i++)
    {
      even[i] = right[2 * i];
      odd[i] = right[2 * i + 1];
    }
  if (level->width & 1)
    even[i] = right[2 * i];
}

void
dif_poisson_add (DifPoisson *poisson,
                 float      *values)
{
  DifPoissonLevel *finest = &poisson->levels[0];
  gboolean         slow = finest->seam_across || finest->seam_down
                          || finest->fixed;
  int              n = slow ? SLOW_CYCLES : CYCLES, i;

  finest->sum = values;
  for (i = 0; i < n && ! dif_pool_is_stopped (poisson->pool); i++)
    visit (poisson, 0, i == 0);
  finest->sum = NULL;
}
