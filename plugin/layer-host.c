/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-host.c: reads parts of a layer for the dialog, averaged down.
 */

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "alloc.h"
#include "layer-host.h"

#define CHUNK        256   /* pixels converted at a time      */
#define GREY_DOUBLES 2     /* room for a grey pixel, at most  */

struct _DifGimpLayerHost
{
  DifUiHost      host;
  DifGimpSource  source;
  GimpDrawable  *protect;
  DifGimpSource  fresh;  /* a newer copy, while it is being looked at     */
  gboolean       looking;
  DifGimpPieces  pieces; /* of that, compared with source                 */
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

/* A colour as the engine sees it where it restores, see dif_gimp_source_put(). */
static float
unclipped (float value)
{
  return isfinite (value) ? value : clipped (value);
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
          sum->rgb[c] += alpha * unclipped (rgba[4 * x + c]);
          sum->plain[c] += unclipped (rgba[4 * x + c]);
        }
      sum->alpha += alpha;
      sum->selected += mask ? clipped (mask[x]) : 1.0;
      sum->n++;
    }
}

static void
put_row (const Sum    *sums,
         DifUiPicture *picture,
         int           y)
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

/* The same as a row of sums over single pixels has it, which are most of all that
 * is read.
 */
static void
copy_row (const float  *rgba,
          const float  *mask,
          DifUiPicture *picture,
          int           y)
{
  DifImage *image = picture->rgb;
  gsize     plane = (gsize) image->width * image->height;
  gsize     at = (gsize) y * image->width;
  int       x, c;

  for (x = 0; x < image->width; x++, at++)
    {
      for (c = 0; c < 3; c++)
        image->rgb[c * plane + at] = (float)
          (2.0 * unclipped (rgba[4 * x + c]) - 1.0);
      if (picture->alpha)
        picture->alpha[at] = clipped (rgba[4 * x + 3]);
      if (picture->selected)
        picture->selected[at] = clipped (mask[x]);
    }
}

static void
read_row (const DifGimpSource *source,
          int                  x,
          int                  y,
          int                  width,
          float               *rgba,
          float               *mask)
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

/* A DifUiShowFunc for grey layers: there and back by the conversion that a
 * result is written with.
 */
static void
show_grey (gconstpointer  format,
           float         *rgba,
           int            n)
{
  const Babl *ours = babl_format ("R'G'B'A float");
  const Babl *to = babl_fish (ours, format), *from = babl_fish (format, ours);
  double      grey[CHUNK * GREY_DOUBLES];

  for (; n > 0; n -= CHUNK, rgba += 4 * CHUNK)
    {
      babl_process (to, rgba, grey, MIN (n, CHUNK));
      babl_process (from, grey, rgba, MIN (n, CHUNK));
    }
}

static DifUiPicture *
new_picture (const DifGimpSource  *source,
             int                   width,
             int                   height,
             GError              **error)
{
  gsize         n = (gsize) width * height;
  DifUiPicture *picture = g_new0 (DifUiPicture, 1);
  gboolean      good;

  if (babl_format_get_n_components (source->format) < 3)
    {
      picture->show = show_grey;
      picture->format = source->format;
    }
  picture->rgb = dif_image_new (width, height, error);
  good = picture->rgb != NULL;
  if (good && source->has_alpha)
    {
      picture->alpha = dif_ui_try_alloc (n, sizeof (float),
                                         "the layer's transparency", error);
      good = picture->alpha != NULL;
    }
  if (good && source->selection)
    {
      picture->selected = dif_ui_try_alloc (n, sizeof (float), "the selection",
                                            error);
      good = picture->selected != NULL;
    }
  if (! good)
    g_clear_pointer (&picture, dif_ui_picture_free);
  return picture;
}

/* Averages squares of so many rows from area's row y * reduction on. */
static void
sum_row (const DifGimpSource *source,
         const DifRect       *area,
         int                  reduction,
         DifUiPicture        *picture,
         int                  y,
         float               *rgba,
         float               *mask,
         Sum                 *sums)
{
  int width = picture->rgb->width, row;

  memset (sums, 0, width * sizeof (Sum));
  for (row = 0; row < reduction && y * reduction + row < area->height; row++)
    {
      read_row (source, area->x, area->y + y * reduction + row, area->width,
                rgba, mask);
      add_row (sums, width, reduction, area->width, rgba,
               source->selection ? mask : NULL);
    }
  put_row (sums, picture, y);
}

/* Averages area down into picture. */
static gboolean
fill_picture (const DifGimpSource  *source,
              const DifRect        *area,
              int                   reduction,
              DifUiPicture         *picture,
              GError              **error)
{
  gsize    width = (gsize) picture->rgb->width, across = (gsize) area->width;
  float   *rgba = dif_ui_try_alloc (across, 4 * sizeof (float),
                                    "a row of the layer", error);
  float   *mask = NULL;
  Sum     *sums = NULL;
  gboolean good;
  int      y;

  if (rgba)
    mask = dif_ui_try_alloc (across, sizeof (float), "a row of the selection",
                             error);
  if (mask)
    sums = dif_ui_try_alloc (width, sizeof (Sum), "a row of the preview",
                             error);
  good = sums != NULL;
  for (y = 0; good && y < picture->rgb->height; y++)
    if (reduction > 1)
      sum_row (source, area, reduction, picture, y, rgba, mask, sums);
    else
      {
        read_row (source, area->x, area->y + y, area->width, rgba, mask);
        copy_row (rgba, mask, picture, y);
      }
  g_free (rgba);
  g_free (mask);
  g_free (sums);
  return good;
}

