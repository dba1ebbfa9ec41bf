/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picture.h: the engine's pictures on the screen.
 */

#ifndef UI_PICTURE_H
#define UI_PICTURE_H

#include <cairo.h>

#include "dif.h"

/* What a layer of a format shows of colours once it holds them: n pixels of
 * R'G'B'A in [0,1], in place; alpha may change.  Any thread.
 */
typedef void (* DifUiShowFunc) (gconstpointer  format,
                                float         *rgba,
                                int            n);

/* A part of the layer, reduced: planes of one size.  Begins with one
 * owner.
 */
typedef struct
{
  DifImage      *rgb;      /* colour behind transparency as it is           */
  float         *alpha;    /* [height][width] in [0,1], NULL: opaque        */
  float         *selected; /* [height][width] in [0,1], NULL: all of it     */
  DifUiShowFunc  show;     /* how the layer shows colours that are put into
                              it; NULL: as they are                         */
  gconstpointer  format;   /* of the layer, for show; stays as long as the
                              program runs                                  */
  int            others;   /* owners but the first, atomic                  */
} DifUiPicture;

/* Another owner, who changes nothing of it.  Any thread. */
DifUiPicture *dif_ui_picture_ref  (DifUiPicture *picture);

/* One owner less; frees it with the last.  NULL is allowed.  Any thread. */
void          dif_ui_picture_free (DifUiPicture *picture);

/* What is laid over the colours of a picture. */
typedef struct
{
  const DifImage *image;
  DifRect         at;          /* of the picture, in its pixels              */
  int             x;           /* of image, what lies at at's corner         */
  int             y;
  float           keep;        /* keep times the picture's colour plus add   */
  float           add;         /*   times the image's                        */
} DifUiOver;

/* A surface of a part of picture, over laid on it where it is selected, as
 * the layer will show it, with its alpha; over may be NULL.  Free with
 * cairo_surface_destroy().  Any thread.  Errors: MEMORY.
 */
cairo_surface_t *dif_ui_picture_paint      (const DifUiPicture  *picture,
                                            const DifRect       *part,
                                            const DifUiOver     *over,
                                            GError             **error);

/* A surface of the size of picture->rgb, with its colours, or where
 * colours is given with those where the picture is selected, and its
 * alpha.  Otherwise as above.
 */
cairo_surface_t *dif_ui_picture_to_surface (const DifUiPicture  *picture,
                                            const DifImage      *colours,
                                            GError             **error);

/* Paints a checkerboard over the clip, as behind transparent layers. */
void             dif_ui_picture_checks     (cairo_t          *cr);

#endif
