/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-made.c: jobs made of their source's own parts: what a result may depend on,
 * what stays, and pictures of which nothing can be made.
 */

#include <math.h>
#include <string.h>

#include "gaussian.h"
#include "job-fixture.h"

enum { WIDTH = 50, HEIGHT = 40 };

static DifParams
params_of (DifMadeOf made_of)
{
  DifParams params = dif_params_default ();

  params.made_of = made_of;
  params.strength = 0.8;
  params.num_variations = 1;
  params.seed = 3;
  params.threads = 2;
  return params;
}

/* Blobs of several sizes and colours, and grain. */
static DifImage *
blobs (int width,
       int height)
{
  DifImage *image = dif_image_new (width, height, NULL);
  GRand    *random = g_rand_new_with_seed (7);
  gsize     plane = (gsize) width * height;
  int       k, x, y, c;

  for (k = 0; k < 40; k++)
    {
      double middle_x = g_rand_double (random) * width;
      double middle_y = g_rand_double (random) * height;
      double radius = 2.0 + 0.1 * g_rand_double (random) * MIN (width, height);
      float  colour[3];

      for (c = 0; c < 3; c++)
        colour[c] = (float) (1.6 * g_rand_double (random) - 0.8);
      for (y = 0; y < height; y++)
        for (x = 0; x < width; x++)
          for (c = 0; c < 3 && hypot (x - middle_x, y - middle_y) < radius; c++)
            image->rgb[c * plane + (gsize) y * width + x] = colour[c];
    }
  for (gsize i = 0; i < 3 * plane; i++)
    image->rgb[i] += (float) (0.1 * g_rand_double (random));
  g_rand_free (random);
  return image;
}

static gboolean
equal (const DifImage *a,
       const DifImage *b)
{
  return a->width == b->width && a->height == b->height
         && memcmp (a->rgb, b->rgb, (gsize) a->width * a->height * 12) == 0;
}

static gboolean
all_finite (const DifImage *image)
{
  gsize n = (gsize) 3 * image->width * image->height, i;

  for (i = 0; i < n; i++)
    if (! isfinite (image->rgb[i]))
      return FALSE;
  return TRUE;
}

/* The one variation of a job with masks. */
static DifImage *
run_masked (DifModel     *model,
            DifImage     *source,
            DifParams     params,
            const guint8 *excluded,
            const guint8 *change,
            GError      **error)
{
  g_autoptr (DifJob) job = dif_job_new (model, source, &params, error);

  if (! job || ! dif_job_set_masks (job, excluded, change, error))
    return NULL;
  dif_job_start (job);
  return dif_job_wait (job, error) ? dif_job_take_result (job, 0) : NULL;
}

/* Determinism --------------------------------------------------------- */

static void
test_determinism (gconstpointer data)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage)  source = blobs (WIDTH, HEIGHT);
  g_autoptr (GPtrArray) three = NULL, alone = NULL, other = NULL;
  DifParams             params = params_of ((DifMadeOf) GPOINTER_TO_INT (data));

  params.num_variations = 3;
  three = fixture_run (model, blobs (WIDTH, HEIGHT), params);
  g_assert_false (equal (three->pdata[0], source));
  g_assert_false (fixture_same (three, 0, three, 1));
  g_assert_false (fixture_same (three, 1, three, 2));
  params.num_variations = 1;
  params.threads = 1;
  params.seed += 2;
  alone = fixture_run (model, blobs (WIDTH, HEIGHT), params);
  g_assert_true (fixture_same (three, 2, alone, 0));
  params.threads = 3;
  params.batch = 1;
  other = fixture_run (model, blobs (WIDTH, HEIGHT), params);
  g_assert_true (fixture_same (alone, 0, other, 0));
}

