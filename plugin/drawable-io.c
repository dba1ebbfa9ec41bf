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

#include "drawable-io.h"

/* Rows are handled in blocks of about this many pixels. */
#define BLOCK_PIXELS (1 << 18)

/* Buffers for one block of rows. */
typedef struct
{
  const Babl *to_layer;  /* from R'G'B'A float to the layer's format */
  int         n_bytes;   /* of a pixel in the layer's format         */
  int         n_colour;  /* of those, the ones before alpha          */
  guint8     *raw;       /* the source's bytes, then the result's    */
  guint8     *converted; /* the result in the layer's format         */
  float      *rgba;      /* the source, then the result              */
  float      *mask;      /* the selection, or NULL                   */
  guint8     *changed;
} Block;


/* Reading ------------------------------------------------------------ */

static int
block_rows (int width)
{
  return MAX (BLOCK_PIXELS / width, 1);
}

/* The share of a component that the engine can hold. */
static float
clipped (float value)
{
  return isnan (value) ? 0.0f : CLAMP (value, 0.0f, 1.0f);
}

static void
read_block (const DifSource     *source,
            const GeglRectangle *rect,
            float               *rgba,
            DifImage            *image,
            float               *alpha)
{
  gsize plane = (gsize) image->width * (gsize) image->height;
  gsize first = (gsize) (rect->y - source->region.y) * (gsize) rect->width;
  gsize n = (gsize) rect->width * (gsize) rect->height;
  gsize i;
  int   c;

  gegl_buffer_get (source->buffer, rect, 1.0, babl_format ("R'G'B'A float"),
                   rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);

  for (i = 0; i < n; i++)
    {
      for (c = 0; c < 3; c++)
        image->rgb[(gsize) c * plane + first + i] =
          2.0f * clipped (rgba[4 * i + c]) - 1.0f;
      if (alpha)
        alpha[first + i] = clipped (rgba[4 * i + 3]);
    }
}

DifImage *
dif_source_read (const DifSource  *source,
                 GError          **error)
{
  const GeglRectangle *region = &source->region;
  GeglRectangle        rect = *region;
  int                  rows = block_rows (region->width);
  gsize                n = (gsize) region->width * (gsize) region->height;
  DifImage            *image;
  float               *rgba;
  float               *alpha = NULL;
  gboolean             success = TRUE;

  image = dif_image_new (region->width, region->height, error);
  if (! image)
    return NULL;

  rgba = g_try_new (float, 4 * (gsize) rows * (gsize) region->width);
  if (source->has_alpha)
    alpha = g_try_new (float, n);
  if (! rgba || (source->has_alpha && ! alpha))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
                   "The layer's pixels (%d x %d) do not fit.", region->width,
                   region->height);
      success = FALSE;
    }

  while (success && rect.y < region->y + region->height)
    {
      rect.height = MIN (rows, region->y + region->height - rect.y);
      read_block (source, &rect, rgba, image, alpha);
      rect.y += rect.height;
    }

  if (success && alpha)
    success = dif_image_fill_transparent (image, alpha, error);

  g_free (rgba);
  g_free (alpha);
  if (! success)
    g_clear_pointer (&image, dif_image_free);
  return image;
}


/* Writing ------------------------------------------------------------ */

static void
block_init (Block           *block,
            const DifSource *source,
            gsize            n)
{
  int n_components = babl_format_get_n_components (source->format);

  block->to_layer = babl_fish (babl_format ("R'G'B'A float"), source->format);
  block->n_bytes = babl_format_get_bytes_per_pixel (source->format);
  block->n_colour = block->n_bytes;
  if (source->has_alpha)
    block->n_colour -= block->n_bytes / n_components;

  block->raw = g_malloc (n * (gsize) block->n_bytes);
  block->converted = g_malloc (n * (gsize) block->n_bytes);
  block->rgba = g_new (float, 4 * n);
  block->mask = source->selection ? g_new (float, n) : NULL;
  block->changed = g_new (guint8, n);
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
            const DifSource     *source,
            const GeglRectangle *rect)
{
  GeglRectangle in_image = *rect;

  gegl_buffer_get (source->buffer, rect, 1.0, source->format, block->raw,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  gegl_buffer_get (source->buffer, rect, 1.0, babl_format ("R'G'B'A float"),
                   block->rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  if (block->mask)
    {
      in_image.x += source->offset_x;
      in_image.y += source->offset_y;
      gegl_buffer_get (source->selection, &in_image, 1.0,
                       babl_format ("Y float"), block->mask,
                       GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    }
}

/* Replaces one pixel by its variation; FALSE if that changes nothing. */
static gboolean
blend_pixel (float       *rgba,
             const float *result,
             gsize        plane,
             float        mask,
             float        kept)
{
  gboolean changed = FALSE;
  int      c;

  if (! (mask > 0.0f && rgba[3] > 0.0f))
    return FALSE;

  for (c = 0; c < 3; c++)
    {
      float before = rgba[c];
      float inside = clipped (before);
      float after = clipped (0.5f * result[(gsize) c * plane] + 0.5f);
      float beyond = isfinite (before) ? before - inside : 0.0f;

      /* The very number that was read: leave this one alone. */
      if (result[(gsize) c * plane] == 2.0f * inside - 1.0f)
        continue;

      after += kept * beyond;
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

static void
block_blend (Block               *block,
             const DifSource     *source,
             const GeglRectangle *rect,
             const DifImage      *result,
             float                kept)
{
  gsize plane = (gsize) result->width * (gsize) result->height;
  gsize n = (gsize) rect->width * (gsize) rect->height;
  gsize i;

  for (i = 0; i < n; i++)
    {
      gsize x = i % (gsize) rect->width + (gsize) (rect->x - source->region.x);
      gsize y = i / (gsize) rect->width + (gsize) (rect->y - source->region.y);

      block->changed[i] =
        blend_pixel (block->rgba + 4 * i,
                     result->rgb + y * (gsize) result->width + x, plane,
                     block->mask ? block->mask[i] : 1.0f, kept);
    }

  babl_process (block->to_layer, block->rgba, block->converted, (long) n);
  for (i = 0; i < n; i++)
    if (block->changed[i])
      memcpy (block->raw + i * (gsize) block->n_bytes,
              block->converted + i * (gsize) block->n_bytes,
              (gsize) block->n_colour);
}

void
dif_source_write (const DifSource *source,
                  const DifImage  *result,
                  double           kept,
                  GeglBuffer      *dest)
{
  GeglRectangle rect = source->selected;
  int           bottom = rect.y + rect.height;
  int           rows = block_rows (rect.width);
  Block         block;

  block_init (&block, source, (gsize) rows * (gsize) rect.width);
  while (rect.y < bottom)
    {
      rect.height = MIN (rows, bottom - rect.y);
      block_read (&block, source, &rect);
      block_blend (&block, source, &rect, result, (float) kept);
      gegl_buffer_set (dest, &rect, 0, source->format, block.raw,
                       GEGL_AUTO_ROWSTRIDE);
      rect.y += rect.height;
    }
  block_clear (&block);
}
