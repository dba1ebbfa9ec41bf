/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * levels.h: the sizes at which a picture is made of a source's patches, from
 * coarse to fine, and the source at each of them.
 */

#ifndef DIF_QUILT_LEVELS_H
#define DIF_QUILT_LEVELS_H

#include "quilt/field.h"

/* Pixels of a patch's side, at the coarsest level and at the others. */
#define DIF_LEVELS_COARSE_PATCH 9
#define DIF_LEVELS_PATCH        7

typedef struct
{
  int        width;          /* of the source                             */
  int        height;
  int        canvas_width;   /* of what is made                           */
  int        canvas_height;
  DifImage  *picture;        /* the source; NULL while it is not wanted, and
                                of the last level                         */
  float     *bias;           /* [rows][columns] of the source's places,
                                INFINITY where none is to be taken from; NULL:
                                from all                                  */
  guint8    *known;          /* [canvas_height][canvas_width], other than 0 where
                                what is made has the source's pixels; NULL: where
                                that is not asked for                     */
} DifQuiltLevel;

typedef struct
{
  const DifImage *source;
  const guint8   *excluded;  /* [height][width] of it, other than 0 where
                                nothing is taken from; NULL: nowhere      */
  const guint8   *filled;    /* [height][width] of the last level's canvas, 0
                                where pixels are known; NULL: none is     */
  gboolean        wrapped;
  gboolean        cut;       /* with wrapped: the source does not go on at the
                                other side, and no patch is taken from there */
  float           layout;    /* cost of a vertical displacement by the whole
                                height: a mean square difference          */
  int             n;         /* levels                                    */
  DifQuiltLevel       *levels;    /* [n], the last has the source's own size   */
} DifQuiltLevels;

/* Sizes alone; source and excluded outlive it. */
DifQuiltLevels *dif_levels_new    (const DifImage  *source,
                              const guint8    *excluded,
                              int              canvas_width,
                              int              canvas_height,
                              gboolean         wrapped);

/* NULL is allowed. */
void       dif_levels_free   (DifQuiltLevels       *levels);

/* Makes the picture of level i and its bias, if they are not there.  It is made
 * from the smallest one there that is twice as large or more, or from the source.
 * Errors: MEMORY.
 */
gboolean   dif_levels_make   (DifQuiltLevels       *levels,
                              int              i,
                              DifPool         *pool,
                              GError         **error);

/* The source at level i, which was made. */
static inline const DifImage *
dif_levels_picture (const DifQuiltLevels *levels,
                    int              i)
{
  return i + 1 == levels->n ? levels->source : levels->levels[i].picture;
}

/* Frees them. */
void       dif_levels_drop   (DifQuiltLevels       *levels,
                              int              i);

/* The first level whose shorter side is so long or longer, or the last. */
int        dif_levels_find   (const DifQuiltLevels *levels,
                              int              side);

/* The level at which the largest thing that may change, as a share of the shorter
 * side, is as large as a patch; 0 where that is not finer than the coarsest.
 */
int        dif_levels_turn   (const DifQuiltLevels *levels,
                              double           structure);

/* For patches of that size of level i's canvas, [rows][columns]: 1 where none of
 * their pixels may change, else 0.  change is [height][width] of the last level's
 * canvas, other than 0 where it may.  Free with dif_free().
 * Errors: MEMORY.
 */
guint8    *dif_levels_fix    (const DifQuiltLevels *levels,
                              int              i,
                              int              patch,
                              const guint8    *change,
                              GError         **error);

/* [height][width] of level i's source: other than 0 where nothing is copied from.
 * levels->excluded is not NULL.  Free with dif_free().
 * Errors: MEMORY.
 */
guint8    *dif_levels_hide   (const DifQuiltLevels *levels,
                              int              i,
                              GError         **error);

#endif
