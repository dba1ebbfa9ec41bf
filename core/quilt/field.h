/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * field.h: where each patch of a picture that is made comes from: its match in
 * the source.  A patch is P x P pixels and named by its upper left one, its
 * place.
 */

#ifndef DIF_QUILT_FIELD_H
#define DIF_QUILT_FIELD_H

#include "kernels/kernels.h"
#include "quilt/texels.h"

/* Pixels of a side of the source, at the most. */
#define DIF_FIELD_MAX_SIDE 65535

/* A place of the source. */
typedef struct
{
  guint16 y;
  guint16 x;
} DifMatch;

/* A displacement, in pixels. */
typedef struct
{
  gint32 y;
  gint32 x;
} DifShift;

typedef struct
{
  int       patch;      /* P                                              */
  int       width;      /* of the picture that is made, in pixels         */
  int       height;
  gboolean  wrapped;    /* a patch begins at every pixel of it, and goes on
                           at the other side; so in the source            */
  int       left;       /* the first place; 0, if it is not a window      */
  int       top;
  int       columns;    /* of places                                      */
  int       rows;
  DifMatch *at;         /* [rows][columns]                                */
} DifField;

/* Not filled in.  Errors: MEMORY. */
DifField *dif_field_new      (int               patch,
                              int               width,
                              int               height,
                              gboolean          wrapped,
                              GError          **error);

/* A part of the places of such a picture; what lies outside is as if it were not
 * there.  On a wrapped one it may go on at the other side, and is round where it is
 * as wide or as high as the picture.  Texels are dif_texels_new_window() of the
 * pixels that the patches of these places have.
 *
 * Costs, noise and what is drawn are those of the whole.  So each turn of search
 * and vote makes all matches as they are in the whole, but for DIF_FIELD_REACH
 * more places along those sides of the window that are not sides of the whole; a
 * pixel is as in the whole where the matches of all patches over it are.
 * Errors: MEMORY.
 */
DifField *dif_field_new_window (int            patch,
                                int            width,
                                int            height,
                                gboolean       wrapped,
                                const DifRect *places,
                                GError       **error);

/* Of patches and the largest jump. */
#define DIF_FIELD_REACH(patch, jump) MAX ((patch) - 1, (jump))

DifField *dif_field_copy     (const DifField   *field,
                              GError          **error);

/* NULL is allowed. */
void      dif_field_free     (DifField         *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifField, dif_field_free)

/* Places of a source of so many pixels. */
static inline int
dif_field_places (int      pixels,
                  int      patch,
                  gboolean wrapped)
{
  return wrapped ? pixels : pixels - patch + 1;
}

/* Fills to with the displacements of from, which belongs to a picture and a
 * source scale times smaller, or has other patches at the same scale: what is in
 * the middle of a patch stays there.
 */
void      dif_field_carry    (const DifField   *from,
                              DifField         *to,
                              int               source_width,
                              int               source_height);

/* Gives places where fixed, [rows][columns], is other than 0, or all where that is
 * NULL, themselves for a match.
 */
void      dif_field_fix      (DifField         *field,
                              const guint8     *fixed);

/* Fills shifts, [height][width] of the picture: how far from its own place each pixel
 * comes, by the patch in whose middle it lies.
 */
void      dif_field_shifts   (const DifField   *field,
                              DifShift         *shifts);

/* Search: Barnes et al. 2009 (PatchMatch), but every place goes by the matches
 * of the last pass alone, so that neither threads nor the order of places
 * change anything (Barnes et al. 2010, section 3.4; the jumps are those of
 * jump flooding, Rong and Tan 2006).
 *
 * What is looked for has the least cost: the mean square of the differences of
 * a patch's values, and what follows.
 */
typedef struct
{
  const DifTexels *query;        /* what is made                           */
  const DifTexels *key;          /* the source                             */
  const float     *bias;         /* [rows][columns] of the source's places,
                                    added; INFINITY: never; NULL: 0        */
  const guint8    *held;         /* [rows][columns] of places, other than 0
                                    where the match stays; NULL: nowhere   */
  float            layout_y;     /* times the square of a displacement, in
                                    heights and widths                     */
  float            layout_x;
  float            tearing;      /* times the share of the four neighbours
                                    that lie elsewhere in the source       */
  int              jumps[2];     /* matches of neighbours so far away are
                                    tried                                  */
  int              reaches[2];   /* random ones so far from its own        */
  int              anywhere;     /* and so many anywhere                   */
  guint64          seed;         /* chooses these                          */
  const DifKernels *kernels;     /* NULL: the fastest                      */
} DifFieldSearch;

/* One pass from old to found, fields of the same places; query begins where they
 * do.  costs, [rows][columns] of places, may be NULL; those of places that are
 * held stay.
 */
void      dif_field_search   (const DifFieldSearch *search,
                              const DifField       *old,
                              DifField             *found,
                              float                *costs,
                              DifPool              *pool);

/* Fills picture, of the pixels that the field's patches have: each is the mean of
 * what the patches over it put there, weighted by a Gaussian of so many pixels
 * about their middles.  Where they all put the same pixel of the source there, it
 * is this one to the last bit.
 */
void      dif_field_vote     (const DifField       *field,
                              const DifImage       *source,
                              double                width,
                              DifImage             *picture,
                              DifPool              *pool);

/* What dif_texels_fill() makes of that picture. */
void      dif_field_vote_texels (const DifField       *field,
                                 const DifImage       *source,
                                 double                width,
                                 double                noise,
                                 guint64               seed,
                                 guint32               stream,
                                 DifTexels            *texels,
                                 DifPool              *pool);

#endif
