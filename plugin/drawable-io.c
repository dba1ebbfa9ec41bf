/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * drawable-io.c: pixels in and out.  The engine's pictures are float
 * R'G'B' in sRGB; babl converts from and to the layer's own format,
 * precision and colour profile.  On the way back the colour is
 * converted, but only the colour components of changed pixels are
 * copied into the source's own bytes, because a round trip through
 * float would not give back 32-bit integers or another profile exactly.
 */

#include <math.h>
#include <string.h>

#include <libgimp/gimp.h>

#include "alloc.h"
#include "drawable-io.h"

/* Buffers for one piece. */
typedef struct
{
  const Babl *to_layer;  /* from R'G'B'A float to the layer's format */
  int         n_bytes;   /* of a pixel in the layer's format         */
  int         n_colour;  /* of those, the ones before alpha          */
  guint8     *raw;       /* the source's bytes, then the result's    */
  guint8     *converted; /* the result in the layer's format         */
  float      *rgba;      /* the source, then the result              */
  float      *mask;      /* the selection, or NULL                   */
  guint8     *changed;   /* 1: its colour, 2: its alpha too          */
} Block;

struct _DifGimpWriter
{
  const DifGimpSource *source;
  const DifImage      *result;
  float                beyond;
  gboolean             clip;
  gboolean             fill;
  GeglBuffer          *dest;
  DifGimpPieces        pieces;
  Block                block;
};


/* The share of a component that the engine can hold. */
static float
clipped (float value)
{
  return isnan (value) ? 0.0f : CLAMP (value, 0.0f, 1.0f);
}

/* A component as the engine is given it. */
static float
seen (float    value,
      gboolean clip)
{
  return clip || ! isfinite (value) ? clipped (value) : value;
}


/* Reading ------------------------------------------------------------ */

