/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picture.c: from planes in [-1,1] to what cairo paints.
 */

#include <string.h>

#include "picture.h"

#define CHECK 8
#define CHUNK 256 /* pixels that are worked on at a time */

DifUiPicture *
dif_ui_picture_ref (DifUiPicture *picture)
{
  g_atomic_int_inc (&picture->others);
  return picture;
}

void
dif_ui_picture_free (DifUiPicture *picture)
{
  if (! picture || g_atomic_int_add (&picture->others, -1) > 0)
    return;
  dif_image_free (picture->rgb);
  g_free (picture->alpha);
  g_free (picture->selected);
  g_free (picture);
}

/* A piece of a row as it will be: R'G'B'A in [0,1], and which of its pixels
 * have something laid over them.
 */
typedef struct
{
  float    rgba[4 * CHUNK];
  gboolean over[CHUNK];
  int      n;
} RowPiece;

/* Fills piece with the colours of row y of the part from pixel x on, over laid
 * on them as a run blends in its result.  TRUE if over lies on any of them.
 */
static gboolean
mix (RowPiece           *piece,
     const DifUiPicture *picture,
     const DifRect      *part,
     const DifUiOver    *over,
     int                 x,
     int                 y)
{
  const DifImage *old = picture->rgb;
  gsize           n = (gsize) old->width * old->height;
  gsize           at = (gsize) (part->y + y) * old->width + part->x + x;
  int             left = 0, right = 0, i, c;
  gsize           other_n = 0, other_at = 0;
  gboolean        any = FALSE;

  if (over && part->y + y >= over->at.y
      && part->y + y < over->at.y + over->at.height)
    {
      left = over->at.x - part->x;
      right = left + over->at.width;
      other_n = (gsize) over->image->width * over->image->height;
      other_at = (gsize) (over->y + part->y + y - over->at.y)
                 * over->image->width + over->x;
    }
  for (i = 0; i < piece->n; i++, x++, at++)
    {
      float share = x < left || x >= right ? 0.0f
                    : picture->selected ? picture->selected[at] : 1.0f;

      piece->over[i] = share > 0.0f;
      any |= piece->over[i];
      for (c = 0; c < 3; c++)
        {
          float rgb = CLAMP (old->rgb[c * n + at], -1.0f, 1.0f);

          if (share > 0.0f)
            {
              float other = over->image->rgb[c * other_n + other_at + x - left];
              float laid = over->picture_share * rgb
                           + over->image_share * other;

              rgb += share * (CLAMP (laid, -1.0f, 1.0f) - rgb);
            }
          piece->rgba[4 * i + c] = (rgb + 1.0f) * 0.5f;
        }
      piece->rgba[4 * i + 3] = picture->alpha
                               ? CLAMP (picture->alpha[at], 0.0f, 1.0f) : 1.0f;
    }
  return any;
}

/* Pixels that something is laid on get the colours that the layer will show
 * there.
 */
static void
show_as_layer (RowPiece           *piece,
               const DifUiPicture *picture)
{
  float rgba[4 * CHUNK];
  int   i;

  memcpy (rgba, piece->rgba, 4 * (gsize) piece->n * sizeof (float));
  picture->show (picture->format, rgba, piece->n);
  for (i = 0; i < piece->n; i++)
    if (piece->over[i])
      memcpy (piece->rgba + 4 * i, rgba + 4 * i, 3 * sizeof (float));
}

/* [0,1] times alpha as 0..255. */
static guint32
byte_of (float value,
         float alpha)
{
  return (guint32) (CLAMP (value, 0.0f, 1.0f) * alpha * 255.0f + 0.5f);
}

static void
fill_row (const DifUiPicture *picture,
          const DifRect      *part,
          const DifUiOver    *over,
          int                 y,
          guint32            *out)
{
  RowPiece piece;
  int      x, i;

  for (x = 0; x < part->width; x += piece.n)
    {
      piece.n = MIN (CHUNK, part->width - x);
      if (mix (&piece, picture, part, over, x, y) && picture->show)
        show_as_layer (&piece, picture);
      for (i = 0; i < piece.n; i++)
        {
          const float *rgba = piece.rgba + 4 * i;

          out[x + i] = byte_of (1.0f, rgba[3]) << 24
                       | byte_of (rgba[0], rgba[3]) << 16
                       | byte_of (rgba[1], rgba[3]) << 8
                       | byte_of (rgba[2], rgba[3]);
        }
    }
}

cairo_surface_t *
dif_ui_picture_paint (const DifUiPicture  *picture,
                      const DifRect       *part,
                      const DifUiOver     *over,
                      GError             **error)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                                         part->width,
                                                         part->height);
  cairo_status_t   status = cairo_surface_status (surface);
  unsigned char   *data;
  int              stride, y;

  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
                   "The %d × %d pixels that are seen cannot be shown: %s.",
                   part->width, part->height,
                   cairo_status_to_string (status));
      cairo_surface_destroy (surface);
      return NULL;
    }
  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (y = 0; y < part->height; y++)
    fill_row (picture, part, over, y, (guint32 *) (void *) (data + y * stride));
  cairo_surface_mark_dirty (surface);
  return surface;
}

cairo_surface_t *
dif_ui_picture_to_surface (const DifUiPicture  *picture,
                           const DifImage      *colours,
                           GError             **error)
{
  DifRect   all = { 0, 0, picture->rgb->width, picture->rgb->height };
  DifUiOver over = { colours, all, 0, 0, 0.0f, 1.0f };

  return dif_ui_picture_paint (picture, &all, colours ? &over : NULL, error);
}

void
dif_ui_picture_checks (cairo_t *cr)
{
  double x1, y1, x2, y2;
  int    x, y;

  cairo_clip_extents (cr, &x1, &y1, &x2, &y2);
  cairo_set_source_rgb (cr, 0.6, 0.6, 0.6);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.4, 0.4, 0.4);
  for (y = (int) y1 / CHECK; y <= (int) y2 / CHECK; y++)
    for (x = (int) x1 / CHECK; x <= (int) x2 / CHECK; x++)
      if ((x + y) % 2 != 0)
        cairo_rectangle (cr, x * CHECK, y * CHECK, CHECK, CHECK);
  cairo_fill (cr);
}
