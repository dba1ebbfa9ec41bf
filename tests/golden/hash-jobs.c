/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hash-jobs.c: what jobs make, as SHA-256 sums of the bits, one case a line:
 *
 *   hash-jobs LABEL FOLDER [brief]
 *
 * for the model in FOLDER.  Sums of the same compiler and set of kernels
 * (DIF_CPU) are the same before and after a change that means to change
 * nothing; hashes.sh runs it on several models.  It sees dif.h alone, so
 * that it can be built against any state of the tree.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dif.h"

static const char *label;
static DifModel   *model;

static void
add_image (GChecksum      *sum,
           const DifImage *image)
{
  gint32 size[] = { image->width, image->height };

  g_checksum_update (sum, (const guchar *) size, sizeof size);
  g_checksum_update (sum, (const guchar *) image->rgb,
                     (gssize) image->width * image->height * 12);
}

/* Prints the sum and frees it. */
static void
say (GChecksum  *sum,
     const char *what)
{
  printf ("%s %s %s\n", g_checksum_get_string (sum), label, what);
  fflush (stdout);
  g_checksum_free (sum);
}

static void
die (const char *what,
     GError     *error)
{
  fprintf (stderr, "%s %s: %s\n", label, what, error ? error->message : "fails");
  exit (1);
}

/* Waves, a flat part, a step and, at the end, values that no picture has. */
static DifImage *
picture (int w,
         int h)
{
  DifImage *image = dif_image_new (w, h, NULL);
  int       c, x, y;

  for (c = 0; c < 3; c++)
    for (y = 0; y < h; y++)
      for (x = 0; x < w; x++)
        image->rgb[((gsize) c * h + y) * w + x]
          = x < w / 3 ? 0.1f * (float) c + 0.001f * (float) y
            : y < h / 2 ? (float) (0.8 * sin (x * 0.13 + c) * cos (y * 0.11))
            : x > 2 * w / 3 ? -0.7f
            : (float) (0.3 * sin (x * 1.7 + y * 0.9 + c));
  if (w * h > 10)
    {
      image->rgb[w * h - 1] = 3.5f;
      image->rgb[2 * w * h - 2] = -2.0f;
      image->rgb[3 * w * h - 3] = NAN;
    }
  return image;
}

/* Alpha of a picture: a hole, and a soft edge about it. */
static float *
alpha (int w,
       int h)
{
  float *a = g_new (float, (gsize) w * h);
  int    x, y;

  for (y = 0; y < h; y++)
    for (x = 0; x < w; x++)
      a[(gsize) y * w + x] = CLAMP (
        (float) (hypot (x - 0.4 * w, y - 0.5 * h) / (0.2 * MIN (w, h)) - 1.0),
        0.0f, 1.0f);
  return a;
}

static void
on_step (int             variation,
         int             step,
         int             steps,
         double          t,
         const DifImage *sample,
         const DifImage *denoised,
         void           *data)
{
  GChecksum *sum = data;
  gint32     numbers[] = { variation, step, steps };

  g_checksum_update (sum, (const guchar *) numbers, sizeof numbers);
  g_checksum_update (sum, (const guchar *) &t, sizeof t);
  add_image (sum, sample);
  add_image (sum, denoised);
}

/* Runs job to its end; everything that it makes and shows counts. */
static void
run (DifJob     *job,
     int         n,
     gboolean    watch,
     const char *what,
     GError     *error)
{
  GChecksum  *sum = g_checksum_new (G_CHECKSUM_SHA256);
  double      work;
  DifProgress progress;
  int         i;

  if (! job || (watch && ! dif_job_watch (job, on_step, sum, &error)))
    die (what, error);
  work = dif_job_work (job);
  g_checksum_update (sum, (const guchar *) &work, sizeof work);
  dif_job_start (job);
  if (! dif_job_wait (job, &error))
    die (what, error);
  dif_job_poll (job, &progress);
  g_checksum_update (sum, (const guchar *) &progress.steps, sizeof (int));
  for (i = 0; i < n; i++)
    {
      g_autoptr (DifImage) result = dif_job_take_result (job, i);

      add_image (sum, result);
    }
  dif_job_free (job);
  say (sum, what);
}

