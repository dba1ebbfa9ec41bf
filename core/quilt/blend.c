/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * blend.c: see blend.h.
 *
 * What is solved for is the correction.  Its right-hand side is how far the
 * picture's differences are from those that it should have, and so 0 but where
 * parts meet.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/blend.h"
#include "quilt/poisson.h"

/* Rows that a chunk compares. */
#define BAND 32

/* Differences that rounding makes: an exact copy is not corrected. */
#define NOTHING 1e-6f

static const char what[] = "the blending of parts";

typedef struct
{
  DifImage       *picture;
  const DifImage *source;
  const DifField *field;
  float           sharp;      /* 1 / edge^2                               */
  DifPoisson     *poisson;
  guint8         *inside;     /* [height][inside_row] bits: in [-1,1]     */
  gsize           inside_row;
  int             channel;
  int            *places;     /* [worker][2][width][2]: x and y in the source
                                 of the pixels of a row and the next one  */
  float          *wanted;     /* [worker][4][width + 1]: what is wanted of the
                                 differences to the left and above of a row,
                                 above of the next, and all of it         */
} Blending;

typedef struct
{
  int x;
  int y;
} Origin;

static inline int
wrap (int v,
      int n)
{
  return v < 0 ? v + n : v >= n ? v - n : v;
}

/* Where the pixels of row y come from: by the patch that they are in the middle
 * of, or the nearest one to that.
 */
static void
find_places (const Blending *b,
             int             y,
             Origin          *places)
{
  const DifField *f = b->field;
  int             half = f->patch / 2, x;
  int             row = f->wrapped ? wrap (y - half, f->height)
                                   : CLAMP (y - half, 0, f->rows - 1);

  for (x = 0; x < f->width; x++)
    {
      int             column = f->wrapped ? wrap (x - half, f->width)
                                          : CLAMP (x - half, 0, f->columns - 1);
      const DifMatch *match = &f->at[(gsize) row * f->columns + column];

      if (f->wrapped)
        places[x] = (Origin) { wrap (match->x + half, b->source->width),
                              wrap (match->y + half, b->source->height) };
      else
        places[x] = (Origin) { match->x + x - column, match->y + y - row };
    }
}

/* The pixel so far from a place, or the one at the end. */
static inline gsize
source_pixel (const Blending *b,
              Origin           at,
              int             dx,
              int             dy)
{
  int w = b->source->width, h = b->source->height;

  if (b->field->wrapped)
    return (gsize) wrap (at.y + dy, h) * w + wrap (at.x + dx, w);
  return (gsize) CLAMP (at.y + dy, 0, h - 1) * w + CLAMP (at.x + dx, 0, w - 1);
}

/* How much more the channel should rise than it does (`rise`) from a pixel to its
 * neighbour, which lies (dx, dy) away.
 */
static inline float
missing (const Blending *b,
         Origin           low,
         Origin           high,
         int             dx,
         int             dy,
         float           rise)
{
  gsize        plane = (gsize) b->source->width * b->source->height;
  gsize        here = source_pixel (b, low, 0, 0);
  gsize        there = source_pixel (b, high, 0, 0);
  gsize        after = source_pixel (b, low, dx, dy);
  gsize        before = source_pixel (b, high, -dx, -dy);
  const float *values = b->source->rgb;
  float        apart = 0.0f, more;
  int          c;

  if (after != there || before != here)
    for (c = 0; c < 3; c++, values += plane)
      {
        float d = values[after] - values[there];
        float e = values[here] - values[before];

        apart += d * d + e * e;
      }
  values = b->source->rgb + b->channel * plane;
  more = 0.5f * (values[after] - values[here] + values[there] - values[before])
         - rise;
  if (fabsf (more) < NOTHING)
    return 0.0f;
  return apart > 0.0f ? more * expf (-apart / 6.0f * b->sharp) : more;
}

/* Of the differences between row y, whose pixels come from places, and the one
 * before it.
 */
static void
want_above (const Blending *b,
            int             y,
            const Origin    *before,
            const Origin    *places,
            float          *above)
{
  int          width = b->picture->width, height = b->picture->height, x;
  const float *plane = b->picture->rgb + (gsize) b->channel * width * height;
  const float *row = plane + (gsize) y * width;
  const float *last = plane + (gsize) (y > 0 ? y - 1 : height - 1) * width;

  for (x = 0; x < width; x++)
    above[x] = missing (b, before[x], places[x], 0, 1, row[x] - last[x]);
}

