/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picture.h: the engine's pictures on the screen.
 */

#ifndef UI_PICTURE_H
#define UI_PICTURE_H

#include <cairo.h>

#include "host.h"

/* A surface of the size of picture->rgb, with its colours, or where
 * colours is given with those where the picture is selected, and its
 * alpha.  Free with cairo_surface_destroy().
 */
cairo_surface_t *dif_picture_to_surface (const DifPicture *picture,
                                         const DifImage   *colours);

/* Paints a checkerboard over the clip, as behind transparent layers. */
void             dif_picture_checks     (cairo_t          *cr);

/* A part of picture. */
DifPicture      *dif_picture_crop       (const DifPicture *picture,
                                         const DifRect    *part,
                                         GError          **error);

/* The same of an image. */
DifImage        *dif_picture_crop_image (const DifImage   *image,
                                         const DifRect    *part,
                                         GError          **error);

/* What both have; empty if nothing. */
DifRect          dif_rect_intersect     (const DifRect    *a,
                                         const DifRect    *b);
gboolean         dif_rect_equal         (const DifRect    *a,
                                         const DifRect    *b);

#endif
