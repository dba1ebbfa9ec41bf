/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * formats.h: the picture files that the tool reads and writes, and a
 * check of a file's frame before a decoder sees it.
 */

#ifndef DIF_TOOL_FORMATS_H
#define DIF_TOOL_FORMATS_H

#include "dif.h"

typedef enum
{
  DIF_TOOL_FORMAT_PNG,
  DIF_TOOL_FORMAT_JPEG,
  DIF_TOOL_FORMAT_TIFF,
  DIF_TOOL_FORMAT_EXR
} DifToolFormat;

/* The format that the ending of path names.  Errors: UNSUPPORTED. */
gboolean dif_tool_format_from_name (const char    *path,
                                    DifToolFormat *format,
                                    GError       **error);

/* The format that the first bytes of the file show, whatever its name.
 * Of PNG and JPEG, whose decoders fill in what a cut file lacks or read
 * past its end, the file must also be complete: every part lies inside
 * it and the closing mark is there.  Pixels are not looked at.
 * Errors: NOT_FOUND, IO, MALFORMED, UNSUPPORTED.
 */
gboolean dif_tool_format_from_file (const char    *path,
                                    DifToolFormat *format,
                                    GError       **error);

/* GEGL's operations. */
const char *dif_tool_format_loader (DifToolFormat format);
const char *dif_tool_format_saver  (DifToolFormat format);

#endif
