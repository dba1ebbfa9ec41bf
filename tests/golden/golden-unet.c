/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * golden-unet DIR...: the network against outputs that the diffusers
 * library computed.  Each DIR holds config.json,
 * diffusion_pytorch_model.safetensors and case0.safetensors, case1 ...,
 * with sample [B,C,H,W], timestep [B], optional class_labels [B], output
 * [B,C,H,W], and act.STAGE, the output of each stage, which show the
 * first one that differs.  The relative error of an array is its largest
 * absolute error over the largest absolute value expected.
 *
 * It runs in float32 whatever the machine could do faster; DIF_CPU chooses
 * the kernels.  Exit status: 0 all within LIMIT, 1 not, 2 usage.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/safetensors.h"
#include "model/unet.h"

#define LIMIT 1e-4

typedef struct
{
  DifSafetensors *file;
  GError        **error;
  double          worst;
  GString        *stages;
} Case;

/* [B,C,H,W] of the file as [B][H][W][C], or NULL. */
static float *
read_channels_last (DifSafetensors *file,
                    const char     *name,
                    int             dims[4],
                    GError        **error)
{
  const DifTensorInfo *info = dif_safetensors_find (file, name);
  g_autofree float    *planes = NULL;
  float               *out;
  gsize                i, plane;
  int                  d, c;

  if (! info || info->n_dims < 2)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED, "%s has no %s",
                   dif_safetensors_path (file), name);
      return NULL;
    }
  for (d = 0; d < 4; d++)
    dims[d] = d < info->n_dims ? (int) info->dims[d] : 1;
  planes = g_new (float, info->n_values);
  if (! dif_safetensors_read_f32 (file, info, planes, error))
    return NULL;
  out = dif_alloc (info->n_values, sizeof (float), "a golden array", error);
  plane = (gsize) dims[2] * dims[3];
  for (i = 0; out && i < info->n_values; i++)
    {
      c = (int) (i / plane % dims[1]);
      out[(i / plane / dims[1] * plane + i % plane) * dims[1] + c] = planes[i];
    }
  return out;
}

static gboolean
read_integers (DifSafetensors *file,
               const char     *name,
               int             n,
               gint64         *out,
               GError        **error)
{
  const DifTensorInfo *info = dif_safetensors_find (file, name);

  if (! info || info->n_values != (gsize) n)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                   "%s: %s is missing or has not %d values",
                   dif_safetensors_path (file), name, n);
      return FALSE;
    }
  return dif_safetensors_read_i64 (file, info, out, error);
}

static double
relative_error (const float *got,
                const float *expected,
                gsize        n)
{
  double worst = 0.0, largest = 1e-30;
  gsize  i;

  for (i = 0; i < n; i++)
    {
      double d = fabs ((double) got[i] - expected[i]);

      if (! (d <= worst))       /* NaN counts as worst */
        worst = d;
      largest = fmax (largest, fabs (expected[i]));
    }
  return worst / largest;
}

static void
probe (const char  *stage,
       const float *values,
       int          n,
       int          height,
       int          width,
       int          channels,
       void        *data)
{
  Case            *c = data;
  g_autofree char *name = g_strconcat ("act.", stage, NULL);
  int              dims[4];
  float           *expected;
  double           error;

  if (! dif_safetensors_find (c->file, name))
    return;
  expected = read_channels_last (c->file, name, dims, NULL);
  if (! expected || dims[0] != n || dims[1] != channels || dims[2] != height
      || dims[3] != width)
    error = INFINITY;
  else
    error = relative_error (values, expected,
                            (gsize) n * height * width * channels);
  g_string_append_printf (c->stages, "#     %-16s %.2e\n", stage, error);
  dif_free (expected);
}

static gboolean
run_network (DifUnet     *unet,
             Case        *c,
             const float *sample,
             const int    dims[4],
             float       *got)
{
  g_autofree gint64 *steps = g_new0 (gint64, dims[0]);
  g_autofree gint64 *classes = g_new0 (gint64, dims[0]);
  g_autofree float  *timesteps = g_new0 (float, dims[0]);
  g_autofree int    *labels = g_new0 (int, dims[0]);
  DifPool           *pool = dif_pool_new (0);
  DifArena           arena = { NULL, 0, 0, 0 };
  gboolean           ok;
  int                i;

  ok = read_integers (c->file, "timestep", dims[0], steps, c->error)
       && (! dif_safetensors_find (c->file, "class_labels")
           || read_integers (c->file, "class_labels", dims[0], classes, c->error));
  for (i = 0; i < dims[0]; i++)
    {
      timesteps[i] = (float) steps[i];
      labels[i] = (int) classes[i];
    }
  arena.size = dif_unet_workspace (unet, dims[0], dims[2], dims[3],
                                   dif_pool_n_threads (pool));
  arena.base = ok ? dif_alloc (arena.size, 1, "the workspace", c->error) : NULL;
  ok = ok && arena.base;
  if (ok)
    dif_unet_run (unet, pool, &arena, dims[0], dims[2], dims[3], sample,
                  timesteps, labels, got, NULL, probe, c);
  dif_free (arena.base);
  dif_pool_free (pool);
  return ok;
}

