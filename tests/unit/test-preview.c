/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-preview.c: what a dialog shows before the run: parts of a job,
 * reduced pictures, steps on the way, figures.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"
#include "../larger.h"

static const DifParams quick = {
  .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
  .strength = 0.5, .num_variations = 1, .seed = 3, .steps = 3,
  .sampler = DIF_SAMPLER_DPMPP_2M_KARRAS
};

/* The part of image that area says. */
static DifImage *
crop (const DifImage *image,
      const DifRect  *area)
{
  DifImage *part = dif_image_new (area->width, area->height, NULL);
  int       c, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < area->height; y++)
      memcpy (part->rgb + ((gsize) c * area->height + y) * area->width,
              image->rgb + ((gsize) c * image->height + area->y + y)
                           * image->width + area->x,
              area->width * sizeof (float));
  return part;
}

/* Each square of f x f pixels averaged into one. */
static DifImage *
reduce (const DifImage *image,
        int             f)
{
  int       w = image->width / f, h = image->height / f, c, x, y, i;
  DifImage *small = dif_image_new (w, h, NULL);

  for (c = 0; c < 3; c++)
    for (y = 0; y < h; y++)
      for (x = 0; x < w; x++)
        {
          double sum = 0.0;

          for (i = 0; i < f * f; i++)
            sum += image->rgb[((gsize) c * image->height + y * f + i / f)
                              * image->width + x * f + i % f];
          small->rgb[((gsize) c * h + y) * w + x] = (float) (sum / (f * f));
        }
  return small;
}

static double
difference (const DifImage *a,
            const DifImage *b)
{
  double sum = 0.0;
  gsize  i, n = (gsize) 3 * a->width * a->height;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (i = 0; i < n; i++)
    sum += (a->rgb[i] - b->rgb[i]) * (a->rgb[i] - b->rgb[i]);
  return sqrt (sum / n);
}

static DifImage *
preview (DifModel        *model,
         DifImage        *whole,
         const DifRect   *area,
         const DifParams *params)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DifJob) job = dif_job_new_preview (model, crop (whole, area),
                                                whole->width, whole->height,
                                                area, params, &error);

  g_assert_no_error (error);
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, &error));
  return dif_job_take_result (job, 0);
}

/* The greatest difference, in steps of 8 bits. */
static double
farthest (const DifImage *a,
          const DifImage *b)
{
  double most = 0.0;
  gsize  i, n = (gsize) 3 * a->width * a->height;

  for (i = 0; i < n; i++)
    most = larger (most, fabs (CLAMP (a->rgb[i], -1.0, 1.0)
                               - CLAMP (b->rgb[i], -1.0, 1.0)));
  return most * 127.5;
}

/* How far one picture is from another, in steps of 8 bits: at most, and by
 * the root of the mean square.
 */
typedef struct
{
  double most;
  double mean;
} Distance;

static Distance
distance (const DifImage *a,
          const DifImage *b)
{
  return (Distance) { farthest (a, b), 127.5 * difference (a, b) };
}

/* How far what a preview of visible shows is from made. */
static Distance
off_by (DifModel        *model,
        DifImage        *whole,
        const DifImage  *made,
        DifRect          visible,
        const DifParams *params)
{
  g_autoptr (DifImage) some = NULL, shown = NULL, wanted = NULL;
  DifRect              area, inside;

  dif_job_preview_area (model, whole->width, whole->height, params, &visible,
                        &area);
  g_assert_cmpint (area.width, <, whole->width);
  g_assert_cmpint (area.x, <=, visible.x);
  g_assert_cmpint (area.x + area.width, >=, visible.x + visible.width);
  some = preview (model, whole, &area, params);
  inside = (DifRect) { visible.x - area.x, visible.y - area.y, visible.width,
                       visible.height };
  shown = crop (some, &inside);
  wanted = crop (made, &visible);
  return distance (shown, wanted);
}

/* A preview of all that there is makes the job's own bits; so does one of a
 * part where the result is to wrap, since that takes all there is.
 */
static void
check_whole (DifModel        *model,
             const DifParams *params,
             DifRect          visible)
{
  g_autoptr (DifImage)  whole = fixture_picture (800, 200), same = NULL;
  g_autoptr (GPtrArray) made = fixture_run (model, fixture_picture (800, 200),
                                            *params);
  DifRect               area;

  dif_job_preview_area (model, 800, 200, params, &visible, &area);
  g_assert_cmpint (area.width, ==, 800);
  g_assert_cmpint (area.height, ==, 200);
  same = preview (model, whole, &area, params);
  g_assert_cmpmem (same->rgb, sizeof (float) * 3 * 800 * 200,
                   ((DifImage *) made->pdata[0])->rgb,
                   sizeof (float) * 3 * 800 * 200);
}

