/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * poisson-private.h: the levels of a screened Poisson equation.
 *
 * A coarser level covers the same plane with cells of one size, so that odd
 * sides are nothing special; one of its cells is up to three pixels wide.
 */

#ifndef DIF_QUILT_POISSON_PRIVATE_H
#define DIF_QUILT_POISSON_PRIVATE_H

#include "quilt/poisson.h"

/* Pixels that one cell of the next coarser level overlaps, at the most. */
#define DIF_POISSON_TAPS 4

/* How one side goes to the next coarser level and back. */
typedef struct
{
  int    before;      /* pixels                                           */
  int    after;       /* cells                                            */
  int   *first;       /* [after]: the first pixel that a cell overlaps    */
  float *overlaps;    /* [after][DIF_POISSON_TAPS], in pixels             */
  int   *below;       /* [before]: a pixel lies between the middles of cell
                         below, from -1 on, and the next                  */
  float *share;       /* [before]: of the next                            */
} DifPoissonAxis;

/* Planes called split have rows of `stride` values: the even columns, a 0, the
 * odd columns, a 0.  So a colour of the chessboard is two runs of a row, and
 * neighbours behind an end count as 0.
 */
typedef struct
{
  int            width;
  int            height;
  gboolean       seam_across;    /* the last column is beside the first   */
  gboolean       seam_down;
  float          hold;
  float          across;         /* weight of a neighbour at the side     */
  float          down;           /* above or below                        */
  float          anchor;         /* of one that is fixed, times these     */
  int            odd;            /* where a split row's odd columns begin */
  gsize          stride;
  float         *rest;           /* split: what is left of the right-hand
                                    side, or the last change              */
  float         *sum;            /* [height][width]: the changes          */
  const guint8  *fixed;          /* [height][width]; NULL: nowhere        */
  guint8        *own_fixed;      /* the same on coarser levels            */
  float         *steps;          /* split: 1 / (what a value counts for
                                    itself); 0: it is fixed               */
  gboolean       step_rows;      /* steps has every row; if not, three: for
                                    the first, the last and all others    */
  float         *seams;          /* [2][2 width + 2 height]: the last changes
                                    of the first and last row and column, and
                                    those now                             */
  DifPoissonAxis x;              /* to the next level                     */
  DifPoissonAxis y;
} DifPoissonLevel;

#define DIF_POISSON_MAX_LEVELS 24

struct _DifPoisson
{
  DifPoissonLevel  levels[DIF_POISSON_MAX_LEVELS];
  int              n_levels;
  float           *scratch;      /* [worker][scratch_row]                 */
  gsize            scratch_row;
  DifPool         *pool;
};

static inline const float *
dif_poisson_step_row (const DifPoissonLevel *level,
                      int                    y)
{
  int row = level->step_rows ? y : y == 0 ? 0 : y == level->height - 1 ? 1 : 2;

  return level->steps + row * level->stride;
}

#endif
