/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fit.c: see fit.h.  gimp_layer_new_from_drawable() would do for precision
 * and mode, but it takes the pixels for those of the image's profile as it
 * is now, and writes those of another precision without any.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "fit.h"


/* Copies the pixels, which are in format. */
static void
copy_pixels (GimpDrawable *from,
             const Babl   *format,
             GimpDrawable *to)
{
  GeglBuffer *in = gimp_drawable_get_buffer (from);
  GeglBuffer *out = gimp_drawable_get_buffer (to);

  gegl_buffer_set_format (in, format);
  gegl_buffer_copy (in, NULL, GEGL_ABYSS_NONE, out, NULL);
  gegl_buffer_flush (out);
  g_object_unref (in);
  g_object_unref (out);
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
  copy_pixels (GIMP_DRAWABLE (mask),
               gimp_drawable_get_format (GIMP_DRAWABLE (mask)),
               GIMP_DRAWABLE (copy));
  gimp_layer_set_apply_mask (to, gimp_layer_get_apply_mask (from));
  gimp_layer_set_edit_mask (to, gimp_layer_get_edit_mask (from));
}

static void
copy_parasites (GimpItem *from,
                GimpItem *to)
{
  char **names = gimp_item_get_parasite_list (from);
  char **name;

  for (name = names; name && *name; name++)
    {
      GimpParasite *parasite = gimp_item_get_parasite (from, *name);

      if (parasite)
        {
          gimp_item_attach_parasite (to, parasite);
          gimp_parasite_free (parasite);
        }
    }
  g_strfreev (names);
}

/* Copies all but the pixels. */
static void
copy_rest (GimpLayer *from,
           GimpLayer *to)
{
  char *name = gimp_item_get_name (GIMP_ITEM (from));
  int   x, y;

  gimp_item_set_name (GIMP_ITEM (to), name);
  g_free (name);
  gimp_layer_set_blend_space (to, gimp_layer_get_blend_space (from));
  gimp_layer_set_composite_space (to, gimp_layer_get_composite_space (from));
  gimp_layer_set_composite_mode (to, gimp_layer_get_composite_mode (from));
  gimp_item_set_color_tag (GIMP_ITEM (to),
                           gimp_item_get_color_tag (GIMP_ITEM (from)));
  gimp_item_set_visible (GIMP_ITEM (to),
                         gimp_item_get_visible (GIMP_ITEM (from)));
  gimp_drawable_get_offsets (GIMP_DRAWABLE (from), &x, &y);
  gimp_layer_set_offsets (to, x, y);
  copy_parasites (GIMP_ITEM (from), GIMP_ITEM (to));
  copy_mask (from, to);
}

static GimpImageType
type_in (GimpImage *image,
         gboolean   alpha)
{
  switch (gimp_image_get_base_type (image))
    {
    case GIMP_GRAY:
      return alpha ? GIMP_GRAYA_IMAGE : GIMP_GRAY_IMAGE;
    case GIMP_INDEXED:
      return alpha ? GIMP_INDEXEDA_IMAGE : GIMP_INDEXED_IMAGE;
    default:
      return alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE;
    }
}

/* An empty layer of that size, as image would have it in place of layer. */
static GimpLayer *
new_like (GimpLayer *layer,
          GimpImage *image,
          int        width,
          int        height)
{
  GimpDrawable *old = GIMP_DRAWABLE (layer);

  return gimp_layer_new (image, NULL, width, height,
                         type_in (image, gimp_drawable_has_alpha (old)),
                         gimp_layer_get_opacity (layer),
                         gimp_layer_get_mode (layer));
}

/* Whether layer, whose pixels are in format, is what image takes. */
static gboolean
fits (GimpLayer  *layer,
      const Babl *format,
      GimpImage  *image)
{
  GimpLayer *pixel = gimp_item_get_image (GIMP_ITEM (layer)) == image
                     ? new_like (layer, image, 1, 1) : NULL;
  gboolean   same = FALSE;

  if (pixel)
    {
      same = gimp_drawable_get_format (GIMP_DRAWABLE (pixel)) == format;
      gimp_item_delete (GIMP_ITEM (pixel));
    }
  return same;
}

GimpLayer *
dif_gimp_fit (GimpLayer  *layer,
              const Babl *format,
              GimpImage  *image)
{
  GimpDrawable *old = GIMP_DRAWABLE (layer);
  GimpLayer    *fit;

  if (fits (layer, format, image))
    return layer;
  fit = new_like (layer, image, gimp_drawable_get_width (old),
                  gimp_drawable_get_height (old));
  if (! fit)
    return NULL;

  copy_pixels (old, format, GIMP_DRAWABLE (fit));
  copy_rest (layer, fit);
  gimp_item_delete (GIMP_ITEM (layer));
  return fit;
}

void
dif_gimp_fit_note (char **why)
{
  g_free (*why);
  *why = g_strdup (gimp_pdb_get_last_error (gimp_get_pdb ()));
}

void
dif_gimp_fit_refuse (int       n,
                     char     *why,
                     GError  **error)
{
  if (n > 0)
    g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
                 ngettext ("GIMP did not take %d layer: %s",
                           "GIMP did not take %d layers: %s", n), n,
                 why ? why : _("The image was closed."));
  g_free (why);
}
