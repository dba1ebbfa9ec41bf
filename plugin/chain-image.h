/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain-image.h: the frames of a chain as an image of their own, which can
 * be exported as an animation: GIMP takes the layers of an image that are
 * in no group as frames.
 */

#ifndef PLUGIN_CHAIN_IMAGE_H
#define PLUGIN_CHAIN_IMAGE_H

#include <libgimp/gimp.h>

/* layers belong to image and are not in it; sources as for
 * dif_gimp_layer_out_insert().  Makes one image of the layers of each source,
 * the first layer the lowest; in the array the layers of these images take the
 * place of the old ones.  Each frame is plain, whatever the mode, opacity and
 * mask of its source, and hides those below it, also where it is transparent.
 * show: each image gets a window.  Errors as for dif_gimp_layer_out_insert().
 */
void dif_gimp_chain_images (GimpImage  *image,
                            GPtrArray  *layers,
                            GPtrArray  *sources,
                            gboolean    show,
                            GError    **error);

#endif
