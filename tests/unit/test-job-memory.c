/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-job-memory.c: what a job on one megapixel really takes, by the
 * system's count, beside dif_job_memory(); a process of its own, so that
 * nothing else is counted.
 */

#include <string.h>

#include "job-fixture.h"

#define MIB (1024.0 * 1024.0)

/* A line of /proc/self/status in bytes, 0 if there is none. */
static double
status (const char *key)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (! g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0.0;
  line = strstr (text, key);
  return line ? 1024.0 * g_ascii_strtoull (line + strlen (key), NULL, 10) : 0.0;
}

/* From now on the peak is that of what is to come.  FALSE where the system does not do
 * that.
 */
static gboolean
forget_peak (void)
{
  return g_file_set_contents_full ("/proc/self/clear_refs", "5", 1,
                                   G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

static void
test_megapixel (gconstpointer data)
{
  g_autofree char      *folder = fixture_source ("plugin/models/photo");
  g_autoptr (DifModel)  model = dif_model_load (folder, NULL);
  g_autoptr (GPtrArray) results = NULL;
  DifParams             params = dif_params_default ();
  double                before, peak, estimate;

  params.made_of = GPOINTER_TO_INT (data);
  g_assert_nonnull (model);
  params.num_variations = 1;
  params.steps = 2;
  params.threads = 2;
  estimate = dif_job_memory (model, 1000, 1000, &params);
  before = status ("VmRSS:");
  if (before == 0.0 || ! forget_peak ())
    {
      g_test_skip ("the system does not count a process's memory");
      return;
    }
  results = fixture_run (model, fixture_picture (1000, 1000), params);
  peak = status ("VmHWM:");
  g_test_message ("estimated %.0f MiB, taken %.0f MiB; process %.0f MiB",
                  estimate / MIB, (peak - before) / MIB, peak / MIB);
  g_assert_cmpfloat (peak - before, <, 1.2 * estimate);
  g_assert_cmpfloat (estimate, <, 1.5 * (peak - before));
  g_assert_cmpfloat (peak, <, 600 * MIB);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#if ! defined __SANITIZE_ADDRESS__ && ! defined __SANITIZE_THREAD__
  g_test_add_data_func ("/job-memory/layer", GINT_TO_POINTER (DIF_MADE_OF_LAYER),
                        test_megapixel);
  g_test_add_data_func ("/job-memory/finished",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER_FINISHED), test_megapixel);
  g_test_add_data_func ("/job-memory/model", GINT_TO_POINTER (DIF_MADE_OF_MODEL),
                        test_megapixel);
#endif
  return g_test_run ();
}