/* Steps, sampler and eta count for the model alone; strength and structure do not. */
static void
test_counts (void)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  DifParams             params = params_of (DIF_MADE_OF_LAYER_FINISHED), other = params;
  g_autoptr (GPtrArray) plain = fixture_run (model, blobs (WIDTH, HEIGHT), params);
  g_autoptr (GPtrArray) same = NULL, fine = NULL, finer = NULL, layer = NULL;

  other.steps = 3;
  other.sampler = DIF_SAMPLER_DDIM;
  other.eta = 1.0;
  same = fixture_run (model, blobs (WIDTH, HEIGHT), other);
  g_assert_true (fixture_same (plain, 0, same, 0));
  other.structure = 0.1;
  fine = fixture_run (model, blobs (200, 150), other);
  other.structure = 0.05;
  finer = fixture_run (model, blobs (200, 150), other);
  g_assert_false (fixture_same (fine, 0, finer, 0));
  other = params;
  other.made_of = DIF_MADE_OF_LAYER;
  layer = fixture_run (model, blobs (WIDTH, HEIGHT), other);
  g_assert_false (fixture_same (plain, 0, layer, 0));
}

/* Those near a variation share what is decided first, and differ. */
static void
test_near (void)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  DifParams             params = params_of (DIF_MADE_OF_LAYER);
  g_autoptr (GPtrArray) plain = NULL, near = NULL;

  params.structure = 0.1;
  plain = fixture_run (model, blobs (200, 150), params);
  params.vary = 0.5;
  params.vary_seed = 1001;
  params.num_variations = 2;
  near = fixture_run (model, blobs (200, 150), params);
  g_assert_false (fixture_same (near, 0, near, 1));
  g_assert_false (fixture_same (near, 0, plain, 0));
}

/* What stays ---------------------------------------------------------- */

static void
test_identity (gconstpointer data)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage)  before = blobs (WIDTH, HEIGHT);
  DifImage             *source = blobs (WIDTH, HEIGHT);
  DifParams             params = params_of ((DifMadeOf) GPOINTER_TO_INT (data));
  g_autoptr (GPtrArray) results = NULL;

  before->rgb[5] = source->rgb[5] = 7.5f;
  before->rgb[6] = source->rgb[6] = NAN;
  params.strength = 0.0;
  params.num_variations = 2;
  params.keep_colours = params.tileable = TRUE;
  g_assert_cmpfloat (dif_params_beyond (model, &params), ==, 1.0);
  results = fixture_run (model, source, params);
  g_assert_true (equal (results->pdata[1], before));
}

static guint8 *
mask_of (int    width,
         int    height,
         guint8 value)
{
  guint8 *mask = g_malloc ((gsize) width * height);

  memset (mask, value, (gsize) width * height);
  return mask;
}

/* Nothing but the middle may change, and its edge in part; with all that touches the
 * source before, and values that no picture has.
 */
static void
test_change (gconstpointer data)
{
  static const guint8  soft = 100;
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) before = blobs (WIDTH, HEIGHT), result = NULL, free = NULL;
  g_autoptr (GError)   error = NULL;
  g_autofree guint8   *change = mask_of (WIDTH, HEIGHT, 0);
  g_autofree guint8   *wide = mask_of (WIDTH, HEIGHT, 0);
  DifImage            *source, *again;
  DifParams            params = params_of (GPOINTER_TO_INT (data) & 3);
  gsize                n = WIDTH * HEIGHT, i;
  int                  x, y, changed = 0;

  params.tileable = (GPOINTER_TO_INT (data) & 4) != 0;
  params.keep_colours = TRUE;
  before->rgb[0] = NAN;
  before->rgb[1] = -0.0f;
  before->rgb[2] = 9.0f;
  source = dif_image_copy (before, NULL);
  again = dif_image_copy (before, NULL);
  for (y = 8; y < 34; y++)
    for (x = 6; x < 46; x++)
      {
        change[y * WIDTH + x] = y < 12 ? soft : 255;
        wide[y * WIDTH + x] = 255;
      }
  result = run_masked (model, source, params, NULL, change, &error);
  g_assert_no_error (error);
  free = run_masked (model, again, params, NULL, wide, &error);
  g_assert_no_error (error);
  for (i = 0; i < 3 * n; i++)
    if (change[i % n] == 0)
      g_assert_cmpmem (&result->rgb[i], 4, &before->rgb[i], 4);
    else if (change[i % n] == soft)
      g_assert_cmpfloat (fabsf (result->rgb[i] - before->rgb[i]
                                - (free->rgb[i] - before->rgb[i]) * (soft / 255.0f)),
                         <, 1e-5f);
    else
      {
        g_assert_cmpfloat (result->rgb[i], ==, free->rgb[i]);
        changed += result->rgb[i] != before->rgb[i];
      }
  g_assert_cmpint (changed, >, 300);
}

