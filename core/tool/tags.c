/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tags.c: tags of JPEG and PNG files by GExiv2, those of TIFF files by
 * libtiff, which GEGL loads them with and which knows BigTIFF too.
 */

#include <gexiv2/gexiv2.h>
#include <tiffio.h>

#include "tool/tags.h"

/* The functions that set an error have had other names. */
#if GEXIV2_CHECK_VERSION (0, 15, 0)
#define get_orientation gexiv2_metadata_get_orientation
#define get_number      gexiv2_metadata_get_tag_long
#else
#define get_orientation gexiv2_metadata_try_get_orientation
#define get_number      gexiv2_metadata_try_get_tag_long
#endif

static int
checked (glong orientation)
{
  return orientation >= 1 && orientation <= 8 ? (int) orientation : 1;
}

/* Exif's orientation; without one, that of XMP, an older habit. */
static char *
read_exif (const char  *path,
           DifToolTags *tags)
{
  GExiv2Metadata *metadata;
  GError         *error = NULL;
  char           *warning = NULL;
  glong           exif;
  glong           xmp;

  gexiv2_initialize ();
  gexiv2_log_set_level (GEXIV2_LOG_LEVEL_MUTE);
  metadata = gexiv2_metadata_new ();
  if (gexiv2_metadata_open_path (metadata, path, &error))
    {
      xmp = get_number (metadata, "Xmp.tiff.Orientation", NULL);
      /* Some versions of GExiv2 take XMP's width for an orientation. */
      gexiv2_metadata_clear_xmp (metadata);
      exif = get_orientation (metadata, NULL);
      tags->orientation = checked (exif != 0 ? exif : xmp);
    }
  else
    warning = g_strdup_printf ("its metadata cannot be read, so that it "
                               "counts as upright: %s", error->message);
  g_clear_error (&error);
  g_object_unref (metadata);
  return warning;
}

/* Whether GEGL has libtiff make 8-bit RGBA of the pixels, not knowing
 * their kind or depth.
 */
static gboolean
loaded_as_rgba (int photometric,
                int bits)
{
  return (photometric != PHOTOMETRIC_MINISBLACK &&
          photometric != PHOTOMETRIC_MINISWHITE &&
          photometric != PHOTOMETRIC_RGB &&
          photometric != PHOTOMETRIC_SEPARATED) ||
         (bits != 8 && bits != 16 && bits != 32 && bits != 64);
}

static void
read_tiff (const char  *path,
           DifToolTags *tags)
{
  /* libtiff mirrors these pixels, as the tag says, but never rotates them:
   * what is left to do of 1 to 8.
   */
  static const int left[] = { 1, 1, 1, 1, 5, 7, 5, 7 };
  guint16 orientation = ORIENTATION_TOPLEFT;
  guint16 photometric = PHOTOMETRIC_MINISBLACK;
  guint16 bits = 1;
  TIFF   *tiff;

  TIFFSetErrorHandler (NULL);
  TIFFSetWarningHandler (NULL);
  tiff = TIFFOpen (path, "r");
  if (tiff == NULL)
    return;

  TIFFGetFieldDefaulted (tiff, TIFFTAG_ORIENTATION, &orientation);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetField (tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  TIFFClose (tiff);

  tags->orientation = checked (orientation);
  if (loaded_as_rgba (photometric, bits))
    tags->orientation = left[tags->orientation - 1];
  else
    tags->negative = photometric == PHOTOMETRIC_MINISWHITE;
}

char *
dif_tool_tags_read (const char   *path,
                    DifToolFormat format,
                    DifToolTags  *tags)
{
  *tags = (DifToolTags) { 1, FALSE };
  switch (format)
    {
    case DIF_TOOL_FORMAT_PNG:
    case DIF_TOOL_FORMAT_JPEG:
      return read_exif (path, tags);
    case DIF_TOOL_FORMAT_TIFF:
      read_tiff (path, tags);
      break;
    case DIF_TOOL_FORMAT_EXR:
      break;
    }
  return NULL;
}
