/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * formats.c: names, signatures and frames of picture files.
 *
 * The frames are those of the PNG specification (section 5: length,
 * type, data, CRC; ends with IEND) and of ITU-T T.81 annex B (markers
 * with a length; ends with EOI).
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tool/formats.h"

typedef struct
{
  const char *loader;
  const char *saver;
  const char *endings[3];
} Format;

static const Format formats[] =
{
  { "gegl:png-load",  "gegl:png-save",  { ".png" } },
  { "gegl:jpg-load",  "gegl:jpg-save",  { ".jpg", ".jpeg" } },
  { "gegl:tiff-load", "gegl:tiff-save", { ".tif", ".tiff" } },
  { "gegl:exr-load",  "gegl:exr-save",  { ".exr" } }
};

static const struct
{
  DifToolFormat format;
  gsize         length;
  const char   *bytes;
} signatures[] =
{
  { DIF_TOOL_FORMAT_PNG,  8, "\x89PNG\r\n\x1a\n" },
  { DIF_TOOL_FORMAT_JPEG, 3, "\xff\xd8\xff" },
  { DIF_TOOL_FORMAT_TIFF, 4, "II*\0" },
  { DIF_TOOL_FORMAT_TIFF, 4, "MM\0*" },
  { DIF_TOOL_FORMAT_TIFF, 4, "II+\0" },
  { DIF_TOOL_FORMAT_TIFF, 4, "MM\0+" },
  { DIF_TOOL_FORMAT_EXR,  4, "\x76\x2f\x31\x01" }
};

const char *
dif_tool_format_loader (DifToolFormat format)
{
  return formats[format].loader;
}

const char *
dif_tool_format_saver (DifToolFormat format)
{
  return formats[format].saver;
}

gboolean
dif_tool_format_from_name (const char    *path,
                           DifToolFormat *format,
                           GError       **error)
{
  const char *slash = strrchr (path, G_DIR_SEPARATOR);
  const char *base = slash != NULL ? slash + 1 : path;
  const char *dot = strrchr (base, '.');

  for (gsize i = 0; dot != NULL && i < G_N_ELEMENTS (formats); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (formats[i].endings); k++)
      if (formats[i].endings[k] != NULL &&
          g_ascii_strcasecmp (dot, formats[i].endings[k]) == 0)
        {
          *format = (DifToolFormat) i;
          return TRUE;
        }
  g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
               "%s cannot be written: the name must end in .png, .jpg, .tif "
               "or .exr", path);
  return FALSE;
}

static guint32
read_be32 (const guchar *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 |
         (guint32) bytes[2] << 8 | bytes[3];
}

static gboolean
png_is_complete (FILE   *file,
                 goffset size)
{
  goffset at = 8;
  guchar  head[8];

  while (at + 12 <= size && fseeko (file, at, SEEK_SET) == 0 &&
         fread (head, 1, sizeof head, file) == sizeof head)
    {
      at += (goffset) read_be32 (head) + 12;
      if (memcmp (head + 4, "IEND", 4) == 0)
        return at <= size;
    }
  return FALSE;
}

/* Steps from marker to marker.  Inside a scan FF 00 is data and FF D0
 * to FF D7 restart it; FF FF is fill.
 */
static gboolean
jpeg_is_complete (FILE *file)
{
  int c;
  int high;
  int low;

  rewind (file);
  while ((c = getc (file)) != EOF)
    {
      if (c != 0xff)
        continue;
      while ((c = getc (file)) == 0xff)
        ;
      if (c == 0xd9)
        return TRUE;
      if (c == 0x00 || c == 0x01 || (c >= 0xd0 && c <= 0xd8))
        continue;
      high = getc (file);
      low = getc (file);
      if (high == EOF || low == EOF || (high << 8 | low) < 2 ||
          fseeko (file, (high << 8 | low) - 2, SEEK_CUR) != 0)
        return FALSE;
    }
  return FALSE;
}

static gboolean
sniff (const char    *path,
       FILE          *file,
       goffset        size,
       DifToolFormat *format,
       GError       **error)
{
  guchar   head[8] = { 0 };
  gsize    n = fread (head, 1, sizeof head, file);
  gsize    i = 0;
  gboolean complete = TRUE;

  while (i < G_N_ELEMENTS (signatures) &&
         (n < signatures[i].length ||
          memcmp (head, signatures[i].bytes, signatures[i].length) != 0))
    i++;
  if (i == G_N_ELEMENTS (signatures))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   "%s cannot be read: not a PNG, JPEG, TIFF or OpenEXR "
                   "picture", path);
      return FALSE;
    }

  *format = signatures[i].format;
  if (*format == DIF_TOOL_FORMAT_PNG)
    complete = png_is_complete (file, size);
  else if (*format == DIF_TOOL_FORMAT_JPEG)
    complete = jpeg_is_complete (file);
  if (! complete)
    g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                 "%s cannot be read: the file is cut short or damaged", path);
  return complete;
}

gboolean
dif_tool_format_from_file (const char    *path,
                           DifToolFormat *format,
                           GError       **error)
{
  struct stat info;
  FILE       *file;
  gboolean    good;

  if (stat (path, &info) != 0)
    {
      g_set_error (error, DIF_ERROR,
                   errno == ENOENT ? DIF_ERROR_NOT_FOUND : DIF_ERROR_IO,
                   "%s cannot be read: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (! S_ISREG (info.st_mode) || info.st_size == 0)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_IO, "%s cannot be read: %s",
                   path,
                   S_ISDIR (info.st_mode)   ? "it is a folder"
                   : S_ISREG (info.st_mode) ? "the file is empty"
                                            : "not a regular file");
      return FALSE;
    }
  file = fopen (path, "rb");
  if (file == NULL)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_IO, "%s cannot be read: %s",
                   path, g_strerror (errno));
      return FALSE;
    }
  good = sniff (path, file, info.st_size, format, error);
  fclose (file);
  return good;
}
