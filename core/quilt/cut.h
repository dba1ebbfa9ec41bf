/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cut.h: seams where they show least.  A picture whose pixels are copied, each from
 * the source's pixel at its own place plus a displacement, is a map of labels, a
 * label being a displacement; there is a seam wherever two neighbours' labels differ
 * (shift-maps: Pritch, Kav-Venaki and Peleg 2009).  What a seam costs is compared as
 * by Kwatra et al. 2003: what the two displacements bring to both of its sides.
 *
 * The labels are optimised by expansion (Boykov, Veksler and Zabih 2001): each in
 * turn is offered to all pixels at once, and the best set of pixels that take it is
 * a minimum cut, found after Boykov and Kolmogorov 2004.  Costs are whole numbers:
 * the same input gives the same labels on every machine.
 */

#ifndef DIF_QUILT_CUT_H
#define DIF_QUILT_CUT_H

#include "quilt/field.h"

/* Costs are multiples of 1 / DIF_CUT_UNIT. */
#define DIF_CUT_UNIT 4096

/* Values that a seam compares. */
#define DIF_CUT_FEATURES 9

typedef struct
{
  const float    *features;      /* [source height][source width]
                                    [DIF_CUT_FEATURES]                        */
  const float    *guard;         /* [source height][source width][3]: how much
                                    more a seam costs that goes down there (yy),
                                    across (xx), or aslant (xy), a tensor     */
  const DifShift *labels;        /* [n_labels]                                */
  const gint32   *data;          /* [n_labels][height][width], a label's cost at
                                    a pixel; negative: it may not lie there   */
  int             n_labels;
  int             width;         /* of the map                                */
  int             height;
  int             source_width;
  int             source_height;
  gboolean        wrapped;       /* map and source go on at the other side    */
  float           slack;         /* a difference d between two features counts as
                                    d^2 / (d + slack)                         */
  float           corner;        /* cost of any seam, times its length        */
} DifCut;

/* Improves map, [height][width] of labels, by up to so many rounds of expansions, on
 * the calling thread.  FALSE if pool, which may be NULL, was stopped: map is
 * undefined then.  Errors: MEMORY.
 */
gboolean dif_cut_improve (const DifCut   *cut,
                          int             rounds,
                          const DifPool  *pool,
                          gint32         *map,
                          GError        **error);

/* costs, [height][width], gets what the seams of map cost, at one side of each.
 * Errors: MEMORY.
 */
gboolean dif_cut_seams   (const DifCut   *cut,
                          const gint32   *map,
                          gint32         *costs,
                          GError        **error);

#endif
