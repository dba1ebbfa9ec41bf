/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-calibration.c: the pace of this machine, remembered in a file.
 */

#include <math.h>

#include "calibration.h"
#include "job-fixture.h"

static void
test_remembers (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autofree char     *path = g_build_filename (f->dir, "c.ini", NULL);

  g_assert_cmpfloat (dif_calibration_read (path, model), <, 0.0);
  dif_calibration_write (path, model, 6.0, 3.0);
  g_assert_cmpfloat (dif_calibration_read (path, model), ==, 2.0);

  /* A quarter of what is new counts. */
  dif_calibration_write (path, model, 4.0, 1.0);
  g_assert_cmpfloat (dif_calibration_read (path, model), ==, 2.5);

  dif_calibration_write (path, model, 1.0, 0.0);
  dif_calibration_write (path, model, -1.0, 1.0);
  dif_calibration_write (path, model, 0.0, 1.0);
  dif_calibration_write (path, model, NAN, 1.0);
  dif_calibration_write (path, model, 1.0, NAN);
  dif_calibration_write (path, model, INFINITY, 1.0);
  g_assert_cmpfloat (dif_calibration_read (path, model), ==, 2.5);
}

/* Another model's pace is its own. */
static void
test_model (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autofree char     *path = g_build_filename (f->dir, "c.ini", NULL);
  g_autofree char     *folder = fixture_source ("plugin/models/photo");
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifModel) other = dif_model_load (folder, &error);

  g_assert_no_error (error);
  dif_calibration_write (path, model, 6.0, 3.0);
  g_assert_cmpfloat (dif_calibration_read (path, other), <, 0.0);
  dif_calibration_write (path, other, 1.0, 1.0);
  g_assert_cmpfloat (dif_calibration_read (path, model), ==, 2.0);
  g_assert_cmpfloat (dif_calibration_read (path, other), ==, 1.0);
}

/* A file that is not one counts as empty, and is made anew. */
static void
test_damaged (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autofree char     *path = fixture_text (f, "c.ini", "\xff[[[ = 3\n");
  g_autofree char     *text = NULL, *big = g_strnfill (1 << 17, '#');
  char               **lines;

  g_assert_cmpfloat (dif_calibration_read (path, model), <, 0.0);
  dif_calibration_write (path, model, 6.0, 3.0);
  g_assert_cmpfloat (dif_calibration_read (path, model), ==, 2.0);

  /* Numbers that are none, under the right key. */
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "=", 2);
  g_assert_nonnull (lines[1]);
  for (const char *const *bad = (const char *const[]) { "nan", "-1", "0", "1e99",
                                                        "", "x", NULL };
       *bad; bad++)
    {
      g_autofree char *wrong = g_strconcat (lines[0], "=", *bad, "\n", NULL);

      g_free (fixture_text (f, "c.ini", wrong));
      g_assert_cmpfloat (dif_calibration_read (path, model), <, 0.0);
    }
  g_strfreev (lines);

  g_free (fixture_text (f, "c.ini", big));
  g_assert_cmpfloat (dif_calibration_read (path, model), <, 0.0);
}

/* Where nothing can be written, nothing happens. */
static void
test_unwritable (Fixture       *f,
                 gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autofree char     *path = g_build_filename (f->dir, "no", "c.ini", NULL);

  dif_calibration_write (path, model, 6.0, 3.0);
  g_assert_cmpfloat (dif_calibration_read (path, model), <, 0.0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/calibration/remembers", test_remembers, NULL);
  fixture_add ("/calibration/model", test_model, NULL);
  fixture_add ("/calibration/damaged", test_damaged, NULL);
  fixture_add ("/calibration/unwritable", test_unwritable, NULL);
  return g_test_run ();
}
