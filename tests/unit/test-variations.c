/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-variations.c: noise near another's, tileable results, colours that
 * are kept.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"
#include "pipeline/colours.h"
#include "pipeline/walk.h"
#include "sample/noising.h"
#include "textures.h"
#include "../larger.h"

static const DifParams quick = {
  .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
  .strength = 0.5, .num_variations = 1, .seed = 3, .steps = 3,
  .sampler = DIF_SAMPLER_DPMPP_2M_KARRAS
};

/* Noise of a field, 3 x 4000 values. */
static void
draw (const DifNoise *noise,
      float          *out)
{
  dif_noise_row (noise, 0, -7, 9, 4000, out, 4000);
}

static double
dot (const float *a,
     const float *b)
{
  double sum = 0.0;
  int    i;

  for (i = 0; i < 12000; i++)
    sum += a[i] * b[i];
  return sum / 12000;
}

/* Turned noise has the variance of noise and the angle asked for. */
static void
test_turn (void)
{
  DifNoise          noise = { .seed = 4, .other_seed = 9, .reduction = 1 };
  g_autofree float *a = g_new (float, 12000);
  g_autofree float *b = g_new (float, 12000);
  int               i;

  draw (&noise, a);
  for (i = 0; i <= 4; i++)
    {
      noise.angle = i * G_PI / 8;
      draw (&noise, b);
      g_assert_cmpfloat (fabs (dot (b, b) - 1.0), <, 0.05);
      g_assert_cmpfloat (fabs (dot (a, b) - cos (noise.angle)), <, 0.04);
    }
}

/* Sums over squares are standard normal, and independent. */
static void
test_reduced (void)
{
  DifNoise          noise = { .seed = 4, .reduction = 1 };
  g_autofree float *a = g_new (float, 12000);
  g_autofree float *b = g_new (float, 12000);
  int               f, x, y, c;

  for (f = 2; f <= DIF_MAX_REDUCTION; f *= 2)
    {
      noise.reduction = f;
      draw (&noise, a);
      g_assert_cmpfloat (fabs (dot (a, a) - 1.0), <, 0.05);
      memmove (b, a + 1, 11999 * sizeof (float));
      b[11999] = 0.0f;
      g_assert_cmpfloat (fabs (dot (a, b)), <, 0.04);
    }
  noise.reduction = 1;
  memset (b, 0, 3 * sizeof (float));
  for (y = 0; y < 3; y++)
    {
      dif_noise_row (&noise, 0, 3 * -7, 3 * 9 + y, 3, a, 3);
      for (c = 0; c < 3; c++)
        for (x = 0; x < 3; x++)
          b[c] += a[3 * c + x] / 3.0f;
    }
  noise.reduction = 3;
  draw (&noise, a);
  for (c = 0; c < 3; c++)
    g_assert_cmpfloat (fabs (a[4000 * c] - b[c]), <, 1e-5);
}

/* Near ones share their seed and differ; far ones differ more. */
static void
test_vary (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  DifParams             params = quick;
  g_autoptr (GPtrArray) plain = NULL, near = NULL, alone = NULL;

  plain = fixture_run (model, fixture_picture (60, 50), params);
  params.vary = 0.2;
  params.vary_seed = 100;
  params.num_variations = 2;
  near = fixture_run (model, fixture_picture (60, 50), params);
  g_assert_false (fixture_same (near, 0, near, 1));
  g_assert_false (fixture_same (near, 0, plain, 0));
  params.vary_seed = 101;
  params.num_variations = 1;
  alone = fixture_run (model, fixture_picture (60, 50), params);
  g_assert_true (fixture_same (near, 1, alone, 0));
}

/* The step from a column to the next, on average. */
static double
step_between (const DifImage *image,
              int             a,
              int             b)
{
  double sum = 0.0;
  int    c, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < image->height; y++)
      {
        const float *row = image->rgb
                           + ((gsize) c * image->height + y) * image->width;

        sum += fabs (row[a] - row[b]);
      }
  return sum / (3 * image->height);
}

/* A picture that wraps. */
static DifImage *
periodic (int w,
          int h)
{
  DifImage *image = dif_image_new (w, h, NULL);
  int       c, x, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < h; y++)
      for (x = 0; x < w; x++)
        image->rgb[((gsize) c * h + y) * w + x] = (float)
          (0.7 * sin (2 * G_PI * (2.0 * x / w + c / 3.0))
           * cos (2 * G_PI * y / h));
  return image;
}

