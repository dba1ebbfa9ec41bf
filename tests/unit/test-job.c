/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-job.c: whole jobs on a small network with random weights: what a
 * result may depend on, what it must not, and every way to fail.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"

static const DifParams quick = {
  .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
  .strength = 0.5, .num_variations = 1, .seed = 3, .steps = 3,
  .sampler = DIF_SAMPLER_DPMPP_2M,
};

/* Strength 0 gives the source back to the bit, whatever is in it. */
static void
test_identity (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  g_autoptr (DifImage)  before = fixture_picture (33, 17);
  DifImage             *source = fixture_picture (33, 17);
  g_autoptr (GPtrArray) results = NULL;
  DifParams             params = quick;

  before->rgb[5] = source->rgb[5] = 7.5f;
  before->rgb[6] = source->rgb[6] = NAN;
  params.strength = 0.0;
  params.num_variations = 2;
  results = fixture_run (model, source, params);
  g_assert_cmpmem (((DifImage *) results->pdata[1])->rgb, 33 * 17 * 12,
                   before->rgb, 33 * 17 * 12);
}

/* Threads and batch never show; seed, strength, steps and sampler do.
 * The picture is wide enough for three tiles.
 */
static void
test_determinism (Fixture       *f,
                  gconstpointer  data)
{
  DifSamplerKind        kind = GPOINTER_TO_INT (data);
  g_autoptr (DifModel)  model = fixture_load (f);
  g_autoptr (GPtrArray) first = NULL;
  DifParams             params = quick;
  guint                 i;
  static const struct { int threads; int batch; } ways[] = {
    { 1, 1 }, { 2, 1 }, { 2, 3 }, { 3, 2 }
  };

  params.sampler = kind;
  params.eta = 0.5;
  for (i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GPtrArray) results = NULL;

      params.threads = ways[i].threads;
      params.batch = ways[i].batch;
      results = fixture_run (model, fixture_picture (790, 30), params);
      if (! first)
        first = g_steal_pointer (&results);
      else
        g_assert_true (fixture_same (first, 0, results, 0));
    }
  params.seed++;
  {
    g_autoptr (GPtrArray) other = fixture_run (model, fixture_picture (790, 30), params);

    g_assert_false (fixture_same (first, 0, other, 0));
  }
}

/* Variation i is the same alone as among others. */
static void
test_seeds (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  g_autoptr (GPtrArray) three = NULL;
  g_autoptr (GPtrArray) alone = NULL;
  DifParams             params = quick;

  params.num_variations = 3;
  params.sampler = DIF_SAMPLER_DDPM;
  three = fixture_run (model, fixture_picture (50, 40), params);
  g_assert_false (fixture_same (three, 0, three, 1));
  g_assert_false (fixture_same (three, 1, three, 2));
  params.num_variations = 1;
  params.seed += 2;
  alone = fixture_run (model, fixture_picture (50, 40), params);
  g_assert_true (fixture_same (three, 2, alone, 0));
}

/* The smallest strength takes one step, T all that are asked for. */
static void
test_steps (Fixture       *f,
            gconstpointer  data)
{
  static const struct { double strength; int steps; int expected; } cases[] = {
    { 1e-9, 50, 1 }, { 0.002, 50, 2 }, { 0.4, 7, 7 }, { 1.0, 9, 9 }
  };
  g_autoptr (DifModel)  model = fixture_load (f);
  guint                 i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DifParams          params = quick;
      g_autoptr (DifJob) job = NULL;
      DifProgress        progress;

      params.strength = cases[i].strength;
      params.steps = cases[i].steps;
      job = dif_job_new (model, fixture_picture (16, 16), &params, NULL);
      dif_job_poll (job, &progress);
      g_assert_cmpint (progress.steps, ==, cases[i].expected);
      dif_job_start (job);
      g_assert_true (dif_job_wait (job, NULL));
    }
}

