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
  DifImage  *picture;        /* the source; NULL while it is not wanted    */
  float     *bias;           /* [rows][columns] of the source's places,
                                INFINITY where none is to be taken from; NULL:
                                from all                                  */
} DifLevel;

typedef struct
{
  const DifImage *source;
  const guint8   *excluded;  /* [height][width] of it, other than 0 where
                                nothing is taken from; NULL: nowhere      */
  gboolean        wrapped;
  int             n;         /* levels                                    */
  DifLevel       *levels;    /* [n], the last has the source's own size   */
} DifLevels;

/* Sizes alone; source and excluded outlive it. */
DifLevels *dif_levels_new    (const DifImage  *source,
                              const guint8    *excluded,
                              int              canvas_width,
                              int              canvas_height,
                              gboolean         wrapped);

/* NULL is allowed. */
void       dif_levels_free   (DifLevels       *levels);

/* Makes the picture of level i and its bias, if they are not there.  It is made
 * from the smallest one there that is twice as large or more, or from the source.
 * Errors: MEMORY.
 */
gboolean   dif_levels_make   (DifLevels       *levels,
                              int              i,
                              DifPool         *pool,
                              GError         **error);

/* Frees them. */
void       dif_levels_drop   (DifLevels       *levels,
                              int              i);

/* The first level whose shorter side is so long or longer, or the last. */
int        dif_levels_find   (const DifLevels *levels,
                              int              side);

/* [rows][columns] of places of patches of that size: INFINITY where one of their
 * pixels of mask, [height][width], is other than 0, else 0.  NULL and an error
 * where none is left.
 * Errors: ARGUMENT, MEMORY.
 */
float     *dif_levels_forbid (int              width,
                              int              height,
                              int              patch,
                              gboolean         wrapped,
                              const guint8    *mask,
                              GError         **error);

#endif