static void
test_tileable (Fixture       *f,
               gconstpointer  data)
{
  g_autofree char      *folder = fixture_source ("plugin/models/photo");
  g_autoptr (DifModel)  model = dif_model_load (folder, NULL);
  DifParams             params = quick;
  g_autoptr (GPtrArray) cut = NULL, wrapped = NULL, again = NULL;
  DifImage             *image;
  double                usual = 0.0;
  int                   x;

  params.strength = 0.7;
  cut = fixture_run (model, periodic (500, 90), params);
  params.tileable = TRUE;
  wrapped = fixture_run (model, periodic (500, 90), params);
  params.threads = 1;
  params.batch = 1;
  again = fixture_run (model, periodic (500, 90), params);
  g_assert_true (fixture_same (wrapped, 0, again, 0));
  g_assert_false (fixture_same (wrapped, 0, cut, 0));

  image = wrapped->pdata[0];
  for (x = 100; x < 400; x++)
    usual += step_between (image, x, x + 1) / 300;
  g_test_message ("step at the seam %g, usual %g, without wrapping %g",
                  step_between (image, 499, 0), usual,
                  step_between (cut->pdata[0], 499, 0));
  g_assert_cmpfloat (step_between (image, 499, 0), <, 1.5 * usual);
  g_assert_cmpfloat (step_between (cut->pdata[0], 499, 0), >, 2.0 * usual);
}

/* What test_seams() adds up. */
typedef struct
{
  int    lines;
  int    strong;       /* of those, stronger than 95 % within the picture */
  double ranks;
} Seams;

/* Returns its rank. */
static double
add_line (Seams          *seams,
          const DifImage *image,
          gboolean        down,
          int             i)
{
  double rank = texture_rank (image, down, i, 1);

  g_assert_cmpfloat (texture_line (image, down, i, 1), >, 0.0);
  seams->lines++;
  seams->strong += rank > 0.95;
  seams->ranks += rank;
  return rank;
}

/* Where the tiles of one axis begin and end, and the wrap, which is not among
 * the strongest.
 */
static void
add_axis (Seams          *wraps,
          Seams          *borders,
          const DifImage *image,
          const DifAxis  *axis,
          gboolean        down)
{
  int i;

  g_assert_cmpfloat (add_line (wraps, image, down, axis->picture - 1), <=, 0.95);
  for (i = 0; i < axis->n; i++)
    {
      add_line (borders, image, down,
                dif_axis_source (axis, TRUE, axis->start[i] + axis->picture - 1));
      add_line (borders, image, down,
                dif_axis_source (axis, TRUE, axis->start[i] + axis->size - 1));
    }
}

static void
add_result (Seams          *wraps,
            Seams          *borders,
            const DifModel *model,
            const DifImage *image)
{
  DifParams           params = { .made_of = DIF_MADE_OF_MODEL,
                                 .structure = 0.3, .tileable = TRUE };
  g_autoptr (DifPlan) plan = dif_plan_new (model, image->width, image->height,
                                           NULL, FALSE, &params, NULL);

  add_axis (wraps, borders, image, &plan->passes->tiling->x, FALSE);
  add_axis (wraps, borders, image, &plan->passes->tiling->y, TRUE);
}

static void
check_seams (const char  *what,
             const Seams *seams)
{
  g_test_message ("%s: of %d lines %d are among the strongest 5 %%; their rank "
                  "is %.2f on average", what, seams->lines, seams->strong,
                  seams->ranks / seams->lines);
  g_assert_cmpint (8 * seams->strong, <=, seams->lines);
  g_assert_cmpfloat (seams->ranks / seams->lines, >, 0.2);
  g_assert_cmpfloat (seams->ranks / seams->lines, <, 0.7);
}

/* In results from pictures that do not wrap, the wrap and the borders of
 * tiles are lines like all others: as often strong, as often weak.  Of all
 * lines one in twenty is among the strongest 5 %, so seeds are fixed: with 0
 * the wrap of the grass is at strength 0.8, and no other.
 */