static void
test_sizes (Fixture       *f,
            gconstpointer  data)
{
  static const int     sizes[][2] = { { 1, 1 }, { 1, 200 }, { 2, 3 }, { 385, 1 },
                                      { 64, 65 }, { 1500, 3 } };
  g_autoptr (DifModel) model = fixture_load (f);
  guint                i;
  gsize                j;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      DifParams             params = quick;
      g_autoptr (GPtrArray) results = NULL;
      DifImage             *result;

      params.steps = 1;
      results = fixture_run (model, fixture_picture (sizes[i][0], sizes[i][1]), params);
      result = results->pdata[0];
      g_assert_cmpint (result->width, ==, sizes[i][0]);
      g_assert_cmpint (result->height, ==, sizes[i][1]);
      for (j = 0; j < (gsize) result->width * result->height * 3; j++)
        g_assert_true (fabs (result->rgb[j]) <= 1.0);
    }
}

/* What lies outside [-1,1] is kept on top of the result; NaN is not. */
static void
test_out_of_range (Fixture       *f,
                   gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  g_autoptr (GPtrArray) plain = NULL;
  g_autoptr (GPtrArray) bright = NULL;
  g_autoptr (GPtrArray) all = NULL;
  DifImage             *source = fixture_picture (20, 20), *a, *b;
  DifParams             params = quick;

  source->rgb[10] = 1.0f;
  source->rgb[11] = 0.0f;
  plain = fixture_run (model, source, quick);
  source = fixture_picture (20, 20);
  source->rgb[10] = 4.0f;
  source->rgb[11] = NAN;
  bright = fixture_run (model, source, quick);
  a = plain->pdata[0];
  b = bright->pdata[0];
  g_assert_cmpfloat (b->rgb[10], ==, a->rgb[10]
                     + (float) (3.0 * sqrt (dif_params_alpha_bar (model, &params))));
  g_assert_cmpfloat (b->rgb[11], ==, a->rgb[11]);
  g_assert_cmpfloat (b->rgb[12], ==, a->rgb[12]);

  /* At the end of the chain nothing of it is left. */
  source = fixture_picture (20, 20);
  source->rgb[10] = 4.0f;
  params.strength = 1.0;
  all = fixture_run (model, source, params);
  a = all->pdata[0];
  g_assert_cmpfloat (fabsf (a->rgb[10]), <=, 1.0f);
}

/* dif_forward() on a part of a picture at its place is that part of
 * dif_forward() on the whole, DIF_FORWARD_REACH within its edges.
 */
static void
test_forward (Fixture       *f,
              gconstpointer  data)
{
  enum { W = 90, H = 70, X = 20, Y = 7, w = 44, h = 50 };
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifImage) whole = fixture_picture (W, H);
  g_autoptr (DifImage) part = dif_image_new (w, h, NULL);
  DifParams            params = quick;
  int                  x, y, c;

  /* Flat on the left, so that noise is bounded by place. */
  for (c = 0; c < 3; c++)
    for (y = 0; y < H; y++)
      for (x = 0; x < W / 2; x++)
        whole->rgb[(c * H + y) * W + x] = 0.002f * (x + y);
  for (c = 0; c < 3; c++)
    for (y = 0; y < h; y++)
      memcpy (part->rgb + (c * h + y) * w,
              whole->rgb + (c * H + y + Y) * W + X, w * sizeof (float));
  params.origin_x = -3;
  params.origin_y = 100;
  g_assert_true (dif_forward (model, whole, &params, NULL));
  params.origin_x += X;
  params.origin_y += Y;
  g_assert_true (dif_forward (model, part, &params, NULL));
  for (c = 0; c < 3; c++)
    for (y = DIF_FORWARD_REACH; y < h - DIF_FORWARD_REACH; y++)
      for (x = DIF_FORWARD_REACH; x < w - DIF_FORWARD_REACH; x++)
        g_assert_cmpfloat (part->rgb[(c * h + y) * w + x], ==,
                           whole->rgb[(c * H + y + Y) * W + x + X]);
}

/* From pure noise nothing of the source is left. */
static void
test_from_noise (Fixture       *f,
                 gconstpointer  data)
{
  g_autoptr (DifModel)  model = fixture_load (f);
  g_autoptr (GPtrArray) a = NULL;
  g_autoptr (GPtrArray) b = NULL;
  DifParams             params = quick;

  params.strength = 1.0;
  params.from_noise = TRUE;
  a = fixture_run (model, fixture_picture (30, 30), params);
  b = fixture_run (model, dif_image_new (30, 30, NULL), params);
  g_assert_true (fixture_same (a, 0, b, 0));
}

/* At the end of the chain the noise is the same for any source, flat or not,
 * and before it is not.
 */
