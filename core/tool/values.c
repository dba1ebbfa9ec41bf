/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * values.c: numbers on the command line.
 */

#include <string.h>

#include "tool/tool.h"
#include "tool/values.h"

gboolean
dif_value_fault (GError     **error,
                 const char  *name,
                 const char  *text,
                 const char  *wanted)
{
  g_set_error (error, DIF_USAGE_ERROR, 0, "--%s=%s: %s is wanted", name, text,
               wanted);
  return FALSE;
}

gboolean
dif_value_int (const char  *name,
               const char  *text,
               int          min,
               int          max,
               int         *value,
               GError     **error)
{
  gint64 number;
  char   wanted[64];

  if (text == NULL)
    return TRUE;
  if (! g_ascii_string_to_signed (text, 10, min, max, &number, NULL))
    {
      g_snprintf (wanted, sizeof wanted, "a whole number from %d to %d", min,
                  max);
      return dif_value_fault (error, name, text, wanted);
    }
  *value = (int) number;
  return TRUE;
}

gboolean
dif_value_share (const char  *name,
                 const char  *text,
                 gboolean     percent,
                 double      *value,
                 GError     **error)
{
  char   *end;
  double  number;
  double  scale = 1.0;

  if (text == NULL)
    return TRUE;
  number = g_ascii_strtod (text, &end);
  if (end != text && percent)
    {
      end += strspn (end, " ");
      if (*end == '%')
        {
          scale = 100.0;
          end++;
        }
    }
  /* Written so that NaN fails. */
  if (end == text || *end != '\0' || ! (number >= 0.0 && number <= scale))
    return dif_value_fault (error, name, text,
                            percent ? "a number from 0 to 1 or from 0% to 100%"
                                    : "a number from 0 to 1");
  *value = number / scale;
  return TRUE;
}

gboolean
dif_value_size (const char  *text,
                int         *width,
                int         *height,
                GError     **error)
{
  char     wanted[64];
  char   **sides;
  gboolean good;
  gint64   w = 0;
  gint64   h = 0;

  if (text == NULL)
    return TRUE;
  sides = g_strsplit (text, "x", -1);
  good = g_strv_length (sides) == 2 &&
         g_ascii_string_to_signed (sides[0], 10, 1, DIF_MAX_SIDE, &w, NULL) &&
         g_ascii_string_to_signed (sides[1], 10, 1, DIF_MAX_SIDE, &h, NULL);
  g_strfreev (sides);
  if (! good)
    {
      g_snprintf (wanted, sizeof wanted, "WxH with sides from 1 to %d",
                  DIF_MAX_SIDE);
      return dif_value_fault (error, "size", text, wanted);
    }
  *width = (int) w;
  *height = (int) h;
  return TRUE;
}
