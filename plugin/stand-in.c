/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stand-in.c: makes a plain layer of whatever the user picked.  A run
 * takes long enough for the user to paint on the layer, change or delete
 * it, and GIMP ends a plug-in that reads a deleted layer.  A copy that GIMP
 * makes of a layer would still have its text, which paints over a variation
 * when edited, its effects and its locks.
 */

#include <libgimp/gimp.h>

#include "stand-in.h"
#include "pieces.h"


/* Pixels to copy: of the layer, and of its mask. */
typedef struct
{
  GimpItem   *from;
  GeglBuffer *in;
  GeglBuffer *out;
  int         x;     /* in out, of the upper left corner of in */
  int         y;
} Pixels;

struct _DifGimpStandIn
{
  GimpImage    *image;
  GimpLayer    *layer;
  Pixels        pixels[2];
  int           n;
  int           current;
  DifGimpPieces pieces;
};

static void
add_pixels (DifGimpStandIn *copy,
            GimpDrawable   *from,
            GimpDrawable   *to,
            int             x,
            int             y)
{
  Pixels *pixels = &copy->pixels[copy->n++];

  pixels->from = GIMP_ITEM (from);
  pixels->in = gimp_drawable_get_buffer (from);
  pixels->out = gimp_drawable_get_buffer (to);
  pixels->x = x;
  pixels->y = y;
}

/* The mask goes where it was.  What effects have added around the layer
 * stays hidden, as it was.
 */
static void
copy_mask (DifGimpStandIn    *stand_in,
           GimpLayer         *from,
           const DifGimpSeen *seen)
{
  GimpLayer     *to = stand_in->layer;
  GimpLayerMask *mask = gimp_layer_get_mask (from);
  GimpLayerMask *copy;
  int            x, y;

  if (! mask)
    return;

  gimp_drawable_get_offsets (GIMP_DRAWABLE (from), &x, &y);
  copy = gimp_layer_create_mask (to, GIMP_ADD_MASK_BLACK);
  gimp_layer_add_mask (to, copy);
  add_pixels (stand_in, GIMP_DRAWABLE (mask), GIMP_DRAWABLE (copy),
              x - seen->x, y - seen->y);

  gimp_layer_set_apply_mask (to, gimp_layer_get_apply_mask (from));
  gimp_layer_set_edit_mask (to, FALSE);
}

DifGimpStandIn *
dif_gimp_stand_in_begin (GimpLayer         *layer,
                         const DifGimpSeen *seen)
{
  DifGimpStandIn *stand_in = g_new0 (DifGimpStandIn, 1);
  GimpImage      *image = gimp_item_get_image (GIMP_ITEM (layer));
  GimpDrawable   *from = GIMP_DRAWABLE (seen->layer);
  GimpLayer      *copy;

  stand_in->image = image;
  copy = gimp_layer_new (image, NULL, gimp_drawable_get_width (from),
                         gimp_drawable_get_height (from),
                         gimp_drawable_type (from),
                         gimp_layer_get_opacity (layer),
                         gimp_layer_get_mode (layer));
  if (! copy)
    {
      dif_gimp_stand_in_end (stand_in);
      return NULL;
    }
  stand_in->layer = copy;
  gimp_layer_set_blend_space (copy, gimp_layer_get_blend_space (layer));
  gimp_layer_set_composite_space (copy, gimp_layer_get_composite_space (layer));
  gimp_layer_set_composite_mode (copy, gimp_layer_get_composite_mode (layer));
  gimp_item_set_color_tag (GIMP_ITEM (copy),
                           gimp_item_get_color_tag (GIMP_ITEM (layer)));
  gimp_layer_set_offsets (copy, seen->x, seen->y);
  add_pixels (stand_in, from, GIMP_DRAWABLE (copy), 0, 0);
  copy_mask (stand_in, layer, seen);
  dif_gimp_pieces_begin (&stand_in->pieces,
                         gegl_buffer_get_extent (stand_in->pixels[0].in));
  return stand_in;
}

GimpLayer *
dif_gimp_stand_in_layer (DifGimpStandIn *copy)
{
  return copy->layer;
}

/* GIMP ends a plug-in that reads what is gone, or has another size or
 * format than when the buffer was opened.
 */
static gboolean
is_there (const DifGimpStandIn *copy)
{
  const Pixels *pixels = &copy->pixels[copy->current];
  GimpDrawable *from = GIMP_DRAWABLE (pixels->from);

  return gimp_image_is_valid (copy->image)
         && gimp_item_is_valid (pixels->from)
         && gimp_drawable_get_width (from) == gegl_buffer_get_width (pixels->in)
         && gimp_drawable_get_height (from)
            == gegl_buffer_get_height (pixels->in)
         && gimp_drawable_get_bpp (from) == babl_format_get_bytes_per_pixel (
              gegl_buffer_get_format (pixels->in));
}

gboolean
dif_gimp_stand_in_more (DifGimpStandIn *copy,
                        gint64          until,
                        gboolean       *more)
{
  *more = TRUE;
  while (copy->current < copy->n)
    {
      Pixels        *pixels = &copy->pixels[copy->current];
      GeglRectangle  piece, place;

      if (! is_there (copy))
        return FALSE;
      if (dif_gimp_pieces_next (&copy->pieces, &piece))
        {
          place = piece;
          place.x += pixels->x;
          place.y += pixels->y;
          gegl_buffer_copy (pixels->in, &piece, GEGL_ABYSS_NONE, pixels->out,
                            &place);
          gegl_buffer_flush (pixels->out);
        }
      else if (++copy->current < copy->n)
        dif_gimp_pieces_begin (&copy->pieces,
                               gegl_buffer_get_extent (pixels[1].in));
      if (g_get_monotonic_time () >= until)
        return TRUE;
    }
  *more = FALSE;
  return TRUE;
}

void
dif_gimp_stand_in_end (DifGimpStandIn *copy)
{
  int i;

  if (! copy)
    return;
  for (i = 0; i < copy->n; i++)
    {
      g_object_unref (copy->pixels[i].in);
      g_object_unref (copy->pixels[i].out);
    }
  g_free (copy);
}
