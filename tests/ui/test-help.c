/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-help.c PAGE TEMPLATE: every setting is on the help page that the program
 * PAGE makes of TEMPLATE, under its label, and by its help where the template
 * says nothing of it.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "dif.h"

static const char *program, *template;

static char *
page_of (const char *path)
{
  const char        *argv[] = { program, path, NULL };
  g_autoptr (GError) error = NULL;
  char              *text = NULL;
  int                status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT,
                               NULL, NULL, &text, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return text;
}

/* The rows that the page is to have. */
static gboolean
is_setting (const DifParam *row)
{
  return row->label && ! (row->uses & DIF_PARAM_ONCE);
}

static char *
title (const DifParam *row)
{
  g_auto (GStrv) parts = g_strsplit (row->label, "_", -1);

  return g_strjoinv ("", parts);
}

static int
count (const char *text,
       const char *part)
{
  int n = 0;

  while ((text = strstr (text, part)))
    {
      text += strlen (part);
      n++;
    }
  return n;
}

static void
test_page (void)
{
  g_autofree char *page = page_of (template);
  const DifParam  *row;

  g_assert_null (strchr (page, '@'));
  g_assert_cmpint (count (page, "<dt>"), ==, count (page, "<dd"));
  for (row = dif_param_table; row->name; row++)
    if (is_setting (row))
      {
        g_autofree char *id = g_strdup_printf ("id=\"%s\"", row->name);
        g_autofree char *dd = g_strdup_printf ("<dd %s>", id);
        g_autofree char *name = title (row);
        g_autofree char *both = g_strdup_printf ("<dt>%s</dt>%s", name, dd);

        g_test_message ("%s", row->name);
        g_assert_cmpint (count (page, id), ==, 1);
        g_assert_cmpint (count (page, both), ==, count (page, dd));
      }
}

static void
test_rest (void)
{
  g_autofree char *folder = g_dir_make_tmp ("dif-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "page.in", NULL);
  g_autofree char *page = NULL;
  const DifParam  *row;

  g_assert_true (g_file_set_contents (
    path, "<dl>\n<dd id=\"seed\">Chance.</dd>\n@settings@\n</dl>\n", -1, NULL));
  page = page_of (path);
  g_unlink (path);
  g_rmdir (folder);
  g_test_message ("%s", page);
  g_assert_true (g_str_has_prefix (
    page, "<dl>\n<dt>Seed</dt><dd id=\"seed\">Chance.</dd>\n<dt>"));
  g_assert_true (g_str_has_suffix (page, "</dd>\n</dl>\n"));
  for (row = dif_param_table; row->name; row++)
    {
      g_autofree char *name = row->label ? title (row) : g_strdup ("");
      g_autofree char *help = g_markup_escape_text (row->help ? row->help : "",
                                                    -1);
      g_autofree char *entry = g_strdup_printf (
        "<dt>%s</dt><dd id=\"%s\">%s.</dd>\n", name, row->name, help);

      g_assert_cmpint (count (page, entry), ==,
                       is_setting (row) && strcmp (row->name, "seed") != 0);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = argv[1];
  template = argv[2];
  g_test_add_func ("/help/page", test_page);
  g_test_add_func ("/help/rest", test_rest);
  return g_test_run ();
}
