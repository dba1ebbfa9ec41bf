/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pixels.c: choice of pixel formats and the merging of rows.
 */

#include <math.h>
#include <string.h>

#include "tool/pixels.h"

gboolean
dif_tool_pixels_supported (const Babl *format)
{
  BablModelFlag flags = babl_get_model_flags (babl_format_get_model (format));

  return ! babl_format_is_palette (format) &&
         ! (flags & BABL_MODEL_FLAG_CMYK) &&
         (flags & (BABL_MODEL_FLAG_RGB | BABL_MODEL_FLAG_GRAY));
}

const char *
dif_tool_pixels_drop_profile (GeglBuffer   *buffer,
                              DifToolFormat file)
{
  const Babl   *format = gegl_buffer_get_format (buffer);
  const Babl   *space = babl_format_get_space (format);
  BablModelFlag flags = babl_get_model_flags (babl_format_get_model (format));
  gboolean      grey = (flags & BABL_MODEL_FLAG_GRAY) != 0;
  const char   *kind = NULL;

  if (babl_space_is_cmyk (space))
    kind = "CMYK";
  else if (babl_space_is_gray (space) && ! grey)
    kind = "grey";
  /* PNG and OpenEXR tell primaries and curve of grey without a profile;
   * libpng itself passes over such a profile.
   */
  else if (babl_space_is_rgb (space) && grey &&
           space != babl_space ("sRGB") &&
           (file == DIF_TOOL_FORMAT_JPEG || file == DIF_TOOL_FORMAT_TIFF))
    kind = "RGB";

  if (kind != NULL)
    gegl_buffer_set_format (buffer,
                            babl_format (babl_format_get_encoding (format)));
  return kind;
}

void
dif_tool_pixels_invert_grey (GeglBuffer *buffer)
{
  const Babl   *format = gegl_buffer_get_format (buffer);
  BablModelFlag flags = babl_get_model_flags (babl_format_get_model (format));
  const char   *encoding = "Y' double";
  int           step = 1;
  int           width = gegl_buffer_get_width (buffer);
  GeglRectangle row = { 0, 0, width, 1 };
  const Babl   *exact;
  double       *pixels;

  if (! (flags & BABL_MODEL_FLAG_GRAY))
    return;
  if (flags & BABL_MODEL_FLAG_ALPHA)
    {
      encoding = flags & BABL_MODEL_FLAG_ASSOCIATED ? "Y'aA double"
                                                    : "Y'A double";
      step = 2;
    }
  exact = babl_format_with_space (encoding, babl_format_get_space (format));
  pixels = g_new (double, (gsize) width * step);

  for (; row.y < gegl_buffer_get_height (buffer); row.y++)
    {
      gegl_buffer_get (buffer, &row, 1.0, exact, pixels, GEGL_AUTO_ROWSTRIDE,
                       GEGL_ABYSS_NONE);
      /* Where colour is multiplied by alpha, so is white. */
      for (int x = 0; x < width * step; x += step)
        pixels[x] = (flags & BABL_MODEL_FLAG_ASSOCIATED ? pixels[x + 1]
                                                        : 1.0) - pixels[x];
      gegl_buffer_set (buffer, &row, 0, exact, pixels, GEGL_AUTO_ROWSTRIDE);
    }
  g_free (pixels);
}

/* OpenEXR holds linear, premultiplied values; PNG and JPEG neither. */
static const char *
model_for (BablModelFlag flags,
           DifToolFormat file)
{
  gboolean grey = (flags & BABL_MODEL_FLAG_GRAY) != 0;
  gboolean alpha = (flags & BABL_MODEL_FLAG_ALPHA) != 0;

  if (file == DIF_TOOL_FORMAT_EXR && alpha)
    return grey ? "YaA" : "RaGaBaA";
  if (file == DIF_TOOL_FORMAT_EXR)
    return grey ? "Y" : "RGB";
  if (! alpha || file == DIF_TOOL_FORMAT_JPEG)
    return grey ? "Y'" : "R'G'B'";
  if (file == DIF_TOOL_FORMAT_TIFF && (flags & BABL_MODEL_FLAG_ASSOCIATED))
    return grey ? "Y'aA" : "R'aG'aB'aA";
  return grey ? "Y'A" : "R'G'B'A";
}

