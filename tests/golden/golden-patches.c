/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * golden-patches FILE-OR-FOLDER...: estimates of the picture behind a noised
 * one by a picture's patches, against values that were computed in float64.
 * Each .safetensors file holds reference [1,3,h,w], sample [B,3,H,W], which is
 * x_t, alpha_bar, patch, the side of a patch, wrapped (0: patches lie wholly
 * inside, 1: both pictures wrap round), output [B,3,H,W], the estimates of x_0,
 * and it may hold bias, of the reference's patches row by row.  A folder stands
 * for all such files in it.
 *
 * Every table of kernels that this machine can run is tried, or the one that
 * DIF_CPU names, on 1, 2 and 3 threads and with 1, 2 and 3 tiles in a call: the
 * bits must be the same.  The relative error is the largest absolute error over
 * the largest absolute value expected.  Exit status: 0 all within the limit, 1
 * not, 2 usage.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/safetensors.h"
#include "denoise/patches/patch-denoiser.h"
#include "denoise/patches/patch-estimate.h"
#include "../larger.h"

#define LIMIT      1e-5
#define LIMIT_BF16 1.5e-2
#define MAX_AT_ONCE 3            /* threads, and tiles of a call */
#define GAP 2                    /* pixels between tiles         */

typedef struct
{
  DifImage *reference;
  float    *bias;                /* or NULL */
  int       patch;
  gboolean  wrapped;
  double    alpha_bar;
  int       n;
  int       width;
  int       height;
  float    *sample;              /* [n][3][height][width] */
  float    *output;
} Case;

static gsize
case_values (const Case *c)
{
  return (gsize) 3 * c->height * c->width;
}

static void
case_clear (Case *c)
{
  dif_image_free (c->reference);
  g_free (c->bias);
  g_free (c->sample);
  g_free (c->output);
}

/* Reading ------------------------------------------------------------ */

static float *
read_floats (DifSafetensors *file,
             const char     *name,
             int             n_dims,
             gint64         *dims,
             GError        **error)
{
  const DifTensorInfo *info = dif_safetensors_find (file, name);
  g_autofree float    *values = NULL;

  if (! info || info->n_dims != n_dims || info->n_values == 0
      || info->n_values > DIF_MAX_PIXELS
      || (n_dims == 4 && (info->dims[1] != 3 || info->dims[2] > DIF_MAX_SIDE
                          || info->dims[3] > DIF_MAX_SIDE)))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                   "%s has no %s of %s", dif_safetensors_path (file), name,
                   n_dims == 4 ? "[n,3,height,width]" : "one dimension");
      return NULL;
    }
  memcpy (dims, info->dims, n_dims * sizeof (gint64));
  values = g_new (float, info->n_values);
  return dif_safetensors_read_f32 (file, info, values, error)
         ? g_steal_pointer (&values) : NULL;
}

/* One number, whatever its type. */
static gboolean
read_number (DifSafetensors *file,
             const char     *name,
             double          least,
             double          most,
             double         *number,
             GError        **error)
{
  const DifTensorInfo *info = dif_safetensors_find (file, name);
  gint64               whole;
  gboolean             read = FALSE;

  if (info && info->n_values == 1)
    {
      if (info->dtype == DIF_DTYPE_I32 || info->dtype == DIF_DTYPE_I64)
        {
          read = dif_safetensors_read_i64 (file, info, &whole, error);
          *number = (double) whole;
        }
      else
        read = dif_safetensors_read_f64 (file, info, number, error);
      if (! read)
        return FALSE;
    }
  if (! read || ! (*number >= least && *number <= most))
    g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                 "%s has no %s from %g to %g", dif_safetensors_path (file),
                 name, least, most);
  return read && *number >= least && *number <= most;
}

static gboolean
read_pictures (DifSafetensors *file,
               Case           *c,
               GError        **error)
{
  gint64 size[4], sample[4], output[4];
  gsize  n;

  g_autofree float *reference = read_floats (file, "reference", 4, size, error);
  if (! reference)
    return FALSE;
  c->sample = read_floats (file, "sample", 4, sample, error);
  c->output = c->sample ? read_floats (file, "output", 4, output, error) : NULL;
  if (! c->output)
    return FALSE;
  if (size[0] != 1 || memcmp (sample, output, sizeof (sample)) != 0
      || sample[0] > G_MAXINT)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                   "%s: there is more than one reference, or output has not "
                   "the size of sample", dif_safetensors_path (file));
      return FALSE;
    }
  c->n = (int) sample[0];
  c->height = (int) sample[2];
  c->width = (int) sample[3];
  n = (gsize) 3 * size[2] * size[3];
  c->reference = dif_image_new ((int) size[3], (int) size[2], error);
  if (c->reference)
    memcpy (c->reference->rgb, reference, n * sizeof (float));
  return c->reference != NULL;
}

