/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * orientation.c: lays the rows of a picture as Exif's tag 0x0112 says
 * (Exif 2.32, 4.6.4).
 */

#include <string.h>

#include "tool/orientation.h"

gboolean
dif_tool_orientation_swaps (int orientation)
{
  return orientation >= 5;
}

static void
reverse (guchar *line,
         int     n,
         gsize   size)
{
  guchar pixel[64];

  for (int i = 0, k = n - 1; i < k; i++, k--)
    {
      memcpy (pixel, line + i * size, size);
      memcpy (line + i * size, line + k * size, size);
      memcpy (line + k * size, pixel, size);
    }
}

/* Every row of the upright picture is a row of the stored one or, where the
 * sides change places, a column of it, counted from either end and read either
 * way.
 */
GeglBuffer *
dif_tool_orientation_apply (GeglBuffer *buffer,
                            int         orientation)
{
  const Babl *format = gegl_buffer_get_format (buffer);
  gsize       size = babl_format_get_bytes_per_pixel (format);
  gboolean    swaps = dif_tool_orientation_swaps (orientation);
  gboolean    from_end = orientation == 3 || orientation == 4 ||
                         orientation == 7 || orientation == 8;
  gboolean    reversed = orientation == 2 || orientation == 3 ||
                         orientation == 6 || orientation == 7;
  int         w = gegl_buffer_get_width (buffer);
  int         h = gegl_buffer_get_height (buffer);
  int         width = swaps ? h : w;
  int         height = swaps ? w : h;
  guchar     *line = g_malloc (width * size);
  GeglBuffer *upright = gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height),
                                         format);

  for (int y = 0; y < height; y++)
    {
      int           from = from_end ? height - 1 - y : y;
      GeglRectangle part = swaps ? (GeglRectangle) { from, 0, 1, h }
                                 : (GeglRectangle) { 0, from, w, 1 };

      gegl_buffer_get (buffer, &part, 1.0, format, line, GEGL_AUTO_ROWSTRIDE,
                       GEGL_ABYSS_NONE);
      if (reversed)
        reverse (line, width, size);
      gegl_buffer_set (upright, GEGL_RECTANGLE (0, y, width, 1), 0, format,
                       line, GEGL_AUTO_ROWSTRIDE);
    }
  g_free (line);
  return upright;
}
