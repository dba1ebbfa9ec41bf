/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * outputs.c: expansion of the output pattern, checks of the targets and
 * the hidden folder in which a file grows.  The folder lies beside the
 * target, so that the last step is a rename inside one file system.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/outputs.h"
#include "tool/tool.h"

/* As many as Linux follows. */
#define MAX_LINKS 40

/* Reads the directive at text, behind its percent sign.  Returns its
 * length, or 0 for one that is not ours; width is -1 for "%%".
 */
static int
read_directive (const char *text,
                int        *width)
{
  if (text[0] == '%')
    {
      *width = -1;
      return 1;
    }
  if (text[0] == 'd')
    {
      *width = 0;
      return 1;
    }
  if (text[0] == '0' && text[1] >= '1' && text[1] <= '9' && text[2] == 'd')
    {
      *width = text[1] - '0';
      return 3;
    }
  return 0;
}

/* number 0 only checks and counts. */
static char *
expand (const char *pattern,
        int         number,
        int        *n_numbers,
        gboolean   *good)
{
  GString *name = g_string_new (NULL);

  *n_numbers = 0;
  *good = TRUE;
  for (const char *at = pattern; *at != '\0'; at++)
    {
      int width;
      int length;

      if (*at != '%')
        {
          g_string_append_c (name, *at);
          continue;
        }
      length = read_directive (at + 1, &width);
      if (length == 0)
        *good = FALSE;
      else if (width < 0)
        g_string_append_c (name, '%');
      else
        {
          g_string_append_printf (name, "%0*d", width, number);
          (*n_numbers)++;
        }
      at += length;
    }
  return g_string_free (name, FALSE);
}

char **
dif_tool_outputs_expand (const char *pattern,
                         int         n,
                         GError    **error)
{
  const char *fault = NULL;
  char      **names;
  int         n_numbers;
  gboolean    good;

  g_free (expand (pattern, 0, &n_numbers, &good));
  if (! good)
    fault = "after a percent sign only d (the number), 02d and the like, or "
            "a second percent sign may stand";
  else if (n_numbers > 1)
    fault = "the number may stand in it only once";
  else if (n > 1 && n_numbers == 0)
    fault = "%d is missing, which becomes each variation's number";
  else if (pattern[0] == '\0')
    fault = "the name is empty";
  if (fault != NULL)
    {
      g_set_error (error, DIF_TOOL_USAGE_ERROR, 0, "--output=%s: %s", pattern,
                   fault);
      return NULL;
    }

  names = g_new0 (char *, n + 1);
  for (int i = 0; i < n; i++)
    names[i] = expand (pattern, i + 1, &n_numbers, &good);
  return names;
}

static gboolean
io_error (GError     **error,
          const char  *path,
          int          number)
{
  g_set_error (error, DIF_ERROR,
               number == ENOENT ? DIF_ERROR_NOT_FOUND : DIF_ERROR_IO,
               "%s cannot be written: %s", path, g_strerror (number));
  return FALSE;
}

/* The file that is written for name: through symbolic links the one
 * behind them, there or not, as other programs write; a rename would
 * replace the link.  Errors: IO for links that lead in a circle.
 */
static char *
follow_links (const char  *name,
              GError     **error)
{
  char *path = g_strdup (name);

  for (int i = 0; i < MAX_LINKS; i++)
    {
      char *link = g_file_read_link (path, NULL);
      char *folder;

      if (link == NULL)
        return path;
      folder = g_path_get_dirname (path);
      g_free (path);
      path = g_path_is_absolute (link) ? g_strdup (link)
                                       : g_build_filename (folder, link, NULL);
      g_free (folder);
      g_free (link);
    }
  g_free (path);
  io_error (error, name, ELOOP);
  return NULL;
}

static gboolean
check_target (const char  *name,
              GError     **error)
{
  struct stat   info;
  DifToolFormat format;
  char         *target;
  char         *folder;
  int           fault = 0;

  if (! dif_tool_format_from_name (name, &format, error))
    return FALSE;
  target = follow_links (name, error);
  if (target == NULL)
    return FALSE;
  if (stat (target, &info) == 0)
    {
      if (S_ISDIR (info.st_mode))
        fault = EISDIR;
      else if (! S_ISREG (info.st_mode))
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_IO,
                       "%s cannot be written: not a regular file", name);
          g_free (target);
          return FALSE;
        }
      else if (access (target, W_OK) != 0)
        fault = errno;
    }
  folder = g_path_get_dirname (target);
  if (fault == 0 && stat (folder, &info) != 0)
    fault = errno;
  if (fault == 0 && ! S_ISDIR (info.st_mode))
    fault = ENOTDIR;
  if (fault == 0 && access (folder, W_OK | X_OK) != 0)
    fault = errno;
  g_free (folder);
  g_free (target);
  return fault == 0 || io_error (error, name, fault);
}

gboolean
dif_tool_outputs_check (const char *const  *names,
                        GError            **error)
{
  for (int i = 0; names[i] != NULL; i++)
    if (! check_target (names[i], error))
      return FALSE;
  return TRUE;
}

gboolean
dif_tool_output_begin (DifToolOutput *output,
                       const char    *target,
                       GError       **error)
{
  char *file = follow_links (target, error);
  char *folder;
  char *parent;
  char *base;

  if (file == NULL)
    return FALSE;

  /* GIO, through which GEGL writes, drops "NAME/.." from a path, even
   * where NAME is a link.
   */
  folder = g_path_get_dirname (file);
  parent = realpath (folder, NULL);
  g_free (folder);
  if (parent == NULL)
    {
      g_free (file);
      return io_error (error, target, errno);
    }

  base = g_path_get_basename (file);
  g_free (file);
  output->target = g_build_filename (parent, base, NULL);
  output->folder = g_build_filename (parent, ".gimp-diffusion-XXXXXX", NULL);
  output->path = NULL;
  if (mkdtemp (output->folder) == NULL)
    {
      io_error (error, target, errno);
      g_clear_pointer (&output->folder, g_free);
      g_clear_pointer (&output->target, g_free);
    }
  else
    output->path = g_build_filename (output->folder, base, NULL);
  free (parent);
  g_free (base);
  return output->path != NULL;
}

gboolean
dif_tool_output_commit (DifToolOutput *output,
                        GError       **error)
{
  struct stat info;
  mode_t      mask = umask (0);
  mode_t      mode = 0666 & ~mask;

  umask (mask);
  if (stat (output->target, &info) == 0)
    mode = info.st_mode & 07777;
  if (stat (output->path, &info) != 0)
    return io_error (error, output->target, errno);
  if (info.st_size == 0)
    return io_error (error, output->target, EIO);
  if (chmod (output->path, mode) != 0 ||
      rename (output->path, output->target) != 0)
    return io_error (error, output->target, errno);
  return TRUE;
}

void
dif_tool_output_end (DifToolOutput *output)
{
  GDir       *dir;
  const char *name;

  if (output->folder == NULL)
    return;
  dir = g_dir_open (output->folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char *path = g_build_filename (output->folder, name, NULL);

      unlink (path);
      g_free (path);
    }
  if (dir != NULL)
    g_dir_close (dir);
  rmdir (output->folder);
  g_clear_pointer (&output->target, g_free);
  g_clear_pointer (&output->folder, g_free);
  g_clear_pointer (&output->path, g_free);
}
