/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picks.c: see picks.h.
 */

#include <string.h>

#include "picks.h"

char *
dif_ui_picks_to_string (const GArray *picks)
{
  GString *text = g_string_new (NULL);
  char     vary[G_ASCII_DTOSTR_BUF_SIZE];
  guint    i;

  for (i = 0; i < picks->len; i++)
    {
      const DifUiPick *pick = &g_array_index (picks, DifUiPick, i);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "",
                              pick->seed);
      if (pick->vary > 0.0)
        g_string_append_printf (text, "~%s~%" G_GUINT64_FORMAT,
                                g_ascii_formatd (vary, sizeof vary, "%.6g",
                                                 pick->vary),
                                pick->vary_seed);
    }
  return g_string_free (text, FALSE);
}

static gboolean
parse_share (const char *text,
             double     *share)
{
  char *end;

  *share = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && *share > 0.0 && *share <= 1.0;
}

static gboolean
parse_pick (char      *text,
            DifUiPick *pick)
{
  char   **words = g_strsplit (g_strstrip (text), "~", 4);
  guint    n = g_strv_length (words);
  gboolean good;

  memset (pick, 0, sizeof *pick);
  good = (n == 1 || n == 3)
         && g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXUINT64,
                                        &pick->seed, NULL)
         && (n == 1
             || (parse_share (words[1], &pick->vary)
                 && g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT64,
                                                &pick->vary_seed, NULL)));
  g_strfreev (words);
  return good;
}

GArray *
dif_ui_picks_from_string (const char  *text,
                          GError     **error)
{
  GArray   *picks = g_array_new (FALSE, TRUE, sizeof (DifUiPick));
  char    **words = g_strsplit (text ? text : "", ",", DIF_MAX_VARIATIONS + 1);
  char    **word;
  DifUiPick pick;

  for (word = words; *word && picks; word++)
    if (picks->len < DIF_MAX_VARIATIONS && parse_pick (*word, &pick))
      g_array_append_val (picks, pick);
    else
      {
        char *start = g_strndup (*word, 40);
        char *shown = g_utf8_make_valid (start, -1);

        g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                     "The picks are seeds such as \"7\" or \"7~0.25~1001\", at "
                     "most %d of them, with commas between; \"%s\" is not "
                     "one.", DIF_MAX_VARIATIONS, shown);
        g_free (start);
        g_free (shown);
        g_clear_pointer (&picks, g_array_unref);
      }
  g_strfreev (words);
  return picks;
}
