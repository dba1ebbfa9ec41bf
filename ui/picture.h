/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picture.h: the engine's pictures on the screen.
 */

#ifndef UI_PICTURE_H
#define UI_PICTURE_H

#include <cairo.h>

#include "host.h"

/* What is laid over the colours of a picture. */
typedef struct
{
  const DifImage *image;
  DifRect         at;          /* of the picture, in its pixels              */
  int             x;           /* of image, what lies at at's corner         */
  int             y;
  float           keep;        /* keep times the picture's colour plus add   */
  float           add;         /*   times the image's                        */
} DifOver;

/* A surface of a part of picture, over laid on it where it is selected, as
 * the layer will show it, with its alpha; over may be NULL.  Free with
 * cairo_surface_destroy().  Any thread.  Errors: MEMORY.
 */
cairo_surface_t *dif_picture_paint      (const DifPicture  *picture,
                                         const DifRect     *part,
                                         const DifOver     *over,
                                         GError           **error);

/* A surface of the size of picture->rgb, with its colours, or where
 * colours is given with those where the picture is selected, and its
 * alpha.  Otherwise as above.
 */
cairo_surface_t *dif_picture_to_surface (const DifPicture  *picture,
                                         const DifImage    *colours,
                                         GError           **error);

/* Paints a checkerboard over the clip, as behind transparent layers. */
void             dif_picture_checks     (cairo_t          *cr);

/* What both have; empty if nothing. */
DifRect          dif_rect_intersect     (const DifRect    *a,
                                         const DifRect    *b);
gboolean         dif_rect_covers        (const DifRect    *outer,
                                         const DifRect    *inner);
gboolean         dif_rect_equal         (const DifRect    *a,
                                         const DifRect    *b);

#endif