static void
test_end_of_chain (Fixture       *f,
                   gconstpointer  data)
{
  static const double strengths[] = { 0.999, 1.0 };
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            params = quick;
  guint                k;
  int                  i;

  for (k = 0; k < G_N_ELEMENTS (strengths); k++)
    {
      g_autoptr (DifImage) source = fixture_picture (60, 50);
      g_autoptr (DifImage) texture = fixture_picture (60, 50);
      g_autoptr (DifImage) flat = dif_image_new (60, 50, NULL);
      double               keep, most = 0.0;

      params.strength = strengths[k];
      keep = sqrt (dif_params_alpha_bar (model, &params));
      g_assert_true (dif_forward (model, texture, &params, NULL));
      g_assert_true (dif_forward (model, flat, &params, NULL));
      for (i = 0; i < 3 * 60 * 50; i++)
        {
          double off = fabs (texture->rgb[i] - flat->rgb[i]
                             - keep * (source->rgb[i] + 1.0));

          if (! (off <= most))
            most = off;
        }
      if (params.strength < 1.0)
        g_assert_cmpfloat (most, >, 0.1);
      else
        g_assert_cmpfloat (most, <, 1e-5);
    }
}

static void
test_cancel (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifJob)   job = NULL;
  g_autoptr (DifImage) result = NULL;
  DifParams            params = quick;
  DifProgress          progress;
  gint64               start;

  params.num_variations = 100;
  params.steps = 20;
  job = dif_job_new (model, fixture_picture (100, 100), &params, NULL);
  dif_job_start (job);
  do
    {
      g_usleep (1000);
      g_assert_true (dif_job_poll (job, &progress));
    }
  while (progress.finished < 1);
  start = g_get_monotonic_time ();
  dif_job_cancel (job);
  g_assert_false (dif_job_wait (job, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  dif_job_poll (job, &progress);
  g_assert_cmpint (progress.finished, <, 100);
  result = dif_job_take_result (job, 0);
  g_assert_nonnull (result);
}

typedef struct
{
  DifControl control;
  int        stages;
  int        last;
  int        stop_at;   /* the stage that asks to stop */
} Watched;

static void
watch_stage (const char  *stage,
             const float *values,
             int          n,
             int          height,
             int          width,
             int          channels,
             void        *data)
{
  Watched *w = data;
  int      done = g_atomic_int_get (&w->control.done);

  g_assert_cmpint (done, >=, w->last);
  g_assert_cmpint (done, <, 1000);
  w->last = done;
  if (++w->stages == w->stop_at)
    g_atomic_int_set (&w->control.cancel, 1);
}

/* What other threads see of a network call: how much of it is done, up to
 * all of it, and that it stops where it is asked to.
 */
static void
test_control (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  const DifUnet       *unet = fixture_unet (model);
  DifPool             *pool = dif_pool_new (2);
  DifArena             arena = { NULL, 0, 0, 0 };
  float               *x, *out;
  float                timesteps[2] = { 500.0f, 3.0f };
  int                  labels[2] = { 0, 1 };
  Watched              whole = { { 0, 77 }, 0, 0, 0 };
  Watched              part = { { 0, 0 }, 0, 0, 3 };

  x = dif_alloc (2 * 16 * 16 * 12, sizeof (float), "x", NULL);
  out = dif_alloc (2 * 16 * 16 * 12, sizeof (float), "out", NULL);
  memset (x, 0, sizeof (float) * 2 * 16 * 16 * 12);
  arena.size = dif_unet_workspace (unet, 2, 16, 16, 2);
  arena.base = dif_alloc (arena.size, 1, "the workspace", NULL);
  g_assert_true (dif_unet_run (unet, pool, &arena, 2, 16, 16, x, timesteps,
                               labels, out, &whole.control, watch_stage, &whole));
  g_assert_cmpint (whole.stages, >, 4);
  g_assert_cmpint (whole.last, >, 500);
  g_assert_cmpint (whole.control.done, ==, 1000);
  g_assert_false (dif_unet_run (unet, pool, &arena, 2, 16, 16, x, timesteps,
                                labels, out, &part.control, watch_stage, &part));
  g_assert_cmpint (part.control.done, <, 1000);
  dif_free (arena.base);
  dif_free (out);
  dif_free (x);
  dif_pool_free (pool);
}

/* Progress never goes back and ends at 1; time left is known once a tile
 * is done.
 */
static void
test_progress (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifJob)   job = NULL;
  DifParams            params = quick;
  DifProgress          progress;
  double               last = 0.0;
  gboolean             running;

  params.num_variations = 3;
  params.batch = 2;
  job = dif_job_new (model, fixture_picture (400, 100), &params, NULL);
  dif_job_poll (job, &progress);
  g_assert_cmpfloat (progress.fraction, ==, 0.0);
  g_assert_cmpfloat (progress.remaining, <, 0.0);
  dif_job_start (job);
  do
    {
      running = dif_job_poll (job, &progress);
      g_assert_cmpfloat (progress.fraction, >=, last);
      if (progress.finished > 0)
        g_assert_cmpfloat (progress.remaining, >=, 0.0);
      last = progress.fraction;
    }
  while (running);
  g_assert_true (dif_job_wait (job, NULL));
  g_assert_cmpfloat (progress.fraction, ==, 1.0);
}