static DifUiPicture *
read_area (gpointer        data,
           const DifRect  *area,
           int             reduction,
           GError        **error)
{
  const DifGimpSource *source = &((DifGimpLayerHost *) data)->source;
  int                  width = MAX (1, area->width / reduction);
  int                  height = MAX (1, area->height / reduction);
  DifUiPicture        *picture;
  int                  x, y;

  if (! gimp_image_is_valid (source->image))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("The image was closed."));
      return NULL;
    }
  picture = new_picture (source, width, height, error);
  if (! picture)
    return NULL;
  if (! fill_picture (source, area, reduction, picture, error))
    {
      dif_ui_picture_free (picture);
      return NULL;
    }
  /* What lies outside the selection's rectangle is not made anew. */
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
  return picture;
}

/* Looking for changes ------------------------------------------------ */

static void
set_host (DifGimpLayerHost *host)
{
  const DifGimpSource *source = &host->source;

  host->host.width = source->width;
  host->host.height = source->height;
  host->host.work = (DifRect) { source->region.x, source->region.y,
                                source->region.width, source->region.height };
}

/* Without memory to compare them they count as changed: reading them anew will
 * then say what is the matter.
 */
static gboolean
same_pixels (GeglBuffer          *a,
             GeglBuffer          *b,
             const GeglRectangle *piece)
{
  const Babl *format = gegl_buffer_get_format (a);
  gsize       n = (gsize) piece->width * piece->height
                  * babl_format_get_bytes_per_pixel (format);
  guint8     *bytes = g_try_malloc_n (n, 2);
  gboolean    same;

  if (! bytes)
    return FALSE;
  gegl_buffer_get (a, piece, 1.0, format, bytes, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  gegl_buffer_get (b, piece, 1.0, format, bytes + n, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  same = memcmp (bytes, bytes + n, n) == 0;
  g_free (bytes);
  return same;
}

/* Whether all but the pixels is the same. */
static gboolean
same_frame (const DifGimpSource *a,
            const DifGimpSource *b)
{
  return a->layer == b->layer && a->format == b->format
         && a->width == b->width && a->height == b->height
         && a->offset_x == b->offset_x && a->offset_y == b->offset_y
         && a->partly == b->partly && ! a->selection == ! b->selection
         && gegl_rectangle_equal (&a->selected, &b->selected)
         && gegl_rectangle_equal (&a->region, &b->region);
}

/* Compares pixels until the time until.  FALSE if some differ; *more says
 * whether there are some left.
 */
static gboolean
compare (DifGimpLayerHost *host,
         gint64            until,
         gboolean         *more)
{
  const DifGimpSource *old = &host->source, *now = &host->fresh;
  GeglRectangle        piece;

  *more = dif_gimp_pieces_next (&host->pieces, &piece);
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
      *more = dif_gimp_pieces_next (&host->pieces, &piece);
    }
  return TRUE;
}

static void
end_look (DifGimpLayerHost *host)
{
  dif_gimp_source_clear (&host->fresh);
  host->looking = FALSE;
}

static gboolean
look (gpointer  data,
      gint64    until,
      gboolean *changed)
{
  DifGimpLayerHost *host = data;
  GimpItem         *layer = GIMP_ITEM (host->source.layer);
  gboolean          more = TRUE, good = TRUE;

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
             && dif_gimp_source_init (&host->fresh, GIMP_DRAWABLE (layer),
                                      host->protect, NULL)
             && dif_gimp_source_copy_begin (&host->fresh, FALSE, NULL);
    }
  else if (host->fresh.copying)
    {
      good = dif_gimp_source_copy_more (&host->fresh, until, &more, NULL);
      if (good && ! more && ! same_frame (&host->source, &host->fresh))
        *changed = TRUE;
      else if (good && ! more)
        {
          dif_gimp_pieces_begin (&host->pieces, gegl_buffer_get_extent (
                              host->fresh.buffer));
          more = TRUE;
        }
    }
  else
    *changed = ! compare (host, until, &more);

  if (*changed)
    {
      DifGimpSource old = host->source;

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

DifGimpLayerHost *
dif_gimp_layer_host_new (GimpDrawable  *drawable,
                         GimpDrawable  *protect,
                         GError       **error)
{
  DifGimpLayerHost *host = g_new0 (DifGimpLayerHost, 1);
  DifGimpSource    *source = &host->source;

  dif_gimp_layer_host_protect (host, protect);
  if (! dif_gimp_source_init (source, drawable, protect, error) ||
      ! dif_gimp_source_copy (source, FALSE, error))
    {
      dif_gimp_layer_host_free (host);
      return NULL;
    }
  host->host.data = host;
  host->host.read = read_area;
  host->host.look = look;
  set_host (host);
  return host;
}

void
dif_gimp_layer_host_protect (DifGimpLayerHost *host,
                             GimpDrawable     *protect)
{
  g_set_object (&host->protect, protect);
}

const DifUiHost *
dif_gimp_layer_host_get (DifGimpLayerHost *host)
{
  return &host->host;
}

void
dif_gimp_layer_host_free (DifGimpLayerHost *host)
{
  if (! host)
    return;
  end_look (host);
  dif_gimp_source_clear (&host->source);
  g_clear_object (&host->protect);
  g_free (host);
}