static void
whole (DifImage   *source,
       DifParams   params,
       gboolean    watch,
       const char *what)
{
  GError *error = NULL;
  DifJob *job = dif_job_new (model, source, &params, &error);

  run (job, params.num_variations, watch, what, error);
}

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

static void
part (int         w,
      int         h,
      DifRect     visible,
      DifParams   params,
      const char *what)
{
  g_autoptr (DifImage) image = picture (w, h);
  GError              *error = NULL;
  DifRect              area;
  DifJob              *job;

  dif_job_preview_area (model, w, h, &params, &visible, &area);
  printf ("area %d,%d+%dx%d %s %s\n", area.x, area.y, area.width, area.height,
          label, what);
  job = dif_job_new_preview (model, crop (image, &area), w, h, &area, &params,
                             &error);
  run (job, 1, TRUE, what, error);
}

/* The forward process alone, and the figures of such a job. */
static void
forward (int         w,
         int         h,
         DifParams   params,
         const char *what)
{
  g_autoptr (DifImage) image = picture (w, h);
  GChecksum           *sum = g_checksum_new (G_CHECKSUM_SHA256);
  GError              *error = NULL;

  if (! dif_join_edges (model, image, &params, &error))
    die (what, error);
  add_image (sum, image);
  if (! dif_forward (model, image, &params, &error))
    die (what, error);
  add_image (sum, image);
  say (sum, what);
  printf ("figures %d %d %a %a %a %" G_GUINT64_FORMAT " %s %s\n",
          dif_strength_to_t (model, params.strength),
          dif_params_n_steps (model, w, h, &params),
          dif_params_alpha_bar (model, &params),
          dif_params_beyond (model, &params),
          dif_params_work (model, w, h, &params),
          dif_job_memory (model, w, h, &params), label, what);
}

static DifParams base;

/* One of the choices of a parameter, in a tree that has it. */
static void
choose (const char *name,
        const char *nick)
{
  const DifParam *row = dif_param_find (name);

  if (row)
    G_STRUCT_MEMBER (int, &base, row->offset) = dif_param_choice_find (row, nick);
}

static void
set_base (void)
{
  base = dif_params_default ();
  base.strength = 0.5;
  base.num_variations = 1;
  base.seed = 3;
  base.steps = 2;
  base.eta = 0.5;
  base.sampler = DIF_SAMPLER_DPMPP_2M_KARRAS;
  base.threads = 2;
  choose ("made-of", "model");
}

/* Every sampler at some strengths. */
static void
samplers (int           w,
          int           h,
          const double *strengths,
          int           n_strengths)
{
  DifParams p = base;

  for (int kind = 0; kind < DIF_N_SAMPLERS; kind++)
    for (int i = 0; i < n_strengths; i++)
      {
        g_autofree char *what = g_strdup_printf (
          "%s %g %dx%d", dif_sampler_kind_to_string (kind), strengths[i], w, h);

        p.sampler = kind;
        p.strength = strengths[i];
        whole (picture (w, h), p, i % 2 == 0, what);
      }
}

/* What else may be asked of a job, alone and together. */
static void
options (int w,
         int h,
         int stride)
{
  for (int bits = 0; bits < 32; bits += stride)
    {
      g_autofree char *what = g_strdup_printf ("options %d %dx%d", bits, w, h);
      DifParams        p = base;

      p.tileable = bits & 1;
      p.keep_colours = bits >> 1 & 1;
      p.num_variations = bits & 4 ? 3 : 1;
      p.vary = bits & 4 ? 0.3 : 0.0;
      p.vary_seed = 11;
      p.from_noise = bits >> 3 & 1;
      p.reduction = bits & 16 ? 3 : 0;
      p.origin_x = bits & 16 ? -7 : 0;
      p.origin_y = bits & 16 ? 100 : 0;
      p.scale_side = bits & 16 ? 1200 : 0;
      p.batch = bits % 3;
      p.threads = bits % 4;
      p.sampler = DIF_SAMPLER_DDPM + bits % DIF_N_SAMPLERS;
      p.strength = bits % 2 ? 0.7 : 0.35;
      whole (picture (w, h), p, bits % 2, what);
      forward (w, h, p, what);
    }
}

