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
dif_texels_new (int      width,
                int      height,
                int      wrapped_patch,
                GError **error)
{
  DifTexels *t = g_new0 (DifTexels, 1);
  int        more = MAX (wrapped_patch - 1, 0);
  gsize      n;

  t->width = width + more;
  t->height = height + more;
  n = (gsize) t->width * t->height * 3;
  t->values = dif_alloc (n + DIF_TEXEL_SLACK, sizeof (gint16), "the texels",
                         error);
  if (! t->values)
    g_clear_pointer (&t, g_free);
  else
    memset (t->values + n, 0, DIF_TEXEL_SLACK * sizeof (gint16));
  return t;
}

void
dif_texels_free (DifTexels *texels)
{
  if (! texels)
    return;
  dif_free (texels->values);
  g_free (texels);
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
  gsize           plane = (gsize) p->width * p->height;
  const float    *from = p->rgb + (gsize) (y % p->height) * p->width;
  gint16         *to = f->texels->values + (gsize) y * f->texels->width * 3;
  float           noise[3 * RUN];
  int             x, i, c, n;

  for (x = 0; x < p->width; x += n)
    {
      n = MIN (RUN, p->width - x);
      if (f->noise > 0.0f)
        dif_rng_normal_rgb (f->seed, f->stream, x, y % p->height, n, noise, RUN);
      for (i = 0; i < n; i++)
        for (c = 0; c < 3; c++)
          {
            float v = from[c * plane + x + i];

            if (f->noise > 0.0f)
              v += f->noise * noise[c * RUN + i];
            v = CLAMP (v * DIF_TEXEL_UNIT, -DIF_TEXEL_END, DIF_TEXEL_END);
            *to++ = (gint16) lrintf (v);
          }
    }
  /* What goes on behind the end. */
  for (i = 3 * p->width; i < 3 * f->texels->width; i++, to++)
    *to = to[-3 * p->width];
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
