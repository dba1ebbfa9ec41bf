/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stand-in.h: a copy of a layer as the user sees it, which a run works
 * from and its results are copies of.
 */

#ifndef PLUGIN_STAND_IN_H
#define PLUGIN_STAND_IN_H

#include <libgimp/gimp.h>

#include "effects.h"

/* A stand-in in the making. */
typedef struct _DifGimpStandIn DifGimpStandIn;

/* Begins a plain layer with the opacity, mode, blending, colour tag and mask
 * of layer.  It has the format, the place and, when they have been copied, the
 * pixels of seen, which has to stay until then.  Text, locks and parasites are
 * left behind.  The layer is visible and shows its pixels, also where the mask
 * of the other one is shown.  It belongs to the same image but is not in its
 * stack of layers; drop it with gimp_item_delete().  NULL if GIMP refused.
 */
DifGimpStandIn *dif_gimp_stand_in_begin (GimpLayer          *layer,
                                         const DifGimpSeen  *seen);
GimpLayer      *dif_gimp_stand_in_layer (DifGimpStandIn     *copy);

/* Copies pixels until the time until of g_get_monotonic_time().  *more says
 * whether there are some left.  FALSE if the layer or the image is gone, or
 * the layer has another size or format than before.
 */
gboolean        dif_gimp_stand_in_more  (DifGimpStandIn     *copy,
                                         gint64              until,
                                         gboolean           *more);

/* Frees copy, not the layer; NULL is allowed. */
void            dif_gimp_stand_in_end   (DifGimpStandIn     *copy);

#endif