static gboolean
run_case (DifUnet             *unet,
          const DifUnetConfig *config,
          const char          *path,
          double              *worst,
          GError             **error)
{
  Case     c = { dif_safetensors_open (path, error), error, 0.0, NULL };
  int      dims[4], out_dims[4];
  float   *sample = NULL, *expected = NULL, *got = NULL;
  gboolean ok;

  if (! c.file)
    return FALSE;
  c.stages = g_string_new (NULL);
  sample = read_channels_last (c.file, "sample", dims, error);
  expected = sample ? read_channels_last (c.file, "output", out_dims, error) : NULL;
  if (expected && (dims[1] != config->in_channels
                   || out_dims[1] != config->out_channels
                   || dims[2] % dif_unet_multiple (unet)
                   || dims[3] % dif_unet_multiple (unet)))
    g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                 "%s does not fit the network of config.json", path);
  else if (expected)
    got = dif_alloc ((gsize) out_dims[0] * out_dims[1] * out_dims[2] * out_dims[3],
                     sizeof (float), "the output", error);
  ok = got && run_network (unet, &c, sample, dims, got);
  if (ok)
    {
      *worst = relative_error (got, expected, (gsize) out_dims[0] * out_dims[1]
                                              * out_dims[2] * out_dims[3]);
      printf ("#   %s: %.2e\n", path, *worst);
      if (! (*worst <= LIMIT))
        printf ("%s", c.stages->str);
    }
  dif_safetensors_close (c.file);
  g_string_free (c.stages, TRUE);
  dif_free (sample);
  dif_free (expected);
  dif_free (got);
  return ok;
}

static gboolean
run_folder (const char *folder,
            double     *worst,
            GError    **error)
{
  g_autofree char *config_path = g_build_filename (folder, "config.json", NULL);
  g_autofree char *weights_path = g_build_filename (
    folder, "diffusion_pytorch_model.safetensors", NULL);
  DifUnetConfig    config;
  DifWeights      *weights;
  DifUnet         *unet = NULL;
  gboolean         ok;
  int              i;

  if (! dif_unet_config_read (config_path, &config, error))
    return FALSE;
  weights = dif_weights_open (weights_path, error);
  if (weights)
    unet = dif_unet_new (&config, weights, dif_kernels_float (), error);
  ok = unet != NULL;
  *worst = 0.0;
  for (i = 0; ok; i++)
    {
      g_autofree char *name = g_strdup_printf ("case%d.safetensors", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      double           e = 0.0;

      if (i > 0 && ! g_file_test (path, G_FILE_TEST_EXISTS))
        break;
      ok = run_case (unet, &config, path, &e, error);
      if (! (e <= *worst))
        *worst = e;
    }
  dif_unet_free (unet);
  if (weights)
    dif_weights_close (weights);
  return ok;
}

int
main (int    argc,
      char **argv)
{
  int i, failed = 0;

  if (argc < 2)
    {
      fprintf (stderr, "usage: golden-unet DIR...\n");
      return 2;
    }
  if (g_getenv ("DIF_CPU")
      && ! dif_kernels_by_name (g_getenv ("DIF_CPU")))
    {
      printf ("1..0 # SKIP this machine cannot run %s\n", g_getenv ("DIF_CPU"));
      return 0;
    }
  printf ("TAP version 13\n1..%d\n# kernels: %s, limit %g\n", argc - 1,
          dif_kernels_float ()->name, LIMIT);
  for (i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      double             worst = INFINITY;
      gboolean           ok = run_folder (argv[i], &worst, &error);

      if (error)
        printf ("# %s\n", error->message);
      ok = ok && worst <= LIMIT;
      printf ("%s %d %s: relative error %.2e\n", ok ? "ok" : "not ok", i,
              argv[i], worst);
      failed += ! ok;
    }
  return failed ? 1 : 0;
}
