/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picture.h: the engine's pictures on the screen.
 */

#ifndef UI_PICTURE_H
#define UI_PICTURE_H

#include <cairo.h>

#include "dif.h"

/* Makes of colours what a layer of that format shows once it holds them: n
 * pixels of R'G'B'A in [0,1], in place; alpha may change.  Any thread.
 */
typedef void (* DifUiShowFunc) (gconstpointer  format,
                                float         *rgba,
                                int            n);

/* A part of the layer, reduced: planes of one size.  It begins with one owner.
 */
typedef struct
{
  DifImage      *rgb;      /* colour behind transparency as it is; beyond
                              [-1,1] where the layer is beyond black and
                              white; never NaN nor infinite                 */
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

/* An image that is laid over a part of a picture. */
typedef struct
{
  const DifImage *image;
  DifRect         at;             /* the part, in pixels of the picture     */
  int             x;              /* the pixel of image that lies on the    */
  int             y;              /*   upper left one of at                 */
  float           picture_share;  /* a colour becomes the sum of so much of */
  float           image_share;    /*   the picture's and so much of image's */
} DifUiOver;

/* A surface of a part of picture as the layer will show it, with its alpha.
 * over, which may be NULL, is laid on it where picture is selected.  Free with
 * cairo_surface_destroy().  Any thread.  Errors: MEMORY.
 */
cairo_surface_t *dif_ui_picture_paint      (const DifUiPicture  *picture,
                                            const DifRect       *part,
                                            const DifUiOver     *over,
                                            GError             **error);

/* The same for all of picture.  colours, of its size, or NULL, take the place
 * of its own where it is selected.
 */
cairo_surface_t *dif_ui_picture_to_surface (const DifUiPicture  *picture,
                                            const DifImage      *colours,
                                            GError             **error);

/* Paints a checkerboard over the clip, as behind transparent layers. */
void             dif_ui_picture_checks     (cairo_t          *cr);

#endif
