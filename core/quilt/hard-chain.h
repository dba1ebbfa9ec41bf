/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hard-chain.h: the way into noise and back at a level that has too many places for
 * the posterior mean.  Here the noise lies on what it costs to take a patch from a
 * place, not on the picture: each patch is replaced by the likest one that the noise
 * favours, a draw from the patches that are near enough (perturb and MAP, Papandreou
 * and Yuille 2011).  It falls from step to step.  Things larger than a few patches
 * stay as they are.
 */

#ifndef DIF_QUILT_HARD_CHAIN_H
#define DIF_QUILT_HARD_CHAIN_H

#include "quilt/levels.h"

typedef struct
{
  DifQuiltLevels *levels;
  int        i;            /* the level                              */
  DifTexels *query;
  DifTexels *key;
  DifField  *spare;
  float     *bias;         /* [rows][columns] of the source's places */
  float     *often;        /* the same; how often they are used      */
  float     *used;         /* the same; over all steps               */
  float     *costs;        /* [rows][columns] of places, of the last way */
} DifHardChain;

/* Level i has been made.  levels outlive it.  Errors: MEMORY. */
DifHardChain *dif_hard_chain_new  (DifQuiltLevels     *levels,
                                   int            i,
                                   DifPool       *pool,
                                   GError       **error);

/* NULL is allowed. */
void          dif_hard_chain_free (DifHardChain  *chain);

/* From the source of the level into noise and back; cost is the standard deviation of
 * the noise, a mean square difference.  Fills field and picture.  A match costs layout times the square of its displacement, in
 * shorter sides.  held: [rows][columns] of places, other than 0 where the source
 * stays; or NULL.
 */
void          dif_hard_chain_go   (DifHardChain  *chain,
                                   double         cost,
                                   double         layout,
                                   guint64        seed,
                                   const guint8  *held,
                                   DifField      *field,
                                   DifImage      *picture,
                                   DifPool       *pool);

#endif
