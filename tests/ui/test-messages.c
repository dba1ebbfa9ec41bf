/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-messages.c: what people read of a layer's noise, of how far a job is and of
 * a result.
 */

#include <math.h>

#include "messages.h"

/* Noise of so many steps of 8 bits, of the same variance at every value but for
 * tilt, by which it grows from dark to light.
 */
static DifLayerNoise
noise_of (double steps,
          double tilt,
          double coarseness)
{
  double        variance = steps * steps / (127.5 * 127.5);
  DifLayerNoise noise = { .deviation = steps / 127.5,
                          .coarseness = coarseness };
  int           c;

  for (c = 0; c < 3; c++)
    {
      noise.base[c] = variance;
      noise.slope[c] = tilt * variance;
      noise.most[c] = 4.0 * variance;
    }
  return noise;
}

static void
expect_noise (double      steps,
              double      tilt,
              double      coarseness,
              const char *wanted)
{
  DifLayerNoise    noise = noise_of (steps, tilt, coarseness);
  g_autofree char *text = dif_ui_message_noise (&noise);

  g_assert_cmpstr (text, ==, wanted);
}

static void
expect_blocks (double      steps,
               const char *wanted)
{
  DifLayerNoise    noise = noise_of (steps, 0.0, 1.0);
  g_autofree char *text = NULL;

  noise.blocks = 0.05;
  noise.blocks_visible = TRUE;
  text = dif_ui_message_noise (&noise);
  g_assert_cmpstr (text, ==, wanted);
}

static void
test_noise (void)
{
  expect_blocks (0.49, "JPEG blocks, hardly any noise");
  expect_blocks (3.0, "Noise 3.0 of 255, JPEG blocks");
  expect_noise (0.0, 0.0, 1.0, "Hardly any noise: nothing to take out");
  expect_noise (0.49, 0.5, 3.0, "Hardly any noise: nothing to take out");
  expect_noise (NAN, 0.0, 1.0, "Hardly any noise: nothing to take out");
  expect_noise (0.51, 0.0, 1.0, "Noise 0.5 of 255");
  expect_noise (9.94, 0.0, 1.0, "Noise 9.9 of 255");
  expect_noise (9.96, 0.0, 1.29, "Noise 10 of 255");
  expect_noise (12.0, 0.3, 1.0, "Noise 12 of 255");
  expect_noise (12.0, 0.4, 1.0, "Noise 12 of 255, more in the highlights");
  expect_noise (12.0, -0.3, 1.31, "Noise 12 of 255, correlated over 2 px");
  expect_noise (12.0, -0.4, 2.49,
                "Noise 12 of 255, more in the shadows, correlated over 2 px");
  expect_noise (63.8, -1.0, 2.51,
                "Noise 64 of 255, more in the shadows, correlated over 3 px");
}

static void
expect_progress (DifTaskKind task,
                 DifMadeOf   made_of,
                 int         steps,
                 int         n_layers,
                 double      remaining,
                 const char *wanted)
{
  DifProgress      progress = { .variation = 1, .num_variations = 4, .step = 1,
                                .steps = steps };
  DifParams        params = dif_params_default ();
  g_autofree char *text = NULL;

  dif_params_set_task (&params, task);
  params.made_of = made_of;
  text = dif_ui_message_progress (&progress, &params, 0, n_layers, remaining);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_progress (void)
{
  expect_progress (DIF_TASK_VARY, DIF_MADE_OF_MODEL, 12, 1, -1.0,
                   "Variation 2 of 4, step 2 of 12");
  expect_progress (DIF_TASK_VARY, DIF_MADE_OF_MODEL, 12, 3, 7.2,
                   "Layer 1 of 3, Variation 2 of 4, step 2 of 12 – 8 s left");
  expect_progress (DIF_TASK_RESTORE, DIF_MADE_OF_LAYER, 1, 1, 0.0, "Restoring");
  expect_progress (DIF_TASK_VARY, DIF_MADE_OF_LAYER_FINISHED, 4, 1, 8.0,
                   "Variation 2 of 4 – 8 s left");
  expect_progress (DIF_TASK_RESTORE, DIF_MADE_OF_LAYER, 1, 2, 61.0,
                   "Layer 1 of 2, Restoring – 1 min 1 s left");
  expect_progress (DIF_TASK_RESTORE, DIF_MADE_OF_LAYER, 4, 1, 1.0,
                   "Restoring, step 2 of 4 – 1 s left");
}

static void
expect_name (const DifParams *params,
             int              variation,
             const char      *wanted)
{
  g_autofree char *name = dif_ui_message_layer_name ("Beach", params, variation);

  g_assert_cmpstr (name, ==, wanted);
}

static void
test_names (void)
{
  DifParams params = dif_params_default ();

  params.seed = 7;
  expect_name (&params, 1, "40 % #8 – Beach");
  params.vary = 0.25;
  params.vary_seed = 1001;
  expect_name (&params, 0, "40 % #7~0.25~1001 – Beach");
  params.task = DIF_JOB_RESTORE;
  expect_name (&params, 0, "Restored – Beach");
  params.amount = 0.805;
  expect_name (&params, 0, "Restored 80.5 % – Beach");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/noise", test_noise);
  g_test_add_func ("/messages/progress", test_progress);
  g_test_add_func ("/messages/names", test_names);
  return g_test_run ();
}