/* Where nothing may change the result is the source. */
static void
test_all_protected (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) before = blobs (WIDTH, HEIGHT), result = NULL;
  g_autofree guint8   *change = mask_of (WIDTH, HEIGHT, 0);
  g_autoptr (GError)   error = NULL;

  result = run_masked (model, blobs (WIDTH, HEIGHT),
                       params_of (DIF_MADE_OF_LAYER_FINISHED), NULL, change, &error);
  g_assert_no_error (error);
  g_assert_true (equal (result, before));
}

/* Nothing of what is excluded is seen elsewhere in the result. */
static void
test_excluded (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autofree guint8   *excluded = mask_of (WIDTH, HEIGHT, 0);
  g_autoptr (DifImage) result = NULL;
  g_autoptr (GError)   error = NULL;
  DifImage            *source = blobs (WIDTH, HEIGHT);
  gsize                n = WIDTH * HEIGHT, i;

  for (i = 0; i < n; i++)
    if (i % WIDTH >= 38)
      {
        excluded[i] = 255;
        source->rgb[i] = source->rgb[2 * n + i] = -1.0f;
        source->rgb[n + i] = 1.0f;
      }
    else
      source->rgb[n + i] = MIN (source->rgb[n + i], 0.9f);
  result = run_masked (model, source, params_of (DIF_MADE_OF_LAYER), excluded, NULL,
                       &error);
  g_assert_no_error (error);
  for (i = 0; i < n; i++)
    g_assert_true (excluded[i] || result->rgb[n + i] < 0.95f
                   || result->rgb[i] > -0.95f);
}

static void
test_all_excluded (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autofree guint8   *excluded = mask_of (WIDTH, HEIGHT, 1);
  g_autoptr (GError)   error = NULL;

  g_assert_null (run_masked (model, blobs (WIDTH, HEIGHT),
                             params_of (DIF_MADE_OF_LAYER), excluded, NULL, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "transparent"));
  g_clear_error (&error);
  excluded[20 * WIDTH + 20] = excluded[30 * WIDTH + 30] = 0;
  g_assert_null (run_masked (model, blobs (WIDTH, HEIGHT),
                             params_of (DIF_MADE_OF_LAYER), excluded, NULL, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "copied"));
}

/* Parts of another picture, which is as good where it has odd values; nothing of what
 * is excluded of it is seen, and one that has nothing to copy is refused.
 */
static void
test_reference (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_MADE_OF_LAYER);
  g_autoptr (DifImage) own = run_masked (model, blobs (WIDTH, HEIGHT), params, NULL,
                                         NULL, NULL);
  DifImage            *results[2];
  static const struct { int width, height; const char *fault; } bad[] = {
    { 8, 300, "too small" }, { 20, 1000, "too long" }
  };
  gsize                i;

  for (i = 0; i < 2; i++)
    {
      g_autoptr (DifJob) job = NULL;
      DifImage          *reference = fixture_picture (60, 70);

      params.threads = 1 + (int) i;
      reference->rgb[100] = NAN;
      job = dif_job_new (model, blobs (WIDTH, HEIGHT), &params, NULL);
      g_assert_true (dif_job_set_reference (job, reference, NULL, NULL));
      dif_job_start (job);
      g_assert_true (dif_job_wait (job, NULL));
      results[i] = dif_job_take_result (job, 0);
      g_assert_true (all_finite (results[i]));
    }
  g_assert_true (equal (results[0], results[1]));
  g_assert_false (equal (results[0], own));
  dif_image_free (results[0]);
  dif_image_free (results[1]);
  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (DifJob) job = dif_job_new (model, blobs (WIDTH, HEIGHT), &params,
                                            NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (dif_job_set_reference (
        job, dif_image_new (bad[i].width, bad[i].height, NULL), NULL, &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, bad[i].fault));
    }
  {
    g_autoptr (DifJob) job = dif_job_new (model, blobs (WIDTH, HEIGHT), &params, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_true (dif_job_set_reference (job, dif_image_new (60, 70, NULL), NULL,
                                          &error));
    dif_job_start (job);
    g_assert_false (dif_job_wait (job, &error));
    g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
    g_assert_nonnull (strstr (error->message, "one colour"));
  }
}

