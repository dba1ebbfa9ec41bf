/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * page.c: makes the help page while the plug-in is built: "page TEMPLATE"
 * writes it on standard output.  The list of settings comes from the table of
 * parameters: a <dd> with a parameter's name as its id gets the label before
 * it, and those that have no id on the page are listed, with their help, in
 * place of "@settings@".
 */

#include <stdio.h>
#include <string.h>

#include "dif.h"

#define REST "@settings@"

/* The label as people see it, without its mnemonic. */
static char *
title (const DifParam *row)
{
  char **parts = g_strsplit (row->label, "_", -1);
  char  *text = g_strjoinv ("", parts);
  char  *escaped = g_markup_escape_text (text, -1);

  g_free (text);
  g_strfreev (parts);
  return escaped;
}

/* Puts the label before the row's <dd>; FALSE if no element has its name. */
static gboolean
put_title (GString        *page,
           const DifParam *row)
{
  char    *id = g_strdup_printf ("id=\"%s\"", row->name);
  char    *from = g_strdup_printf ("<dd %s>", id);
  char    *name = title (row);
  char    *to = g_strdup_printf ("<dt>%s</dt>%s", name, from);
  gboolean there = strstr (page->str, id) != NULL;

  g_string_replace (page, from, to, 0);
  g_free (to);
  g_free (name);
  g_free (from);
  g_free (id);
  return there;
}

static void
add_rest (GString        *rest,
          const DifParam *row)
{
  char *name = title (row);
  char *help = g_markup_escape_text (row->help, -1);

  g_string_append_printf (rest, "<dt>%s</dt><dd id=\"%s\">%s.</dd>\n", name,
                          row->name, help);
  g_free (help);
  g_free (name);
}

int
main (int    argc,
      char **argv)
{
  const DifParam *row;
  GString        *page, *rest;
  GError         *error = NULL;
  char           *text;

  if (argc != 2 || ! g_file_get_contents (argv[1], &text, NULL, &error))
    {
      fprintf (stderr, "page: %s\n", error ? error->message
                                           : "one template is wanted");
      return 1;
    }
  page = g_string_new (text);
  rest = g_string_new (NULL);
  for (row = dif_param_table; row->name; row++)
    if (row->label && ! (row->uses & DIF_PARAM_ONCE) && ! put_title (page, row))
      add_rest (rest, row);
  g_string_replace (page, REST "\n", rest->str, 0);
  fputs (page->str, stdout);
  g_string_free (rest, TRUE);
  g_string_free (page, TRUE);
  g_free (text);
  return fflush (stdout) != 0 || ferror (stdout);
}
