/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reference.c: see reference.h.
 */

#include <glib/gi18n.h>

#include "alloc.h"
#include "reference.h"

gboolean
dif_gimp_reference_check (GimpDrawable  *reference,
                          GError       **error)
{
  if (gimp_item_is_valid (GIMP_ITEM (reference)))
    return TRUE;
  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                       _("The layer whose parts are taken has been deleted. "
                         "Choose another one, or none."));
  return FALSE;
}

void
dif_gimp_reference_begin (DifGimpReference *reference,
                          GimpDrawable     *drawable)
{
  reference->drawable = g_object_ref (drawable);
  reference->buffer = gimp_drawable_get_buffer (drawable);
  reference->width = gimp_drawable_get_width (drawable);
  reference->height = gimp_drawable_get_height (drawable);
}

static gboolean
stays (const DifGimpReference *reference)
{
  return gimp_item_is_valid (GIMP_ITEM (reference->drawable))
         && gimp_drawable_get_width (reference->drawable) == reference->width
         && gimp_drawable_get_height (reference->drawable) == reference->height;
}

float *
dif_gimp_reference_get (const DifGimpReference  *reference,
                        const GeglRectangle     *piece,
                        GError                 **error)
{
  float *rgba;

  if (! stays (reference))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("The layer whose parts are taken was deleted or "
                             "changed its size while it was read."));
      return NULL;
    }
  rgba = dif_ui_try_alloc ((gsize) piece->width * (gsize) piece->height,
                           4 * sizeof (float), "a piece of the layer", error);
  if (rgba)
    gegl_buffer_get (reference->buffer, piece, 1.0,
                     babl_format ("R'G'B'A float"), rgba, GEGL_AUTO_ROWSTRIDE,
                     GEGL_ABYSS_NONE);
  return rgba;
}

void
dif_gimp_reference_end (DifGimpReference *reference)
{
  g_clear_object (&reference->buffer);
  g_clear_object (&reference->drawable);
}

guint64
dif_gimp_reference_memory (GimpDrawable *reference)
{
  /* It, a copy with other colours, and its mask. */
  return (guint64) gimp_drawable_get_width (reference)
         * (guint64) gimp_drawable_get_height (reference)
         * (2 * 3 * sizeof (float) + 1);
}
