/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-denoiser.c: the network as a denoiser, and whole jobs with one that
 * is no network, whose results are known in closed form.
 */

#include <math.h>
#include <string.h>

#include "gaussian.h"
#include "job-fixture.h"
#include "../larger.h"

#define MEAN     0.1
#define VARIANCE 0.02

/* The network's adapter ----------------------------------------------- */

/* A canvas of 96 x 64 pixels and two of its tiles of 32 x 32. */
enum { W = 96, H = 64, SIDE = 32, HALF = SIDE / 2 };
static const DifRect tiles[2] = { { 16, 8, SIDE, SIDE }, { 64, 32, SIDE, SIDE } };

/* Tile i of two as the network wants it: channel (c * 2 + dy) * 2 + dx of its
 * pixel (x, y) is pixel (2 x + dx, 2 y + dy) of plane c, as PyTorch's
 * pixel_unshuffle has it.  Returns that value's place.
 */
static gsize
unshuffled (int i,
            int c,
            int y,
            int x)
{
  int channel = (c * 2 + y % 2) * 2 + x % 2;

  return (((gsize) i * HALF + y / 2) * HALF + x / 2) * 12 + channel;
}

static float *
new_values (gsize n)
{
  float *values = dif_alloc (n, sizeof (float), "values", NULL);

  g_assert_nonnull (values);
  return values;
}

/* Where a row or column of a tile is seen. */
static int
seen_at (int      i,
         gboolean mirrored)
{
  return mirrored ? SIDE - 1 - i : i;
}

/* What the network itself says of tiles of the canvas, as they are seen, under that
 * label.
 */
static void
run_network (const DifUnet *unet,
             DifPool       *pool,
             const float   *canvas,
             int            label,
             gboolean       mirror_x,
             gboolean       mirror_y,
             float         *out)
{
  float    timesteps[] = { 321.0f, 321.0f };
  int      labels[] = { label, label }, i, c, y, x;
  float   *values = new_values (2 * 3 * SIDE * SIDE);
  DifArena arena = { NULL, dif_unet_workspace (unet, 2, HALF, HALF, 2), 0, 0 };

  arena.base = dif_alloc (arena.size, 1, "the workspace", NULL);
  for (i = 0; i < 2; i++)
    for (c = 0; c < 3; c++)
      for (y = 0; y < SIDE; y++)
        for (x = 0; x < SIDE; x++)
          values[unshuffled (i, c, y, x)]
            = canvas[(c * H + tiles[i].y + seen_at (y, mirror_y)) * W
                     + tiles[i].x + seen_at (x, mirror_x)];
  g_assert_true (dif_unet_run (unet, pool, &arena, 2, HALF, HALF, values,
                               timesteps, labels, out, NULL, NULL, NULL));
  dif_free (arena.base);
  dif_free (values);
}

/* A picture of 64 pixels a side or less has label 0, one of 512 or more the
 * last of four; whatever its size, label 5 says that the noise is a camera's, and 4
 * that it is a JPEG file's.
 */
static void
test_unet (Fixture       *f,
           gconstpointer  data)
{
  static const struct
  {
    int          side;
    DifNoiseKind noise;
    int          label;
    gboolean     mirror_x, mirror_y;
  } cases[] = {
    { 1, DIF_NOISE_WHITE, 0 }, { 64, DIF_NOISE_WHITE, 0 },
    { 90, DIF_NOISE_WHITE, 0 }, { 91, DIF_NOISE_WHITE, 1 },
    { 300, DIF_NOISE_WHITE, 2 }, { 1 << 18, DIF_NOISE_WHITE, 3 },
    { 1, DIF_NOISE_CAMERA, 5 }, { 1 << 18, DIF_NOISE_CAMERA, 5 },
    { 1, DIF_NOISE_JPEG, 4 }, { 1 << 18, DIF_NOISE_JPEG, 4 },
    { 64, DIF_NOISE_WHITE, 0, TRUE, FALSE }, { 64, DIF_NOISE_WHITE, 0, FALSE, TRUE },
    { 64, DIF_NOISE_CAMERA, 5, TRUE, TRUE }
  };
  g_autoptr (DifModel) model = fixture_load (f);
  const DifDenoiser   *denoiser = model->denoiser;
  DifPool             *pool = dif_pool_new (2);
  float               *canvas = new_values (3 * W * H);
  float               *wanted = new_values (2 * 3 * SIDE * SIDE);
  float               *out = new_values (2 * 3 * SIDE * SIDE);
  DifControl           control = { 0, 0 };
  DifArena             arena = { NULL, denoiser->workspace (denoiser, 2, SIDE,
                                                            SIDE, 2), 0, 0 };
  DifCall              call = { .x = canvas, .row_stride = W,
                                .plane_stride = W * H, .n = 2, .tiles = tiles,
                                .timestep = 321.0, .alpha_bar = 0.7, .out = out };
  guint                k;
  int                  i, c, y, x;

  arena.base = dif_alloc (arena.size, 1, "the workspace", NULL);
  for (i = 0; i < 3 * W * H; i++)
    canvas[i] = (float) sin (i * 0.37);
  for (k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      run_network (fixture_unet (model), pool, canvas, cases[k].label,
                   cases[k].mirror_x, cases[k].mirror_y, wanted);
      call.side = cases[k].side;
      call.noise = cases[k].noise;
      call.mirror_x = cases[k].mirror_x;
      call.mirror_y = cases[k].mirror_y;
      g_assert_true (denoiser->run (denoiser, pool, &arena, &call, &control));
      g_assert_cmpuint (arena.used, ==, 0);
      for (i = 0; i < 2; i++)
        for (c = 0; c < 3; c++)
          for (y = 0; y < SIDE; y++)
            for (x = 0; x < SIDE; x++)
              g_assert_cmpfloat (out[((i * 3 + c) * SIDE + y) * SIDE + x], ==,
                                 wanted[unshuffled (i, c,
                                                    seen_at (y, call.mirror_y),
                                                    seen_at (x, call.mirror_x))]);
    }
  control.cancel = 1;
  g_assert_false (denoiser->run (denoiser, pool, &arena, &call, &control));
  dif_free (arena.base);
  dif_free (out);
  dif_free (wanted);
  dif_free (canvas);
  dif_pool_free (pool);
}

