/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-set.c: see patch-set.h.  Distances are those between patches less the
 * picture's mean, which loses fewer digits.
 */

#include <math.h>

#include "base/memory.h"
#include "denoise/patches/patch-set.h"

static gboolean
check (const DifPatchSource *source,
       GError              **error)
{
  const DifImage *picture = source->picture;

  g_return_val_if_fail (source->patch >= 1
                        && source->patch <= DIF_PATCH_MAX_SIDE, FALSE);
  if (source->wrapped || MIN (picture->width, picture->height) >= source->patch)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "The picture that patches are taken from has %d × %d pixels; "
               "a patch has %d × %d.", picture->width, picture->height,
               source->patch, source->patch);
  return FALSE;
}

/* Whether pixel i of the picture may be in a candidate. */
static gboolean
is_allowed (const DifPatchSource *source,
            size_t                i)
{
  size_t       plane = (size_t) source->picture->width * source->picture->height;
  const float *rgb = source->picture->rgb + i;

  return ! (source->excluded && source->excluded[i]) && isfinite (rgb[0])
         && isfinite (rgb[plane]) && isfinite (rgb[2 * plane]);
}

/* Takes the mean of the allowed pixels. */
static void
find_mean (const DifPatchSource *source,
           float                 mean[3])
{
  size_t n = (size_t) source->picture->width * source->picture->height, i;
  size_t count = 0;
  double sum[3] = { 0.0 };
  int    c;

  for (i = 0; i < n; i++)
    if (is_allowed (source, i))
      {
        count++;
        for (c = 0; c < 3; c++)
          sum[c] += source->picture->rgb[c * n + i];
      }
  for (c = 0; c < 3; c++)
    mean[c] = (float) (sum[c] / MAX (count, 1));
}

static gboolean
is_candidate (const DifPatchSource *source,
              const DifPatchCanvas *canvas,
              int                   corner)
{
  int width = canvas->picture_width, y, x;

  if (source->bias && source->bias[corner] == -INFINITY)
    return FALSE;
  for (y = 0; y < canvas->patch; y++)
    for (x = 0; x < canvas->patch; x++)
      {
        size_t row = (corner / canvas->columns + y) % canvas->picture_height;

        if (! is_allowed (source, row * width
                                  + (corner % canvas->columns + x) % width))
          return FALSE;
      }
  return TRUE;
}

/* Fills in n and, where there is room for them, the corners and biases. */
static gboolean
list_candidates (const DifPatchSource *source,
                 const DifPatchCanvas *canvas,
                 DifPatchSet          *set,
                 GError              **error)
{
  int n = canvas->rows * canvas->columns, corner;

  set->n = 0;
  for (corner = 0; corner < n; corner++)
    if (is_candidate (source, canvas, corner))
      {
        float bias = source->bias ? source->bias[corner] : 0.0f;

        if (! isfinite (bias))
          {
            g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                         "The bias of patch %d is %g, not a number that is "
                         "finite.", corner, bias);
            return FALSE;
          }
        if (set->corner)
          set->corner[set->n] = corner;
        if (set->bias)
          set->bias[set->n] = bias;
        set->n++;
      }
  if (set->n == 0)
    g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                 "No patch of %d × %d pixels is left to make a picture from.",
                 canvas->patch, canvas->patch);
  return set->n > 0;
}

static void
pack (DifPatchSet          *set,
      const DifPatchCanvas *canvas)
{
  int    dim = dif_patch_values (set->patch), first, j;
  float *patches = g_new (float, (size_t) DIF_POSTERIOR_KEYS * dim);

  for (first = 0; first < set->n; first += DIF_POSTERIOR_KEYS)
    {
      int end = MIN (first + DIF_POSTERIOR_KEYS, set->n);

      for (j = first; j < end; j++)
        dif_patch_canvas_gather (canvas, set->corner[j] % canvas->columns,
                                 set->corner[j] / canvas->columns,
                                 patches + (size_t) (j - first) * dim);
      set->kernels->pack_posterior (patches, dim, set->n, dim, first, end,
                                    set->packed);
    }
  g_free (patches);
}

static gboolean
fill (DifPatchSet          *set,
      const DifPatchSource *source,
      GError              **error)
{
  const DifImage *picture = source->picture;
  int             dim = dif_patch_values (source->patch);
  DifPatchCanvas  canvas;
  const char     *what = "the patches of a picture";

  canvas = dif_patch_canvas_new (source->patch, picture->width, picture->height,
                                 source->wrapped);
  if (! list_candidates (source, &canvas, set, error))
    return FALSE;
  set->corner = dif_alloc (set->n, sizeof (int), what, error);
  set->packed = dif_alloc (set->kernels->posterior_packed (set->n, dim),
                           sizeof (float), what, error);
  if (! set->corner || ! set->packed)
    return FALSE;
  if (source->bias)
    {
      set->bias = dif_alloc (set->n, sizeof (float), what, error);
      if (! set->bias)
        return FALSE;
    }
  canvas.values = dif_alloc (dif_patch_canvas_size (&canvas), sizeof (float),
                             what, error);
  if (! canvas.values)
    return FALSE;
  find_mean (source, set->mean);
  list_candidates (source, &canvas, set, NULL);
  dif_patch_canvas_fill (&canvas, picture->rgb, picture->width,
                         (size_t) picture->width * picture->height, 1.0f,
                         set->mean);
  pack (set, &canvas);
  dif_free (canvas.values);
  return TRUE;
}

DifPatchSet *
dif_patch_set_new (const DifPatchSource *source,
                   const DifKernels     *kernels,
                   GError              **error)
{
  DifPatchSet *set;

  if (! check (source, error))
    return NULL;
  set = g_new0 (DifPatchSet, 1);
  set->kernels = kernels;
  set->patch = source->patch;
  if (fill (set, source, error))
    return set;
  dif_patch_set_free (set);
  return NULL;
}

void
dif_patch_set_free (DifPatchSet *set)
{
  if (! set)
    return;
  dif_free (set->corner);
  dif_free (set->bias);
  dif_free (set->packed);
  g_free (set);
}
