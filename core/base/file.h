/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * file.h: reading files that nobody vouches for, and the messages about
 * them.
 */

#ifndef DIF_BASE_FILE_H
#define DIF_BASE_FILE_H

#include "dif.h"

/* Sets "PATH: message", both made valid UTF-8, the message one printable
 * line of bounded length.  Always returns FALSE, so that a check can end
 * with it.
 */
gboolean  dif_file_fault (const char  *path,
                          DifError     code,
                          GError     **error,
                          const char  *format,
                          ...) G_GNUC_PRINTF (4, 5);

/* text from a file as it may stand in a message: printable, in quotes,
 * cut where it is long.  Free with g_free().
 */
char     *dif_file_quote (const char  *text);

/* Opens a regular file for reading; anything else (a folder, a pipe, a
 * device) is refused without waiting for it, and so is what Git LFS
 * leaves in place of a file (NOT_FOUND).  Returns a descriptor to
 * close(), or -1.
 * Errors: NOT_FOUND, IO.
 */
int       dif_file_open  (const char  *path,
                          guint64     *size,
                          GError     **error);

/* Reads exactly length bytes at offset.
 * Errors: IO, MALFORMED if the file ends before.
 */
gboolean  dif_file_read  (int          fd,
                          const char  *path,
                          guint64      offset,
                          gsize        length,
                          void        *out,
                          GError     **error);

/* The whole content and a 0 after it; free with g_free().
 * Errors: NOT_FOUND, IO, MALFORMED if there are more than max_size
 * bytes, MEMORY.
 */
char     *dif_file_load  (const char  *path,
                          gsize        max_size,
                          gsize       *length,
                          GError     **error);

#endif
