/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * available.c: how much memory there is for this process: what Linux says
 * that the machine has, or less where a control group sets a limit.
 */

#include <string.h>

#include "base/available.h"

/* The number behind key in a text of lines "key number". */
static gboolean
find_number (const char *text,
             const char *key,
             guint64    *value)
{
  const char *line = text;

  while (line && ! g_str_has_prefix (line, key))
    {
      line = strchr (line, '\n');
      line = line ? line + 1 : NULL;
    }
  if (line)
    *value = g_ascii_strtoull (line + strlen (key), NULL, 10);
  return line != NULL;
}

/* folder/name, or NULL. */
static char *
load (const char *folder,
      const char *name)
{
  char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  g_free (path);
  return text;
}

/* What one control group leaves of its limit; G_MAXUINT64 where it has none.
 * Inactive pages of files count as free: Linux gives them up when a process
 * asks for memory.
 */
static guint64
left_of_group (const char *folder,
               const char *limit_name,
               const char *usage_name,
               const char *inactive_key)
{
  char    *limit_text = load (folder, limit_name);
  char    *usage_text = load (folder, usage_name);
  char    *stat = load (folder, "memory.stat");
  guint64  left = G_MAXUINT64, limit, usage, inactive = 0;

  if (limit_text && usage_text && g_ascii_isdigit (limit_text[0]))
    {
      limit = g_ascii_strtoull (limit_text, NULL, 10);
      usage = g_ascii_strtoull (usage_text, NULL, 10);
      if (stat)
        find_number (stat, inactive_key, &inactive);
      usage -= MIN (usage, inactive);
      left = limit > usage ? limit - usage : 0;
    }
  g_free (limit_text);
  g_free (usage_text);
  g_free (stat);
  return left;
}

/* The least of what the group at path below mount and the groups above it
 * leave.  A process in a container may be told a path that exists outside
 * alone; folders that are not there count as groups without a limit.
 */
static guint64
left_of_groups (const char *root,
                const char *mount,
                const char *path,
                gboolean    unified)
{
  char    *at = g_strdup (path);
  char    *slash;
  guint64  left = G_MAXUINT64;

  for (;;)
    {
      char *folder = g_build_filename (root, mount, at, NULL);

      left = MIN (left, unified
                        ? left_of_group (folder, "memory.max", "memory.current",
                                         "inactive_file ")
                        : left_of_group (folder, "memory.limit_in_bytes",
                                         "memory.usage_in_bytes",
                                         "total_inactive_file "));
      g_free (folder);
      slash = strrchr (at, '/');
      if (! slash)
        break;
      *slash = '\0';
    }
  g_free (at);
  return left;
}

guint64
dif_memory_available_below (const char *root)
{
  char    *text = load (root, "proc/meminfo");
  char    *groups = load (root, "proc/self/cgroup");
  char   **lines = g_strsplit (groups ? groups : "", "\n", -1);
  guint64  available = 0;
  int      i;

  /* Of the line "MemAvailable:   20000 kB". */
  if (text && find_number (text, "MemAvailable:", &available))
    available = available > G_MAXUINT64 / 1024 ? G_MAXUINT64 : available * 1024;
  else
    available = G_MAXUINT64;

  /* "0::/path" of the unified hierarchy, "7:cpu,memory:/path" before. */
  for (i = 0; lines[i]; i++)
    {
      char **part = g_strsplit (lines[i], ":", 3);

      if (g_strv_length (part) == 3 && part[1][0] == '\0')
        available = MIN (available, left_of_groups (root, "sys/fs/cgroup",
                                                    part[2], TRUE));
      else if (g_strv_length (part) == 3)
        {
          char **names = g_strsplit (part[1], ",", -1);

          if (g_strv_contains ((const char *const *) names, "memory"))
            available = MIN (available,
                             left_of_groups (root, "sys/fs/cgroup/memory",
                                             part[2], FALSE));
          g_strfreev (names);
        }
      g_strfreev (part);
    }
  g_strfreev (lines);
  g_free (groups);
  g_free (text);
  return available == G_MAXUINT64 ? 0 : MAX (available, 1);
}

guint64
dif_memory_available (void)
{
  return dif_memory_available_below ("/");
}
