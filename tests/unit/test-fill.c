/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-fill.c: holes that are filled: what stays, what counts, what is refused; where
 * holes are one; textures.
 */

#include <math.h>
#include <string.h>

#include "gaussian.h"
#include "job-fixture.h"
#include "pipeline/holes.h"

enum { WIDTH = 72, HEIGHT = 56, N = WIDTH * HEIGHT };

static DifParams
params_of (DifTaskKind task)
{
  DifParams params = dif_params_default ();

  dif_params_set_task (&params, task);
  params.num_variations = 1;
  params.seed = 3;
  params.threads = 2;
  params.texture_width = 80;
  params.texture_height = 48;
  return params;
}

/* Stripes that lean, with grain. */
static DifImage *
stripes (int width,
         int height)
{
  DifImage *image = dif_image_new (width, height, NULL);
  GRand    *random = g_rand_new_with_seed (7);
  gsize     plane = (gsize) width * height;
  int       x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < height; y++)
      for (x = 0; x < width; x++)
        image->rgb[c * plane + (gsize) y * width + x] =
          (float) (0.4 * sin (0.5 * x + 0.2 * y + c)
                   + 0.2 * (g_rand_double (random) - 0.5));
  g_rand_free (random);
  return image;
}

/* A disc in the middle; soft: less towards its rim. */
static void
make_hole (guint8   *change,
           gboolean  soft)
{
  int x, y;

  for (y = 0; y < HEIGHT; y++)
    for (x = 0; x < WIDTH; x++)
      {
        double away = hypot (x - WIDTH / 2, y - HEIGHT / 2);
        double in = soft ? CLAMP ((10.0 - away) / 5.0, 0.0, 1.0) : away < 9.0;

        change[y * WIDTH + x] = (guint8) (255.0 * in);
      }
}

static DifImage *
run (DifModel     *model,
     DifImage     *source,
     DifParams     params,
     const guint8 *excluded,
     const guint8 *change,
     GError      **error)
{
  g_autoptr (DifJob) job = dif_job_new (model, source, &params, error);
  DifProgress        progress = { 0 };

  if (! job || ! dif_job_set_masks (job, excluded, change, error))
    return NULL;
  dif_job_start (job);
  if (! dif_job_wait (job, error))
    return NULL;
  dif_job_poll (job, &progress);
  g_assert_cmpfloat (progress.fraction, ==, 1.0);
  return dif_job_take_result (job, 0);
}

static gboolean
equal (const DifImage *a,
       const DifImage *b)
{
  return a->width == b->width && a->height == b->height
         && memcmp (a->rgb, b->rgb, (gsize) a->width * a->height * 12) == 0;
}

/* Filling ------------------------------------------------------------- */

static void
test_outside (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) source = stripes (WIDTH, HEIGHT), result = NULL;
  guint8               change[N];
  int                  c, i, n_new = 0;

  make_hole (change, FALSE);
  result = run (model, stripes (WIDTH, HEIGHT), params_of (DIF_TASK_FILL), NULL, change,
                NULL);
  g_assert_nonnull (result);
  for (c = 0; c < 3; c++)
    for (i = 0; i < N; i++)
      if (change[i] == 0)
        g_assert_true (memcmp (&result->rgb[c * N + i], &source->rgb[c * N + i],
                               sizeof (float)) == 0);
      else
        n_new += result->rgb[c * N + i] != source->rgb[c * N + i];
  g_assert_cmpint (n_new, >, 300);
}

/* What was in the hole counts for nothing, to the last bit. */
static void
test_inside (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) one = NULL, other = NULL;
  DifImage            *bright = stripes (WIDTH, HEIGHT);
  DifParams            params = params_of (DIF_TASK_FILL);
  guint8               change[N];
  int                  i;

  make_hole (change, FALSE);
  for (i = 0; i < 3 * N; i++)
    if (change[i % N])
      bright->rgb[i] = 0.9f;
  one = run (model, stripes (WIDTH, HEIGHT), params, NULL, change, NULL);
  other = run (model, bright, params, NULL, change, NULL);
  for (i = 0; i < 3 * N; i++)
    g_assert_true (fabsf (one->rgb[i] - other->rgb[i]) < 1e-3f);
}

static double
mean_inside (const DifImage *image,
             const guint8   *change)
{
  double sum = 0.0;
  int    n = 0, i;

  for (i = 0; i < 3 * N; i++)
    if (change[i % N])
      {
        sum += image->rgb[i];
        n++;
      }
  return sum / n;
}

/* Light stripes and dark ones, and a hole in these that light ones were in: strength below
 * 1 keeps something of that, and 0 all of it.
 */
