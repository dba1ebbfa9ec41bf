/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * protect.c: see protect.h.
 */

#include <string.h>

#include <glib/gi18n.h>

#include "protect.h"

gboolean
dif_gimp_protect_check (GimpDrawable  *protect,
                        GimpImage     *image,
                        GError       **error)
{
  char *name;

  if (! gimp_item_is_valid (GIMP_ITEM (protect)))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("The channel or mask that protects has been "
                             "deleted. Choose another one, or none."));
      return FALSE;
    }
  if (gimp_item_get_image (GIMP_ITEM (protect)) == image)
    return TRUE;
  name = gimp_item_get_name (GIMP_ITEM (protect));
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
               _("\"%s\" cannot protect these layers: it belongs to another "
                 "image. Copy it into this one first."), name);
  g_free (name);
  return FALSE;
}

static GeglRectangle
place_of (GimpDrawable *drawable)
{
  GeglRectangle place;

  gimp_drawable_get_offsets (drawable, &place.x, &place.y);
  place.width = gimp_drawable_get_width (drawable);
  place.height = gimp_drawable_get_height (drawable);
  return place;
}

/* Whether the numbers of a channel are those that are shown, by which people
 * think of half: a mask may have linear ones, which are its shares.
 */
static gboolean
is_linear (const Babl *format)
{
  return strcmp (babl_get_name (babl_format_get_model (format)), "Y") == 0;
}

void
dif_gimp_protect_begin (DifGimpProtect *protect,
                        GimpDrawable   *drawable)
{
  protect->drawable = g_object_ref (drawable);
  protect->buffer = gimp_drawable_get_buffer (drawable);
  protect->has_alpha = gimp_drawable_has_alpha (drawable);
  if (protect->has_alpha)
    protect->format = babl_format ("Y'A float");
  else if (is_linear (gegl_buffer_get_format (protect->buffer)))
    protect->format = babl_format ("Y float");
  else
    protect->format = babl_format ("Y' float");
  protect->place = place_of (drawable);
}

gboolean
dif_gimp_protect_stays (const DifGimpProtect *protect)
{
  GeglRectangle place;

  if (! gimp_item_is_valid (GIMP_ITEM (protect->drawable)))
    return FALSE;
  place = place_of (protect->drawable);
  return gegl_rectangle_equal (&place, &protect->place);
}

static void
lower_row (const DifGimpProtect *protect,
           const float          *values,
           int                   n,
           float                *selected)
{
  int per_pixel = protect->has_alpha ? 2 : 1, i;

  for (i = 0; i < n; i++, values += per_pixel)
    {
      float stays = values[0];

      if (protect->has_alpha)
        stays *= values[1];
      /* NaN protects nothing. */
      if (stays > 0.0f)
        selected[i] *= 1.0f - MIN (stays, 1.0f);
    }
}

void
dif_gimp_protect_lower (const DifGimpProtect *protect,
                        const GeglRectangle  *piece,
                        float                *selected)
{
  GeglRectangle over, row;
  float        *values;
  int           y;

  if (! gegl_rectangle_intersect (&over, piece, &protect->place))
    return;
  values = g_new (float, 2 * (gsize) over.width);
  for (y = 0; y < over.height; y++)
    {
      row = (GeglRectangle) { over.x - protect->place.x,
                              over.y - protect->place.y + y, over.width, 1 };
      gegl_buffer_get (protect->buffer, &row, 1.0, protect->format, values,
                       GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      lower_row (protect, values, over.width,
                 selected + (gsize) (over.y - piece->y + y) * piece->width
                 + (over.x - piece->x));
    }
  g_free (values);
}

void
dif_gimp_protect_end (DifGimpProtect *protect)
{
  g_clear_object (&protect->buffer);
  g_clear_object (&protect->drawable);
}