static void
test_whole (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            params = quick;

  check_whole (model, &params, (DifRect) { 0, 0, 800, 200 });
  params.tileable = params.keep_colours = TRUE;
  check_whole (model, &params, (DifRect) { 300, 50, 20, 20 });
}

/* The same picture as fixture_picture() but for two pixels, far from what the
 * previews show though in its tiles, which differ by less than can be seen.
 */
static DifImage *
changed_picture (void)
{
  DifImage *image = fixture_picture (1900, 100);

  image->rgb[5 * 1900 + 640] += 1e-4f;
  image->rgb[5 * 1900 + 1200] += 1e-4f;
  return image;
}

/* One of a part shows the job's pixels as far as 8 bits can tell, wherever
 * between the tiles it lies, also where colours come from afar.  Kernels that
 * calculate in bfloat16 add what rounding does to them: a difference anywhere
 * in a tile, however small, rounds other values up in all of it.  How much
 * that is, is measured by such a difference: in float32 0.001 of a step at
 * most, in bfloat16 1.3, 0.2 in the mean.
 */
static void
test_part (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  g_autoptr (DifImage)  whole = fixture_picture (1900, 100);
  g_autoptr (GPtrArray) made = NULL, changed = NULL;
  DifParams             params = quick;
  int                   x;

  params.keep_colours = GPOINTER_TO_INT (data);
  params.strength = 0.8;
  params.steps = 4;
  made = fixture_run (model, fixture_picture (1900, 100), params);
  changed = fixture_run (model, changed_picture (), params);
  for (x = 700; x < 1000; x += 200)
    {
      DifRect              visible = { x, 20, 90, 60 };
      g_autoptr (DifImage) a = crop (made->pdata[0], &visible);
      g_autoptr (DifImage) b = crop (changed->pdata[0], &visible);
      Distance             rounding = distance (a, b);
      Distance             off = off_by (model, whole, made->pdata[0], visible,
                                         &params);

      g_test_message ("%s, part at %d: off by %.3f of 255, %.3f in the mean; "
                      "by rounding %.3f, %.3f", dif_cpu_path (), x, off.most,
                      off.mean, rounding.most, rounding.mean);
      g_assert_cmpfloat (off.most, <, 0.5 + 1.5 * rounding.most);
      g_assert_cmpfloat (off.mean, <, 0.1 + 1.5 * rounding.mean);
      g_assert_cmpfloat (rounding.most, <, 2.0);
      g_assert_cmpfloat (rounding.mean, <, 0.3);
    }
}

