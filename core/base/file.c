/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * file.c: reading files that nobody vouches for.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Characters of a quoted text and of a whole message. */
#define MAX_QUOTED  80
#define MAX_MESSAGE 1000

/* In place of a file that was not downloaded Git LFS leaves a pointer, which
 * begins so and is smaller than this (its specification, version 1).
 */
#define POINTER      "version https://git-lfs.github.com/spec/"
#define POINTER_SIZE 1024

/* Appends at most max characters of text, those that cannot be printed as
 * escapes, and dots where there are more.
 */
static void
append_printable (GString    *out,
                  const char *text,
                  int         max)
{
  char       *valid = g_utf8_make_valid (text, -1);
  const char *p;

  for (p = valid; *p != '\0' && max > 0; p = g_utf8_next_char (p), max--)
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isprint (c))
        g_string_append_unichar (out, c);
      else
        g_string_append_printf (out, "\\u%04x", (unsigned int) c);
    }

  if (*p != '\0')
    g_string_append (out, "...");
  g_free (valid);
}

gboolean
dif_file_fault (const char  *path,
                DifError     code,
                GError     **error,
                const char  *format,
                ...)
{
  char    *name = g_filename_display_name (path);
  GString *whole = g_string_new (name);
  char    *message;
  va_list  args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  g_string_append (whole, ": ");
  append_printable (whole, message, MAX_MESSAGE);
  g_set_error_literal (error, DIF_ERROR, code, whole->str);
  g_string_free (whole, TRUE);
  g_free (message);
  g_free (name);

  return FALSE;
}

char *
dif_file_quote (const char *text)
{
  GString *quoted = g_string_new ("\"");

  append_printable (quoted, text, MAX_QUOTED);
  g_string_append_c (quoted, '"');

  return g_string_free (quoted, FALSE);
}

static gboolean
is_pointer (int     fd,
            guint64 size)
{
  char start[sizeof (POINTER) - 1];

  return size >= sizeof (start) && size < POINTER_SIZE &&
         pread (fd, start, sizeof (start), 0) == (ssize_t) sizeof (start) &&
         memcmp (start, POINTER, sizeof (start)) == 0;
}

int
dif_file_open (const char  *path,
               guint64     *size,
               GError     **error)
{
  struct stat st;
  int         fd;

  /* O_NONBLOCK: open() of a pipe would otherwise wait for a writer. */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    {
      int missing = errno == ENOENT || errno == ENOTDIR;

      dif_file_fault (path, missing ? DIF_ERROR_NOT_FOUND : DIF_ERROR_IO,
                      error, "cannot be opened: %s.", g_strerror (errno));
      return -1;
    }

  if (fstat (fd, &st) < 0 || ! S_ISREG (st.st_mode) || st.st_size < 0)
    {
      dif_file_fault (path, DIF_ERROR_IO, error, "is not a regular file.");
      close (fd);
      return -1;
    }

  if (is_pointer (fd, st.st_size))
    {
      dif_file_fault (path, DIF_ERROR_NOT_FOUND, error,
                      "is a Git LFS pointer, not the file it stands for; "
                      "\"git lfs pull\" in its folder downloads that.");
      close (fd);
      return -1;
    }

  *size = st.st_size;
  return fd;
}

gboolean
dif_file_read (int          fd,
               const char  *path,
               guint64      offset,
               gsize        length,
               void        *out,
               GError     **error)
{
  char *p = out;

  while (length > 0)
    {
      ssize_t n = pread (fd, p, MIN (length, (gsize) 1 << 30), offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return dif_file_fault (path, DIF_ERROR_IO, error,
                               "cannot be read: %s.", g_strerror (errno));
      if (n == 0)
        return dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                               "became shorter while it was read.");
      p += n;
      offset += n;
      length -= n;
    }

  return TRUE;
}

char *
dif_file_load (const char  *path,
               gsize        max_size,
               gsize       *length,
               GError     **error)
{
  guint64  size;
  char    *text = NULL;
  int      fd = dif_file_open (path, &size, error);

  if (fd < 0)
    return NULL;

  if (size > max_size)
    dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                    "is larger than %" G_GSIZE_FORMAT " bytes.", max_size);
  else if (! (text = g_try_malloc (size + 1)))
    dif_file_fault (path, DIF_ERROR_MEMORY, error, "does not fit in memory.");
  else if (! dif_file_read (fd, path, 0, size, text, error))
    g_clear_pointer (&text, g_free);

  close (fd);
  if (text)
    {
      text[size] = '\0';
      *length = size;
    }

  return text;
}
