/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain-image.c: see chain-image.h.
 */

#include "chain-image.h"

/* An empty image for layers such as this one. */
static GimpImage *
new_image (GimpImage *image,
           GimpLayer *layer)
{
  GimpImage        *made = gimp_image_new_with_precision (
    gimp_drawable_get_width (GIMP_DRAWABLE (layer)),
    gimp_drawable_get_height (GIMP_DRAWABLE (layer)),
    gimp_image_get_base_type (image), gimp_image_get_precision (image));
  GimpColorProfile *profile = gimp_image_get_color_profile (image);
  double            x, y;

  gimp_image_undo_disable (made);
  if (profile)
    gimp_image_set_color_profile (made, profile);
  g_clear_object (&profile);
  gimp_image_get_resolution (image, &x, &y);
  gimp_image_set_resolution (made, x, y);
  gimp_image_set_unit (made, gimp_image_get_unit (image));
  return made;
}

/* A copy of layer on top of the image.  What shines through a frame is not
 * to be the one before it.
 */
static GimpLayer *
add_frame (GimpImage *image,
           GimpLayer *layer)
{
  GimpLayer *frame = gimp_layer_new_from_drawable (GIMP_DRAWABLE (layer),
                                                   image);
  char      *name = gimp_item_get_name (GIMP_ITEM (layer));
  gboolean   clear = gimp_drawable_has_alpha (GIMP_DRAWABLE (layer));
  char      *whole = g_strconcat (name, clear ? " (replace)" : "", NULL);

  gimp_image_insert_layer (image, frame, NULL, 0);
  gimp_layer_set_offsets (frame, 0, 0);
  gimp_item_set_visible (GIMP_ITEM (frame), TRUE);
  gimp_item_set_name (GIMP_ITEM (frame), whole);
  g_free (whole);
  g_free (name);
  return frame;
}

static void
finish (GimpImage *image,
        gboolean   show)
{
  gimp_image_undo_enable (image);
  if (show)
    gimp_display_new (image);
}

void
dif_chain_images (GimpImage *image,
                  GPtrArray *layers,
                  GPtrArray *sources,
                  gboolean   show)
{
  GimpImage *made = NULL;
  guint      i;

  for (i = 0; i < layers->len; i++)
    {
      GimpLayer *layer = layers->pdata[i];

      if (i == 0 || sources->pdata[i - 1] != sources->pdata[i])
        {
          if (made)
            finish (made, show);
          made = new_image (image, layer);
        }
      layers->pdata[i] = add_frame (made, layer);
      gimp_item_delete (GIMP_ITEM (layer));
    }
  if (made)
    finish (made, show);
}
