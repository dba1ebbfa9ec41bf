/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stand-in.h: a copy of a layer as the user sees it, which a run works
 * from and its results are copies of.
 */

#ifndef PLUGIN_STAND_IN_H
#define PLUGIN_STAND_IN_H

#include <libgimp/gimp.h>

/* A plain layer with the pixels, format, offsets, opacity, mode,
 * blending, colour tag and mask of layer.  Its effects are merged into
 * the pixels; text, locks and parasites are left behind, and it is
 * visible.  It belongs to the same image but is not in its layer stack;
 * drop it with gimp_item_delete().  NULL if GIMP refused.
 */
GimpLayer *dif_stand_in_new (GimpLayer *layer);

#endif
