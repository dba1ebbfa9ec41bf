/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-calibration.c: the pace of this machine, remembered in a file.
 */

#include <math.h>

#include "calibration.h"
#include "estimate.h"
#include "job-fixture.h"

static void
test_remembers (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autofree char     *path = g_build_filename (f->dir, "c.ini", NULL);

  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), <, 0.0);
  dif_ui_calibration_write (path, model, FALSE, 2.0);
  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), ==, 2.0);
  dif_ui_calibration_write (path, model, FALSE, 2.5);
  dif_ui_calibration_write (path, model, FALSE, -1.0);
  dif_ui_calibration_write (path, model, FALSE, 0.0);
  dif_ui_calibration_write (path, model, FALSE, NAN);
  dif_ui_calibration_write (path, model, FALSE, INFINITY);
  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), ==, 2.5);
}

/* A quarter of what is new counts, unless it is the first or nonsense. */
static void
test_mix (Fixture       *f,
          gconstpointer  data)
{
  g_assert_cmpfloat (dif_ui_calibration_mix (-1.0, 6.0, 3.0), ==, 2.0);
  g_assert_cmpfloat (dif_ui_calibration_mix (2.0, 4.0, 1.0), ==, 2.5);
  g_assert_cmpfloat (dif_ui_calibration_mix (2.5, 1.0, 0.0), ==, 2.5);
  g_assert_cmpfloat (dif_ui_calibration_mix (2.5, -1.0, 1.0), ==, 2.5);
  g_assert_cmpfloat (dif_ui_calibration_mix (2.5, 0.0, 1.0), ==, 2.5);
  g_assert_cmpfloat (dif_ui_calibration_mix (2.5, NAN, 1.0), ==, 2.5);
  g_assert_cmpfloat (dif_ui_calibration_mix (2.5, 1.0, NAN), ==, 2.5);
  g_assert_cmpfloat (dif_ui_calibration_mix (2.5, INFINITY, 1.0), ==, 2.5);
}

/* The work that a preview is measured by is that of the tiles it runs, and
 * a whole picture's is what the estimate takes it for.
 */
static void
test_work (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            params = { .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
                                  .strength = 0.5, .num_variations = 1,
                                  .steps = 3,
                                  .sampler = DIF_SAMPLER_DPMPP_2M_KARRAS };
  DifUiLayerSize       size = { 1000, 420, 3, 1000, 420 };
  DifRect              visible = { 10, 10, 50, 50 }, area;
  g_autoptr (DifJob)   whole = NULL, part = NULL;

  whole = dif_job_new (model, fixture_picture (1000, 420), &params, NULL);
  g_assert_cmpfloat (fabs (dif_job_work (whole)
                           - dif_ui_estimate_work (model, &size, 1, &params,
                                                   0)),
                     <, 1e-9);
  dif_job_preview_area (model, 1000, 420, &params, &visible, &area);
  g_assert_cmpint (area.width, <, 1000);
  part = dif_job_new_preview (model, fixture_picture (area.width, area.height),
                              1000, 420, &area, &params, NULL);
  g_assert_cmpfloat (dif_job_work (part), <, dif_job_work (whole));
  g_assert_cmpfloat (dif_job_work (part), >=, 3e-6 * area.width * area.height);
}

/* All layers and all that is made of each count. */
static void
test_estimate (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            params = { .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
                                  .strength = 0.5, .num_variations = 4,
                                  .steps = 3,
                                  .sampler = DIF_SAMPLER_DPMPP_2M_KARRAS };
  const DifUiLayerSize sizes[] = { { 500, 300, 4, 500, 300 },
                                   { 900, 700, 16, 100, 80 } };
  const DifUiLayerSize other_way[] = { sizes[1], sizes[0] };
  DifParams            single = params;
  double               one, two;
  guint64              weights, results, most;

  single.num_variations = 1;
  one = dif_params_work (model, 500, 300, &single);
  two = dif_params_work (model, 100, 80, &single);
  g_assert_cmpfloat (fabs (dif_ui_estimate_work (model, sizes, 2, &params, 0)
                           - 4 * (one + two)), <, 1e-9);
  g_assert_cmpfloat (fabs (dif_ui_estimate_work (model, sizes, 2, &params, 3)
                           - 3 * (one + two)), <, 1e-9);

  weights = dif_model_info (model)->memory;
  g_assert_cmpuint (weights, >, 2 * dif_model_info (model)->n_parameters);
  results = 4 * (500 * 300 * 4 + 900 * 700 * 16);
  most = MAX (500 * 300 * 4 + dif_job_memory (model, 500, 300, &params),
              900 * 700 * 16 + dif_job_memory (model, 100, 80, &params));
  g_assert_cmpuint (dif_ui_estimate_memory (model, sizes, 2, &params, 0), ==,
                    weights + results + most);
  g_assert_cmpuint (dif_ui_estimate_memory (model, other_way, 2, &params, 0),
                    ==, weights + results + most);
  most = MAX (500 * 300 * 4 + dif_job_memory (model, 500, 300, &single),
              900 * 700 * 16 + dif_job_memory (model, 100, 80, &single));
  g_assert_cmpuint (dif_ui_estimate_memory (model, sizes, 2, &params, 1), ==,
                    weights + results / 4 + most);
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
  dif_ui_calibration_write (path, model, FALSE, 2.0);
  g_assert_cmpfloat (dif_ui_calibration_read (path, other, FALSE), <, 0.0);
  dif_ui_calibration_write (path, other, FALSE, 1.0);
  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), ==, 2.0);
  g_assert_cmpfloat (dif_ui_calibration_read (path, other, FALSE), ==, 1.0);
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

  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), <, 0.0);
  dif_ui_calibration_write (path, model, FALSE, 2.0);
  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), ==, 2.0);

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
      g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), <, 0.0);
    }
  g_strfreev (lines);

  g_free (fixture_text (f, "c.ini", big));
  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), <, 0.0);
}

/* Where nothing can be written, nothing happens. */
static void
test_unwritable (Fixture       *f,
                 gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autofree char     *path = g_build_filename (f->dir, "no", "c.ini", NULL);

  dif_ui_calibration_write (path, model, FALSE, 2.0);
  g_assert_cmpfloat (dif_ui_calibration_read (path, model, FALSE), <, 0.0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/calibration/remembers", test_remembers, NULL);
  fixture_add ("/calibration/mix", test_mix, NULL);
  fixture_add ("/calibration/work", test_work, NULL);
  fixture_add ("/calibration/estimate", test_estimate, NULL);
  fixture_add ("/calibration/model", test_model, NULL);
  fixture_add ("/calibration/damaged", test_damaged, NULL);
  fixture_add ("/calibration/unwritable", test_unwritable, NULL);
  return g_test_run ();
}
