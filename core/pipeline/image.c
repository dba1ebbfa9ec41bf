/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * image.c: pictures, and what a denoiser is shown in place of what
 * cannot be seen: transparent pixels.
 */

#include <string.h>

#include "base/memory.h"
#include "pipeline/image.h"

DifImage *
dif_image_new (int      width,
               int      height,
               GError **error)
{
  DifImage *image;
  gsize     i, n;

  if (width < 1 || height < 1 || width > DIF_MAX_SIDE || height > DIF_MAX_SIDE
      || (gsize) width * height > DIF_MAX_PIXELS)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
                   "A picture of %d × %d pixels is out of range: each side may "
                   "have 1 to %d pixels, both together %" G_GSIZE_FORMAT ".",
                   width, height, DIF_MAX_SIDE, DIF_MAX_PIXELS);
      return NULL;
    }
  image = g_new0 (DifImage, 1);
  image->width = width;
  image->height = height;
  n = (gsize) width * height * 3;
  image->rgb = dif_alloc (n, sizeof (float), "the picture", error);
  if (! image->rgb)
    {
      g_free (image);
      return NULL;
    }
  for (i = 0; i < n; i++)
    image->rgb[i] = -1.0f;
  return image;
}

DifImage *
dif_image_copy (const DifImage  *image,
                GError         **error)
{
  DifImage *copy = dif_image_new (image->width, image->height, error);

  if (copy)
    memcpy (copy->rgb, image->rgb,
            (gsize) 3 * image->width * image->height * sizeof (float));
  return copy;
}

void
dif_image_free (DifImage *image)
{
  if (! image)
    return;
  dif_free (image->rgb);
  g_free (image);
}

/* Filling ------------------------------------------------------------ */

/* Gortler et al. 1996, "The Lumigraph", section 3.4.2 (pull and push): a
 * pyramid of weighted means is built over the visible pixels, and each
 * invisible one takes its value from the finest level that knows one,
 * smoothly interpolated.  Here a level is a picture of premultiplied
 * colour and weight, four planes.
 */
typedef struct
{
  int    w;
  int    h;
  float *v;        /* [4][h][w] */
} PyramidLevel;

#define MAX_LEVELS 20

static void
pull (const PyramidLevel *fine,
      PyramidLevel       *coarse)
{
  gsize fine_n = (gsize) fine->w * fine->h;
  gsize n = (gsize) coarse->w * coarse->h;
  int   x, y, c;

  for (y = 0; y < coarse->h; y++)
    for (x = 0; x < coarse->w; x++)
      {
        int    x1 = MIN (2 * x + 1, fine->w - 1);
        int    y1 = MIN (2 * y + 1, fine->h - 1);
        gsize  at[4] = {
          (gsize) 2 * y * fine->w + 2 * x, (gsize) 2 * y * fine->w + x1,
          (gsize) y1 * fine->w + 2 * x, (gsize) y1 * fine->w + x1,
        };
        float  v[4];
        gsize  o = (gsize) y * coarse->w + x;

        for (c = 0; c < 4; c++)
          {
            const float *p = fine->v + c * fine_n;

            v[c] = p[at[0]] + p[at[1]] + p[at[2]] + p[at[3]];
          }
        /* A weight saturates at one: many visible pixels count no more
         * than enough of them.
         */
        for (c = 0; c < 4; c++)
          coarse->v[c * n + o] = v[3] > 1.0f ? v[c] / v[3] : v[c];
      }
}

/* What the coarse level says at a fine pixel, bilinear, unpremultiplied. */
static void
sample (const PyramidLevel *coarse,
        float               x,
        float               y,
        float               out[3])
{
  gsize n = (gsize) coarse->w * coarse->h;
  int   x0 = CLAMP ((int) x, 0, coarse->w - 1);
  int   y0 = CLAMP ((int) y, 0, coarse->h - 1);
  int   x1 = MIN (x0 + 1, coarse->w - 1), y1 = MIN (y0 + 1, coarse->h - 1);
  float fx = CLAMP (x - x0, 0.0f, 1.0f), fy = CLAMP (y - y0, 0.0f, 1.0f);
  float sum[4];
  int   c;

  for (c = 0; c < 4; c++)
    {
      const float *p = coarse->v + c * n;
      float top = p[(gsize) y0 * coarse->w + x0] * (1 - fx)
                  + p[(gsize) y0 * coarse->w + x1] * fx;
      float bottom = p[(gsize) y1 * coarse->w + x0] * (1 - fx)
                     + p[(gsize) y1 * coarse->w + x1] * fx;

      sum[c] = top * (1 - fy) + bottom * fy;
    }
  for (c = 0; c < 3; c++)
    out[c] = sum[3] > 0.0f ? sum[c] / sum[3] : 0.0f;
}

/* Completes the fine level to weight one everywhere. */
static void
push (const PyramidLevel *coarse,
      PyramidLevel       *fine)
{
  gsize n = (gsize) fine->w * fine->h;
  int   x, y, c;

  for (y = 0; y < fine->h; y++)
    for (x = 0; x < fine->w; x++)
      {
        gsize o = (gsize) y * fine->w + x;
        float weight = fine->v[3 * n + o];
        float from[3];

        if (weight >= 1.0f)
          continue;
        sample (coarse, (x - 0.5f) / 2, (y - 0.5f) / 2, from);
        for (c = 0; c < 3; c++)
          fine->v[c * n + o] += (1.0f - weight) * from[c];
        fine->v[3 * n + o] = 1.0f;
      }
}

static void
free_levels (PyramidLevel *levels,
             int           n)
{
  while (n-- > 0)
    dif_free (levels[n].v);
}

static gboolean
new_levels (PyramidLevel *levels,
            int          *n,
            int           w,
            int           h,
            GError      **error)
{
  for (*n = 0; *n < MAX_LEVELS; (*n)++)
    {
      levels[*n] = (PyramidLevel) {
        w, h, dif_alloc ((gsize) w * h, 4 * sizeof (float),
                         "filling transparent pixels", error) };
      if (! levels[*n].v)
        {
          free_levels (levels, *n);
          return FALSE;
        }
      if (w == 1 && h == 1)
        {
          (*n)++;
          break;
        }
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
  return TRUE;
}

gboolean
dif_image_fill_transparent (DifImage     *image,
                            const float  *alpha,
                            GError      **error)
{
  gsize        i, n = (gsize) image->width * image->height;
  PyramidLevel levels[MAX_LEVELS];
  int          n_levels, l, c;

  for (i = 0; i < n && alpha[i] > 0.0f; i++)
    ;
  if (i == n)
    return TRUE;
  if (! new_levels (levels, &n_levels, image->width, image->height, error))
    return FALSE;
  for (i = 0; i < n; i++)
    {
      float seen = alpha[i] > 0.0f ? 1.0f : 0.0f;

      for (c = 0; c < 3; c++)
        levels[0].v[c * n + i] = seen > 0.0f ? image->rgb[c * n + i] : 0.0f;
      levels[0].v[3 * n + i] = seen;
    }
  for (l = 1; l < n_levels; l++)
    pull (&levels[l - 1], &levels[l]);
  for (l = n_levels - 1; l > 0; l--)
    push (&levels[l], &levels[l - 1]);
  for (i = 0; i < n; i++)
    if (! (alpha[i] > 0.0f))
      for (c = 0; c < 3; c++)
        image->rgb[c * n + i] = levels[0].v[c * n + i];
  free_levels (levels, n_levels);
  return TRUE;
}
