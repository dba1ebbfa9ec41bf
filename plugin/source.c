/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * source.c: opens a layer for a run.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "alloc.h"
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

/* Makes room for the part of the selection that lies over the layer, or, without
 * one, for what is not protected of that.
 */
static void
begin_selection (DifGimpSource *source)
{
  GeglRectangle  rect = source->selected;
  const Babl    *format = babl_format ("Y float");

  rect.x += source->offset_x;
  rect.y += source->offset_y;
  if (source->partly)
    source->live_selection = gimp_drawable_get_buffer (
      GIMP_DRAWABLE (gimp_image_get_selection (source->image)));
  if (! source->protect.drawable)
    format = gegl_buffer_get_format (source->live_selection);
  source->selection = gegl_buffer_new (&rect, format);
  source->choosing = TRUE;
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

  wide = source->whole ? layer : source->selected;
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
       GimpDrawable   *protect,
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
  if (protect)
    {
      if (! dif_gimp_protect_check (protect, source->image, error))
        return FALSE;
      dif_gimp_protect_begin (&source->protect, protect);
      source->protected_by = gimp_item_get_tattoo (GIMP_ITEM (protect));
    }
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
                     GimpDrawable  *protect,
                     GError       **error)
{
  DifGimpSource source;
  gboolean      bare = begin (&source, drawable, protect, NULL)
                       && is_selected (&source);
  gboolean      good;

  dif_gimp_source_clear (&source);
  if (bare)
    return TRUE;
  good = dif_gimp_source_init (&source, drawable, protect, error);
  dif_gimp_source_clear (&source);
  return good;
}

gboolean
dif_gimp_source_init (DifGimpSource  *source,
                      GimpDrawable   *drawable,
                      GimpDrawable   *protect,
                      GError        **error)
{
  if (! begin (source, drawable, protect, error))
    return FALSE;
  if (! dif_gimp_seen_init (&source->seen, source->layer))
    {
      set_uncopied (source, error);
      return FALSE;
    }
  return measure (source, GIMP_DRAWABLE (source->seen.layer), error);
}

void
dif_gimp_source_widen (DifGimpSource *source)
{
  source->whole = TRUE;
  source->region = (GeglRectangle) { 0, 0, source->width, source->height };
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
  if (source->partly || source->protect.drawable)
    begin_selection (source);
  if (mask && source->partly && ! gimp_layer_get_mask (source->stand_in))
    begin_mask (source);
  return TRUE;
}

/* Copies a piece of the selection, less what is protected of it.  FALSE without
 * the memory for that.
 */
static gboolean
copy_piece (DifGimpSource        *source,
            const GeglRectangle  *piece,
            GError              **error)
{
  const Babl *format = babl_format ("Y float");
  gsize       n = (gsize) piece->width * (gsize) piece->height, i;
  float      *selected = dif_ui_try_alloc (n, sizeof (float),
                                           "a piece of the selection", error);

  if (! selected)
    return FALSE;
  for (i = 0; i < n; i++)
    selected[i] = 1.0f;
  if (source->live_selection)
    gegl_buffer_get (source->live_selection, piece, 1.0, format, selected,
                     GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  dif_gimp_protect_lower (&source->protect, piece, selected);
  for (i = 0; i < n && ! source->some; i++)
    source->some = selected[i] > 0.0f;
  gegl_buffer_set (source->selection, piece, 0, format, selected,
                   GEGL_AUTO_ROWSTRIDE);
  g_free (selected);
  return TRUE;
}

static void
copy_to_mask (DifGimpSource       *source,
              const GeglRectangle *piece)
{
  GeglRectangle place = *piece;

  place.x -= source->offset_x;
  place.y -= source->offset_y;
  gegl_buffer_copy (source->selection, piece, GEGL_ABYSS_NONE, source->mask,
                    &place);
  gegl_buffer_flush (source->mask);
}

static gboolean
end_selection (DifGimpSource  *source,
               GError        **error)
{
  gboolean protects = source->protect.drawable != NULL;

  source->choosing = FALSE;
  g_clear_object (&source->live_selection);
  g_clear_object (&source->mask);
  dif_gimp_protect_end (&source->protect);
  if (! protects || source->some)
    return TRUE;
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
               source->partly
               ? _("All that is selected of the layer \"%s\" is protected. "
                   "Nothing would change.")
               : _("All of the layer \"%s\" is protected. Nothing would "
                   "change."), source->name);
  return FALSE;
}

/* FALSE where that goes wrong. */
static gboolean
copy_selection (DifGimpSource  *source,
                gint64          until,
                GError        **error)
{
  GeglRectangle piece;

  while (dif_gimp_pieces_next (&source->pieces, &piece))
    {
      if (! source->protect.drawable)
        gegl_buffer_copy (source->live_selection, &piece, GEGL_ABYSS_NONE,
                          source->selection, &piece);
      else if (! copy_piece (source, &piece, error))
        return FALSE;
      if (source->mask)
        copy_to_mask (source, &piece);
      if (g_get_monotonic_time () >= until)
        return TRUE;
    }
  return end_selection (source, error);
}

/* Whether all that is to be copied is there.  The selection is as large as the
 * image.
 */
static gboolean
is_there (DifGimpSource  *source,
          GError        **error)
{
  GeglBuffer *live = source->live_selection;

  if (! gimp_image_is_valid (source->image))
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                         _("The image was closed."));
  else if (live && (gimp_image_get_width (source->image)
                    != gegl_buffer_get_width (live)
                    || gimp_image_get_height (source->image)
                       != gegl_buffer_get_height (live)))
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                         _("The size or format of a layer or of the image "
                           "changed while it was read."));
  else if (source->choosing && source->protect.drawable
           && ! dif_gimp_protect_stays (&source->protect))
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                         _("The channel or mask that protects was deleted or "
                           "changed its size while it was read."));
  else
    return TRUE;
  return FALSE;
}

gboolean
dif_gimp_source_copy_more (DifGimpSource  *source,
                           gint64          until,
                           gboolean       *more,
                           GError        **error)
{
  gboolean there;

  *more = TRUE;
  if (! is_there (source, error))
    return FALSE;
  if (source->choosing)
    return copy_selection (source, until, error);
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
  dif_gimp_protect_end (&source->protect);
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
