/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reference.h: a drawable whose parts results are made of, in place of those of the
 * layer that is varied.  It may belong to another image, and have another size, depth
 * and profile.
 */

#ifndef PLUGIN_REFERENCE_H
#define PLUGIN_REFERENCE_H

#include <libgimp/gimp.h>

#include "dif.h"

/* One that is being read. */
typedef struct
{
  GimpDrawable *drawable;
  GeglBuffer   *buffer;
  int           width;
  int           height;
} DifGimpReference;

/* TRUE if it is there; else GIMP_PLUG_IN_ERROR, with a translated message. */
gboolean dif_gimp_reference_check  (GimpDrawable            *reference,
                                    GError                 **error);

/* Begins to read a checked drawable; clear it with dif_gimp_reference_end(). */
void     dif_gimp_reference_begin  (DifGimpReference        *reference,
                                    GimpDrawable            *drawable);

/* A piece of it as R'G'B'A, to be freed with g_free().  Main thread only.  Fails
 * with GIMP_PLUG_IN_ERROR where it has gone meanwhile or has another size.
 * Errors: MEMORY.
 */
float   *dif_gimp_reference_get    (const DifGimpReference  *reference,
                                    const GeglRectangle     *piece,
                                    GError                 **error);

/* Does nothing to one that was not begun. */
void     dif_gimp_reference_end    (DifGimpReference        *reference);

/* Bytes that a job takes for it. */
guint64  dif_gimp_reference_memory (GimpDrawable            *reference);

#endif
