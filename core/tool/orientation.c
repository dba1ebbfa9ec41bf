/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * orientation.c: finds Exif's tag 0x0112 (Exif 2.32, 4.6.4; the block is
 * a TIFF file of its own) and lays the rows of a picture accordingly.
 */

#include <stdio.h>
#include <string.h>

#include "tool/orientation.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT      3

static guint32
read_number (const guchar *bytes,
             int           n,
             gboolean      little)
{
  guint32 value = 0;

  for (int i = 0; i < n; i++)
    value = value << 8 | bytes[little ? n - 1 - i : i];
  return value;
}

/* block: what follows "Exif\0\0". */
static int
parse_exif (const guchar *block,
            gsize         size)
{
  gboolean little = size > 0 && block[0] == 'I';
  gsize    at;
  guint32  n;

  if (size < 8 || block[0] != block[1] || (block[0] != 'I' && block[0] != 'M'))
    return 1;
  at = read_number (block + 4, 4, little);
  if (at > size || size - at < 2)
    return 1;
  n = read_number (block + at, 2, little);
  at += 2;
  for (; n > 0 && size - at >= 12; n--, at += 12)
    if (read_number (block + at, 2, little) == TAG_ORIENTATION &&
        read_number (block + at + 2, 2, little) == TYPE_SHORT)
      {
        guint32 value = read_number (block + at + 8, 2, little);

        return value >= 1 && value <= 8 ? (int) value : 1;
      }
  return 1;
}

/* Reads the segments that stand before the first scan. */
int
dif_orientation_read (const char *path)
{
  FILE    *file = fopen (path, "rb");
  guchar   head[4];
  guchar  *segment = g_malloc (G_MAXUINT16);
  gsize    length;
  gboolean found = FALSE;
  int      orientation = 1;

  if (file != NULL && fread (head, 1, 2, file) == 2)
    while (! found && fread (head, 1, 4, file) == 4 && head[0] == 0xff &&
           head[1] != 0xda)
      {
        length = read_number (head + 2, 2, FALSE);
        if (length < 2 || fread (segment, 1, length - 2, file) != length - 2)
          break;
        found = head[1] == 0xe1 && length >= 8 &&
                memcmp (segment, "Exif\0\0", 6) == 0;
        if (found)
          orientation = parse_exif (segment + 6, length - 8);
      }
  if (file != NULL)
    fclose (file);
  g_free (segment);
  return orientation;
}

gboolean
dif_orientation_turns (int orientation)
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

/* Every row of the upright picture is a row or, where it turns, a column
 * of the stored one, counted from either end and read either way.
 */
GeglBuffer *
dif_orientation_apply (GeglBuffer *buffer,
                       int         orientation)
{
  const Babl *format = gegl_buffer_get_format (buffer);
  gsize       size = babl_format_get_bytes_per_pixel (format);
  gboolean    turns = dif_orientation_turns (orientation);
  gboolean    from_end = orientation == 3 || orientation == 4 ||
                         orientation == 7 || orientation == 8;
  gboolean    reversed = orientation == 2 || orientation == 3 ||
                         orientation == 6 || orientation == 7;
  int         w = gegl_buffer_get_width (buffer);
  int         h = gegl_buffer_get_height (buffer);
  int         width = turns ? h : w;
  int         height = turns ? w : h;
  guchar     *line = g_malloc (width * size);
  GeglBuffer *upright = gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height),
                                         format);

  for (int y = 0; y < height; y++)
    {
      int           from = from_end ? height - 1 - y : y;
      GeglRectangle part = turns ? (GeglRectangle) { from, 0, 1, h }
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
