/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * refine.h: one level finer: matches are carried over, better ones are looked for
 * beside them, and what they put there is the picture.  So it stays as sharp and
 * as grainy as the source.
 */

#ifndef DIF_QUILT_REFINE_H
#define DIF_QUILT_REFINE_H

#include "quilt/levels.h"

/* What a level needs, again and again. */
typedef struct
{
  DifQuiltLevels *levels;
  int        i;            /* the level, 1 or more                            */
  gboolean   counted;      /* patches that are used often cost more           */
  DifTexels *query;
  DifTexels *key;
  DifTexels *blurred;      /* the source as blurred as what is carried over;
                              NULL: key is filled with it for a while, to save
                              memory                                          */
  DifField  *spare;
  float     *bias;         /* [rows][columns] of the source's places, if counted */
  float     *often;
  float     *scratch;
} DifRefine;

/* small: it will be used often, and memory does not count.  levels outlive it,
 * and level i and the next coarser one have been made.
 * Errors: MEMORY.
 */
DifRefine *dif_refine_new  (DifQuiltLevels       *levels,
                            int              i,
                            gboolean         small,
                            DifPool         *pool,
                            GError         **error);

/* NULL is allowed. */
void       dif_refine_free (DifRefine       *refine);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifRefine, dif_refine_free)

/* field is that of the level, carried over, and becomes better; picture, of the
 * level's canvas, is filled.  before: what the next coarser level has made.
 * held: [rows][columns] of places, see DifFieldSearch.
 * Errors: MEMORY.  Where the pool is stopped, both are undefined.
 */
gboolean   dif_refine_run  (DifRefine       *refine,
                            guint64          seed,
                            const DifImage  *before,
                            const guint8    *held,
                            DifField        *field,
                            DifImage        *picture,
                            DifPool         *pool,
                            GError         **error);

#endif
