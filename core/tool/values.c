/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * values.c: the values of options on the command line.
 */

#include <string.h>

#include "tool/tool.h"
#include "tool/values.h"

gboolean
dif_tool_value_fault (GError    **error,
                      const char *name,
                      const char *text,
                      const char *wanted)
{
  g_set_error (error, DIF_TOOL_USAGE_ERROR, 0, "--%s=%s: %s is wanted", name,
               text, wanted);
  return FALSE;
}

char *
dif_tool_value_range (const DifParam *row)
{
  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      if (row->uses & DIF_PARAM_PERCENT)
        return g_strdup_printf ("%g to %g or %g%% to %g%%", row->min, row->max,
                                row->min * 100.0, row->max * 100.0);
      return g_strdup_printf ("%g to %g", row->min, row->max);
    case DIF_PARAM_WHOLE:
      return g_strdup_printf ("%d to %d", (int) row->min, (int) row->max);
    case DIF_PARAM_SEED:
      return g_strdup_printf ("0 to %" G_GUINT64_FORMAT, G_MAXUINT64);
    case DIF_PARAM_CHOICE:
      return dif_param_choices_list (row, "or");
    case DIF_PARAM_SWITCH:
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      break;
    }
  return g_strdup ("");
}

static gboolean
read_number (const DifParam *row,
             const char     *text,
             double         *value)
{
  char  *end;
  double number = g_ascii_strtod (text, &end);
  double scale = 1.0;

  if (end != text && (row->uses & DIF_PARAM_PERCENT))
    {
      end += strspn (end, " ");
      if (*end == '%')
        {
          scale = 100.0;
          end++;
        }
    }
  /* Written so that NaN fails. */
  if (end == text || *end != '\0' ||
      ! (number >= row->min * scale && number <= row->max * scale))
    return FALSE;
  *value = number / scale;
  return TRUE;
}

static gboolean
read_whole (const DifParam *row,
            const char     *text,
            int            *value)
{
  gint64 number;

  if (! g_ascii_string_to_signed (text, 10, (gint64) row->min,
                                  (gint64) row->max, &number, NULL))
    return FALSE;
  *value = (int) number;
  return TRUE;
}

static gboolean
read_choice (const DifParam *row,
             const char     *text,
             int            *value)
{
  int found = dif_param_choice_find (row, text);

  if (found < 0)
    return FALSE;
  *value = found;
  return TRUE;
}

static gboolean
wrong_value (const DifParam *row,
             const char     *text,
             GError        **error)
{
  const char *name = row->option.name ? row->option.name : row->name;
  char       *range = dif_tool_value_range (row);
  char       *wanted;

  if (row->type == DIF_PARAM_NUMBER && (row->uses & DIF_PARAM_PERCENT))
    wanted = g_strdup_printf ("a number from %g to %g or from %g%% to %g%%",
                              row->min, row->max, row->min * 100.0,
                              row->max * 100.0);
  else if (row->type == DIF_PARAM_CHOICE)
    wanted = g_strdup (range);
  else
    wanted = g_strdup_printf ("%s from %s", row->type == DIF_PARAM_NUMBER
                                            ? "a number" : "a whole number",
                              range);
  dif_tool_value_fault (error, name, text, wanted);
  g_free (wanted);
  g_free (range);
  return FALSE;
}

gboolean
dif_tool_value_param (const DifParam *row,
                      const char     *text,
                      DifSettings    *settings,
                      GError        **error)
{
  void    *at = G_STRUCT_MEMBER_P (settings, row->offset);
  gboolean good = TRUE;

  if (text == NULL)
    return TRUE;
  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      good = read_number (row, text, at);
      break;
    case DIF_PARAM_WHOLE:
      good = read_whole (row, text, at);
      break;
    case DIF_PARAM_SEED:
      good = g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, at, NULL);
      break;
    case DIF_PARAM_SWITCH:
      *(gboolean *) at = TRUE;
      break;
    case DIF_PARAM_CHOICE:
      good = read_choice (row, text, at);
      break;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      g_free (*(char **) at);
      *(char **) at = g_strdup (text);
      break;
    }
  return good || wrong_value (row, text, error);
}

gboolean
dif_tool_value_size (const char *text,
                     int        *width,
                     int        *height,
                     GError    **error)
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
      return dif_tool_value_fault (error, "size", text, wanted);
    }
  *width = (int) w;
  *height = (int) h;
  return TRUE;
}
