/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.h: the forward and the reverse process of one variation as
 * pictures: x_0 ... x_t going into noise, then x_t ... x_0' coming back.
 */

#ifndef PLUGIN_CHAIN_H
#define PLUGIN_CHAIN_H

#include "dif.h"

typedef struct _DifChain DifChain;

/* About half of n_frames pictures go forward, evenly in t; the rest are
 * picked from the steps back, of which there may be fewer.  source is
 * read during the calls alone and belongs to the job.
 */
DifChain *dif_chain_new  (DifModel         *model,
                          const DifImage   *source,
                          const DifParams  *params,
                          int               n_frames);

/* A DifStepFunc; data is a DifChain. */
void      dif_chain_step (int               variation,
                          int               step,
                          int               steps,
                          double            t,
                          const DifImage   *sample,
                          const DifImage   *denoised,
                          void             *data);

/* The next frame, in order, to be freed, and its t; NULL while there is
 * none.
 */
DifImage *dif_chain_take (DifChain         *chain,
                          double           *t);

void      dif_chain_free (DifChain         *chain);

#endif
