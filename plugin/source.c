/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * source.c: opens a layer for a run.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "source.h"


gboolean
dif_gimp_source_check (GimpDrawable  *drawable,
                       GError       **error)
{
  const char *message = NULL;

  if (GIMP_IS_LAYER_MASK (drawable))
    message = _("Diffusion works on the pixels of a layer, not on its mask. "
                "Click the layer's own thumbnail in the Layers dialog first.");
  else if (! GIMP_IS_LAYER (drawable))
    message = _("Diffusion works on layers, not on channels. "
                "Select a layer first.");
  else if (GIMP_IS_GROUP_LAYER (drawable))
    message = _("Diffusion cannot work on a layer group. Select a layer "
                "inside it, or merge the group with Layer > Merge Layer "
                "Groups first.");
  else if (gimp_layer_is_floating_sel (GIMP_LAYER (drawable)))
    message = _("Diffusion cannot work on a floating selection. Anchor it, "
                "or make it a layer with Layer > To New Layer first.");
  else if (gimp_drawable_is_indexed (drawable))
    message = _("Diffusion cannot work on an indexed image. "
                "Convert it with Image > Mode > RGB first.");

  if (message)
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, message);
  return message == NULL;
}

/* Makes room for the part of the selection that lies over the layer. */
static void
begin_selection (DifGimpSource *source)
{
  GeglRectangle  rect = source->selected;
  GeglBuffer    *live = gimp_drawable_get_buffer (
    GIMP_DRAWABLE (gimp_image_get_selection (source->image)));

  rect.x += source->offset_x;
  rect.y += source->offset_y;
  source->selection = gegl_buffer_new (&rect, gegl_buffer_get_format (live));
  source->live_selection = live;
  dif_gimp_pieces_begin (&source->pieces, &rect);
}

/* Adds a layer mask that hides all until the selection has been copied into
 * it.
 */
static void
begin_mask (DifGimpSource *source)
{
  GimpLayer     *layer = source->stand_in;
  GimpLayerMask *mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_BLACK);

  gimp_layer_add_mask (layer, mask);
  gimp_layer_set_edit_mask (layer, FALSE);
  if (gimp_layer_get_composite_space (layer) == GIMP_LAYER_COLOR_SPACE_AUTO)
    gimp_layer_set_composite_space (layer,
                                    GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
  source->masked = TRUE;
  source->mask = gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));
}

/* Selection and context in the layer's coordinates.  FALSE if nothing of
 * the layer is selected.
 */
static gboolean
find_region (DifGimpSource *source)
{
  GimpImage    *image = source->image;
  GeglRectangle layer = { 0, 0, source->width, source->height };
  GeglRectangle wide;
  gboolean      some;
  int           x1, y1, x2, y2;

  source->selected = layer;
  gimp_selection_bounds (image, &some, &x1, &y1, &x2, &y2);
  source->partly = some;
  if (some)
    {
      GeglRectangle bounds = { x1 - source->offset_x, y1 - source->offset_y,
                               x2 - x1, y2 - y1 };

      if (! gegl_rectangle_intersect (&source->selected, &layer, &bounds))
        return FALSE;
    }

  wide = source->selected;
  wide.x -= DIF_GIMP_CONTEXT;
  wide.y -= DIF_GIMP_CONTEXT;
  wide.width += 2 * DIF_GIMP_CONTEXT;
  wide.height += 2 * DIF_GIMP_CONTEXT;
  return gegl_rectangle_intersect (&source->region, &layer, &wide);
}

/* Takes size and format from drawable, which is what is seen of the layer or
 * the copy of that; the place is that of what is seen.
 */
static gboolean
measure (DifGimpSource  *source,
         GimpDrawable   *drawable,
         GError        **error)
{
  source->has_alpha = gimp_drawable_has_alpha (drawable);
  source->width = gimp_drawable_get_width (drawable);
  source->height = gimp_drawable_get_height (drawable);
  source->bytes = gimp_drawable_get_bpp (drawable);
  source->offset_x = source->seen.x;
  source->offset_y = source->seen.y;

  if (! find_region (source))
    {
      g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
                   _("The selection does not touch the layer \"%s\". Select "
                     "a part of it, or everything with Select > All."),
                   source->name);
      return FALSE;
    }
  return TRUE;
}

static void
set_uncopied (const DifGimpSource  *source,
              GError              **error)
{
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
               _("The layer \"%s\" could not be copied."), source->name);
}

/* Fills in all that does not need what is seen of the layer. */
static gboolean
begin (DifGimpSource  *source,
       GimpDrawable   *drawable,
       GError        **error)
{
  memset (source, 0, sizeof (*source));
  if (! gimp_item_is_valid (GIMP_ITEM (drawable)))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("A layer was deleted before its turn came."));
      return FALSE;
    }
  /* The image may have become an indexed one since the last look. */
  if (! dif_gimp_source_check (drawable, error))
    return FALSE;

  source->image = gimp_item_get_image (GIMP_ITEM (drawable));
  source->layer = GIMP_LAYER (drawable);
  source->name = gimp_item_get_name (GIMP_ITEM (drawable));
  source->tattoo = gimp_item_get_tattoo (GIMP_ITEM (drawable));
  return TRUE;
}

