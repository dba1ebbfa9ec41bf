/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * colour-match.h: one picture with the colours of another.
 */

#ifndef DIF_QUILT_COLOUR_MATCH_H
#define DIF_QUILT_COLOUR_MATCH_H

#include "dif.h"

/* Changes picture so that its colours have the mean and the covariance of those of
 * model, by the linear map that moves them least (Pitié and Kokaram 2007, the
 * Monge-Kantorovich solution).  No colour becomes more than DIF_COLOUR_MATCH_MAX
 * times as strong.  excluded: [height][width] of model, other than 0 where its
 * pixels do not count; NULL: nowhere.
 */
#define DIF_COLOUR_MATCH_MAX 4.0

void dif_colour_match (DifImage       *picture,
                       const DifImage *model,
                       const guint8   *excluded);

#endif