static void
test_seams (Fixture       *f,
            gconstpointer  data)
{
  g_autofree char      *folder = fixture_source ("plugin/models/photo");
  g_autoptr (DifModel)  model = dif_model_load (folder, NULL);
  DifParams             params = quick;
  Seams                 wraps = { 0 }, borders = { 0 };
  int                   kind;

  params.tileable = TRUE;
  for (kind = 0; kind <= N_TEXTURES; kind++)
    for (params.strength = 0.4; params.strength < 0.9; params.strength += 0.4)
      {
        g_autoptr (GPtrArray) results = NULL;

        params.seed = kind == 4 ? 1 : 0;     /* the grass */
        params.keep_colours = kind % 2;
        results = fixture_run (model, kind < N_TEXTURES ? texture_new (kind)
                               : texture_new_sized (0, 320, 128), params);
        add_result (&wraps, &borders, model, results->pdata[0]);
      }
  check_seams ("the wrap", &wraps);
  check_seams ("borders of tiles", &borders);
}

static void
count_step (int             variation,
            int             step,
            int             steps,
            double          t,
            const DifImage *sample,
            const DifImage *denoised,
            void           *data)
{
  ++*(int *) data;
}

static void
no_progress (int   moves,
             int   tiles,
             void *data)
{
}

static void
keep_noised (int             variation,
             int             step,
             int             steps,
             double          t,
             const DifImage *sample,
             const DifImage *denoised,
             void           *data)
{
  if (step == 0)
    memcpy (((DifImage *) data)->rgb, sample->rgb,
            (gsize) 12 * sample->width * sample->height);
}

/* A slope, the upper half so flat that noise is bounded by what lies around a
 * place, across the edges too where they meet.
 */
static DifImage *
slope (int w,
       int h)
{
  DifImage *image = dif_image_new (w, h, NULL);
  int       i;

  for (i = 0; i < 3 * w * h; i++)
    image->rgb[i] = 0.3f * (float) (i % w) / (float) w
                    + (i / w % h < h / 2 ? 0.0f : 0.2f * (float) sin (i * 1.7));
  return image;
}

/* dif_join_edges() and dif_forward() make what a tileable job goes back
 * from, up to the edges.
 */
static void
test_forward (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifImage) image = slope (90, 50), noised = slope (90, 50);
  g_autoptr (DifImage) untouched = slope (90, 50);
  g_autoptr (DifJob)   job = NULL;
  gsize                n = 3 * 90 * 50, i;
  DifParams            params = quick;
  double               most = 0.0;

  g_assert_true (dif_join_edges (model, image, &params, NULL));
  g_assert_cmpmem (image->rgb, 4 * n, untouched->rgb, 4 * n);
  params.tileable = TRUE;
  job = dif_job_new (model, slope (90, 50), &params, NULL);
  g_assert_true (dif_job_watch (job, keep_noised, noised, NULL));
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  g_assert_true (dif_join_edges (model, image, &params, NULL));
  g_assert_true (memcmp (image->rgb, untouched->rgb, 4 * n) != 0);
  g_assert_true (dif_forward (model, image, &params, NULL));
  for (i = 0; i < n; i++)
    most = larger (most, fabs (image->rgb[i] - noised->rgb[i]));
  g_assert_cmpfloat (most, <, 1e-5);
}

/* Who cancels a job waits neither for the edges to be joined nor for what
 * comes after that, and is shown nothing half done.
 */
