/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.h: where on its model's chain a job turns round, and what that
 * means for its source.
 */

#ifndef DIF_PIPELINE_CHAIN_H
#define DIF_PIPELINE_CHAIN_H

#include "dif.h"
#include "sample/noise.h"

/* The t at which the chain turns round; 0 where nothing is done.  For a
 * reduced picture it is another t than for the whole one: averaging f x f
 * pixels leaves 1/f of the noise's deviation, so it is the t whose ratio
 * sqrt (1 - abar) / sqrt (abar) is nearest to 1/f of that at the whole's t.
 */
int      dif_chain_t             (const DifModel  *model,
                                  const DifParams *params);

/* Whether anything of the source is left at that t.  Nothing is at the end of
 * the chain, or where a job starts from noise.
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
