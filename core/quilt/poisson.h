/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * poisson.h: the screened Poisson equation on a plane of pixels,
 *
 *   hold d(p) + sum over the neighbours q of p of (d(p) - d(q)) = right(p),
 *
 * solved by multigrid: red-black Gauss-Seidel, sides a third as long at each
 * coarser level, a fixed number of V-cycles.  Neighbours are those above, below
 * and on both sides; a pixel at an edge has fewer, or those on the other side
 * where it is wrapped.
 */

#ifndef DIF_QUILT_POISSON_H
#define DIF_QUILT_POISSON_H

#include "dif.h"
#include "base/pool.h"

typedef struct _DifPoisson DifPoisson;

/* hold > 0.  fixed, [height][width], other than 0 where d is 0; NULL: nowhere.
 * It and pool are used until the end.  Errors: MEMORY.
 */
DifPoisson *dif_poisson_new     (int            width,
                                 int            height,
                                 gboolean       wrapped,
                                 double         hold,
                                 const guint8  *fixed,
                                 DifPool       *pool,
                                 GError       **error);

/* NULL is allowed. */
void        dif_poisson_free    (DifPoisson    *poisson);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifPoisson, dif_poisson_free)

/* The right-hand side of row y, [width]; rows may be set by several threads at
 * a time.  All have to be before each call of dif_poisson_add().
 */
void        dif_poisson_set_row (DifPoisson    *poisson,
                                 int            y,
                                 const float   *right);

/* Adds d to values, [height][width]; where d is 0 they stay to the bit.  Where the
 * pool is stopped, what is added is not finished.
 */
void        dif_poisson_add     (DifPoisson    *poisson,
                                 float         *values);

/* Bytes that it takes. */
guint64     dif_poisson_memory  (int            width,
                                 int            height,
                                 gboolean       with_fixed);

#endif