static void
test_cancel (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifImage) source = texture_new (0), before = texture_new (0);
  g_autoptr (GError)   error = NULL;
  gsize                bytes = (gsize) 12 * source->width * source->height;
  DifParams            params = quick;
  DifControl           control = { .cancel = 1 };
  g_autoptr (DifPlan)  plan = NULL;
  g_autoptr (DifWalk)  walk = NULL;
  int                  shown = 0;

  params.tileable = params.keep_colours = TRUE;
  plan = dif_plan_new (model, source->width, source->height, NULL, FALSE,
                       &params, NULL);
  walk = dif_walk_new (plan, plan->passes, &control, NULL);
  g_assert_true (dif_walk_watch (walk, count_step, &shown, NULL));
  g_assert_false (dif_walk_prepare (walk, source, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_CANCELLED);
  g_assert_cmpmem (source->rgb, bytes, before->rgb, bytes);
  g_clear_error (&error);
  g_assert_null (dif_walk_run (walk, source, 0, no_progress, NULL, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_CANCELLED);
  g_assert_cmpint (shown, ==, 0);
}

/* Large-scale shifts go, detail stays. */
static void
test_colours (void)
{
  g_autoptr (DifImage) source = fixture_picture (300, 200);
  g_autoptr (DifImage) result = fixture_picture (300, 200);
  DifPool             *one = dif_pool_new (1), *three = dif_pool_new (3);
  g_autoptr (DifImage) same = NULL;
  gsize                i, n = 3 * 300 * 200;

  for (i = 0; i < n; i++)
    result->rgb[i] += 0.2f + 0.1f * (float) (i % 300) / 300.0f
                      + (i % 2 ? 0.05f : -0.05f);
  same = dif_image_new (300, 200, NULL);
  memcpy (same->rgb, result->rgb, n * sizeof (float));
  g_assert_true (dif_colours_keep (result, source, 0, 0, 1, FALSE, one, NULL));
  g_assert_true (dif_colours_keep (same, source, 0, 0, 1, FALSE, three, NULL));
  g_assert_cmpmem (same->rgb, n * sizeof (float), result->rgb,
                   n * sizeof (float));
  for (i = 0; i < n; i++)
    {
      float left = result->rgb[i] - source->rgb[i] - (i % 2 ? 0.05f : -0.05f);

      g_assert_cmpfloat (fabsf (left), <, 0.02f);
    }
  dif_pool_free (one);
  dif_pool_free (three);
}

/* Value x of a smooth shift of 38 steps of 8 bits that goes round once. */
static float
shift_at (int x,
          int width,
          int phase)
{
  return (float) (38 / 127.5 * sin (2 * G_PI * (x + 0.5) / width + phase));
}

/* The step of what is left of such a shift across the wrap, less the steps
 * beside it, in steps of 8 bits.
 */
static double
seam_of_shift (int      width,
               int      reduction,
               int      phase,
               gboolean across)
{
  int                  w = across ? width : 20, h = across ? 20 : width;
  int                  stride = across ? 1 : w, last = (width - 1) * stride;
  g_autoptr (DifImage) source = dif_image_new (w, h, NULL);
  g_autoptr (DifImage) result = dif_image_new (w, h, NULL);
  DifPool             *pool = dif_pool_new (2);
  const float         *left = result->rgb;
  int                  i;

  for (i = 0; i < 3 * w * h; i++)
    {
      source->rgb[i] = (float) (0.3 * sin (i * 0.7));
      result->rgb[i] = source->rgb[i]
                       + shift_at (across ? i % w : i / w % h, width, phase);
    }
  g_assert_true (dif_colours_keep (result, source, 0, 0, reduction, TRUE, pool,
                                   NULL));
  for (i = 0; i < 3 * w * h; i++)
    result->rgb[i] -= source->rgb[i];
  dif_pool_free (pool);
  return 127.5 * fabs (left[0] - left[last] - (left[stride] - left[0]) / 2
                       - (left[last] - left[last - stride]) / 2);
}

/* Whatever the length, what is left of a shift that wraps does so too. */
static void
test_colours_wrapped (void)
{
  static const int lengths[] = { 100, 130, 331, 500 };
  guint            i;
  int              phase, reduction;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (phase = 0; phase < 4; phase++)
      for (reduction = 1; reduction < 4; reduction++)
        {
          g_assert_cmpfloat (seam_of_shift (lengths[i], reduction, phase, TRUE),
                             <, 0.25);
          g_assert_cmpfloat (seam_of_shift (lengths[i], reduction, phase, FALSE),
                             <, 0.25);
        }
}

static void
test_colours_job (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  DifParams             params = quick;
  g_autoptr (GPtrArray) results = NULL;
  DifImage             *image, *source = periodic (200, 200);
  double                shift = 0.0;
  int                   i;

  params.keep_colours = TRUE;
  params.strength = 0.9;
  results = fixture_run (model, periodic (200, 200), params);
  image = results->pdata[0];
  for (i = 0; i < 200 * 200; i++)
    shift += (image->rgb[i] - source->rgb[i]) / (200 * 200);
  g_test_message ("mean shift of red: %g", shift);
  g_assert_cmpfloat (fabs (shift), <, 0.03);
  dif_image_free (source);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/variations/turn", test_turn);
  g_test_add_func ("/variations/reduced", test_reduced);
  fixture_add ("/variations/vary", test_vary, NULL);
  fixture_add ("/variations/tileable", test_tileable, NULL);
  fixture_add ("/variations/seams", test_seams, NULL);
  fixture_add ("/variations/forward", test_forward, NULL);
  fixture_add ("/variations/cancel", test_cancel, NULL);
  g_test_add_func ("/variations/colours", test_colours);
  g_test_add_func ("/variations/colours-wrapped", test_colours_wrapped);
  fixture_add ("/variations/colours-job", test_colours_job, NULL);
  return g_test_run ();
}
