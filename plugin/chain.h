/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.h: the forward and the reverse process of one variation as
 * pictures: x_0 ... x_t going into noise, then x_t ... x_0' coming back.
 */

#ifndef PLUGIN_CHAIN_H
#define PLUGIN_CHAIN_H

#include "dif.h"

typedef struct _DifGimpChain DifGimpChain;

/* The chain in n_frames pictures.  About half of them go forward, evenly in t,
 * or more where the way back has fewer steps than frames; one alone is the
 * result.
 *
 * source belongs to the job, which has not been started.  It is read during
 * calls alone: by this one as the first frame, and by dif_gimp_chain_step() as
 * what the job noises, whose edges have been joined by then if the result is
 * tileable.  The strength is above 0.
 */
DifGimpChain *dif_gimp_chain_new  (DifModel         *model,
                                   const DifImage   *source,
                                   const DifParams  *params,
                                   int               n_frames);

/* Bytes of memory that a chain of pictures of that size takes beside the job.
 */
guint64       dif_gimp_chain_memory (int             width,
                                     int             height);

/* A DifStepFunc, whose data is a DifGimpChain.  Where there is no room for its
 * frames it waits until others have been taken.
 */
void          dif_gimp_chain_step (int               variation,
                                   int               step,
                                   int               steps,
                                   double            t,
                                   const DifImage   *sample,
                                   const DifImage   *denoised,
                                   void             *data);

/* The next frame, in order, and its t; free it.  NULL while there is none.
 * The last frame of all, at t = 0, never comes this way: it is the result of
 * the job.
 */
DifImage     *dif_gimp_chain_take (DifGimpChain     *chain,
                                   double           *t);

/* FALSE if frames are missing, once the job has ended.  Errors: MEMORY. */
gboolean      dif_gimp_chain_check (DifGimpChain        *chain,
                                    GError             **error);

/* From now on the job does not wait for frames to be taken.  Whoever takes
 * them has to call this before waiting for the job.  NULL is allowed.
 */
void          dif_gimp_chain_stop (DifGimpChain     *chain);

void          dif_gimp_chain_free (DifGimpChain     *chain);

#endif
