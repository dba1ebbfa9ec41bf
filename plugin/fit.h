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

/* Makes layer, which is in no image's stack, into one for image.  format is
 * that of its pixels, colour profile included: GIMP takes the profile that the
 * layer's image has now for theirs.  Returns layer, or, in its place, another
 * one with what it showed, its look, name, offsets, mask and parasites.  NULL,
 * with layer left as it is, if GIMP refused to make that.
 */
GimpLayer *dif_gimp_fit        (GimpLayer  *layer,
                                const Babl *format,
                                GimpImage  *image);

/* Sets *why, a text of the caller's or NULL, to why GIMP refused the last
 * call.
 */
void       dif_gimp_fit_note   (char      **why);

/* Sets an error, GIMP_PLUG_IN_ERROR, that says how many layers, n, GIMP
 * refused, and why; none if n is 0.  Takes why over.
 */
void       dif_gimp_fit_refuse (int         n,
                                char       *why,
                                GError    **error);

#endif
