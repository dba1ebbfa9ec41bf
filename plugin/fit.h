/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fit.h: makes a layer into one that an image can take, which may have
 * got another precision, mode or colour profile since the layer was made.
 * GIMP neither refuses a layer of another precision nor converts it: the
 * image cannot be opened any more once it has been saved.
 */

#ifndef PLUGIN_FIT_H
#define PLUGIN_FIT_H

#include <libgimp/gimp.h>

/* layer is in no image's stack, and format is that of its pixels, colour
 * profile and all: GIMP takes the profile of the layer's image for it,
 * whatever that has become.  Returns layer, or, in its place, another one
 * with what it showed, its look, name, offsets, mask and parasites; NULL,
 * with layer left as it is, if GIMP refused to make that.
 */
GimpLayer *dif_gimp_fit        (GimpLayer  *layer,
                                const Babl *format,
                                GimpImage  *image);

/* Puts into *why, to be freed, why GIMP refused the last call. */
void       dif_gimp_fit_note   (char      **why);

/* Sets an error, GIMP_PLUG_IN_ERROR, if GIMP refused any layers: how many,
 * n, and why, which is taken over.
 */
void       dif_gimp_fit_refuse (int         n,
                                char       *why,
                                GError    **error);

#endif
