/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fill.h: parts of a picture that are made anew of what is round them.  Each hole is
 * filled in the part of the picture that is its context, see holes.h, with patches
 * of that: quilt/quilt.h makes it from coarse to fine, with what is known held.
 */

#ifndef DIF_PIPELINE_FILL_H
#define DIF_PIPELINE_FILL_H

#include "base/pool.h"
#include "dif.h"

typedef struct _DifFill DifFill;

/* How far it is, of 1. */
typedef void (* DifFillFunc) (double  done,
                              void   *data);

/* source and masks, those of dif_job_set_masks(), live as long as it.  excluded may
 * be NULL.
 * Errors: ARGUMENT where nothing is to be filled, or nothing is left to fill it from.
 */
DifFill  *dif_fill_new    (const DifParams  *params,
                           const DifImage   *source,
                           const guint8     *excluded,
                           const guint8     *change,
                           DifPool          *pool,
                           GError          **error);

/* NULL is allowed. */
void      dif_fill_free   (DifFill          *fill);

/* The source with its holes filled in the way that seed chooses.
 * Errors: ARGUMENT if too little is round a hole, MEMORY, CANCELLED.
 */
DifImage *dif_fill_vary   (DifFill          *fill,
                           guint64           seed,
                           DifFillFunc       progress,
                           void             *data,
                           GError          **error);

/* The work of a variation, in megapixels as DifQuiltWork has it.  change NULL: of a
 * hole whose context is the whole picture.
 */
double    dif_fill_work   (const DifParams  *params,
                           int               width,
                           int               height,
                           const guint8     *change);

/* Bytes that it takes at the most, the source and the masks not counted in. */
guint64   dif_fill_memory (int               width,
                           int               height);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifFill, dif_fill_free)

#endif