/* Whether some of the bare layer is selected. */
static gboolean
is_selected (DifGimpSource *source)
{
  GimpDrawable *layer = GIMP_DRAWABLE (source->layer);

  source->width = gimp_drawable_get_width (layer);
  source->height = gimp_drawable_get_height (layer);
  gimp_drawable_get_offsets (layer, &source->offset_x, &source->offset_y);
  return find_region (source);
}

gboolean
dif_gimp_source_try (GimpDrawable  *drawable,
                     GError       **error)
{
  DifGimpSource source;
  gboolean      bare = begin (&source, drawable, NULL) && is_selected (&source);
  gboolean      good;

  dif_gimp_source_clear (&source);
  if (bare)
    return TRUE;
  good = dif_gimp_source_init (&source, drawable, error);
  dif_gimp_source_clear (&source);
  return good;
}

gboolean
dif_gimp_source_init (DifGimpSource  *source,
                      GimpDrawable   *drawable,
                      GError        **error)
{
  if (! begin (source, drawable, error))
    return FALSE;
  if (! dif_gimp_seen_init (&source->seen, source->layer))
    {
      set_uncopied (source, error);
      return FALSE;
    }
  return measure (source, GIMP_DRAWABLE (source->seen.layer), error);
}

gboolean
dif_gimp_source_copy_begin (DifGimpSource  *source,
                            gboolean        mask,
                            GError        **error)
{
  if (gimp_image_is_valid (source->image) &&
      gimp_item_is_valid (GIMP_ITEM (source->layer)))
    source->copying = dif_gimp_stand_in_begin (source->layer, &source->seen);
  if (! source->copying)
    {
      set_uncopied (source, error);
      return FALSE;
    }

  source->stand_in = dif_gimp_stand_in_layer (source->copying);
  source->buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (source->stand_in));
  source->format = gegl_buffer_get_format (source->buffer);
  if (! measure (source, GIMP_DRAWABLE (source->stand_in), error))
    return FALSE;
  if (source->partly)
    begin_selection (source);
  if (mask && source->partly && ! gimp_layer_get_mask (source->stand_in))
    begin_mask (source);
  return TRUE;
}

/* FALSE when all of the selection has been copied. */
static gboolean
copy_selection (DifGimpSource *source,
                gint64         until)
{
  GeglRectangle piece, place;

  while (source->live_selection)
    {
      if (! dif_gimp_pieces_next (&source->pieces, &piece))
        {
          g_clear_object (&source->live_selection);
          g_clear_object (&source->mask);
          break;
        }
      gegl_buffer_copy (source->live_selection, &piece, GEGL_ABYSS_NONE,
                        source->selection, &piece);
      if (source->mask)
        {
          place = piece;
          place.x -= source->offset_x;
          place.y -= source->offset_y;
          gegl_buffer_copy (source->selection, &piece, GEGL_ABYSS_NONE,
                            source->mask, &place);
          gegl_buffer_flush (source->mask);
        }
      if (g_get_monotonic_time () >= until)
        return TRUE;
    }
  return FALSE;
}

gboolean
dif_gimp_source_copy_more (DifGimpSource  *source,
                           gint64          until,
                           gboolean       *more,
                           GError        **error)
{
  gboolean there = gimp_image_is_valid (source->image);

  *more = TRUE;
  /* The selection is as large as the image. */
  if (there && source->live_selection)
    there = gimp_image_get_width (source->image)
            == gegl_buffer_get_width (source->live_selection)
            && gimp_image_get_height (source->image)
               == gegl_buffer_get_height (source->live_selection);
  if (there && copy_selection (source, until))
    return TRUE;
  if (there)
    there = dif_gimp_stand_in_more (source->copying, until, more);
  if (! there)
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                         ! gimp_image_is_valid (source->image)
                         ? _("The image was closed.")
                         : ! gimp_item_is_valid (GIMP_ITEM (source->layer))
                         ? _("A layer was deleted before its turn came.")
                         : _("The size or format of a layer or of the image "
                             "changed while it was read."));
  if (! *more)
    {
      g_clear_pointer (&source->copying, dif_gimp_stand_in_end);
      dif_gimp_seen_clear (&source->seen);
      /* What this buffer holds of the layer is older than the copy. */
      g_object_unref (source->buffer);
      source->buffer = gimp_drawable_get_buffer (
        GIMP_DRAWABLE (source->stand_in));
    }
  return there;
}

gboolean
dif_gimp_source_copy (DifGimpSource  *source,
                      gboolean        mask,
                      GError        **error)
{
  gboolean more = TRUE;

  if (! dif_gimp_source_copy_begin (source, mask, error))
    return FALSE;
  while (more)
    if (! dif_gimp_source_copy_more (source, G_MAXINT64, &more, error))
      return FALSE;
  return TRUE;
}

void
dif_gimp_source_clear (DifGimpSource *source)
{
  g_clear_object (&source->live_selection);
  g_clear_object (&source->mask);
  g_clear_pointer (&source->copying, dif_gimp_stand_in_end);
  dif_gimp_seen_clear (&source->seen);
  g_clear_object (&source->buffer);
  g_clear_object (&source->selection);
  if (source->stand_in && gimp_image_is_valid (source->image))
    gimp_item_delete (GIMP_ITEM (source->stand_in));
  g_free (source->name);
  memset (source, 0, sizeof (*source));
}