static void
test_part_faults (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (GError)   error = NULL;
  static const DifRect bad[] = {
    { -1, 0, 100, 100 }, { 950, 0, 100, 100 }, { 0, 0, 99, 100 },
    { G_MAXINT, 0, 100, 100 }, { 7, 7, 100, 100 }
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (dif_job_new_preview (model, fixture_picture (100, 100),
                                          1000, 420, &bad[i], &quick, &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
      g_clear_error (&error);
    }
}

/* How much of the noise of a reduced picture is not that of the noised
 * picture, reduced, but for the share of the picture that is left, the same
 * in every pixel.
 */
static double
unexplained (const DifModel *model,
             DifImage       *whole)
{
  g_autoptr (DifImage) small = reduce (whole, 4);
  g_autoptr (DifImage) clean = reduce (whole, 4);
  g_autoptr (DifImage) reduced = NULL;
  DifParams            params = quick;
  double               ab = 0.0, aa = 0.0, rest = 0.0, all = 0.0;
  gsize                i, n = (gsize) 3 * small->width * small->height;

  params.origin_x = -17;
  params.origin_y = 5;
  params.strength = 0.8;
  g_assert_true (dif_forward (model, whole, &params, NULL));
  reduced = reduce (whole, 4);
  params.reduction = 4;
  g_assert_true (dif_forward (model, small, &params, NULL));
  for (i = 0; i < n; i++)
    {
      ab += small->rgb[i] * reduced->rgb[i];
      aa += reduced->rgb[i] * reduced->rgb[i];
    }
  for (i = 0; i < n; i++)
    {
      rest += pow (small->rgb[i] - ab / aa * reduced->rgb[i], 2.0);
      all += pow (small->rgb[i] - clean->rgb[i], 2.0);
    }
  g_test_message ("unexplained: %g of the noise", sqrt (rest / all));
  return sqrt (rest / all);
}

/* A reduced picture, noised, is the noised picture, reduced: of a texture,
 * but where it is flat the noise is bounded by clusters of its own pixels.
 */
static void
test_reduction (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifImage) texture = fixture_picture (120, 72);
  g_autoptr (DifImage) flat = dif_image_new (120, 72, NULL);
  int                  x, y, c;

  for (c = 0; c < 3; c++)
    for (y = 0; y < 72; y++)
      for (x = 0; x < 120; x++)
        texture->rgb[(c * 72 + y) * 120 + x] = 0.5f * sinf (0.6f * x)
                                               * cosf (0.5f * y);
  g_assert_cmpfloat (unexplained (model, texture), <, 0.005);
  g_assert_cmpfloat (unexplained (model, flat), <, 0.2);
}

typedef struct
{
  int      calls;
  double   last_t;
  double   first_noise;
  DifImage *source;
} Seen;

static void
on_step (int             variation,
         int             step,
         int             steps,
         double          t,
         const DifImage *sample,
         const DifImage *denoised,
         void           *data)
{
  Seen *seen = data;

  g_assert_cmpint (variation, ==, 0);
  g_assert_cmpint (step, ==, seen->calls);
  g_assert_cmpint (steps, ==, 3);
  g_assert_cmpint (sample->width, ==, 90);
  g_assert_cmpint (denoised->height, ==, 50);
  if (step == 0)
    {
      g_assert_cmpfloat (fabs (t - 500.0), <, 1.0);
      g_assert_cmpfloat (difference (sample, denoised), ==, 0.0);
      seen->first_noise = difference (sample, seen->source);
    }
  else
    g_assert_cmpfloat (t, <, seen->last_t);
  seen->last_t = t;
  seen->calls++;
}

/* Looking on shows every step and changes nothing. */
static void
test_watch (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  g_autoptr (GPtrArray) alone = fixture_run (model, fixture_picture (90, 50),
                                             quick);
  g_autoptr (DifImage)  source = fixture_picture (90, 50);
  g_autoptr (DifImage)  noised = fixture_picture (90, 50), result = NULL;
  g_autoptr (DifJob)    job = dif_job_new (model, fixture_picture (90, 50),
                                           &quick, NULL);
  Seen                  seen = { 0, 0.0, 0.0, source };

  g_assert_true (dif_job_watch (job, on_step, &seen, NULL));
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  result = dif_job_take_result (job, 0);
  g_assert_cmpint (seen.calls, ==, 4);
  g_assert_cmpfloat (seen.last_t, <, 1.0);
  g_assert_cmpmem (result->rgb, 12 * 90 * 50,
                   ((DifImage *) alone->pdata[0])->rgb, 12 * 90 * 50);
  g_assert_true (dif_forward (model, noised, &quick, NULL));
  g_assert_cmpfloat (fabs (difference (noised, source) - seen.first_noise), <,
                     1e-6);
}

static void
test_figures (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            params = dif_params_default ();
  double               one;
  int                  i;

  params.made_of = DIF_MADE_OF_MODEL;
  g_assert_cmpint (dif_params_get_quality (&params), ==, DIF_QUALITY_NORMAL);
  for (i = 0; i < DIF_QUALITY_CUSTOM; i++)
    {
      dif_params_set_quality (&params, (DifQuality) i);
      g_assert_cmpint (dif_params_get_quality (&params), ==, i);
      g_assert_cmpint (dif_params_n_steps (model, 64, 64, &params), ==, params.steps);
    }
  params.steps = 7;
  g_assert_cmpint (dif_params_get_quality (&params), ==, DIF_QUALITY_CUSTOM);
  params.strength = 0.004;
  g_assert_cmpint (dif_params_n_steps (model, 64, 64, &params), ==, 4);
  params.strength = 0.0;
  g_assert_cmpint (dif_params_n_steps (model, 64, 64, &params), ==, 0);

  params = quick;
  one = dif_params_work (model, 64, 64, &params);
  g_assert_cmpfloat (fabs (one - 3 * 64 * 64e-6), <, 1e-9);
  params.num_variations = 5;
  g_assert_cmpfloat (fabs (dif_params_work (model, 64, 64, &params) - 5 * one),
                     <, 1e-9);
  g_assert_cmpfloat (dif_params_work (model, 2000, 1000, &params), >, 30.0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/preview/whole", test_whole, NULL);
  fixture_add ("/preview/part", test_part, GINT_TO_POINTER (FALSE));
  fixture_add ("/preview/part-colours", test_part, GINT_TO_POINTER (TRUE));
  fixture_add ("/preview/part-faults", test_part_faults, NULL);
  fixture_add ("/preview/reduction", test_reduction, NULL);
  fixture_add ("/preview/watch", test_watch, NULL);
  fixture_add ("/preview/figures", test_figures, NULL);
  return g_test_run ();
}