static gboolean
read_bias (DifSafetensors *file,
           Case           *c,
           GError        **error)
{
  DifPatchCanvas canvas = dif_patch_canvas_new (c->patch, c->reference->width,
                                                c->reference->height,
                                                c->wrapped);
  gint64         n;

  if (! dif_safetensors_find (file, "bias"))
    return TRUE;
  c->bias = read_floats (file, "bias", 1, &n, error);
  if (c->bias && n != (gint64) canvas.rows * canvas.columns)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                   "%s: bias has not as many values as the reference has "
                   "patches", dif_safetensors_path (file));
      return FALSE;
    }
  return c->bias != NULL;
}

static gboolean
read_case (const char *path,
           Case       *c,
           GError    **error)
{
  DifSafetensors *file = dif_safetensors_open (path, error);
  double          patch = 0.0, wrapped = 0.0;
  gboolean        ok;

  ok = file
       && read_number (file, "alpha_bar", 0.0, 1.0, &c->alpha_bar, error)
       && read_number (file, "patch", 1.0, DIF_PATCH_MAX_SIDE, &patch, error)
       && read_number (file, "wrapped", 0.0, 1.0, &wrapped, error)
       && read_pictures (file, c, error);
  c->patch = (int) patch;
  c->wrapped = wrapped != 0.0;
  if (ok && ! c->wrapped && MIN (MIN (c->width, c->height),
                                 MIN (c->reference->width,
                                      c->reference->height)) < c->patch)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MALFORMED,
                   "%s: a picture is smaller than a patch", path);
      ok = FALSE;
    }
  ok = ok && read_bias (file, c, error);
  dif_safetensors_close (file);
  return ok;
}

/* Estimates ---------------------------------------------------------- */

static DifPatchSet *
case_set (const Case       *c,
          const DifKernels *k,
          GError          **error)
{
  DifPatchSource source = { .picture = c->reference, .patch = c->patch,
                            .wrapped = c->wrapped, .bias = c->bias };

  return dif_patch_set_new (&source, k, error);
}

/* Of sample i, by so many threads. */
static gboolean
estimate (const Case        *c,
          const DifPatchSet *set,
          int                i,
          int                n_threads,
          float             *out,
          GError           **error)
{
  DifPool     *pool = dif_pool_new (n_threads);
  DifPatchView view = {
    .x = c->sample + i * case_values (c), .row_stride = c->width,
    .plane_stride = case_values (c) / 3, .width = c->width,
    .height = c->height, .wrapped = c->wrapped, .alpha_bar = c->alpha_bar,
  };
  DifArena     arena = { NULL };

  arena.size = dif_patch_estimate_workspace (set, &view,
                                             dif_pool_n_threads (pool));
  arena.base = dif_alloc (arena.size, 1, "the workspace", error);
  if (arena.base)
    dif_patch_estimate (set, &view, pool, &arena, NULL, NULL, out);
  dif_free (arena.base);
  dif_pool_free (pool);
  return arena.base != NULL;
}

/* The same sample as n tiles of a canvas, in one call of the denoiser. */
static gboolean
denoise (const Case  *c,
         DifDenoiser *denoiser,
         int          n,
         float       *out,
         GError     **error)
{
  int               stride = n * (c->width + GAP), height = c->height + GAP;
  gsize             size = (gsize) 3 * stride * height, i;
  g_autofree float *canvas = g_new (float, size);
  DifRect           tiles[MAX_AT_ONCE];
  DifControl        control = { 0, 0 };
  DifArena          arena = { NULL };
  DifPool          *pool = dif_pool_new (2);
  DifCall           call = {
    .x = canvas, .row_stride = stride, .plane_stride = size / 3, .n = n,
    .tiles = tiles, .alpha_bar = c->alpha_bar, .out = out,
  };
  int               t;

  for (i = 0; i < size; i++)
    canvas[i] = NAN;
  for (t = 0; t < n; t++)
    tiles[t] = (DifRect) { t * (c->width + GAP) + GAP, GAP, c->width, c->height };
  for (i = 0; i < (gsize) 3 * c->height * n; i++)
    {
      gsize row = i / n % c->height, plane = i / n / c->height;

      memcpy (canvas + (plane * height + row + GAP) * stride + tiles[i % n].x,
              c->sample + (plane * c->height + row) * c->width,
              c->width * sizeof (float));
    }
  arena.size = denoiser->workspace (denoiser, n, c->height, c->width,
                                    dif_pool_n_threads (pool));
  arena.base = dif_alloc (arena.size, 1, "the workspace", error);
  if (arena.base)
    denoiser->run (denoiser, pool, &arena, &call, &control);
  dif_free (arena.base);
  dif_pool_free (pool);
  return arena.base != NULL;
}