static void
want_left (const Blending *b,
           int             y,
           const Origin    *places,
           float          *left)
{
  int          width = b->picture->width, x;
  const float *row = b->picture->rgb
                     + ((gsize) b->channel * b->picture->height + y) * width;

  left[0] = b->field->wrapped && width > 1
            ? missing (b, places[width - 1], places[0], 1, 0,
                       row[0] - row[width - 1]) : 0.0f;
  for (x = 1; x < width; x++)
    left[x] = missing (b, places[x - 1], places[x], 1, 0, row[x] - row[x - 1]);
  left[width] = b->field->wrapped ? left[0] : 0.0f;
}

static void
compare_band (int   band,
              int   worker,
              void *data)
{
  const Blending *b = data;
  int             width = b->picture->width, height = b->picture->height;
  int             begin = band * BAND, end = MIN (begin + BAND, height), x, y;
  gboolean        round = b->field->wrapped && height > 1;
  Origin          *places = (Origin *) b->places + (gsize) worker * 2 * width;
  Origin          *next = places + width;
  float          *left = b->wanted + (gsize) worker * 4 * (width + 1);
  float          *above = left + width + 1, *below = above + width + 1;
  float          *all = below + width + 1;

  find_places (b, begin, places);
  memset (above, 0, width * sizeof (float));
  if (begin > 0 || round)
    {
      find_places (b, begin > 0 ? begin - 1 : height - 1, next);
      want_above (b, begin, next, places, above);
    }
  for (y = begin; y < end; y++)
    {
      guint8      *bits = b->inside + y * b->inside_row;
      const float *row = b->picture->rgb
                         + ((gsize) b->channel * height + y) * width;
      float       *swap_above = above;
      Origin       *swap_places = places;

      memset (below, 0, width * sizeof (float));
      if (y + 1 < height || round)
        {
          find_places (b, (y + 1) % height, next);
          want_above (b, (y + 1) % height, places, next, below);
        }
      want_left (b, y, places, left);
      memset (bits, 0, b->inside_row);
      for (x = 0; x < width; x++)
        {
          all[x] = left[x] - left[x + 1] + above[x] - below[x];
          if (fabsf (row[x]) <= 1.0f)
            bits[x / 8] |= 1 << x % 8;
        }
      dif_poisson_set_row (b->poisson, y, all);
      above = below;
      below = swap_above;
      places = next;
      next = swap_places;
    }
}

static void
keep_inside (int   y,
             int   worker,
             void *data)
{
  const Blending *b = data;
  const guint8   *bits = b->inside + y * b->inside_row;
  int             width = b->picture->width, x;
  float          *row = b->picture->rgb
                        + ((gsize) b->channel * b->picture->height + y) * width;

  for (x = 0; x < width; x++)
    if (bits[x / 8] & 1 << x % 8)
      row[x] = CLAMP (row[x], -1.0f, 1.0f);
}

gboolean
dif_quilt_blend (DifImage        *picture,
                 const DifImage  *source,
                 const DifField  *field,
                 double           hold,
                 double           edge,
                 const guint8    *fixed,
                 DifPool         *pool,
                 GError         **error)
{
  int      width = picture->width, height = picture->height;
  gsize    n_threads = dif_pool_n_threads (pool);
  double   scale = DIF_QUILT_BLEND_SIDE / (double) MIN (width, height);
  Blending b = { picture, source, field, (float) (1.0 / (edge * edge)) };
  gboolean ok;

  b.inside_row = ((gsize) width + 7) / 8;
  b.poisson = dif_poisson_new (width, height, field->wrapped,
                               hold * scale * scale, fixed, pool, error);
  ok = b.poisson
       && (b.inside = dif_alloc (dif_product (height, b.inside_row), 1, what,
                                 error))
       && (b.places = dif_alloc (dif_product (n_threads * 4, width),
                                 sizeof (int), what, error))
       && (b.wanted = dif_alloc (dif_product (n_threads * 4, width + 1),
                                 sizeof (float), what, error));
  for (; ok && b.channel < 3 && ! dif_pool_is_stopped (pool); b.channel++)
    {
      dif_pool_run (pool, (height + BAND - 1) / BAND, compare_band, &b);
      dif_poisson_add (b.poisson, picture->rgb + (gsize) b.channel * width
                                                 * height);
      dif_pool_run (pool, height, keep_inside, &b);
    }
  dif_poisson_free (b.poisson);
  dif_free (b.inside);
  dif_free (b.places);
  dif_free (b.wanted);
  return ok;
}

guint64
dif_quilt_blend_memory (int width,
                        int height)
{
  return dif_poisson_memory (width, height, TRUE)
         + ((guint64) width + 7) / 8 * height;
}
