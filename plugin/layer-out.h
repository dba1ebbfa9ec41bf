/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-out.h: finished variations become layers.
 */

#ifndef PLUGIN_LAYER_OUT_H
#define PLUGIN_LAYER_OUT_H

#include <libgimp/gimp.h>

#include "dif.h"
#include "drawable-io.h"

/* A copy of the source's stand-in with the pixels that
 * dif_source_write() makes of result, named and with its record.  It is
 * not in the image yet.  NULL if the image is gone, with
 * GIMP_PLUG_IN_ERROR.
 */
GimpLayer *dif_layer_out_new    (const DifSource  *source,
                                 const DifImage   *result,
                                 const DifParams  *params,
                                 const DifModel   *model,
                                 int               variation,
                                 GError          **error);

/* Puts layers above their sources, the first directly above, in one undo
 * step; sources holds one layer for each.  Those whose source has been
 * deleted meanwhile go to the top.  The selected layers stay selected.
 */
void       dif_layer_out_insert (GimpImage        *image,
                                 GPtrArray        *layers,
                                 GPtrArray        *sources);

/* Drops layers that were made for the image and are not in it. */
void       dif_layer_out_delete (GimpImage        *image,
                                 GPtrArray        *layers);

#endif
