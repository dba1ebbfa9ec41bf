/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * heal.h: places of an attempt that are unlike the source are noised again and go
 * back with what is round them held: the chain's own remedy.  What makes the whole
 * better is kept.
 */

#ifndef DIF_QUILT_HEAL_H
#define DIF_QUILT_HEAL_H

#include "quilt/coarse.h"
#include "quilt/judge.h"

/* What is needed to make attempts. */
typedef struct
{
  DifCoarse     *coarse;
  DifJudge      *judge;
  const guint8  *open;       /* [height][width] of the coarsest level, other than
                                0 where it may change; NULL: everywhere       */
  double         known;      /* as in DifCoarseWay                            */
  double         allowance;  /* what is made may be so much worse than before  */
  DifPool       *pool;
} DifHealing;

/* Round number round.  *best, *other and *third are attempts, of which the first
 * is filled in; they change places.  t is the noise that its chain had.
 * Errors: MEMORY.  FALSE without an error where the pool was stopped.
 */
gboolean dif_heal_round   (const DifHealing *healing,
                           int               round,
                           guint64           seed,
                           double            t,
                           DifAttempt      **best,
                           DifAttempt      **other,
                           DifAttempt       *third,
                           GError          **error);

#endif
