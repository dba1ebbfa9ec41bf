/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-host.c: reads parts of a layer for the dialog, averaged down.
 */

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "layer-host.h"

struct _DifLayerHost
{
  DifHost    host;
  DifSource  source;
  DifSource  fresh;      /* a newer copy, while it is being looked at     */
  gboolean   looking;
  DifStrips  strips;     /* of that, compared with source                 */
};

/* Sums over the squares of one row of a picture. */
typedef struct
{
  double rgb[3];    /* by alpha, if there is any */
  double plain[3];
  double alpha;
  double selected;
  int    n;
} Sum;

static float
clipped (float value)
{
  return isnan (value) ? 0.0f : CLAMP (value, 0.0f, 1.0f);
}

static void
add_row (Sum         *sums,
         int          n,
         int          f,
         int          width,
         const float *rgba,
         const float *mask)
{
  int x, c;

  for (x = 0; x < width && x / f < n; x++)
    {
      Sum   *sum = &sums[x / f];
      float  alpha = clipped (rgba[4 * x + 3]);

      for (c = 0; c < 3; c++)
        {
          sum->rgb[c] += alpha * clipped (rgba[4 * x + c]);
          sum->plain[c] += clipped (rgba[4 * x + c]);
        }
      sum->alpha += alpha;
      sum->selected += mask ? clipped (mask[x]) : 1.0;
      sum->n++;
    }
}

static void
put_row (const Sum  *sums,
         DifPicture *picture,
         int         y)
{
  DifImage *image = picture->rgb;
  gsize     plane = (gsize) image->width * image->height;
  int       x, c;

  for (x = 0; x < image->width; x++)
    {
      const Sum *sum = &sums[x];
      gsize      at = (gsize) y * image->width + x;

      for (c = 0; c < 3; c++)
        image->rgb[c * plane + at] = (float)
          (2.0 * (sum->alpha > 0.0 ? sum->rgb[c] / sum->alpha
                                   : sum->plain[c] / MAX (1, sum->n)) - 1.0);
      if (picture->alpha)
        picture->alpha[at] = (float) (sum->alpha / MAX (1, sum->n));
      if (picture->selected)
        picture->selected[at] = (float) (sum->selected / MAX (1, sum->n));
    }
}

static void
read_row (const DifSource *source,
          int              x,
          int              y,
          int              width,
          float           *rgba,
          float           *mask)
{
  GeglRectangle rect = { x, y, width, 1 };

  gegl_buffer_get (source->buffer, &rect, 1.0, babl_format ("R'G'B'A float"),
                   rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  rect.x += source->offset_x;
  rect.y += source->offset_y;
  if (source->selection)
    gegl_buffer_get (source->selection, &rect, 1.0, babl_format ("Y float"),
                     mask, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
}

static DifPicture *
new_picture (const DifSource  *source,
             int               width,
             int               height,
             GError          **error)
{
  DifImage   *rgb = dif_image_new (width, height, error);
  DifPicture *picture;

  if (! rgb)
    return NULL;
  picture = g_new0 (DifPicture, 1);
  picture->rgb = rgb;
  if (source->has_alpha)
    picture->alpha = g_new (float, (gsize) width * height);
  if (source->selection)
    picture->selected = g_new (float, (gsize) width * height);
  return picture;
}

static DifPicture *
read_area (gpointer        data,
           const DifRect  *area,
           int             reduction,
           GError        **error)
{
  const DifSource *source = &((DifLayerHost *) data)->source;
  int              width = MAX (1, area->width / reduction);
  int              height = MAX (1, area->height / reduction);
  DifPicture      *picture;
  float           *rgba, *mask;
  int              x, y, row;

  if (! gimp_image_is_valid (source->image))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("The image was closed."));
      return NULL;
    }
  picture = new_picture (source, width, height, error);
  if (! picture)
    return NULL;
  rgba = g_new (float, 4 * (gsize) area->width);
  mask = source->selection ? g_new (float, area->width) : NULL;
  for (y = 0; y < height; y++)
    {
      Sum *sums = g_new0 (Sum, width);

      for (row = 0; row < reduction && y * reduction + row < area->height; row++)
        {
          read_row (source, area->x, area->y + y * reduction + row, area->width,
                    rgba, mask);
          add_row (sums, width, reduction, area->width, rgba, mask);
        }
      put_row (sums, picture, y);
      g_free (sums);
    }
  /* What lies outside of the work is not made anew. */
  for (y = 0; picture->selected && y < height; y++)
    for (x = 0; x < width; x++)
      {
        int at_x = area->x + x * reduction, at_y = area->y + y * reduction;

        if (at_x + reduction <= source->selected.x ||
            at_y + reduction <= source->selected.y ||
            at_x >= source->selected.x + source->selected.width ||
            at_y >= source->selected.y + source->selected.height)
          picture->selected[(gsize) y * width + x] = 0.0f;
      }
  g_free (rgba);
  g_free (mask);
  return picture;
}

