/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.h: the forward and the reverse process of one variation as
 * pictures: x_0 ... x_t going into noise, then x_t ... x_0' coming back.
 */

#ifndef PLUGIN_CHAIN_H
#define PLUGIN_CHAIN_H

#include "dif.h"

typedef struct _DifGimpChain DifGimpChain;

/* The chain in n_frames pictures: about half of them go forward, evenly in
 * t, or more where the way back has fewer steps.  One alone is the result.
 * source belongs to the job, which has not been started, and is read during
 * the calls alone: now it is the first frame, in the steps it is what the job
 * noises, its edges being joined where the result is tileable.  The strength
 * is above 0.
 */
DifGimpChain *dif_gimp_chain_new  (DifModel         *model,
                                   const DifImage   *source,
                                   const DifParams  *params,
                                   int               n_frames);

/* Bytes that a chain of such pictures takes beside the job. */
guint64       dif_gimp_chain_memory (int             width,
                                     int             height);

/* A DifStepFunc; data is a DifGimpChain.  Waits for its frames to be taken. */
void          dif_gimp_chain_step (int               variation,
                                   int               step,
                                   int               steps,
                                   double            t,
                                   const DifImage   *sample,
                                   const DifImage   *denoised,
                                   void             *data);

/* The next frame, in order, to be freed, and its t; NULL while there is
 * none.  The last frame of all, at t = 0, is not among them: it is the
 * result of the job.
 */
DifImage     *dif_gimp_chain_take (DifGimpChain     *chain,
                                   double           *t);

/* FALSE if frames are missing, once the job has ended.  Errors: MEMORY. */
gboolean      dif_gimp_chain_check (DifGimpChain        *chain,
                                    GError             **error);

/* No frame is waited for any more: to be called before one waits for the
 * job, in the thread that takes.  NULL is allowed.
 */
void          dif_gimp_chain_stop (DifGimpChain     *chain);

void          dif_gimp_chain_free (DifGimpChain     *chain);

#endif