/* Masks of what the model alone makes count as well. */
static void
test_model (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifImage) before = blobs (WIDTH, HEIGHT), result = NULL;
  g_autofree guint8   *change = mask_of (WIDTH, HEIGHT, 255);
  DifParams            params = params_of (DIF_MADE_OF_MODEL);
  gsize                n = WIDTH * HEIGHT, i;

  memset (change, 0, n / 2);
  params.tileable = TRUE;
  result = run_masked (model, blobs (WIDTH, HEIGHT), params, NULL, change, NULL);
  for (i = 0; i < 3 * n; i++)
    if (change[i % n] == 0)
      g_assert_cmpfloat (result->rgb[i], ==, before->rgb[i]);
  g_assert_false (equal (result, before));
}

/* Pictures of all kinds ----------------------------------------------- */

/* Of one that is too small, or of one colour, the results are itself. */
static void
test_nothing_to_copy (void)
{
  static const struct { int width, height; } sizes[] = {
    { 1, 1 }, { 8, 8 }, { 5, 400 }, { 1, 100000 }, { 15, 2000 }
  };
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  g_autoptr (GPtrArray) results = NULL;
  DifParams             params = params_of (DIF_MADE_OF_LAYER_FINISHED);
  DifImage             *source = dif_image_new (WIDTH, HEIGHT, NULL);
  g_autoptr (DifImage)  flat = NULL;
  gsize                 i;

  params.num_variations = 2;
  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (DifImage)  before = blobs (sizes[i].width, sizes[i].height);
      g_autoptr (GPtrArray) small = fixture_run (model, dif_image_copy (before, NULL),
                                                 params);

      g_assert_true (equal (small->pdata[1], before));
    }
  for (i = 0; i < (gsize) 3 * WIDTH * HEIGHT; i++)
    source->rgb[i] = 0.3f;
  flat = dif_image_copy (source, NULL);
  results = fixture_run (model, source, params);
  g_assert_true (equal (results->pdata[0], flat));
}

static void
test_sizes (void)
{
  static const struct { int width, height; double structure; } sizes[] = {
    { 16, 16, 0.3 }, { 16, 16, 0.02 }, { 17, 40, 0.1 }, { 300, 16, 0.3 },
    { 33, 200, 0.04 }
  };
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  gsize                i;
  int                  wrapped;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (wrapped = 0; wrapped < 2; wrapped++)
      {
        DifParams             params = params_of (DIF_MADE_OF_LAYER_FINISHED);
        g_autoptr (GPtrArray) results = NULL;
        DifImage             *result;

        g_test_message ("%d x %d, %g, %d", sizes[i].width, sizes[i].height,
                        sizes[i].structure, wrapped);
        params.structure = sizes[i].structure;
        params.tileable = wrapped;
        results = fixture_run (model, blobs (sizes[i].width, sizes[i].height),
                               params);
        result = results->pdata[0];
        g_assert_cmpint (result->width, ==, sizes[i].width);
        g_assert_cmpint (result->height, ==, sizes[i].height);
        g_assert_true (all_finite (result));
      }
}

static void
test_too_long (void)
{
  static const struct { int width, height; } sizes[] = {
    { 20, 1000 }, { 100000, 16 }, { 70000, 5000 }
  };
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_MADE_OF_LAYER);
  gsize                i;

  for (i = 0; i < G_N_ELEMENTS (sizes) - 1; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (dif_job_new (model, dif_image_new (sizes[i].width,
                                                        sizes[i].height, NULL),
                                  &params, &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "too long"));
    }
  params.made_of = DIF_MADE_OF_MODEL;
  dif_job_free (dif_job_new (model, dif_image_new (20, 1000, NULL), &params, NULL));
}

/* Values that are no numbers count as mid-grey, and what lies beyond white is copied
 * with the rest.
 */