static const char *
type_for (const Babl   *type,
          DifToolFormat file)
{
  gboolean is_u8 = type == babl_type ("u8");
  gboolean is_half = type == babl_type ("half");

  switch (file)
    {
    case DIF_TOOL_FORMAT_JPEG:
      return "u8";
    case DIF_TOOL_FORMAT_PNG:
      return is_u8 ? "u8" : "u16";
    case DIF_TOOL_FORMAT_EXR:
      return is_u8 || is_half ? "half" : "float";
    case DIF_TOOL_FORMAT_TIFF:
      break;
    }
  return babl_get_name (type);
}

/* PNG's saver writes no profile beside grey pixels: they must be what a
 * reader will then take them for.  Beside those of TIFF and JPEG it must
 * be one for grey, or sRGB's, which is what they are without any.
 */
static const Babl *
space_for (const Babl   *space,
           BablModelFlag flags,
           DifToolFormat file)
{
  gboolean grey = (flags & BABL_MODEL_FLAG_GRAY) != 0;

  if (grey && (file == DIF_TOOL_FORMAT_PNG ||
               (file != DIF_TOOL_FORMAT_EXR && babl_space_is_rgb (space))))
    return babl_space ("sRGB");
  return space;
}

const Babl *
dif_tool_pixels_format_for (const Babl   *format,
                            DifToolFormat file)
{
  BablModelFlag flags = babl_get_model_flags (babl_format_get_model (format));
  char          encoding[64];

  g_snprintf (encoding, sizeof encoding, "%s %s", model_for (flags, file),
              type_for (babl_format_get_type (format, 0), file));
  return babl_format_with_space (
      encoding, space_for (babl_format_get_space (format), flags, file));
}

float
dif_tool_pixels_finite (float value)
{
  if (isfinite (value))
    return value;
  return value > 0.0f ? 1.0f : 0.0f;
}

float
dif_tool_pixels_to_engine (float value)
{
  return dif_tool_pixels_finite (value) * 2.0f - 1.0f;
}

/* What of an old pixel is left as it is. */
typedef enum
{
  SAME_NOTHING,
  SAME_ALPHA,
  SAME_ALL
} Same;

/* Says in same[] what is left of each pixel and puts the new colours and alphas into
 * pixels, [width][4].
 */
static void
lay_colours (float       *pixels,
             const float *values,
             int          width,
             Same        *same)
{
  for (int x = 0; x < width; x++, pixels += 4, values += 4)
    {
      gboolean covered = values[3] > 0.0f && ! (pixels[3] >= values[3]);
      gboolean visible = pixels[3] > 0.0f || covered;

      same[x] = covered ? SAME_NOTHING : SAME_ALL;
      if (covered)
        pixels[3] = values[3];
      for (int c = 0; c < 3 && visible; c++)
        if (dif_tool_pixels_to_engine (pixels[c]) != values[c])
          {
            pixels[c] = (values[c] + 1.0f) * 0.5f;
            same[x] = covered ? SAME_NOTHING : SAME_ALPHA;
          }
    }
}

void
dif_tool_pixels_merge_row (GeglBuffer  *source,
                           GeglBuffer  *target,
                           int          y,
                           const float *values)
{
  const Babl          *working = babl_format ("R'G'B'A float");
  const Babl          *format = gegl_buffer_get_format (target);
  int                  width = gegl_buffer_get_width (source);
  gsize                size = babl_format_get_bytes_per_pixel (format);
  gsize                alpha = 0;
  const GeglRectangle *row = GEGL_RECTANGLE (0, y, width, 1);
  float               *pixels = g_new (float, (gsize) width * 4);
  Same                *same = g_new (Same, width);
  guchar              *old = g_malloc (width * size);
  guchar              *new = g_malloc (width * size);

  if (babl_format_has_alpha (format))
    alpha = size / babl_format_get_n_components (format);
  gegl_buffer_get (source, row, 1.0, working, pixels, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  gegl_buffer_get (source, row, 1.0, format, old, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  lay_colours (pixels, values, width, same);
  babl_process (babl_fish (working, format), pixels, new, width);

  for (int x = 0; x < width; x++)
    {
      gsize end = (x + 1) * size;
      gsize unchanged = same[x] == SAME_ALL     ? size
                        : same[x] == SAME_ALPHA ? alpha
                                                : 0;

      memcpy (new + end - unchanged, old + end - unchanged, unchanged);
    }
  gegl_buffer_set (target, row, 0, format, new, GEGL_AUTO_ROWSTRIDE);

  g_free (pixels);
  g_free (same);
  g_free (old);
  g_free (new);
}