static void
test_strength (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_TASK_FILL);
  static const double  strengths[] = { 1.0, 0.1, 0.0 };
  double               means[3];
  guint8               change[N];
  int                  i, k;

  for (i = 0; i < N; i++)
    change[i] = hypot (i % WIDTH - 45, i / WIDTH - HEIGHT / 2) < 18.0 ? 255 : 0;
  for (k = 0; k < 3; k++)
    {
      g_autoptr (DifImage) result = NULL;
      DifImage            *source = stripes (WIDTH, HEIGHT);

      for (i = 0; i < 3 * N; i++)
        source->rgb[i] = 0.3f * source->rgb[i]
                         + (i % WIDTH < WIDTH / 4 || change[i % N] ? 0.6f : -0.6f);
      params.strength = strengths[k];
      result = run (model, source, params, NULL, change, NULL);
      means[k] = mean_inside (result, change);
    }
  g_assert_cmpfloat (means[0], <, -0.4);
  g_assert_cmpfloat (means[1], >, means[0] + 0.2);
  g_assert_cmpfloat (means[2], >, 0.5);
}

static void
test_soft (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) source = stripes (WIDTH, HEIGHT), soft = NULL, full = NULL;
  DifParams            params = params_of (DIF_TASK_FILL);
  guint8               change[N], hard[N];
  int                  i, n_between = 0;

  make_hole (change, TRUE);
  for (i = 0; i < N; i++)
    hard[i] = change[i] ? 255 : 0;
  soft = run (model, stripes (WIDTH, HEIGHT), params, NULL, change, NULL);
  full = run (model, stripes (WIDTH, HEIGHT), params, NULL, hard, NULL);
  for (i = 0; i < 3 * N; i++)
    {
      float share = change[i % N] / 255.0f;
      float wanted = source->rgb[i] + share * (full->rgb[i] - source->rgb[i]);

      g_assert_true (fabsf (soft->rgb[i] - wanted) < 1e-5f);
      n_between += share > 0.0f && share < 1.0f;
    }
  g_assert_cmpint (n_between, >, 100);
}

static void
test_same (void)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage)  alone = NULL, more = NULL;
  DifParams             params = params_of (DIF_TASK_FILL);
  g_autoptr (DifJob)    job = NULL;
  g_autoptr (DifImage)  first = NULL, second = NULL;
  guint8                change[N];

  make_hole (change, FALSE);
  params.num_variations = 2;
  job = dif_job_new (model, stripes (WIDTH, HEIGHT), &params, NULL);
  g_assert_true (dif_job_set_masks (job, NULL, change, NULL));
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  first = dif_job_take_result (job, 0);
  second = dif_job_take_result (job, 1);
  g_assert_false (equal (first, second));
  params.num_variations = 1;
  params.seed++;
  params.threads = 1;
  alone = run (model, stripes (WIDTH, HEIGHT), params, NULL, change, NULL);
  g_assert_true (equal (alone, second));
  params.threads = 3;
  more = run (model, stripes (WIDTH, HEIGHT), params, NULL, change, NULL);
  g_assert_true (equal (more, second));
}

/* What is transparent is never copied, even if it is all that is different. */
static void
test_excluded (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) result = NULL;
  DifImage            *source = stripes (WIDTH, HEIGHT);
  guint8               change[N], excluded[N];
  int                  i;

  make_hole (change, FALSE);
  for (i = 0; i < N; i++)
    excluded[i] = i % WIDTH >= WIDTH - 20;
  for (i = 0; i < 3 * N; i++)
    if (excluded[i % N])
      source->rgb[i] = 3.0f;
  result = run (model, source, params_of (DIF_TASK_FILL), excluded, change, NULL);
  for (i = 0; i < 3 * N; i++)
    if (change[i % N])
      g_assert_true (result->rgb[i] < 1.0f);
}