/* Freed while it runs, before it runs, never started. */
static void
test_free (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            params = quick;
  DifJob              *job;

  params.num_variations = 100;
  job = dif_job_new (model, fixture_picture (100, 100), &params, NULL);
  dif_job_free (job);
  job = dif_job_new (model, fixture_picture (100, 100), &params, NULL);
  dif_job_start (job);
  dif_job_free (job);
  dif_job_free (NULL);
}

static void
refuse (DifModel   *model,
        DifParams   params,
        const char *fault)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dif_job_new (model, fixture_picture (8, 8), &params, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, fault));
}

static void
test_params (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            p;

  p = quick; p.strength = -0.1;         refuse (model, p, "strength");
  p = quick; p.strength = 1.01;         refuse (model, p, "strength");
  p = quick; p.strength = NAN;          refuse (model, p, "strength");
  p = quick; p.num_variations = 0;      refuse (model, p, "variations");
  p = quick; p.num_variations = 101;    refuse (model, p, "variations");
  p = quick; p.steps = 0;               refuse (model, p, "steps");
  p = quick; p.steps = 1001;            refuse (model, p, "steps");
  p = quick; p.eta = -1;                refuse (model, p, "Eta");
  p = quick; p.eta = INFINITY;          refuse (model, p, "Eta");
  p = quick; p.sampler = 77;            refuse (model, p, "sampler");
  p = quick; p.threads = -1;            refuse (model, p, "threads");
  p = quick; p.batch = 1 << 20;         refuse (model, p, "batch");
  p = quick; p.scale_side = -4;         refuse (model, p, "scale");
}

/* Weights that are finite one by one but overflow together. */
static void
test_numeric (Fixture       *f,
              gconstpointer  data)
{
  g_autofree char     *folder = fixture_model (f, "ddpm-like", 1, 0);
  g_autofree char     *path = g_build_filename (
    folder, "unet/diffusion_pytorch_model.safetensors", NULL);
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifModel) model = NULL;
  g_autoptr (DifJob)   job = NULL;
  g_autofree char     *bytes = NULL;
  gsize                length, at;
  guint64              header;
  char                *entry;
  float                huge = 3e38f;
  int                  i;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  memcpy (&header, bytes, 8);
  entry = g_strstr_len (bytes + 8, header, "\"conv_out.weight\"");
  g_assert_nonnull (entry);
  entry = strstr (entry, "data_offsets\":[") + strlen ("data_offsets\":[");
  at = 8 + header + g_ascii_strtoull (entry, NULL, 10);
  for (i = 0; i < 3 * 32 * 9; i++)
    memcpy (bytes + at + 4 * i, &huge, 4);
  g_free (fixture_write (f, "m/unet/diffusion_pytorch_model.safetensors", bytes,
                         length));

  model = dif_model_load (folder, &error);
  g_assert_no_error (error);
  job = dif_job_new (model, fixture_picture (40, 40), &quick, &error);
  g_assert_no_error (error);
  dif_job_start (job);
  g_assert_false (dif_job_wait (job, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, folder));
  g_assert_null (dif_job_take_result (job, 0));
}

/* The estimate grows with the picture, not with the number of variations,
 * and counts its planes; test-job-memory.c has what is really taken.
 */
