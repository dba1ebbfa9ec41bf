/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stand-in.c: makes a plain layer of whatever the user picked.  A run
 * takes long enough for the user to paint on the layer, change or delete
 * it, and GIMP ends a plug-in that reads a deleted layer.  GIMP's own
 * copy of a layer would keep its text, which paints over a variation
 * when edited, its effects and its locks.
 */

#include <libgimp/gimp.h>

#include "stand-in.h"


static void
copy_pixels (GimpDrawable *from,
             GimpDrawable *to)
{
  GeglBuffer *in = gimp_drawable_get_buffer (from);
  GeglBuffer *out = gimp_drawable_get_buffer (to);

  gegl_buffer_copy (in, NULL, GEGL_ABYSS_NONE, out, NULL);
  g_object_unref (out);
  g_object_unref (in);
}

static void
copy_mask (GimpLayer *from,
           GimpLayer *to)
{
  GimpLayerMask *mask = gimp_layer_get_mask (from);
  GimpLayerMask *copy;

  if (! mask)
    return;

  copy = gimp_layer_create_mask (to, GIMP_ADD_MASK_WHITE);
  gimp_layer_add_mask (to, copy);
  copy_pixels (GIMP_DRAWABLE (mask), GIMP_DRAWABLE (copy));

  gimp_layer_set_apply_mask (to, gimp_layer_get_apply_mask (from));
  gimp_layer_set_show_mask (to, gimp_layer_get_show_mask (from));
  gimp_layer_set_edit_mask (to, FALSE);
}

/* A layer's buffer lacks its effects.  Merging them changes an image's
 * undo history and selection, so it is done in an image of its own.
 * Returns that image and the merged layer in it, or NULL if the layer
 * has no effects.
 */
static GimpImage *
merge_effects (GimpLayer  *layer,
               GimpLayer **merged)
{
  GimpImage           *image = gimp_item_get_image (GIMP_ITEM (layer));
  GimpDrawableFilter **filters;
  GimpColorProfile    *profile;
  GimpImage           *scratch;
  gboolean             any;

  filters = gimp_drawable_get_filters (GIMP_DRAWABLE (layer));
  any = filters && filters[0];
  g_free (filters);
  if (! any)
    return NULL;

  scratch = gimp_image_new_with_precision (gimp_image_get_width (image),
                                           gimp_image_get_height (image),
                                           gimp_image_get_base_type (image),
                                           gimp_image_get_precision (image));
  gimp_image_undo_disable (scratch);

  profile = gimp_image_get_color_profile (image);
  if (profile)
    {
      gimp_image_set_color_profile (scratch, profile);
      g_object_unref (profile);
    }

  *merged = gimp_layer_new_from_drawable (GIMP_DRAWABLE (layer), scratch);
  gimp_image_insert_layer (scratch, *merged, NULL, 0);
  gimp_drawable_merge_filters (GIMP_DRAWABLE (*merged));
  return scratch;
}

GimpLayer *
dif_stand_in_new (GimpLayer *layer)
{
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (layer));
  GimpLayer *seen = layer;
  GimpImage *scratch = merge_effects (layer, &seen);
  GimpLayer *copy;
  int        x, y;

  copy = gimp_layer_new (image, NULL,
                         gimp_drawable_get_width (GIMP_DRAWABLE (seen)),
                         gimp_drawable_get_height (GIMP_DRAWABLE (seen)),
                         gimp_drawable_type (GIMP_DRAWABLE (seen)),
                         gimp_layer_get_opacity (layer),
                         gimp_layer_get_mode (layer));
  if (copy)
    {
      gimp_layer_set_blend_space (copy, gimp_layer_get_blend_space (layer));
      gimp_layer_set_composite_space (copy,
                                      gimp_layer_get_composite_space (layer));
      gimp_layer_set_composite_mode (copy,
                                     gimp_layer_get_composite_mode (layer));
      gimp_item_set_color_tag (GIMP_ITEM (copy),
                               gimp_item_get_color_tag (GIMP_ITEM (layer)));
      gimp_drawable_get_offsets (GIMP_DRAWABLE (seen), &x, &y);
      gimp_layer_set_offsets (copy, x, y);
      copy_pixels (GIMP_DRAWABLE (seen), GIMP_DRAWABLE (copy));
      copy_mask (seen, copy);
    }

  if (scratch)
    gimp_image_delete (scratch);
  return copy;
}
