/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * effects.c: a layer's buffer lacks its effects.  Merging them changes an
 * image's undo history and selection, so it is done in an image of its own.
 */

#include <string.h>

#include "effects.h"

/* A scratch image may have so many times the pixels of the layer or of its
 * image, whichever has more, and so many pixels in any case.
 */
#define MAX_TIMES   4
#define FREE_PIXELS (1 << 22)

static gboolean
has_effects (GimpLayer *layer)
{
  GimpDrawableFilter **filters = gimp_drawable_get_filters (
    GIMP_DRAWABLE (layer));
  gboolean             any = FALSE;
  int                  i;

  for (i = 0; filters && filters[i] && ! any; i++)
    any = gimp_drawable_filter_get_visible (filters[i]);
  g_free (filters);
  return any;
}

static GeglRectangle
bounds (GimpLayer *layer)
{
  GeglRectangle rect = { 0, 0, gimp_drawable_get_width (GIMP_DRAWABLE (layer)),
                         gimp_drawable_get_height (GIMP_DRAWABLE (layer)) };

  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &rect.x, &rect.y);
  return rect;
}

/* An image of that size that shows the pixels of a copy of layer, effects and
 * all, at (x, y), and nothing else; NULL if GIMP refused.
 */
static GimpImage *
new_scratch (GimpLayer  *layer,
             int         width,
             int         height,
             int         x,
             int         y,
             GimpLayer **copy)
{
  GimpImage        *image = gimp_item_get_image (GIMP_ITEM (layer));
  GimpColorProfile *profile = gimp_image_get_color_profile (image);
  GimpImage        *scratch = gimp_image_new_with_precision (
    width, height, gimp_image_get_base_type (image),
    gimp_image_get_precision (image));

  *copy = NULL;
  if (scratch)
    {
      gimp_image_undo_disable (scratch);
      if (profile)
        gimp_image_set_color_profile (scratch, profile);
      *copy = gimp_layer_new_from_drawable (GIMP_DRAWABLE (layer), scratch);
    }
  g_clear_object (&profile);
  if (! *copy || ! gimp_image_insert_layer (scratch, *copy, NULL, 0))
    {
      g_clear_pointer (&scratch, gimp_image_delete);
      return NULL;
    }
  gimp_item_set_lock_content (GIMP_ITEM (*copy), FALSE);
  gimp_item_set_lock_position (GIMP_ITEM (*copy), FALSE);
  if (gimp_layer_get_mask (*copy))
    gimp_layer_remove_mask (*copy, GIMP_MASK_DISCARD);
  gimp_item_set_visible (GIMP_ITEM (*copy), TRUE);
  gimp_layer_set_opacity (*copy, 100.0);
  gimp_layer_set_mode (*copy, GIMP_LAYER_MODE_NORMAL);
  gimp_layer_set_offsets (*copy, x, y);
  return scratch;
}

static gboolean
is_small_enough (const GeglRectangle *rect,
                 const GeglRectangle *layer,
                 const GeglRectangle *canvas)
{
  gint64 most = MAX ((gint64) layer->width * layer->height,
                     (gint64) canvas->width * canvas->height);

  return rect->width <= GIMP_MAX_IMAGE_SIZE
         && rect->height <= GIMP_MAX_IMAGE_SIZE
         && (gint64) rect->width * rect->height
            <= MAX (MAX_TIMES * most, FREE_PIXELS);
}

/* Where the pixels of a layer can be that its effects make wider and higher by
 * so much, it is not known on which sides: all around it.  Where that is too
 * much, what of it lies in the image, and else the layer alone.
 */
static GeglRectangle
find_room (GimpLayer *layer,
           int        wider,
           int        higher)
{
  GimpImage     *image = gimp_item_get_image (GIMP_ITEM (layer));
  GeglRectangle  rect = bounds (layer);
  GeglRectangle  canvas = { 0, 0, gimp_image_get_width (image),
                            gimp_image_get_height (image) };
  GeglRectangle  all = { rect.x - wider, rect.y - higher,
                         rect.width + 2 * wider, rect.height + 2 * higher };
  GeglRectangle  seen;

  if (is_small_enough (&all, &rect, &canvas))
    return all;
  if (gegl_rectangle_intersect (&seen, &all, &canvas))
    {
      gegl_rectangle_bounding_box (&seen, &seen, &rect);
      if (is_small_enough (&seen, &rect, &canvas))
        return seen;
    }
  return rect;
}

/* Renders the layer with what its effects add around it, which GIMP puts
 * in the wrong place when it merges them.
 */
static gboolean
render (DifGimpSeen *seen,
        GimpLayer   *layer,
        int          wider,
        int          higher)
{
  GeglRectangle  room = find_room (layer, wider, higher);
  GeglRectangle  part = bounds (layer);
  gboolean       some;
  GimpLayer     *copy;
  int            x1, y1, x2, y2;

  part.x -= room.x;
  part.y -= room.y;
  seen->scratch = new_scratch (layer, room.width, room.height, part.x, part.y,
                               &copy);
  if (! seen->scratch)
    return FALSE;
  seen->layer = gimp_layer_new_from_visible (seen->scratch, seen->scratch,
                                             NULL);
  if (! seen->layer ||
      ! gimp_image_insert_layer (seen->scratch, seen->layer, NULL, 0))
    return FALSE;

  /* The layer, and beyond it all that is not transparent. */
  gimp_image_select_item (seen->scratch, GIMP_CHANNEL_OP_REPLACE,
                          GIMP_ITEM (seen->layer));
  gimp_selection_bounds (seen->scratch, &some, &x1, &y1, &x2, &y2);
  if (some)
    gegl_rectangle_bounding_box (&part, &part, GEGL_RECTANGLE (
                                   x1, y1, x2 - x1, y2 - y1));
  gimp_selection_none (seen->scratch);
  gimp_image_remove_layer (seen->scratch, copy);
  seen->x = room.x + part.x;
  seen->y = room.y + part.y;
  return gimp_layer_resize (seen->layer, part.width, part.height, -part.x,
                            -part.y);
}

gboolean
dif_gimp_seen_init (DifGimpSeen *seen,
                    GimpLayer   *layer)
{
  GeglRectangle rect = bounds (layer), merged;

  memset (seen, 0, sizeof *seen);
  seen->layer = layer;
  seen->x = rect.x;
  seen->y = rect.y;
  if (! has_effects (layer))
    return TRUE;

  seen->scratch = new_scratch (layer, rect.width, rect.height, 0, 0,
                               &seen->layer);
  if (! seen->scratch ||
      ! gimp_drawable_merge_filters (GIMP_DRAWABLE (seen->layer)))
    return FALSE;
  merged = bounds (seen->layer);
  if (gegl_rectangle_equal (&merged, GEGL_RECTANGLE (0, 0, rect.width,
                                                     rect.height)))
    return TRUE;

  dif_gimp_seen_clear (seen);
  return render (seen, layer, MAX (0, merged.width - rect.width),
                 MAX (0, merged.height - rect.height));
}

void
dif_gimp_seen_clear (DifGimpSeen *seen)
{
  g_clear_pointer (&seen->scratch, gimp_image_delete);
  seen->layer = NULL;
}