/* A model that is no folder ------------------------------------------- */

static void
test_info (void)
{
  g_autoptr (DifModel) model = gaussian_model (MEAN, VARIANCE);
  const DifModelInfo  *info = dif_model_info (model);

  g_assert_cmpstr (info->id, ==, "gaussian");
  g_assert_cmpstr (info->name, ==, "A Gaussian prior");
  g_assert_null (info->folder);
  g_assert_null (info->licence);
  g_assert_cmpint (info->n_train_steps, ==, 1000);
  g_assert_cmpint (info->native_size, ==, 1);
  g_assert_cmpuint (info->memory, ==, 0);
  g_assert_cmpfloat (dif_model_alpha_bar (model, 1000), <, 1e-6);
}

typedef struct
{
  DifImage *noised;
  double    alpha_bar;
} Start;

static void
keep_start (int             variation,
            int             step,
            int             steps,
            double          t,
            const DifImage *sample,
            const DifImage *denoised,
            void           *data)
{
  Start *start = data;

  if (step == 0)
    memcpy (start->noised->rgb, sample->rgb,
            (gsize) 12 * sample->width * sample->height);
}

/* How far at most the result of a whole job is from where the way back from
 * its noised picture ends.
 */
static double
farthest (int       width,
          int       height,
          DifParams params)
{
  g_autoptr (DifModel) model = gaussian_model (MEAN, VARIANCE);
  g_autoptr (DifImage) noised = dif_image_new (width, height, NULL);
  g_autoptr (DifImage) result = NULL;
  g_autoptr (GError)   error = NULL;
  DifImage            *source = fixture_picture (width, height);
  g_autoptr (DifJob)   job = NULL;
  Start                start = { noised, dif_params_alpha_bar (model, &params) };
  double               most = 0.0;
  int                  i;

  for (i = 0; i < 3 * width * height; i++)
    source->rgb[i] *= 0.5f;
  job = dif_job_new (model, source, &params, &error);
  g_assert_no_error (error);
  g_assert_true (dif_job_watch (job, keep_start, &start, NULL));
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, &error));
  g_assert_no_error (error);
  result = dif_job_take_result (job, 0);
  for (i = 0; i < 3 * width * height; i++)
    most = larger (most, fabs (
      result->rgb[i] - CLAMP (gaussian_end (gaussian_of (model), start.alpha_bar,
                                            noised->rgb[i]), -1.0, 1.0)));
  g_assert_cmpint (gaussian_of (model)->side, ==, MIN (width, height));
  g_assert_cmpfloat (dif_job_work (job), ==, dif_params_work (model, width, height,
                                                              &params));
  return most;
}

/* The more steps, the nearer to the closed form, by a sampler's order; on one
 * tile, on several, and round the edges.
 */
static void
test_way_back (gconstpointer data)
{
  static const struct { int width, height; gboolean tileable; } sizes[] = {
    { 60, 40, FALSE }, { 500, 20, FALSE }, { 20, 500, FALSE }, { 420, 30, TRUE }
  };
  DifParams params = { .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
                       .strength = 0.5, .num_variations = 1, .seed = 3,
                       .sampler = GPOINTER_TO_INT (data) };
  guint     k;

  for (k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      double few, many;

      params.tileable = sizes[k].tileable;
      params.steps = 20;
      few = farthest (sizes[k].width, sizes[k].height, params);
      params.steps = 80;
      many = farthest (sizes[k].width, sizes[k].height, params);
      g_test_message ("%d x %d: off by %.5f, %.5f with more steps",
                      sizes[k].width, sizes[k].height, few, many);
      g_assert_cmpfloat (few, <, 0.1);
      g_assert_cmpfloat (many, <, 0.5 * few);
    }
}

/* From noise alone the values of the result are the prior's, whether noise is
 * added on the way or not.
 */
