/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * judge.h: what a picture that was made at the coarsest level becomes, far enough
 * to tell how likely it is: what of it occurs nowhere in the source (edges that
 * stop, seams, objects cut in two), what of it is there more often than in the
 * source, and how much of it is new.
 */

#ifndef DIF_QUILT_JUDGE_H
#define DIF_QUILT_JUDGE_H

#include "quilt/levels.h"
#include "quilt/refine.h"

typedef struct
{
  DifQuiltLevels  *levels;
  int         last;         /* the level at which attempts are judged         */
  DifRefine **refines;      /* [last + 1], the first is NULL                  */
  guint8    **fixed;        /* [last + 1]: [rows][columns] of places, other than
                               0 where the source stays; or NULL              */
  guint8    **held;         /* [last + 1], of the attempt                     */
  int         single_level;
  float      *single;       /* [rows][columns] of its places: mean square of the
                               difference to the likest one elsewhere         */
  DifField   *spare;
  float      *often;
  float      *scratch;
  int         fresh_level;  /* where it is looked at what is new; -1: that does
                               not count                                      */
  DifShift   *shifts;       /* [height][width] of the last level              */
} DifJudge;

typedef struct
{
  int        last;
  DifImage  *coarse;        /* what the coarsest level made                   */
  DifField  *coarse_field;
  DifField **fields;        /* [last + 1]: the first has the coarse field's
                               matches, for the patches of the others         */
  DifImage **pictures;      /* [last + 1]: the first is NULL                  */
  DifField  *near;          /* the nearest patches                            */
  float     *costs;         /* [rows][columns], how near                      */
  float     *unlike;        /* [height][width] of the last level              */
  double     unlikely;      /* root mean square of 2, so that 1 is half of the
                               range; what is worst counts more               */
  double     fresh;         /* share of its blocks that are new               */
} DifAttempt;

/* change: [height][width] of the source, other than 0 where it may change; NULL:
 * everywhere.  fresh: it counts what is new.  levels outlive it.
 * Errors: ARGUMENT, MEMORY.
 */
DifJudge   *dif_judge_new    (DifQuiltLevels         *levels,
                              const guint8      *change,
                              gboolean           fresh,
                              DifPool           *pool,
                              GError           **error);

/* NULL is allowed. */
void        dif_judge_free   (DifJudge          *judge);

DifAttempt *dif_attempt_new  (const DifJudge    *judge,
                              GError           **error);
void        dif_attempt_free (DifAttempt        *attempt);

/* Fills in everything but what the coarsest level made.  With base, which attempt
 * differs from in mask alone, [height][width] of the coarsest level, the rest is
 * taken over from it.
 * Errors: MEMORY.  Where the pool is stopped, attempt is undefined.
 */
gboolean    dif_judge_run    (DifJudge          *judge,
                              DifAttempt        *attempt,
                              guint64            seed,
                              const DifAttempt  *base,
                              const guint8      *mask,
                              DifPool           *pool,
                              GError           **error);

#endif
