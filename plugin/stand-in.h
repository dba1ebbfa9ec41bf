/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stand-in.h: a copy of a layer as the user sees it, which a run works
 * from and its results are copies of.
 */

#ifndef PLUGIN_STAND_IN_H
#define PLUGIN_STAND_IN_H

#include <libgimp/gimp.h>

/* A stand-in in the making. */
typedef struct _DifStandIn DifStandIn;

/* A plain layer with the format, offsets, opacity, mode, blending, colour
 * tag and mask of layer, and its pixels as soon as they have been copied.
 * Its effects are merged into the pixels; text, locks and parasites are
 * left behind, and it is visible.  It belongs to the same image but is
 * not in its layer stack; drop it with gimp_item_delete().  NULL if GIMP
 * refused.
 */
DifStandIn *dif_stand_in_begin (GimpLayer   *layer);
GimpLayer  *dif_stand_in_layer (DifStandIn  *copy);

/* Copies pixels until it is until, by g_get_monotonic_time().  *more says
 * whether there are some left.  FALSE if the layer or the image is gone,
 * or the layer has another size or format than before.
 */
gboolean    dif_stand_in_more  (DifStandIn  *copy,
                                gint64       until,
                                gboolean    *more);

/* Frees copy, not the layer; NULL is allowed. */
void        dif_stand_in_end   (DifStandIn  *copy);

#endif