float *
dif_gimp_source_get (const DifGimpSource  *source,
                     const GeglRectangle  *piece,
                     GError              **error)
{
  float *rgba = dif_ui_try_alloc ((gsize) piece->width * piece->height,
                                  4 * sizeof (float), "a piece of the layer",
                                  error);

  if (rgba)
    gegl_buffer_get (source->buffer, piece, 1.0, babl_format ("R'G'B'A float"),
                     rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return rgba;
}

/* The selection under a piece of the layer. */
static void
get_selected (const DifGimpSource *source,
              const GeglRectangle *piece,
              float               *selected)
{
  GeglRectangle in_image = *piece;

  in_image.x += source->offset_x;
  in_image.y += source->offset_y;
  gegl_buffer_get (source->selection, &in_image, 1.0, babl_format ("Y float"),
                   selected, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
}

float *
dif_gimp_source_get_selected (const DifGimpSource  *source,
                              const GeglRectangle  *piece,
                              GError              **error)
{
  float *selected = dif_ui_try_alloc ((gsize) piece->width * piece->height,
                                      sizeof (float),
                                      "a piece of the selection", error);

  if (selected)
    get_selected (source, piece, selected);
  return selected;
}

void
dif_gimp_source_put (const GeglRectangle *area,
                     const GeglRectangle *piece,
                     const float         *rgba,
                     gboolean             clip,
                     DifImage            *image,
                     float               *alpha)
{
  gsize plane = (gsize) image->width * (gsize) image->height;
  int   x, y, c;

  for (y = 0; y < piece->height; y++)
    {
      gsize at = (gsize) (piece->y - area->y + y) * image->width
                 + (gsize) (piece->x - area->x);

      for (x = 0; x < piece->width; x++, at++, rgba += 4)
        {
          for (c = 0; c < 3; c++)
            image->rgb[(gsize) c * plane + at] = 2.0f * seen (rgba[c], clip)
                                                 - 1.0f;
          if (alpha)
            alpha[at] = clipped (rgba[3]);
        }
    }
}


/* Writing ------------------------------------------------------------ */

/* block is all zeros.  It has to be cleared also where this fails. */
static gboolean
block_init (Block                *block,
            const DifGimpSource  *source,
            gboolean              fill,
            gsize                 n,
            GError              **error)
{
  const char *what = "a piece of the result";
  int         n_components = babl_format_get_n_components (source->format);

  block->to_layer = babl_fish (babl_format ("R'G'B'A float"), source->format);
  block->n_bytes = babl_format_get_bytes_per_pixel (source->format);
  block->n_colour = block->n_bytes;
  if (source->has_alpha)
    block->n_colour -= block->n_bytes / n_components;

  block->raw = dif_ui_try_alloc (n, (gsize) block->n_bytes, what, error);
  if (block->raw)
    block->converted = dif_ui_try_alloc (n, (gsize) block->n_bytes, what,
                                         error);
  if (block->converted)
    block->rgba = dif_ui_try_alloc (n, 4 * sizeof (float), what, error);
  if (block->rgba && source->selection && (fill || ! source->masked))
    {
      block->mask = dif_ui_try_alloc (n, sizeof (float), what, error);
      if (! block->mask)
        return FALSE;
    }
  if (block->rgba)
    block->changed = dif_ui_try_alloc (n, 1, what, error);
  return block->changed != NULL;
}

static void
block_clear (Block *block)
{
  g_free (block->raw);
  g_free (block->converted);
  g_free (block->rgba);
  g_free (block->mask);
  g_free (block->changed);
}

static void
block_read (Block               *block,
            const DifGimpSource *source,
            const GeglRectangle *rect)
{
  gegl_buffer_get (source->buffer, rect, 1.0, source->format, block->raw,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  gegl_buffer_get (source->buffer, rect, 1.0, babl_format ("R'G'B'A float"),
                   block->rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  if (block->mask)
    get_selected (source, rect, block->mask);
}

/* Replaces one pixel by its variation; FALSE if that changes nothing. */
static gboolean
blend_pixel (float       *rgba,
             const float *result,
             gsize        plane,
             float        mask,
             float        beyond,
             gboolean     clip)
{
  gboolean changed = FALSE;
  int      c;

  if (! (mask > 0.0f && rgba[3] > 0.0f))
    return FALSE;

  for (c = 0; c < 3; c++)
    {
      float before = rgba[c];
      float inside = seen (before, clip);
      float after = seen (0.5f * result[(gsize) c * plane] + 0.5f, clip);
      float outside = isfinite (before) ? before - inside : 0.0f;

      /* The very number that was read is not changed. */
      if (result[(gsize) c * plane] == 2.0f * inside - 1.0f)
        continue;

      after += beyond * outside;
      if (mask < 1.0f && isfinite (before))
        after = before + mask * (after - before);
      if (after != before)
        {
          rgba[c] = after;
          changed = TRUE;
        }
    }
  return changed;
}

/* Makes a pixel as opaque as what is filled of it asks for; FALSE if it is that. */
static gboolean
cover_pixel (float   *rgba,
             float    selected,
             gboolean masked)
{
  float least = masked ? (selected > 0.0f) : MIN (selected, 1.0f);

  if (! (least > 0.0f) || rgba[3] >= least)
    return FALSE;
  rgba[3] = least;
  return TRUE;
}

static void
block_blend (Block               *block,
             const DifGimpSource *source,
             const GeglRectangle *rect,
             const DifImage      *result,
             float                beyond,
             gboolean             clip,
             gboolean             fill)
{
  gsize plane = (gsize) result->width * (gsize) result->height;
  gsize n = (gsize) rect->width * (gsize) rect->height;
  gsize i;

  for (i = 0; i < n; i++)
    {
      gsize x = i % (gsize) rect->width + (gsize) (rect->x - source->region.x);
      gsize y = i / (gsize) rect->width + (gsize) (rect->y - source->region.y);

      float    selected = block->mask ? block->mask[i] : 1.0f;
      float    mask = source->masked ? 1.0f : selected;
      gboolean empty = ! (block->rgba[4 * i + 3] > 0.0f);
      gboolean covered = fill && cover_pixel (block->rgba + 4 * i, selected,
                                              source->masked);

      /* There is no colour to be blended with. */
      if (covered && empty)
        mask = 1.0f;
      block->changed[i] =
        blend_pixel (block->rgba + 4 * i,
                     result->rgb + y * (gsize) result->width + x, plane,
                     mask, beyond, clip);
      if (covered)
        block->changed[i] = 2;
    }

  babl_process (block->to_layer, block->rgba, block->converted, (long) n);
  for (i = 0; i < n; i++)
    if (block->changed[i])
      memcpy (block->raw + i * (gsize) block->n_bytes,
              block->converted + i * (gsize) block->n_bytes,
              (gsize) (block->changed[i] > 1 ? block->n_bytes
                                             : block->n_colour));
}

DifGimpWriter *
dif_gimp_writer_new (const DifGimpSource  *source,
                     const DifImage       *result,
                     double                beyond,
                     gboolean              clip,
                     gboolean              fill,
                     GeglBuffer           *dest,
                     GError              **error)
{
  DifGimpWriter *writer = g_new0 (DifGimpWriter, 1);

  writer->source = source;
  writer->result = result;
  writer->beyond = (float) beyond;
  writer->clip = clip;
  writer->fill = fill && source->has_alpha;
  writer->dest = g_object_ref (dest);
  dif_gimp_pieces_begin (&writer->pieces, source->masked && ! source->whole
                                          ? &source->region
                                          : &source->selected);
  if (! block_init (&writer->block, source, writer->fill, DIF_GIMP_PIECE_PIXELS,
                    error))
    g_clear_pointer (&writer, dif_gimp_writer_free);
  return writer;
}

gboolean
dif_gimp_writer_next (DifGimpWriter *writer)
{
  const DifGimpSource *source = writer->source;
  Block               *block = &writer->block;
  GeglRectangle        piece;

  if (! dif_gimp_pieces_next (&writer->pieces, &piece))
    return FALSE;
  block_read (block, source, &piece);
  block_blend (block, source, &piece, writer->result, writer->beyond,
               writer->clip, writer->fill);
  gegl_buffer_set (writer->dest, &piece, 0, source->format, block->raw,
                   GEGL_AUTO_ROWSTRIDE);
  gegl_buffer_flush (writer->dest);
  return TRUE;
}

void
dif_gimp_writer_free (DifGimpWriter *writer)
{
  if (! writer)
    return;
  block_clear (&writer->block);
  g_object_unref (writer->dest);
  g_free (writer);
}