static void
test_memory (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifParams            params = quick;
  guint64              one;

  params.num_variations = 2;
  one = dif_job_memory (model, 1000, 1000, &params);
  params.num_variations = 50;
  g_assert_cmpuint (dif_job_memory (model, 1000, 1000, &params), ==, one);
  g_assert_cmpuint (one, >, 1000 * 1000 * 12 * 4);
  g_assert_cmpuint (dif_job_memory (model, 4000, 4000, &params), >, 9 * one / 2);
}

/* A network that says it was trained on pictures so large that a tile has
 * more tokens for its attention than are taken, or than an int holds.
 */
static void
test_native (Fixture       *f,
             gconstpointer  data)
{
  static const int sizes[] = { 1 << 16, 1 << 17, 200000, DIF_MAX_SIDE };
  g_autofree char *folder = fixture_model (f, "mid-scaled", 1, 0);
  g_autofree char *path = g_build_filename (folder, "unet", "config.json", NULL);
  g_autofree char *config = NULL;
  guint            i;

  g_assert_true (g_file_get_contents (path, &config, NULL, NULL));
  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char     *size = g_strdup_printf ("\"sample_size\": %d,",
                                                   sizes[i]);
      g_auto (GStrv)       parts = g_strsplit (config, "\"sample_size\": 16,", -1);
      g_autofree char     *text = g_strjoinv (size, parts);
      g_autoptr (GError)   error = NULL;
      g_autoptr (DifModel) model = NULL;

      g_assert_cmpuint (g_strv_length (parts), ==, 2);
      g_free (fixture_text (f, "m/unet/config.json", text));
      model = dif_model_load (folder, &error);
      g_assert_no_error (error);
      g_assert_cmpint (dif_model_info (model)->native_size, ==, sizes[i]);
      g_assert_cmpuint (dif_unet_workspace (fixture_unet (model), 1, sizes[i],
                                            sizes[i], 1), ==, G_MAXSIZE);
      g_assert_cmpfloat (dif_unet_flops (fixture_unet (model), 1, sizes[i],
                                         sizes[i]), >, pow (sizes[i], 2.0));
      g_assert_cmpuint (dif_job_memory (model, 100, 100, &quick), >=, G_MAXINT64);
      g_assert_null (dif_job_new (model, fixture_picture (100, 100), &quick,
                                  &error));
      g_assert_error (error, DIF_ERROR, DIF_ERROR_MEMORY);
    }
}

/* Waiting for nothing is an error, and no harm to what comes after. */
static void
test_not_started (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifJob)   job = dif_job_new (model, fixture_picture (40, 40), &quick,
                                          NULL);

  g_assert_false (dif_job_wait (job, NULL));
  g_assert_false (dif_job_wait (job, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "not started"));
  g_clear_error (&error);
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, &error));
  g_assert_no_error (error);
  g_assert_true (dif_job_wait (job, &error));
}

int
main (int    argc,
      char **argv)
{
  int kind;

  g_test_init (&argc, &argv, NULL);
  fixture_add ("/job/identity", test_identity, NULL);
  for (kind = 0; kind < DIF_N_SAMPLERS; kind++)
    {
      g_autofree char *path = g_strdup_printf (
        "/job/determinism/%s", dif_sampler_kind_to_string (kind));

      fixture_add (path, test_determinism, GINT_TO_POINTER (kind));
    }
  fixture_add ("/job/seeds", test_seeds, NULL);
  fixture_add ("/job/steps", test_steps, NULL);
  fixture_add ("/job/sizes", test_sizes, NULL);
  fixture_add ("/job/out-of-range", test_out_of_range, NULL);
  fixture_add ("/job/forward", test_forward, NULL);
  fixture_add ("/job/from-noise", test_from_noise, NULL);
  fixture_add ("/job/end-of-chain", test_end_of_chain, NULL);
  fixture_add ("/job/cancel", test_cancel, NULL);
  fixture_add ("/job/control", test_control, NULL);
  fixture_add ("/job/progress", test_progress, NULL);
  fixture_add ("/job/free", test_free, NULL);
  fixture_add ("/job/params", test_params, NULL);
  fixture_add ("/job/numeric", test_numeric, NULL);
  fixture_add ("/job/memory", test_memory, NULL);
  fixture_add ("/job/native", test_native, NULL);
  fixture_add ("/job/not-started", test_not_started, NULL);
  return g_test_run ();
}
