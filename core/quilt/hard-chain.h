/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hard-chain.h: the way into noise and back at a level that has too many places for
 * the posterior mean: what the noise is taken for is the one patch that is nearest to
 * it, a draw from the posterior rather than its mean (perturb and MAP, Papandreou and
 * Yuille 2011).  Things larger than a few of its patches stay as they are.
 */

#ifndef DIF_QUILT_HARD_CHAIN_H
#define DIF_QUILT_HARD_CHAIN_H

#include "quilt/levels.h"

typedef struct
{
  DifLevels *levels;
  int        i;            /* the level                              */
  DifTexels *query;
  DifTexels *key;
  DifField  *spare;
  float     *costs;        /* [rows][columns] of places, of the last way */
} DifHardChain;

/* Level i has been made.  levels outlive it.  Errors: MEMORY. */
DifHardChain *dif_hard_chain_new  (DifLevels     *levels,
                                   int            i,
                                   DifPool       *pool,
                                   GError       **error);

/* NULL is allowed. */
void          dif_hard_chain_free (DifHardChain  *chain);

/* From the source of the level, noised by sigma, a standard deviation, and back; fills
 * field and picture.  held: [rows][columns] of places, other than 0 where the source
 * stays; or NULL.
 */
void          dif_hard_chain_go   (DifHardChain  *chain,
                                   double         sigma,
                                   double         layout,
                                   guint64        seed,
                                   const guint8  *held,
                                   DifField      *field,
                                   DifImage      *picture,
                                   DifPool       *pool);

#endif
