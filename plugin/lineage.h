/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * lineage.h: which layer a result was made of, by its record.
 */

#ifndef PLUGIN_LINEAGE_H
#define PLUGIN_LINEAGE_H

#include <libgimp/gimp.h>

#include "dif.h"

/* Adds to the record of layer, if it has one, where it is: its own tattoo and
 * its image.  To be called before layer goes into the image, so that this
 * makes no undo step.
 */
void       dif_gimp_lineage_sign       (GimpLayer  *layer);

/* Gives a group that is not in the image yet a signed record, which says only
 * that what is in the group was made of source.
 */
void       dif_gimp_lineage_sign_group (GimpLayer  *group,
                                        GimpLayer  *source);

/* The layer that result, which may be such a group, was made of; NULL if it
 * has no record or its source is gone.  A tattoo says nothing in another
 * image, and a copy of a result has the record of the original:
 *
 *  - in the image that the record was written in, for as long as GIMP runs,
 *    the source's tattoo is enough; another name is no matter;
 *  - in another image, while that one is open, the source is gone, also in
 *    a duplicate, whose layers GIMP gives new tattoos;
 *  - else, as in a file that was opened again, the name of the source has to
 *    be the same, and the tattoo of the result, where the record has it.
 */
GimpLayer *dif_gimp_lineage_source     (GimpLayer  *result);

/* The topmost result of source beside and above it, or source itself. */
GimpLayer *dif_gimp_lineage_topmost    (GimpImage  *image,
                                        GimpLayer  *source);

/* The first seed, from that of params on, with which a run makes nothing
 * again: none of its variations is in the image already as a result of one of
 * the sources with the same strength.  sources: NULL-terminated.
 */
guint64    dif_gimp_lineage_seed_after (GimpImage        *image,
                                        GimpDrawable    **sources,
                                        const DifParams  *params);

#endif
