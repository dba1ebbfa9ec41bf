/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json-scan.c: what a JSON text must pass before JSON-GLib sees it.
 *
 * JSON-GLib recurses for every level of nesting, in older versions without
 * a bound.  It accepts comments, and several roots make an assertion of its
 * fail.  What passes here has one root, bounded depth and no comment.  Whether
 * it is JSON is still for the parser to say.
 */

#include <string.h>

#include "base/file.h"
#include "base/json-private.h"

/* Copies one bare word of the text (true, NaN ...) to out. */
static gboolean
scan_word (const char  *path,
           const char **p,
           const char  *end,
           GString     *out,
           GError     **error)
{
  const char *start = *p;
  gsize       n;
  gboolean    infinity;

  while (*p < end && g_ascii_isalnum (**p))
    (*p)++;

  n = *p - start;
  infinity = n == 8 && memcmp (start, "Infinity", n) == 0;

  /* strtod() makes an infinity of what is too large for a double. */
  if (infinity)
    g_string_append (out, "1e999");
  else if (n == 3 && memcmp (start, "NaN", n) == 0)
    return dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                           "holds the value NaN.");
  else
    g_string_append_len (out, start, n);

  return TRUE;
}

/* Copies a string with its quotes. */
static gboolean
scan_string (const char  *path,
             const char **p,
             const char  *end,
             GString     *out,
             GError     **error)
{
  const char *start = (*p)++;

  while (*p < end && **p != '"')
    {
      if (**p == '\\' && end - *p > 1)
        (*p)++;
      (*p)++;
    }

  if (*p >= end)
    return dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                           "is not valid JSON: a string does not end.");
  (*p)++;
  g_string_append_len (out, start, *p - start);

  return TRUE;
}

GString *
dif_json_scan (const char  *path,
               const char  *text,
               gsize        length,
               GError     **error)
{
  const char *p = text;
  const char *end = text + length;
  GString    *out = g_string_sized_new (length);
  int         depth = 0;
  gboolean    done = FALSE;
  gboolean    ok = TRUE;

  while (ok && p < end)
    {
      if (g_ascii_isspace (*p))
        g_string_append_c (out, *p++);
      else if (done)
        ok = dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                             "is not valid JSON: text after its end.");
      else if (*p == '"')
        ok = scan_string (path, &p, end, out, error);
      else if (g_ascii_isalnum (*p))
        ok = scan_word (path, &p, end, out, error);
      else if (*p != '\0' && strchr ("{}[]:,-+.", *p))
        {
          if (*p == '{' || *p == '[')
            depth++;
          else if (*p == '}' || *p == ']')
            depth--;

          done = depth <= 0;
          if (depth > DIF_JSON_MAX_DEPTH)
            ok = dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                                 "nests deeper than %d levels.",
                                 DIF_JSON_MAX_DEPTH);
          g_string_append_c (out, *p++);
        }
      else
        ok = dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                             "is not valid JSON: unexpected byte 0x%02x.",
                             (unsigned char) *p);
    }

  if (! ok)
    {
      g_string_free (out, TRUE);
      return NULL;
    }

  return out;
}