/* Sets a number, in a tree that has the parameter. */
static void
set_number (DifParams  *params,
            const char *name,
            double      value)
{
  const DifParam *row = dif_param_find (name);

  if (row)
    G_STRUCT_MEMBER (double, params, row->offset) = value;
}

/* Made of the source's own parts, of large things and of small ones. */
static void
made (int w,
      int h)
{
  static const char *const nicks[] = { "layer", "layer-finished" };
  const DifParam          *row = dif_param_find ("made-of");

  for (int bits = 0; row && bits < 6; bits++)
    {
      g_autofree char *what = g_strdup_printf ("made %d %dx%d", bits, w, h);
      DifParams        p = base;

      G_STRUCT_MEMBER (int, &p, row->offset) = dif_param_choice_find (
        row, nicks[bits & 1]);
      set_number (&p, "structure", bits & 2 ? 0.06 : 0.3);
      p.tileable = p.keep_colours = bits >> 2;
      p.num_variations = 2;
      p.threads = 1 + bits % 3;
      whole (picture (w, h), p, FALSE, what);
      forward (w, h, p, what);
    }
}

static void
transparent (int w,
             int h)
{
  g_autofree float *a = alpha (w, h);
  DifImage         *image = picture (w, h);
  GError           *error = NULL;

  if (! dif_image_fill_transparent (image, a, &error))
    die ("transparent", error);
  whole (image, base, FALSE, "transparent");
}

static void
previews (int w,
          int h)
{
  static const struct { double x, y; } at[] = { { 0, 0 }, { 0.5, 0.4 }, { 0.9, 0.8 } };

  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    for (int bits = 0; bits < 4; bits++)
      {
        g_autofree char *what = g_strdup_printf ("preview %d %d %dx%d", i, bits,
                                                 w, h);
        DifParams        p = base;
        DifRect          visible = { (int) (at[i].x * w), (int) (at[i].y * h),
                                     w / 10, h / 10 };

        p.keep_colours = bits & 1;
        p.tileable = bits >> 1;
        p.sampler = bits == 3 ? DIF_SAMPLER_DPMPP_2M_SDE : DIF_SAMPLER_DDPM;
        part (w, h, visible, p, what);
      }
}

int
main (int    argc,
      char **argv)
{
  static const double strengths[] = { 0.4, 1.0, 0.0, 0.001, 0.15, 0.8 };
  gboolean            brief = argc == 4 && strcmp (argv[3], "brief") == 0;
  GError             *error = NULL;

  if (argc != 3 && ! brief)
    {
      fprintf (stderr, "usage: hash-jobs LABEL FOLDER [brief]\n");
      return 2;
    }
  set_base ();
  label = argv[1];
  model = dif_model_load (argv[2], &error);
  if (! model)
    die ("model", error);
  printf ("model %s %s T %d native %d unshuffle %d octaves %d memory %"
          G_GUINT64_FORMAT "\n", label, dif_model_info (model)->hash,
          dif_model_info (model)->n_train_steps,
          dif_model_info (model)->native_size,
          dif_model_info (model)->pixel_unshuffle,
          dif_model_info (model)->octaves, dif_model_info (model)->memory);
  samplers (60, 40, strengths, brief ? 2 : G_N_ELEMENTS (strengths));
  if (brief)
    part (600, 60, (DifRect) { 10, 20, 30, 30 }, base, "preview 600x60");
  else
    {
      samplers (400, 30, strengths, 2);      /* two tiles */
      samplers (1, 1, strengths, 1);
      whole (picture (410, 400), base, FALSE, "four tiles");
      options (60, 40, 1);
      options (400, 30, 5);
      transparent (90, 70);
      made (160, 120);
      previews (1000, 60);
      previews (40, 900);
    }
  dif_model_unref (model);
  return 0;
}
