/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tags.h: what a picture file says about its pixels that GEGL's loaders
 * leave to others: which way up they are, and whether they are a
 * negative.
 */

#ifndef DIF_TOOL_TAGS_H
#define DIF_TOOL_TAGS_H

#include "tool/formats.h"

typedef struct
{
  /* 1 to 8, Exif's number for what is to be done to the pixels as GEGL
   * loads them; 1 is upright.
   */
  int      orientation;

  /* Grey is stored with 0 as white, and loaded so. */
  gboolean negative;
} DifToolTags;

/* Reads the tags of a file of the given format.  What is missing or makes
 * no sense counts as upright and as no negative.  Returns NULL, or a
 * warning to free with g_free(): metadata are there that cannot be read.
 *
 * To be called in the codec's process before GEGL opens the file: it sets
 * libtiff's handlers of errors, as GEGL does.
 */
char *dif_tool_tags_read (const char   *path,
                          DifToolFormat format,
                          DifToolTags  *tags);

#endif
