/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * row-values.c: see row-values.h.
 */

#include <string.h>

#include "row-values.h"

double
row_other (const DifParam *row)
{
  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      return 0.25 * row->max + 0.75 * row->min;
    case DIF_PARAM_WHOLE:
      return row->usual == row->max ? row->max - 1 : row->usual + 1;
    case DIF_PARAM_SEED:
      return 1234567;
    case DIF_PARAM_SWITCH:
      return ! row->usual;
    case DIF_PARAM_CHOICE:
      return row->usual == 1 ? 0 : 1;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      break;
    }
  return 0.0;
}

char *
row_other_text (const DifParam *row)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (row->type == DIF_PARAM_TEXT || row->type == DIF_PARAM_MODEL)
    return g_strdup ("another");
  if (row->type == DIF_PARAM_CHOICE)
    return g_strdup (row->choices[(int) row_other (row)].nick);
  return g_strdup (g_ascii_formatd (number, sizeof number, "%.10g",
                                    row_other (row)));
}

void
row_set (const DifParam *row,
         gpointer        settings,
         double          number,
         const char     *text)
{
  gpointer at = (char *) settings + row->offset;

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      *(double *) at = number;
      break;
    case DIF_PARAM_SEED:
      *(guint64 *) at = (guint64) number;
      break;
    case DIF_PARAM_WHOLE:
    case DIF_PARAM_SWITCH:
    case DIF_PARAM_CHOICE:
      *(int *) at = (int) number;
      break;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      g_free (*(char **) at);
      *(char **) at = g_strdup (text);
      break;
    }
}

void
row_set_other (const DifParam *row,
               gpointer        settings)
{
  g_autofree char *text = row_other_text (row);

  row_set (row, settings, row_other (row), text);
}

gboolean
row_same (const DifParam *row,
          gconstpointer   a,
          gconstpointer   b)
{
  gconstpointer x = (const char *) a + row->offset;
  gconstpointer y = (const char *) b + row->offset;

  if (row->type == DIF_PARAM_TEXT || row->type == DIF_PARAM_MODEL)
    return g_strcmp0 (*(char *const *) x, *(char *const *) y) == 0;
  if (row->type == DIF_PARAM_NUMBER || row->type == DIF_PARAM_SEED)
    return memcmp (x, y, 8) == 0;
  return memcmp (x, y, sizeof (int)) == 0;
}
