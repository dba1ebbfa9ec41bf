/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-view.h: a noised canvas as a set of patches sees it: each of its own
 * patches is one of the set's, a candidate, with noise on it.
 */

#ifndef DIF_DENOISE_PATCHES_PATCH_VIEW_H
#define DIF_DENOISE_PATCHES_PATCH_VIEW_H

#include "base/memory.h"
#include "denoise/patches/patch-set.h"

/* A canvas, three planes of x_t.  Unless it is wrapped, it is not smaller than
 * a patch.
 */
typedef struct
{
  const float *x;
  size_t       row_stride;     /* floats from row to row                   */
  size_t       plane_stride;   /* and from plane to plane                  */
  int          width;
  int          height;
  gboolean     wrapped;        /* patches go on at the other side          */
  double       alpha_bar;      /* of x, 0 to 1                             */
  const float *limits;         /* [set->n], see patch-limits.h: added to
                                  the biases of candidates; NULL: none     */
} DifPatchView;

/* Its patches, row by row, as queries: less the mean of the set, and with noise
 * of variance (1 - abar) / abar.
 */
typedef struct
{
  DifPatchCanvas   canvas;
  DifPosteriorCall call;       /* without queries, out and lse             */
} DifPatchQueries;

/* Takes what it holds from the arena; where that only counts, nothing is filled
 * in and x need not be there.
 */
DifPatchQueries dif_patch_queries_take   (const DifPatchSet     *set,
                                          const DifPatchView    *view,
                                          DifArena              *arena);

/* Patches first .. first + n - 1 to [n][query_stride]. */
void            dif_patch_queries_gather (const DifPatchQueries *queries,
                                          int                    first,
                                          int                    n,
                                          float                 *patches);

#endif