/* Whether the bits of the first sample's estimate stay the same on other
 * numbers of threads and in batches; why not goes to *fault.
 */
static gboolean
check_bits (const Case       *c,
            const DifKernels *k,
            DifPatchSet      *set,
            const float      *expected,
            char            **fault,
            GError          **error)
{
  gsize             n = case_values (c);
  g_autofree float *out = g_new (float, n * MAX_AT_ONCE);
  DifDenoiser      *denoiser;
  int               count, i;
  gboolean          ok = TRUE;

  for (count = 2; count <= MAX_AT_ONCE && ok; count++)
    {
      ok = estimate (c, set, 0, count, out, error);
      if (ok && memcmp (out, expected, n * sizeof (float)) != 0)
        *fault = g_strdup_printf ("other bits on %d threads", count);
    }
  if (c->wrapped || ! ok)
    return ok;
  set = case_set (c, k, error);
  if (! set)
    return FALSE;
  denoiser = dif_patch_denoiser_new (set);
  for (count = 1; count <= MAX_AT_ONCE && ok; count++)
    {
      ok = denoise (c, denoiser, count, out, error);
      for (i = 0; i < count && ok; i++)
        if (memcmp (out + i * n, expected, n * sizeof (float)) != 0 && ! *fault)
          *fault = g_strdup_printf ("other bits in a call of %d tiles", count);
    }
  denoiser->free (denoiser);
  return ok;
}

/* The relative error; *fault is set where the bits are not always the same. */
static gboolean
run_case (const Case       *c,
          const DifKernels *k,
          double           *error_found,
          char            **fault,
          GError          **error)
{
  g_autoptr (DifPatchSet) set = case_set (c, k, error);
  gsize                   n = case_values (c), v;
  g_autofree float       *out = g_new (float, n);
  double                  worst = 0.0, largest = 1e-30;
  gboolean                ok = set != NULL;
  int                     i;

  for (i = 0; i < c->n && ok; i++)
    {
      const float *expected = c->output + i * n;

      ok = estimate (c, set, i, 1, out, error);
      for (v = 0; v < n && ok; v++)
        {
          worst = larger (worst, fabs ((double) out[v] - expected[v]));
          largest = larger (largest, fabs (expected[v]));
        }
      if (i == 0 && ok)
        ok = check_bits (c, k, set, out, fault, error);
    }
  *error_found = worst / largest;
  return ok;
}

/* Running ------------------------------------------------------------ */

static int n_tests, n_failed;

static void
say (gboolean    ok,
     const char *path,
     const char *kernels,
     const char *what)
{
  n_tests++;
  n_failed += ! ok;
  printf ("%s %d %s, %s: %s\n", ok ? "ok" : "not ok", n_tests, path, kernels,
          what);
}

static void
run_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  const char        *wish = g_getenv ("DIF_CPU");
  const DifKernels  *k;
  Case               c = { NULL };
  int                i;

  if (! read_case (path, &c, &error))
    say (FALSE, path, "no kernels", error->message);
  for (i = 0; ! error && (k = dif_kernels_nth (i)); i++)
    if (! wish || ! *wish || strcmp (k->name, wish) == 0)
      {
        double           relative = INFINITY;
        g_autofree char *fault = NULL, *what = NULL;
        gboolean         ok = run_case (&c, k, &relative, &fault, &error);

        what = error ? g_strdup (error->message)
                     : g_strdup_printf ("relative error %.2e%s%s", relative,
                                        fault ? ", " : "", fault ? fault : "");
        say (ok && ! fault && relative <= (k->exact ? LIMIT_BF16 : LIMIT), path,
             k->name, what);
      }
  case_clear (&c);
}

static int
compare_names (const void *a,
               const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
run_folder (const char *folder)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GDir)      dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char           *name;
  guint                 i;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".safetensors"))
      g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (i = 0; i < names->len; i++)
    run_file (names->pdata[i]);
  if (names->len == 0)
    say (FALSE, folder, "no kernels",
         error ? error->message : "no .safetensors file in it");
}

int
main (int    argc,
      char **argv)
{
  const char *wish = g_getenv ("DIF_CPU");
  int         i;

  if (argc < 2)
    {
      fprintf (stderr, "usage: golden-patches FILE-OR-FOLDER...\n");
      return 2;
    }
  if (wish && *wish && ! dif_kernels_by_name (wish))
    {
      printf ("1..0 # SKIP this machine cannot run %s\n", wish);
      return 0;
    }
  printf ("TAP version 13\n");
  for (i = 1; i < argc; i++)
    if (g_file_test (argv[i], G_FILE_TEST_IS_DIR))
      run_folder (argv[i]);
    else
      run_file (argv[i]);
  printf ("1..%d\n", n_tests);
  return n_failed > 0 ? 1 : 0;
}
