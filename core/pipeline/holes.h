/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * holes.h: the parts of a picture that are filled, and how much of what is round
 * each of them counts.
 */

#ifndef DIF_PIPELINE_HOLES_H
#define DIF_PIPELINE_HOLES_H

#include "dif.h"

typedef struct
{
  DifRect box;        /* of its pixels                                        */
  DifRect context;    /* of what is looked at                                 */
  double  pixels;     /* how many it has                                      */
} DifHole;

/* All holes, DifHole, which are where change, [height][width], is other than 0.  What
 * lies near one another is one, and so are those that take less time together.
 * context: how far it reaches, in sizes of the hole, which are the square root of its
 * pixels.  Free with g_array_unref().
 */
GArray  *dif_holes_find  (const guint8   *change,
                          int             width,
                          int             height,
                          double          context);

/* Makes the context twice as wide and tall, as far as the picture reaches.  FALSE if it
 * is all of it already.
 */
gboolean dif_hole_widen  (DifHole        *hole,
                          int             width,
                          int             height);

#endif