static void
test_refusals (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_TASK_FILL);
  GError              *error = NULL;
  guint8               change[N], excluded[N];

  memset (change, 0, N);
  g_assert_null (run (model, stripes (WIDTH, HEIGHT), params, NULL, change, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "Nothing is to be filled"));
  g_clear_error (&error);
  g_assert_null (run (model, stripes (WIDTH, HEIGHT), params, NULL, NULL, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "nothing is left to fill it from"));
  g_clear_error (&error);

  /* Three pixels are left. */
  memset (change, 255, N);
  memset (excluded, 0, N);
  change[0] = change[1] = change[2] = 0;
  g_assert_null (run (model, stripes (WIDTH, HEIGHT), params, excluded, change,
                      &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (run (model, stripes (9, 9), params, NULL, change + N - 81, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_clear_error (&error);
}

/* A hole of one pixel, and one that touches the border. */
static void
test_odd_holes (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) one = NULL, corner = NULL;
  guint8               change[N] = { 0 };
  int                  x, y, i;

  change[20 * WIDTH + 30] = 255;
  one = run (model, stripes (WIDTH, HEIGHT), params_of (DIF_TASK_FILL), NULL, change,
             NULL);
  g_assert_nonnull (one);
  for (y = 0; y < 20; y++)
    for (x = 0; x < 25; x++)
      change[y * WIDTH + x] = 255;
  corner = run (model, stripes (WIDTH, HEIGHT), params_of (DIF_TASK_FILL), NULL, change,
                NULL);
  g_assert_nonnull (corner);
  for (i = 0; i < 3 * N; i++)
    g_assert_true (isfinite (one->rgb[i]) && isfinite (corner->rgb[i]));
}

static void
test_cancel (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_TASK_FILL);
  g_autoptr (DifJob)   job = NULL;
  g_autoptr (GError)   error = NULL;
  guint8               change[N];

  make_hole (change, FALSE);
  params.num_variations = DIF_MAX_VARIATIONS;
  job = dif_job_new (model, stripes (WIDTH, HEIGHT), &params, NULL);
  g_assert_true (dif_job_set_masks (job, NULL, change, NULL));
  dif_job_start (job);
  dif_job_cancel (job);
  g_assert_false (dif_job_wait (job, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_CANCELLED);
}

/* Holes --------------------------------------------------------------- */

static void
test_holes (void)
{
  enum { SIDE = 2048 };
  g_autofree guint8 *change = g_malloc0 ((gsize) SIDE * SIDE);
  GArray            *holes;
  const DifHole     *hole;
  int                x, y;

  for (y = 0; y < 100; y++)
    for (x = 0; x < 100; x++)
      change[(gsize) (300 + y) * SIDE + 400 + x] = 255;
  holes = dif_holes_find (change, SIDE, SIDE, 1.5);
  g_assert_cmpuint (holes->len, ==, 1);
  hole = &g_array_index (holes, DifHole, 0);
  g_assert_cmpint (hole->box.x, ==, 400);
  g_assert_cmpint (hole->box.y, ==, 300);
  g_assert_cmpint (hole->box.width, ==, 100);
  g_assert_cmpfloat (hole->pixels, ==, 10000.0);
  g_assert_cmpint (hole->context.x, ==, 250);
  g_assert_cmpint (hole->context.y, ==, 150);
  g_assert_cmpint (hole->context.width, ==, 400);
  g_array_unref (holes);

  /* One that is near is the same one, one far away another; neither lies in the
   * context of the other.
   */
  change[(gsize) 350 * SIDE + 540] = 1;
  change[(gsize) 2047 * SIDE + 2047] = 1;
  holes = dif_holes_find (change, SIDE, SIDE, 1.5);
  g_assert_cmpuint (holes->len, ==, 2);
  g_assert_cmpfloat (g_array_index (holes, DifHole, 0).pixels
                     + g_array_index (holes, DifHole, 1).pixels, ==, 10002.0);
  hole = &g_array_index (holes, DifHole, 1);
  g_assert_cmpint (hole->context.x, ==, 2048 - 97);
  g_assert_cmpint (hole->context.width, ==, 97);
  g_array_unref (holes);
}

/* Textures ------------------------------------------------------------ */

static void
test_texture (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_TASK_TEXTURE);
  g_autoptr (DifImage) one = NULL, same = NULL, other = NULL;
  double               sum = 0.0, across = 0.0, within = 0.0;
  gsize                n;
  int                  x, y, c;

  params.tileable = TRUE;
  one = run (model, stripes (WIDTH, HEIGHT), params, NULL, NULL, NULL);
  g_assert_nonnull (one);
  g_assert_cmpint (one->width, ==, 80);
  g_assert_cmpint (one->height, ==, 48);
  params.threads = 1;
  same = run (model, stripes (WIDTH, HEIGHT), params, NULL, NULL, NULL);
  g_assert_true (equal (one, same));
  params.seed++;
  other = run (model, stripes (WIDTH, HEIGHT), params, NULL, NULL, NULL);
  g_assert_false (equal (one, other));

  n = (gsize) one->width * one->height;
  for (c = 0; c < 3; c++)
    for (y = 0; y < one->height; y++)
      {
        const float *row = one->rgb + c * n + (gsize) y * one->width;

        across += fabsf (row[0] - row[one->width - 1]);
        for (x = 0; x + 1 < one->width; x++)
          within += fabsf (row[x + 1] - row[x]) / (one->width - 1);
        for (x = 0; x < one->width; x++)
          sum += row[x] * row[x] / (3.0 * n);
      }
  /* The stripes' deviation is 0.28. */
  g_assert_cmpfloat (sqrt (sum), >, 0.15);
  g_assert_cmpfloat (across, <, 1.5 * within);
}

static void
test_texture_refusals (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_TASK_TEXTURE);
  GError              *error = NULL;

  g_assert_null (dif_job_new (model, stripes (12, 40), &params, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "12 x 40"));
  g_clear_error (&error);
  params.texture_width = params.texture_height = 16000;
  g_assert_null (dif_job_new (model, stripes (WIDTH, HEIGHT), &params, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "16000 x 16000"));
  g_clear_error (&error);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fill/outside", test_outside);
  g_test_add_func ("/fill/inside", test_inside);
  g_test_add_func ("/fill/strength", test_strength);
  g_test_add_func ("/fill/soft", test_soft);
  g_test_add_func ("/fill/same", test_same);
  g_test_add_func ("/fill/excluded", test_excluded);
  g_test_add_func ("/fill/refusals", test_refusals);
  g_test_add_func ("/fill/odd-holes", test_odd_holes);
  g_test_add_func ("/fill/cancel", test_cancel);
  g_test_add_func ("/fill/holes", test_holes);
  g_test_add_func ("/fill/texture", test_texture);
  g_test_add_func ("/fill/texture-refusals", test_texture_refusals);
  return g_test_run ();
}