/* Looking for changes ------------------------------------------------ */

static void
set_host (DifLayerHost *host)
{
  const DifSource *source = &host->source;

  host->host.width = source->width;
  host->host.height = source->height;
  host->host.work = (DifRect) { source->region.x, source->region.y,
                                source->region.width, source->region.height };
}

static gboolean
same_pixels (GeglBuffer          *a,
             GeglBuffer          *b,
             const GeglRectangle *piece)
{
  const Babl *format = gegl_buffer_get_format (a);
  gsize       n = (gsize) piece->width * piece->height
                  * babl_format_get_bytes_per_pixel (format);
  guint8     *bytes = g_malloc (2 * n);
  gboolean    same;

  gegl_buffer_get (a, piece, 1.0, format, bytes, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  gegl_buffer_get (b, piece, 1.0, format, bytes + n, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  same = memcmp (bytes, bytes + n, n) == 0;
  g_free (bytes);
  return same;
}

/* All but the pixels. */
static gboolean
same_frame (const DifSource *a,
            const DifSource *b)
{
  return a->layer == b->layer && a->format == b->format
         && a->width == b->width && a->height == b->height
         && a->offset_x == b->offset_x && a->offset_y == b->offset_y
         && a->partly == b->partly
         && gegl_rectangle_equal (&a->selected, &b->selected)
         && gegl_rectangle_equal (&a->region, &b->region);
}

/* Compares until it is until.  *more: there is some left, all same so far. */
static gboolean
compare (DifLayerHost *host,
         gint64        until,
         gboolean     *more)
{
  const DifSource *old = &host->source, *now = &host->fresh;
  GeglRectangle    piece;

  *more = dif_strips_next (&host->strips, &piece);
  while (*more)
    {
      GeglRectangle over;

      if (! same_pixels (old->buffer, now->buffer, &piece))
        return FALSE;
      if (old->selection)
        {
          piece.x += old->offset_x;
          piece.y += old->offset_y;
          if (gegl_rectangle_intersect (&over, &piece,
                                        gegl_buffer_get_extent (old->selection))
              && ! same_pixels (old->selection, now->selection, &over))
            return FALSE;
        }
      if (g_get_monotonic_time () >= until)
        return TRUE;
      *more = dif_strips_next (&host->strips, &piece);
    }
  return TRUE;
}

static void
end_look (DifLayerHost *host)
{
  dif_source_clear (&host->fresh);
  host->looking = FALSE;
}

static gboolean
look (gpointer  data,
      gint64    until,
      gboolean *changed)
{
  DifLayerHost *host = data;
  GimpItem     *layer = GIMP_ITEM (host->source.layer);
  gboolean      more = TRUE, good = TRUE;

  if (! changed)
    {
      end_look (host);
      return FALSE;
    }
  *changed = FALSE;
  if (! gimp_image_is_valid (host->source.image))
    good = FALSE;
  else if (! host->looking)
    {
      host->looking = TRUE;
      good = gimp_item_is_valid (layer)
             && dif_source_init (&host->fresh, GIMP_DRAWABLE (layer), NULL)
             && dif_source_copy_begin (&host->fresh, FALSE, NULL);
    }
  else if (host->fresh.copying)
    {
      good = dif_source_copy_more (&host->fresh, until, &more, NULL);
      if (good && ! more && ! same_frame (&host->source, &host->fresh))
        *changed = TRUE;
      else if (good && ! more)
        {
          dif_strips_begin (&host->strips, gegl_buffer_get_extent (
                              host->fresh.buffer));
          more = TRUE;
        }
    }
  else
    *changed = ! compare (host, until, &more);

  if (*changed)
    {
      DifSource old = host->source;

      host->source = host->fresh;
      host->fresh = old;
      set_host (host);
    }
  if (! good || ! more || *changed)
    {
      end_look (host);
      return FALSE;
    }
  return TRUE;
}

DifLayerHost *
dif_layer_host_new (GimpDrawable  *drawable,
                    GError       **error)
{
  DifLayerHost *host = g_new0 (DifLayerHost, 1);
  DifSource    *source = &host->source;

  if (! dif_source_init (source, drawable, error) ||
      ! dif_source_copy (source, FALSE, error))
    {
      dif_layer_host_free (host);
      return NULL;
    }
  host->host.data = host;
  host->host.read = read_area;
  host->host.look = look;
  set_host (host);
  return host;
}

const DifHost *
dif_layer_host_get (DifLayerHost *host)
{
  return &host->host;
}

void
dif_layer_host_free (DifLayerHost *host)
{
  if (! host)
    return;
  end_look (host);
  dif_source_clear (&host->source);
  g_free (host);
}
