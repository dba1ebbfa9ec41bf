/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * quilt.h: pictures made of another's patches, the layer as its own model.
 *
 * At the coarsest of a pyramid of levels the picture is noised and goes back with
 * the exact posterior mean of its patches as the estimate of x_0 (coarse.h).  Every
 * finer level carries the matches down, looks for better ones beside them and
 * copies (refine.h).  What is unlikely under the patches is noised again (heal.h).
 */

#ifndef DIF_QUILT_QUILT_H
#define DIF_QUILT_QUILT_H

#include "dif.h"
#include "base/pool.h"

typedef struct _DifQuilt DifQuilt;

typedef struct
{
  const DifImage *source;
  const guint8   *excluded;   /* [height][width], other than 0 where nothing is
                                 copied from; NULL: nowhere                   */
  const guint8   *change;     /* [height][width], other than 0 where the source
                                 may change; NULL: everywhere                 */
  gboolean        wrapped;
  double          strength;   /* 0..1, see dif_quilt_novelty()                */
  double          structure;  /* of the largest thing that may change, as a share
                                 of the shorter side                          */
} DifQuiltSource;

/* How far it is, of 1; called by the thread that asked for the picture. */
typedef void (* DifQuiltFunc) (double done, void *data);

/* The share of a picture's blocks that strength asks to be new. */
double    dif_quilt_novelty (double                 strength);

/* What the source's picture and masks need to be to live as long as it does.
 * Finds the noise that fits the strength.
 * Errors: ARGUMENT, MEMORY, CANCELLED if the pool was stopped.
 */
DifQuilt *dif_quilt_new     (const DifQuiltSource  *source,
                             DifPool               *pool,
                             DifQuiltFunc           progress,
                             void                  *data,
                             GError               **error);

/* NULL is allowed. */
void      dif_quilt_free    (DifQuilt              *quilt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifQuilt, dif_quilt_free)

/* A variation.  seed decides what goes where, detail what is done at the levels
 * finer than that.  level_side: 0, or of a smaller picture of the whole variation,
 * the first level whose shorter side is so long or longer.
 * Errors: as above.
 */
DifImage *dif_quilt_vary    (DifQuilt              *quilt,
                             guint64                seed,
                             guint64                detail,
                             int                    level_side,
                             DifQuiltFunc           progress,
                             void                  *data,
                             GError               **error);

/* What goes by size alone --------------------------------------------- */

/* Whether a picture is too small to have patches to choose from. */
gboolean  dif_quilt_is_small (int                   width,
                              int                   height);

/* Whether one that is not can be made of its patches: it is not too long.
 * Errors: ARGUMENT.
 */
gboolean  dif_quilt_check    (int                   width,
                              int                   height,
                              GError              **error);

/* Bytes that a quilt and a variation take at the most, the variation counted in;
 * source and masks are not.
 */
guint64   dif_quilt_memory   (int                   width,
                              int                   height,
                              gboolean              wrapped,
                              int                   level_side);

/* The work of dif_quilt_new() and of dif_quilt_vary(), in megapixels of what is
 * searched and put together at a fine level.
 */
void      dif_quilt_work     (int                   width,
                              int                   height,
                              double                structure,
                              int                   level_side,
                              double               *once,
                              double               *each);

#endif
