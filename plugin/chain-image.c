/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain-image.c: see chain-image.h.
 */

#include "chain-image.h"
#include "fit.h"
#include "layer-out.h"

/* The mode of an image for frames like this one: image's own, or what the
 * frame is where that is indexed, whose palette is not made for frames.
 */
static GimpImageBaseType
base_type (GimpImage *image,
           GimpLayer *layer)
{
  GimpImageBaseType type = gimp_image_get_base_type (image);

  if (type != GIMP_INDEXED)
    return type;
  return gimp_drawable_is_gray (GIMP_DRAWABLE (layer)) ? GIMP_GRAY : GIMP_RGB;
}

/* An empty image for layers such as this one; NULL if GIMP refused. */
static GimpImage *
new_image (GimpImage *image,
           GimpLayer *layer)
{
  GimpImageBaseType type = base_type (image, layer);
  GimpColorProfile *profile = gimp_image_get_color_profile (image);
  /* After all other calls, so that GIMP's last error is why this failed. */
  GimpImage        *made = gimp_image_new_with_precision (
    gimp_drawable_get_width (GIMP_DRAWABLE (layer)),
    gimp_drawable_get_height (GIMP_DRAWABLE (layer)),
    type, gimp_image_get_precision (image));
  double            x, y;

  if (made)
    {
      gimp_image_undo_disable (made);
      if (profile && (type == GIMP_GRAY
                      ? gimp_color_profile_is_gray (profile)
                      : gimp_color_profile_is_rgb (profile)))
        gimp_image_set_color_profile (made, profile);
      gimp_image_get_resolution (image, &x, &y);
      gimp_image_set_resolution (made, x, y);
      gimp_image_set_unit (made, gimp_image_get_unit (image));
    }
  g_clear_object (&profile);
  return made;
}

/* Makes a frame, which is in its image, show its pixels and nothing else. */
static void
make_plain (GimpLayer *frame)
{
  gimp_layer_set_offsets (frame, 0, 0);
  gimp_item_set_visible (GIMP_ITEM (frame), TRUE);
  if (gimp_layer_get_mask (frame))
    gimp_layer_remove_mask (frame, gimp_layer_get_apply_mask (frame)
                                   ? GIMP_MASK_APPLY : GIMP_MASK_DISCARD);
  gimp_layer_set_mode (frame, GIMP_LAYER_MODE_NORMAL);
  gimp_layer_set_opacity (frame, 100.0);
  gimp_layer_set_blend_space (frame, GIMP_LAYER_COLOR_SPACE_AUTO);
  gimp_layer_set_composite_space (frame, GIMP_LAYER_COLOR_SPACE_AUTO);
  /* What shines through is not to be the frame below. */
  gimp_layer_set_composite_mode (frame,
                                 GIMP_LAYER_COMPOSITE_CLIP_TO_LAYER);
}

/* Puts layer on top of the image; what it has become, or NULL if GIMP
 * refused, and why.
 */
static GimpLayer *
add_frame (GimpImage    *image,
           GimpLayer    *layer,
           const Babl   *format,
           char        **why)
{
  GimpLayer *frame = dif_gimp_fit (layer, format, image);
  char      *name, *whole;

  if (! frame || ! gimp_image_insert_layer (image, frame, NULL, 0))
    {
      dif_gimp_fit_note (why);
      gimp_item_delete (GIMP_ITEM (frame ? frame : layer));
      return NULL;
    }
  make_plain (frame);
  name = gimp_item_get_name (GIMP_ITEM (frame));
  whole = g_strconcat (name, gimp_drawable_has_alpha (GIMP_DRAWABLE (frame))
                             ? " (replace)" : "", NULL);
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

/* Makes an image of the layers of one source; those that GIMP refuses
 * become NULL.  *why: what it said then.
 */
static void
make_image (GimpImage            *image,
            GimpLayer           **layers,
            int                   n,
            const DifGimpOrigin  *source,
            gboolean              show,
            char                **why)
{
  GimpImage *made = new_image (image, layers[0]);
  int        i, n_frames = 0;

  if (! made)
    dif_gimp_fit_note (why);
  for (i = 0; i < n; i++)
    {
      if (made)
        layers[i] = add_frame (made, layers[i], source->format, why);
      else
        gimp_item_delete (GIMP_ITEM (g_steal_pointer (&layers[i])));
      n_frames += layers[i] != NULL;
    }
  if (made && n_frames > 0)
    finish (made, show);
  else if (made)
    gimp_image_delete (made);
}

void
dif_gimp_chain_images (GimpImage  *image,
                       GPtrArray  *layers,
                       GPtrArray  *sources,
                       gboolean    show,
                       GError    **error)
{
  char  *why = NULL;
  guint  n = layers->len;
  guint  i, j;

  for (i = 0; i < n; i = j)
    {
      for (j = i + 1; j < n && sources->pdata[j] == sources->pdata[i]; j++);
      make_image (image, (GimpLayer **) layers->pdata + i, (int) (j - i),
                  sources->pdata[i], show, &why);
    }
  while (g_ptr_array_remove (layers, NULL));
  dif_gimp_fit_refuse ((int) (n - layers->len), why, error);
}
