/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-measure.c: the noise of a layer: of its pixels as they are, without what
 * nobody sees; and an end at any time, without memory or threads too.
 */

#include <math.h>

#include <gio/gio.h>

#include "base/rng.h"
#include "host-fixture.h"
#include "measure.h"
#include "refuse.h"

#define SIDE  192
#define SIGMA 0.1

typedef struct
{
  int           times;
  DifLayerNoise noise;
  GError       *error;
} Told;

static void
on_measured (const DifLayerNoise *noise,
             const GError        *error,
             gpointer             data)
{
  Told *told = data;

  told->times++;
  if (noise)
    told->noise = *noise;
  else
    told->error = g_error_copy (error);
}

static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 20;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

static void
wait_for (Told *told)
{
  while (told->times == 0)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  g_assert_cmpint (told->times, ==, 1);
}

/* Noise all over, but for the right half, which is of one colour. */
static DifImage *
half_noisy (void)
{
  DifImage *image = dif_image_new (SIDE, SIDE, NULL);
  gsize     plane = SIDE * SIDE;
  float     noise[3 * SIDE];
  int       x, y, c;

  for (y = 0; y < SIDE; y++)
    {
      dif_rng_normal_rgb (7, 0, 0, y, SIDE, noise, SIDE);
      for (c = 0; c < 3; c++)
        for (x = 0; x < SIDE; x++)
          image->rgb[c * plane + y * SIDE + x] =
            x < SIDE / 2 ? (float) (0.002 * y + SIGMA * noise[c * SIDE + x])
                         : -0.3f;
    }
  return image;
}

/* What is wholly transparent is flat and says nothing of the noise. */
static void
test_alpha (void)
{
  DifImage         *image = half_noisy ();
  g_autofree float *alpha = g_new (float, SIDE * SIDE);
  DifLayerNoise     noise;
  int               i;

  g_assert_true (dif_ui_measure_image (image, NULL, &noise, NULL));
  g_assert_cmpfloat (noise.deviation, <, 0.8 * SIGMA);
  for (i = 0; i < SIDE * SIDE; i++)
    alpha[i] = i % SIDE < SIDE / 2 ? 0.01f : 0.0f;
  g_assert_true (dif_ui_measure_image (image, alpha, &noise, NULL));
  g_test_message ("%g", noise.deviation);
  g_assert_cmpfloat (fabs (noise.deviation - SIGMA), <, 0.1 * SIGMA);
  dif_image_free (image);
}

/* The layer's own pixels are measured, all of them, whatever a run works on. */
static void
test_host (void)
{
  FixtureHost   host;
  Told          told = { 0 };
  DifImage     *image = dif_image_new (SIDE, SIDE, NULL);
  DifLayerNoise wanted;
  DifUiMeasure *measure;
  int           x, y, c;

  fixture_host (&host, SIDE, SIDE);
  host.host.work = (DifRect) { 3, 5, 20, 20 };
  for (c = 0; c < 3; c++)
    for (y = 0; y < SIDE; y++)
      for (x = 0; x < SIDE; x++)
        image->rgb[((gsize) c * SIDE + y) * SIDE + x] = fixture_value (x, y, c);
  g_assert_true (dif_layer_noise_measure (image, &wanted, NULL));
  g_assert_cmpfloat (wanted.deviation, >, 0.0);
  measure = dif_ui_measure_new (&host.host, on_measured, &told);
  wait_for (&told);
  g_assert_no_error (told.error);
  g_assert_cmpmem (&told.noise, sizeof wanted, &wanted, sizeof wanted);
  dif_ui_measure_free (measure);
  dif_image_free (image);
}

/* After the end nothing is told any more, however far it was. */
static void
test_end (void)
{
  int iterations;

  for (iterations = 0; iterations < 12; iterations++)
    {
      FixtureHost   host;
      Told          told = { 0 };
      DifUiMeasure *measure;
      int           i;

      fixture_host (&host, SIDE, SIDE);
      measure = dif_ui_measure_new (&host.host, on_measured, &told);
      for (i = 0; i < iterations && told.times == 0; i++)
        g_main_context_iteration (NULL, TRUE);
      i = told.times;
      dif_ui_measure_free (measure);
      settle ();
      g_assert_cmpint (told.times, ==, i);
    }
  dif_ui_measure_free (NULL);
}

static void
test_errors (void)
{
  FixtureHost   host;
  Told          told = { 0 };
  DifUiMeasure *measure;

  fixture_host (&host, SIDE, SIDE);
  host.fails_at = 1;
  measure = dif_ui_measure_new (&host.host, on_measured, &told);
  wait_for (&told);
  g_assert_error (told.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&told.error);
  dif_ui_measure_free (measure);

  told.times = 0;
  refuse_threads (1);
  measure = dif_ui_measure_new (&host.host, on_measured, &told);
  wait_for (&told);
  g_assert_error (told.error, DIF_ERROR, DIF_ERROR_MEMORY);
  g_clear_error (&told.error);
  dif_ui_measure_free (measure);
}

static void
test_memory (void)
{
  int refused_some = 0, after;

  for (after = 0; after < 8; after++)
    {
      FixtureHost   host;
      Told          told = { 0 };
      DifUiMeasure *measure;

      fixture_host (&host, SIDE, SIDE);
      refuse_memory (after);
      measure = dif_ui_measure_new (&host.host, on_measured, &told);
      wait_for (&told);
      refused_some += refused ();
      if (refused ())
        g_assert_error (told.error, DIF_ERROR, DIF_ERROR_MEMORY);
      else
        g_assert_no_error (told.error);
      refuse_memory (-1);
      g_clear_error (&told.error);
      dif_ui_measure_free (measure);
    }
  g_assert_cmpint (refused_some, >, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/measure/alpha", test_alpha);
  g_test_add_func ("/measure/host", test_host);
  g_test_add_func ("/measure/end", test_end);
  g_test_add_func ("/measure/errors", test_errors);
  g_test_add_func ("/measure/memory", test_memory);
  return g_test_run ();
}