static void
test_prior (gconstpointer data)
{
  g_autoptr (DifModel)  model = gaussian_model (MEAN, VARIANCE);
  DifParams             params = { .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
                                   .strength = 1.0, .num_variations = 1,
                                   .seed = 8, .steps = 400, .from_noise = TRUE,
                                   .eta = 1.0, .sampler = GPOINTER_TO_INT (data) };
  g_autoptr (GPtrArray) results = fixture_run (model, dif_image_new (60, 40, NULL),
                                               params);
  const DifImage       *image = results->pdata[0];
  double                sum = 0.0, square = 0.0;
  int                   i, n = 3 * 60 * 40;

  for (i = 0; i < n; i++)
    {
      sum += image->rgb[i];
      square += pow (image->rgb[i] - MEAN, 2.0);
    }
  g_test_message ("mean %.4f, variance %.5f", sum / n, square / n);
  g_assert_cmpfloat (fabs (sum / n - MEAN), <, 0.01);
  g_assert_cmpfloat (fabs (square / n / VARIANCE - 1.0), <, 0.1);
}

/* What a job counts is what its denoiser is asked for: every tile at every
 * step of every variation, so many at a time; and nothing where the strength
 * is 0.
 */
static void
test_calls (void)
{
  g_autoptr (DifModel)  model = gaussian_model (MEAN, VARIANCE);
  Gaussian             *g = gaussian_of (model);
  DifParams             params = { .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
                                   .strength = 0.5, .num_variations = 3,
                                   .steps = 7, .batch = 2, .scale_side = 1234 };
  g_autoptr (GPtrArray) results = NULL, untouched = NULL;
  double                work = dif_params_work (model, 1000, 30, &params);

  results = fixture_run (model, dif_image_new (1000, 30, NULL), params);
  g_assert_cmpint (g->tiles, ==, 3 * 3 * 7);
  g_assert_cmpint (g->calls, ==, 2 * 3 * 7);
  g_assert_cmpint (g->side, ==, 1234);
  g_assert_cmpfloat (work, >, 3 * 7 * 0.03);
  g_assert_cmpfloat (work, <, 3 * 7 * 0.036);
  params.strength = 0.0;
  g_assert_cmpfloat (dif_params_work (model, 1000, 30, &params), ==, 0.0);
  untouched = fixture_run (model, dif_image_new (1000, 30, NULL), params);
  g_assert_cmpint (g->calls, ==, 2 * 3 * 7);
}

/* A preview of a part is that part of the whole: the estimate of a pixel asks
 * for no other, and the tiles' windows sum to one.
 */
static void
test_part (void)
{
  g_autoptr (DifModel)  model = gaussian_model (MEAN, VARIANCE);
  DifParams             params = { .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
                                   .strength = 0.6, .num_variations = 1,
                                   .steps = 5, .sampler = DIF_SAMPLER_DDPM };
  DifRect               visible = { 900, 0, 40, 30 }, area;
  g_autoptr (GPtrArray) whole = NULL;
  g_autoptr (DifImage)  part = NULL;
  g_autoptr (DifJob)    job = NULL;
  int                   c, y, x;

  whole = fixture_run (model, dif_image_new (1900, 30, NULL), params);
  dif_job_preview_area (model, 1900, 30, &params, &visible, &area);
  g_assert_cmpint (area.width, <, 1900);
  job = dif_job_new_preview (model, dif_image_new (area.width, area.height, NULL),
                             1900, 30, &area, &params, NULL);
  g_assert_nonnull (job);
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, NULL));
  part = dif_job_take_result (job, 0);
  for (c = 0; c < 3; c++)
    for (y = 0; y < area.height; y++)
      for (x = 0; x < area.width; x++)
        {
          const DifImage *image = whole->pdata[0];
          float           made = image->rgb[(c * 30 + y + area.y) * 1900
                                            + x + area.x];
          float           shown = part->rgb[(c * area.height + y) * area.width
                                            + x];

          g_assert_cmpfloat (fabsf (made - shown), <, 1e-5f);
        }
}

int
main (int    argc,
      char **argv)
{
  int kind;

  g_test_init (&argc, &argv, NULL);
  fixture_add ("/denoiser/unet", test_unet, NULL);
  g_test_add_func ("/denoiser/info", test_info);
  for (kind = 0; kind < DIF_N_SAMPLERS; kind++)
    {
      const char      *name = dif_sampler_kind_to_string (kind);
      g_autofree char *prior = g_strconcat ("/denoiser/prior/", name, NULL);
      g_autofree char *way = g_strconcat ("/denoiser/way-back/", name, NULL);

      g_test_add_data_func (prior, GINT_TO_POINTER (kind), test_prior);
      if (kind != DIF_SAMPLER_DDPM && kind != DIF_SAMPLER_DPMPP_2M_SDE)
        g_test_add_data_func (way, GINT_TO_POINTER (kind), test_way_back);
    }
  g_test_add_func ("/denoiser/calls", test_calls);
  g_test_add_func ("/denoiser/part", test_part);
  return g_test_run ();
}
