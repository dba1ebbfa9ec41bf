/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.h: where on its model's chain a job turns round, and what that
 * means for its source.
 */

#ifndef DIF_PIPELINE_CHAIN_H
#define DIF_PIPELINE_CHAIN_H

#include "dif.h"
#include "sample/noise.h"

/* The t at which the way back begins, 0 where nothing is done.  Of a picture
 * reduced as params say: after averaging f x f pixels the noise has 1/f of
 * its deviation, so that it is the t with sqrt (1 - abar) / sqrt (abar)
 * nearest to 1/f of the whole's.
 */
int      dif_chain_t             (const DifModel  *model,
                                  const DifParams *params);

/* Whether anything of the source is left at that t: not from noise, nor at
 * the end of the chain.
 */
gboolean dif_chain_counts_source (const DifModel  *model,
                                  const DifParams *params);

/* Whether the source is made to wrap before it is noised. */
gboolean dif_chain_joins_edges   (const DifModel  *model,
                                  const DifParams *params);

/* The noise of variation i. */
DifNoise dif_chain_noise         (const DifParams *params,
                                  int              variation);

#endif