static void
test_odd_values (gconstpointer data)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  g_autoptr (GPtrArray) results = NULL;
  DifImage             *source = blobs (WIDTH, HEIGHT), *result;
  DifParams             params = params_of ((DifMadeOf) GPOINTER_TO_INT (data));
  float                 most = 0.0f;
  int                   x, y, i;

  source->rgb[3000] = NAN;
  source->rgb[3001] = INFINITY;
  source->rgb[3002] = -INFINITY;
  for (y = 0; y < HEIGHT; y++)
    for (x = 0; x < 15; x++)
      source->rgb[y * WIDTH + x] = 4.0f;
  params.keep_colours = TRUE;
  g_assert_cmpfloat (dif_params_beyond (model, &params), ==, 0.0);
  results = fixture_run (model, source, params);
  result = results->pdata[0];
  g_assert_true (all_finite (result));
  for (i = 0; i < WIDTH * HEIGHT; i++)
    most = MAX (most, result->rgb[i]);
  g_assert_cmpfloat (most, >, 3.5f);
}

/* On the way ---------------------------------------------------------- */

/* Nothing comes back that is wrong, wherever it is stopped. */
static void
test_cancel (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  GRand               *random = g_rand_new_with_seed (11);
  int                  i;

  for (i = 0; i < 12; i++)
    {
      DifParams            params = params_of (i % 2 ? DIF_MADE_OF_LAYER
                                                     : DIF_MADE_OF_LAYER_FINISHED);
      g_autoptr (GError)   error = NULL;
      g_autoptr (DifJob)   job = NULL;
      g_autoptr (DifImage) result = NULL;
      gint64               start;
      double               at = g_rand_double_range (random, 0.0, 0.5);
      DifProgress          progress;

      params.num_variations = 100;
      params.structure = i % 3 ? 0.3 : 0.05;
      params.tileable = i % 4 == 0;
      job = dif_job_new (model, blobs (200, 150), &params, &error);
      g_assert_no_error (error);
      dif_job_start (job);
      g_usleep ((gulong) (at * G_USEC_PER_SEC));
      start = g_get_monotonic_time ();
      dif_job_cancel (job);
      g_assert_false (dif_job_wait (job, &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_CANCELLED);
      g_test_message ("stopped after %.0f ms in %.0f ms", 1000.0 * at,
                      (g_get_monotonic_time () - start) / 1e3);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
      g_assert_false (dif_job_poll (job, &progress));
      g_assert_cmpint (progress.finished, <, 100);
      result = dif_job_take_result (job, progress.finished);
      g_assert_null (result);
    }
  g_rand_free (random);
}

/* Progress never goes back, is more than all or stands still at 0. */
static void
test_progress (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_MADE_OF_LAYER_FINISHED);
  g_autoptr (DifJob)   job = NULL;
  DifProgress          progress;
  double               last = 0.0;
  int                  between = 0;
  gboolean             running;

  params.num_variations = 2;
  job = dif_job_new (model, blobs (WIDTH, HEIGHT), &params, NULL);
  g_assert_cmpfloat (dif_job_work (job), ==, dif_params_work (model, WIDTH, HEIGHT,
                                                              &params));
  g_assert_cmpfloat (dif_job_work (job), >, 0.0);
  dif_job_start (job);
  do
    {
      running = dif_job_poll (job, &progress);
      g_assert_cmpint (progress.steps, ==, dif_params_n_steps (model, WIDTH, HEIGHT, &params));
      g_assert_cmpfloat (progress.fraction, >=, last);
      g_assert_cmpfloat (progress.fraction, <=, 1.0);
      between += progress.fraction > last;
      last = progress.fraction;
      g_usleep (1000);
    }
  while (running);
  g_assert_true (dif_job_wait (job, NULL));
  g_assert_cmpfloat (progress.fraction, ==, 1.0);
  g_assert_cmpint (between, >, 10);
  params.made_of = DIF_MADE_OF_LAYER;
  g_assert_cmpint (dif_params_n_steps (model, WIDTH, HEIGHT, &params), ==, 0);
}

