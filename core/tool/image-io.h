/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * image-io.h: a picture file as the commands see it: read once, written
 * any number of times with other colours.  Behind it stands the process
 * of codec.h.
 *
 * Bit depth, alpha, grey and colour space are those of the file read wherever
 * the format written can hold them; pixels that the engine left as they were
 * come out bit for bit.
 */

#ifndef DIF_TOOL_IMAGE_IO_H
#define DIF_TOOL_IMAGE_IO_H

#include "dif.h"

typedef struct _DifToolPicture DifToolPicture;

/* Finds out the size of the picture in a file; decodes no pixels yet.
 * Errors, naming the file: NOT_FOUND, IO, MALFORMED, UNSUPPORTED,
 * CANCELLED.
 */
DifToolPicture *dif_tool_picture_open   (const char *path,
                                         GError    **error);

/* A picture without a file: 8-bit RGB, to be written only. */
DifToolPicture *dif_tool_picture_blank  (int      width,
                                         int      height,
                                         GError **error);

/* NULL is allowed. */
void        dif_tool_picture_free   (DifToolPicture      *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifToolPicture, dif_tool_picture_free)

int         dif_tool_picture_width  (const DifToolPicture *picture);
int         dif_tool_picture_height (const DifToolPicture *picture);

/* TRUE if dif_memory_available() bytes hold the picture's own data and
 * needed bytes more.  Errors: MEMORY.
 */
gboolean    dif_tool_picture_fits   (const DifToolPicture *picture,
                                     guint64               needed,
                                     GError              **error);

/* Decodes the file; call once.  The colour behind transparent pixels is
 * filled in from their neighbours.  transparent, unless it is NULL, becomes
 * [height][width], 255 where alpha is 0 and else 0, or NULL if no pixel is; free it
 * with g_free().  Warns of doubtful but readable files
 * on standard error.  Errors as above, and MEMORY.
 */
DifImage   *dif_tool_picture_read   (DifToolPicture *picture,
                                     guint8        **transparent,
                                     GError        **error);

/* How much of each pixel of a picture that was read is not there, [height][width], 255
 * where alpha is 0 and 0 where it is 1; NULL if all of it is opaque.  Belongs to the
 * picture.
 */
const guint8 *dif_tool_picture_missing (const DifToolPicture *picture);

/* Makes what is written more opaque: alpha is cover, [height][width], 255 for 1, or
 * what was read if that is more.  Takes over cover, to be freed with g_free().
 */
void        dif_tool_picture_cover  (DifToolPicture *picture,
                                     guint8         *cover);

/* Whether the formats that the names end in can hold this picture.
 * Errors: UNSUPPORTED.
 */
gboolean    dif_tool_picture_suits  (const DifToolPicture *picture,
                                     const char *const    *names,
                                     GError              **error);

/* Writes the picture with the colours of image, which has its size.
 * The file appears at path only when it is complete.
 * Errors, naming path: NOT_FOUND, IO, UNSUPPORTED.
 */
gboolean    dif_tool_picture_write  (DifToolPicture *picture,
                                     const DifImage *image,
                                     const char     *path,
                                     GError        **error);

#endif
