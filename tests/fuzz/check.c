/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * check.c: what every fuzzed parser must keep to.
 */

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

guint fuzz_accepted;
guint fuzz_refused;

gboolean
fuzz_check (gboolean     ok,
            const char  *path,
            GError     **error)
{
  const char *p;

  if (ok)
    {
      FUZZ_REQUIRE (*error == NULL);
      fuzz_accepted++;
      return TRUE;
    }

  FUZZ_REQUIRE (*error != NULL);
  FUZZ_REQUIRE ((*error)->domain == DIF_ERROR);
  FUZZ_REQUIRE ((*error)->code != DIF_ERROR_ARGUMENT);
  FUZZ_REQUIRE (strstr ((*error)->message, path) != NULL);
  FUZZ_REQUIRE (g_utf8_validate ((*error)->message, -1, NULL));
  FUZZ_REQUIRE (strlen ((*error)->message) < 2000);
  for (p = (*error)->message; *p != '\0'; p++)
    FUZZ_REQUIRE ((unsigned char) *p >= 0x20);

  fuzz_refused++;
  g_clear_error (error);

  return FALSE;
}

const char *
fuzz_file (const uint8_t *data,
           size_t         size)
{
  static int  fd = -1;
  static char path[32];

  if (fd < 0)
    fd = memfd_create ("fuzz", MFD_CLOEXEC);

  FUZZ_REQUIRE (fd >= 0);
  FUZZ_REQUIRE (ftruncate (fd, 0) == 0);
  FUZZ_REQUIRE (pwrite (fd, data, size, 0) == (ssize_t) size);
  g_snprintf (path, sizeof (path), "/proc/self/fd/%d", fd);

  return path;
}
