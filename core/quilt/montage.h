/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * montage.h: a chain's result put together anew.  Its field is nearly constant over
 * large parts.  The displacements that occur most become the labels of a shift-map
 * that shows about what the result does, with seams where they show least (cut.h).
 */

#ifndef DIF_QUILT_MONTAGE_H
#define DIF_QUILT_MONTAGE_H

#include "quilt/cut.h"
#include "quilt/levels.h"

/* What is known of the source at the level where it is done.  Canvas and source have
 * one size.
 */
typedef struct
{
  const DifQuiltLevels *levels;
  int                   i;            /* the level                            */
  int                   fresh_level;
  int                   width;
  int                   height;
  float                *features;     /* see DifCut                           */
  float                *guard;
  float                *single;       /* [height][width], root mean square of the
                                         difference of a patch to the likest one
                                         elsewhere                            */
  guint8               *fixed;        /* [height][width], other than 0 where the
                                         source stays; or NULL                */
  guint8               *hidden;       /* [height][width], other than 0 where
                                         nothing is copied from; or NULL      */
} DifMontage;

/* A chain's result, and what is made of it. */
typedef struct
{
  const DifImage *picture;
  const DifField *field;
  const float    *unlike;     /* [height][width], see DifAttempt              */
  double          keep;       /* cost of a difference from the picture        */
  double          depart;     /* cost of no displacement, where the chain had one */
  int             rounds;     /* of expansions                                */
  gboolean        again;      /* and once more with what is there twice dearer */
  double          aim;        /* of new blocks                                */
  DifShift       *shifts;     /* [height][width], filled in                   */
  double          doubt;      /* filled in: how bad it is                     */
  double          fresh;      /* filled in: the share of its blocks that are new */
  GError         *error;      /* filled in where there was no memory          */
} DifMontageTry;

/* single: of the places of a picture of that size, see DifJudge.  change: as in
 * DifQuiltSource.  Level i and fresh_level have been made; levels outlive it.
 * Errors: MEMORY.
 */
DifMontage *dif_montage_new   (const DifQuiltLevels  *levels,
                               int                    i,
                               int                    fresh_level,
                               const float           *single,
                               int                    single_width,
                               int                    single_height,
                               const guint8          *change,
                               GError               **error);

/* NULL is allowed. */
void        dif_montage_free  (DifMontage            *montage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifMontage, dif_montage_free)

/* Makes all of them, at the same time as far as there are threads.  FALSE if the
 * pool was stopped, or there was no memory for one, which has the error then.
 */
gboolean    dif_montage_run   (const DifMontage      *montage,
                               DifMontageTry         *tries,
                               int                    n,
                               DifPool               *pool);

/* The picture of such shifts, and its field. */
void        dif_montage_show  (const DifMontage      *montage,
                               const DifShift        *shifts,
                               DifImage              *picture,
                               DifField              *field);

#endif
