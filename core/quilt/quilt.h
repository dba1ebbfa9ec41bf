/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * quilt.h: pictures made of another's patches, the layer as its own model.
 *
 * At the coarsest of a pyramid of levels the picture is noised and goes back with
 * the exact posterior mean of its patches as the estimate of x_0 (coarse.h).  Every
 * finer level carries the matches down, looks for better ones beside them and
 * copies (refine.h).  What is unlikely under the patches is noised again (heal.h).
 */

#ifndef DIF_QUILT_QUILT_H
#define DIF_QUILT_QUILT_H

#include "dif.h"
#include "base/pool.h"

typedef struct _DifQuilt DifQuilt;

typedef struct
{
  const DifImage *source;     /* what is varied, or a sample of a texture     */
  const DifImage *reference;  /* other than NULL: patches are copied from this
                                 one instead, its colours matched to those of
                                 the source                                   */
  const guint8   *excluded;   /* [height][width] of what is copied from, other
                                 than 0 where nothing is; NULL: nowhere       */
  const guint8   *change;     /* [height][width] of the source, other than 0
                                 where it may change; NULL: everywhere        */
  gboolean        fill;       /* what may change is made from noise, and is not
                                 copied from; source has a smooth continuation of
                                 what is round it there                       */
  const DifImage *before;     /* with fill, what is noised: the source as it was.
                                 NULL: the source                             */
  int             width;      /* other than 0: a texture of this size, made of */
  int             height;     /* the source's stuff, from noise               */
  gboolean        wrapped;    /* what is made goes on at the other side; the
                                 source too, unless a texture is made         */
  double          strength;   /* 0..1, see dif_quilt_novelty(); of a picture
                                 that is filled or has a reference it is the
                                 time t                                       */
  double          structure;  /* of the largest thing that may change, as a share
                                 of the shorter side, where neither a texture nor
                                 a reference is given and nothing is filled   */
  double          layout;     /* 0..1, how strictly things stay at their height */
} DifQuiltSource;

/* How far it is, of 1; called by the thread that asked for the picture. */
typedef void (* DifQuiltFunc) (double done, void *data);

/* The share of a picture's blocks that strength asks to be new. */
double    dif_quilt_novelty (double                 strength);

/* The source's pictures and masks have to live as long as it does.
 * Finds the noise that fits the strength.
 * Errors: ARGUMENT, MEMORY, CANCELLED if the pool was stopped.
 */
DifQuilt *dif_quilt_new     (const DifQuiltSource  *source,
                             DifPool               *pool,
                             DifQuiltFunc           progress,
                             void                  *data,
                             GError               **error);

/* NULL is allowed. */
void      dif_quilt_free    (DifQuilt              *quilt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifQuilt, dif_quilt_free)

/* A variation.  seed decides what goes where; another detail than that makes some
 * places anew and does the finer levels otherwise.  level_side: 0, or of a smaller
 * picture of the whole variation, the first level whose shorter side is so long or
 * longer.
 * Errors: as above.
 */
DifImage *dif_quilt_vary    (DifQuilt              *quilt,
                             guint64                seed,
                             guint64                detail,
                             int                    level_side,
                             DifQuiltFunc           progress,
                             void                  *data,
                             GError               **error);

/* What goes by size alone --------------------------------------------- */

/* Whether a picture is too small to have patches to choose from. */
gboolean  dif_quilt_is_small (int                   width,
                              int                   height);

/* Whether one that is not can be made of its patches: it is not too long.
 * Errors: ARGUMENT.
 */
gboolean  dif_quilt_check    (int                   width,
                              int                   height,
                              GError              **error);

/* Whether a texture of that size can be made of a sample.
 * Errors: ARGUMENT.
 */
gboolean  dif_quilt_check_texture (int              sample_width,
                                   int              sample_height,
                                   int              width,
                                   int              height,
                                   GError         **error);

/* Bytes that a quilt and a variation take at the most, the variation counted in;
 * source and masks are not.
 */
guint64   dif_quilt_memory   (int                   width,
                              int                   height,
                              gboolean              wrapped,
                              int                   level_side);

/* The same for a texture. */
guint64   dif_quilt_texture_memory (int             sample_width,
                                    int             sample_height,
                                    int             width,
                                    int             height,
                                    gboolean        wrapped);

/* In megapixels of what is searched and put together at a fine level. */
typedef struct
{
  double once;    /* the work of dif_quilt_new()                              */
  double first;   /* that of dif_quilt_vary(): it is decided what goes where  */
  double finer;   /* and the levels after that                                */
} DifQuiltWork;

/* A pixel that is blended takes as long as so many others. */
#define DIF_QUILT_BLENDING 0.25

DifQuiltWork dif_quilt_work  (int                   width,
                              int                   height,
                              double                structure,
                              int                   level_side);

/* The same of what is filled, all of a picture of that size counted in. */
DifQuiltWork dif_quilt_fill_work (int               width,
                                  int               height);

/* And of a texture. */
DifQuiltWork dif_quilt_texture_work (int            sample_width,
                                     int            sample_height,
                                     int            width,
                                     int            height);

#endif
