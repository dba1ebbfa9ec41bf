/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * coarse.h: the coarsest level, where it is decided what goes where.  The picture
 * is noised and goes back by DDIM (Song et al. 2021, equation 12, no noise on
 * the way); the estimate of x_0 is the posterior mean of the source's patches,
 * exactly (Buades et al. 2005; Kamb and Ganguli 2024), with a prior on where a
 * patch may come from and with limits on how often each is used (Sinkhorn and
 * Knopp 1967, from above alone).
 */

#ifndef DIF_QUILT_COARSE_H
#define DIF_QUILT_COARSE_H

#include "quilt/field.h"

/* Places of the source times places of the canvas, at the most. */
#define DIF_COARSE_MAX_PAIRS (2000 * 2000)

typedef struct _DifCoarse DifCoarse;

typedef struct
{
  int             patch;        /* P                                         */
  const DifImage *source;
  const float    *bias;         /* [rows][columns] of the source's places: in
                                   natural logarithms, -INFINITY where none is
                                   to be taken from; NULL: 0                 */
  int             width;        /* of the canvas, in pixels                  */
  int             height;
  gboolean        wrapped;
  double          layout_y;     /* the prior is exp (- layout d^2), d being the
                                   vertical displacement, and the height 2   */
  gboolean        knows;        /* ways are told what is known, see below    */
} DifCoarseSource;

/* Errors: MEMORY. */
DifCoarse *dif_coarse_new   (const DifCoarseSource *source,
                             GError               **error);

/* NULL is allowed. */
void       dif_coarse_free  (DifCoarse             *coarse);

/* One way into noise and back. */
typedef struct
{
  const DifImage *start;        /* what is noised                            */
  double          t;            /* how far, 0 to 1: abar is that of the cosine
                                   schedule (Nichol and Dhariwal 2021, (17)) */
  int             steps;
  guint64         seed;
  guint32         stream;       /* of the noise                              */
  const guint8   *mask;         /* [height][width], 0 where held is kept;
                                   NULL: nowhere                             */
  const DifImage *held;         /* with a mask                               */
  const DifField *held_field;
  double          known;        /* above 0: what is held is no more noisy than
                                   that, a variance, so that patches are found
                                   that go on with it; the source has to know */
  double          often;        /* above 0: with a mask too, a patch may be used
                                   so many times its share                   */
  double          use;          /* prior against what the places that are held
                                   use: so many times the logarithm of 1 and
                                   how often that is                         */
} DifCoarseWay;

/* Fills picture and field, the likeliest match of each place.  FALSE if the pool
 * was stopped; they are undefined then.
 */
gboolean   dif_coarse_go    (DifCoarse             *coarse,
                             const DifCoarseWay    *way,
                             DifImage              *picture,
                             DifField              *field,
                             DifPool               *pool);

/* Whether each place has a pixel of mask, [height][width], in its patch. */
void       dif_coarse_touch (const DifField        *field,
                             const guint8          *mask,
                             guint8                *touched);

#endif
