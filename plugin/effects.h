/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * effects.h: the pixels of a layer with its effects.
 */

#ifndef PLUGIN_EFFECTS_H
#define PLUGIN_EFFECTS_H

#include <libgimp/gimp.h>

/* The pixels of a layer as they are seen without its mask, opacity and
 * mode.
 */
typedef struct
{
  GimpLayer *layer;    /* has them; the layer itself where no effect shows */
  GimpImage *scratch;  /* that it is in, or NULL if it is the layer itself */
  int        x;        /* its place in the image of the layer              */
  int        y;
} DifGimpSeen;

/* Fills seen from layer.  Effects that are switched off do not count.  Where
 * effects reach beyond the layer, what is seen is larger than the layer and
 * has an alpha channel.  What they add outside the image is cut off where it
 * would need far more room than the layer and the image.  FALSE if GIMP
 * refused.  Clear seen in any case.
 */
gboolean dif_gimp_seen_init  (DifGimpSeen *seen,
                              GimpLayer   *layer);
void     dif_gimp_seen_clear (DifGimpSeen *seen);

#endif
