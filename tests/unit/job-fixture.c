/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * job-fixture.c: models, pictures and runs for the tests of whole jobs.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"
#include "denoise/model.h"
#include "denoise/unet/unet-denoiser.h"

#define GOLDEN "tests/golden/data/unet/"

static const char index_json[] =
  "{\"_class_name\": \"DDPMPipeline\", \"pixel_unshuffle\": %d, \"octaves\": %d%s}";

char *
fixture_model (Fixture    *f,
               const char *name,
               int         unshuffle,
               int         octaves)
{
  g_autofree char *config = g_build_filename (GOLDEN, name, "config.json", NULL);
  g_autofree char *weights = g_build_filename (
    GOLDEN, name, "diffusion_pytorch_model.safetensors", NULL);
  g_autofree char *text = g_strdup_printf (index_json, unshuffle, octaves,
                                           octaves > 0
                                           ? ", \"camera_label\": 5"
                                             ", \"jpeg_label\": 4" : "");

  g_free (fixture_text (f, "m/model_index.json", text));
  g_free (fixture_copy (f, "m/unet/config.json", config));
  g_free (fixture_copy (f, "m/unet/diffusion_pytorch_model.safetensors", weights));
  g_free (fixture_copy (f, "m/scheduler/scheduler_config.json",
                        "plugin/models/photo/scheduler/scheduler_config.json"));
  return g_build_filename (f->dir, "m", NULL);
}

DifModel *
fixture_load (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *folder = fixture_model (f, "pixelshuffle-v", 2, 4);
  DifModel          *model = dif_model_load (folder, &error);

  g_assert_no_error (error);
  return model;
}

const DifUnet *
fixture_unet (const DifModel *model)
{
  return dif_unet_denoiser_unet (model->denoiser);
}

DifImage *
fixture_picture (int w,
                 int h)
{
  DifImage *image = dif_image_new (w, h, NULL);
  gsize     i, n = (gsize) w * h * 3;

  for (i = 0; i < n; i++)
    image->rgb[i] = (float) (0.8 * sin (i * 0.013) + 0.2 * sin (i * 1.7));
  return image;
}

GPtrArray *
fixture_run (DifModel  *model,
             DifImage  *source,
             DifParams  params)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DifJob) job = dif_job_new (model, source, &params, &error);
  GPtrArray         *results;
  DifProgress        progress;
  int                i;

  g_assert_no_error (error);
  results = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_image_free);
  dif_job_start (job);
  g_assert_true (dif_job_wait (job, &error));
  g_assert_no_error (error);
  g_assert_false (dif_job_poll (job, &progress));
  g_assert_cmpfloat (progress.fraction, ==, 1.0);
  g_assert_cmpint (progress.finished, ==, params.num_variations);
  for (i = 0; i < params.num_variations; i++)
    {
      DifImage *result = dif_job_take_result (job, i);

      g_assert_nonnull (result);
      g_assert_null (dif_job_take_result (job, i));
      g_ptr_array_add (results, result);
    }
  g_assert_null (dif_job_take_result (job, -1));
  g_assert_null (dif_job_take_result (job, params.num_variations));
  return results;
}

gboolean
fixture_same (GPtrArray *a,
              int        i,
              GPtrArray *b,
              int        j)
{
  DifImage *p = a->pdata[i], *q = b->pdata[j];

  return p->width == q->width && p->height == q->height
         && memcmp (p->rgb, q->rgb, (gsize) p->width * p->height * 12) == 0;
}