/* A job that stops at a smaller size shows what the whole one is going to make. */
static void
test_smaller (void)
{
  g_autoptr (DifModel)  model = gaussian_model (0.0, 0.1);
  DifParams             params = params_of (DIF_MADE_OF_LAYER_FINISHED);
  g_autoptr (DifImage)  small = NULL, other = NULL;
  g_autoptr (GPtrArray) whole = fixture_run (model, blobs (200, 150), params);
  const DifImage       *result = whole->pdata[0];
  int                   seed;
  double                off[2];

  for (seed = 0; seed < 2; seed++)
    {
      DifParams            way = params;
      g_autoptr (DifJob)   job = NULL;
      g_autoptr (DifImage) part = NULL;
      double               sum = 0.0;
      int                  x, y, c, n = 0;

      way.seed += seed;
      job = dif_job_new_smaller (model, blobs (200, 150), 90, &way, NULL);
      g_assert_cmpfloat (dif_job_work (job), <, dif_params_work (model, 200, 150,
                                                                 &params));
      dif_job_start (job);
      g_assert_true (dif_job_wait (job, NULL));
      part = dif_job_take_result (job, 0);
      g_assert_cmpint (part->height, >=, 90);
      g_assert_cmpint (part->height, <, 130);
      for (c = 0; c < 3; c++)
        for (y = 0; y < part->height; y++)
          for (x = 0; x < part->width; x++, n++)
            {
              int    wx = (2 * x + 1) * 100 / part->width;
              int    wy = (2 * y + 1) * 75 / part->height;
              double d = result->rgb[(c * 150 + wy) * 200 + wx]
                         - part->rgb[(c * part->height + y) * part->width + x];

              sum += d * d;
            }
      off[seed] = sqrt (sum / n);
    }
  g_test_message ("off by %.3f, another one by %.3f", off[0], off[1]);
  g_assert_cmpfloat (off[0], <, 0.6 * off[1]);
}

/* Of a layer that is decided upon at its own size there is nothing smaller. */
static void
test_smaller_small (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_MADE_OF_LAYER);
  g_autoptr (DifJob)   job = dif_job_new_smaller (model, blobs (WIDTH, HEIGHT), 16,
                                                  &params, NULL);
  g_autoptr (DifImage) part = NULL;

  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  part = dif_job_take_result (job, 0);
  g_assert_cmpint (part->width, ==, WIDTH);
  g_assert_cmpint (part->height, ==, HEIGHT);
}

/* The whole picture is needed for any part of it. */
static void
test_preview_area (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = params_of (DIF_MADE_OF_LAYER);
  DifRect              visible = { 10, 10, 20, 20 }, area;

  dif_job_preview_area (model, 3000, 2000, &params, &visible, &area);
  g_assert_cmpint (area.x, ==, 0);
  g_assert_cmpint (area.y, ==, 0);
  g_assert_cmpint (area.width, ==, 3000);
  g_assert_cmpint (area.height, ==, 2000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/made/determinism/layer",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER), test_determinism);
  g_test_add_data_func ("/made/determinism/finished",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER_FINISHED),
                        test_determinism);
  g_test_add_func ("/made/counts", test_counts);
  g_test_add_func ("/made/near", test_near);
  g_test_add_data_func ("/made/identity/layer",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER), test_identity);
  g_test_add_data_func ("/made/identity/finished",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER_FINISHED), test_identity);
  g_test_add_data_func ("/made/change/layer", GINT_TO_POINTER (DIF_MADE_OF_LAYER),
                        test_change);
  g_test_add_data_func ("/made/change/finished",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER_FINISHED), test_change);
  g_test_add_data_func ("/made/change/tileable",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER_FINISHED | 4),
                        test_change);
  g_test_add_func ("/made/all-protected", test_all_protected);
  g_test_add_func ("/made/excluded", test_excluded);
  g_test_add_func ("/made/all-excluded", test_all_excluded);
  g_test_add_func ("/made/reference", test_reference);
  g_test_add_func ("/made/model", test_model);
  g_test_add_func ("/made/nothing-to-copy", test_nothing_to_copy);
  g_test_add_func ("/made/sizes", test_sizes);
  g_test_add_func ("/made/too-long", test_too_long);
  g_test_add_data_func ("/made/odd-values/layer",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER), test_odd_values);
  g_test_add_data_func ("/made/odd-values/finished",
                        GINT_TO_POINTER (DIF_MADE_OF_LAYER_FINISHED),
                        test_odd_values);
  g_test_add_func ("/made/cancel", test_cancel);
  g_test_add_func ("/made/progress", test_progress);
  g_test_add_func ("/made/smaller", test_smaller);
  g_test_add_func ("/made/smaller-small", test_smaller_small);
  g_test_add_func ("/made/preview-area", test_preview_area);
  return g_test_run ();
}
