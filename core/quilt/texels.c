/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * texels.c: see texels.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "quilt/texels.h"

/* Pixels of a row that are made at a time. */
#define RUN 256

DifTexels *
dif_texels_new_window (int             whole_width,
                       int             whole_height,
                       const DifRect  *pixels,
                       GError        **error)
{
  DifTexels *t = g_new0 (DifTexels, 1);
  gsize      n = dif_product (dif_product (pixels->width, pixels->height), 3);

  t->width = pixels->width;
  t->height = pixels->height;
  t->left = pixels->x;
  t->top = pixels->y;
  t->whole_width = whole_width;
  t->whole_height = whole_height;
  if (n < G_MAXSIZE - DIF_PATCH_SLACK)
    n += DIF_PATCH_SLACK;
  t->values = dif_alloc (n, sizeof (gint16), "the texels", error);
  if (! t->values)
    g_clear_pointer (&t, g_free);
  else
    memset (t->values + n - DIF_PATCH_SLACK, 0, DIF_PATCH_SLACK * sizeof (gint16));
  return t;
}

DifTexels *
dif_texels_new (int      width,
                int      height,
                int      wrapped_patch,
                GError **error)
{
  int     more = MAX (wrapped_patch - 1, 0);
  DifRect pixels = { 0, 0, width + more, height + more };

  return dif_texels_new_window (width, height, &pixels, error);
}

void
dif_texels_free (DifTexels *texels)
{
  if (! texels)
    return;
  dif_free (texels->values);
  g_free (texels);
}

/* v, which is small, as a whole number. */
static inline gint16
texel (float v)
{
  v = CLAMP (v * DIF_TEXEL_UNIT, -DIF_TEXEL_END, DIF_TEXEL_END);
  return (gint16) (v < 0.0f ? v - 0.5f : v + 0.5f);
}

static void
put_run (DifTexels   *t,
         int          x,
         int          y,
         int          n,
         const float *values,
         gsize        row,
         const float *noise,
         float        amount)
{
  gint16 *to = t->values + ((gsize) y * t->width + x) * 3;
  int     i, c;

  for (i = 0; i < n; i++)
    for (c = 0; c < 3; c++)
      *to++ = texel (noise ? values[c * row + i] + amount * noise[c * RUN + i]
                           : values[c * row + i]);
}

void
dif_texels_put (DifTexels   *texels,
                int          x,
                int          y,
                int          n,
                const float *values,
                gsize        row,
                float        noise,
                guint64      seed,
                guint32      stream)
{
  float normal[3 * RUN];
  int   run;

  if (! (noise > 0.0f))
    put_run (texels, x, y, n, values, row, NULL, 0.0f);
  else
    for (; n > 0; n -= run, x += run, values += run)
      {
        int whole_x = (texels->left + x) % texels->whole_width;

        run = MIN (MIN (RUN, n), texels->whole_width - whole_x);
        dif_rng_normal_rgb (seed, stream, whole_x,
                            (texels->top + y) % texels->whole_height, run, normal,
                            RUN);
        put_run (texels, x, y, run, values, row, normal, noise);
      }
}

void
dif_texels_close_row (DifTexels *texels,
                      int        width,
                      int        y)
{
  gint16 *row = texels->values + (gsize) y * texels->width * 3;
  int     i;

  for (i = 3 * width; i < 3 * texels->width; i++)
    row[i] = row[i - 3 * width];
}

typedef struct
{
  DifTexels      *texels;
  const DifImage *picture;
  float           noise;
  guint64         seed;
  guint32         stream;
} Fill;

static void
fill_row (int   y,
          int   worker,
          void *data)
{
  const Fill     *f = data;
  const DifImage *p = f->picture;

  dif_texels_put (f->texels, 0, y, p->width,
                  p->rgb + (gsize) (y % p->height) * p->width,
                  (gsize) p->width * p->height, f->noise, f->seed, f->stream);
  dif_texels_close_row (f->texels, p->width, y);
}

void
dif_texels_fill (DifTexels      *texels,
                 const DifImage *picture,
                 double          noise,
                 guint64         seed,
                 guint32         stream,
                 DifPool        *pool)
{
  Fill f = { texels, picture, (float) noise, seed, stream };

  dif_pool_run (pool, texels->height, fill_row, &f);
}
