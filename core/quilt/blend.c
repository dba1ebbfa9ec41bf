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
#define BAND 64

/* So many pixels round an edge nothing is corrected: the vote has mixed both its
 * sides there, so that what seems to be missing is the edge.
 */
#define REACH 2

/* Of rows that are kept while the next are compared: a power of 2, above 2 REACH. */
#define RING 8

/* All rows that a worker has, each of width + 2 REACH floats or integers. */
#define SCRATCH_ROWS (4 * RING + 4)

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
  float          *scratch;    /* [worker][scratch_row]                    */
  gsize           scratch_row;
} Blending;

typedef struct
{
  int x;
  int y;
} Origin;

/* What is known of a few rows.  Differences in row y are those between its pixels
 * and their neighbours at the left, or above; apart has REACH more at both ends.
 */
typedef struct
{
  Origin *places[RING];         /* in the source                            */
  float *apart_left[RING];     /* squares of how differently it goes on there */
  float *apart_above[RING];
  float *left;                 /* what is missing of the differences       */
  float *above[2];
  float *right;                /* the right-hand side                      */
} Rows;

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

/* How differently the source goes on at the places of two neighbours, the second
 * of which lies (dx, dy) away: the mean square of the differences of what overlaps.
 */
static inline float
apart (const Blending *b,
       Origin           low,
       Origin           high,
       int             dx,
       int             dy)
{
  gsize        plane = (gsize) b->source->width * b->source->height;
  gsize        here = source_pixel (b, low, 0, 0);
  gsize        there = source_pixel (b, high, 0, 0);
  gsize        after = source_pixel (b, low, dx, dy);
  gsize        before = source_pixel (b, high, -dx, -dy);
  const float *values = b->source->rgb;
  float        sum = 0.0f;
  int          c;

  if (after == there && before == here)
    return 0.0f;
  for (c = 0; c < 3; c++, values += plane)
    {
      float d = values[after] - values[there];
      float e = values[here] - values[before];

      sum += d * d + e * e;
    }
  return sum / 6.0f;
}

/* How much more the channel should rise than it does (`rise`) from a pixel to its
 * neighbour.
 */
static inline float
missing (const Blending *b,
         Origin           low,
         Origin           high,
         int             dx,
         int             dy,
         float           rise)
{
  const float *values = b->source->rgb + (gsize) b->channel * b->source->width
                                         * b->source->height;
  float        more = 0.5f * (values[source_pixel (b, low, dx, dy)]
                              - values[source_pixel (b, low, 0, 0)]
                              + values[source_pixel (b, high, 0, 0)]
                              - values[source_pixel (b, high, -dx, -dy)]) - rise;

  return fabsf (more) < NOTHING ? 0.0f : more;
}

/* Whether row y has neighbours above. */
static inline gboolean
has_above (const Blending *b,
           int             y)
{
  return b->field->wrapped ? b->picture->height > 1
                           : y > 0 && y < b->picture->height;
}

static inline int
row_of (const Blending *b,
        int             y)
{
  int height = b->picture->height;

  return (y % height + height) % height;
}

/* What overlaps, of row y and the one above it, whose places are found; y may lie
 * outside.
 */
static void
compare_row (const Blending *b,
             const Rows     *rows,
             int             y)
{
  int          width = b->picture->width, x;
  gboolean     wrapped = b->field->wrapped;
  const Origin *before = rows->places[(y - 1) & (RING - 1)];
  Origin       *places = rows->places[y & (RING - 1)];
  float       *left = rows->apart_left[y & (RING - 1)];
  float       *above = rows->apart_above[y & (RING - 1)];

  memset (left - REACH, 0, (width + 2 * REACH) * sizeof (float));
  memset (above - REACH, 0, (width + 2 * REACH) * sizeof (float));
  if (! wrapped && (y < 0 || y >= b->picture->height))
    return;
  find_places (b, row_of (b, y), places);
  for (x = 1; x < width; x++)
    left[x] = apart (b, places[x - 1], places[x], 1, 0);
  if (has_above (b, y))
    for (x = 0; x < width; x++)
      above[x] = apart (b, before[x], places[x], 0, 1);
  if (wrapped)
    {
      left[0] = width > 1 ? apart (b, places[width - 1], places[0], 1, 0) : 0.0f;
      for (x = 1; x <= REACH; x++)
        {
          left[-x] = left[(width - x % width) % width];
          above[-x] = above[(width - x % width) % width];
          left[width + x - 1] = left[(x - 1) % width];
          above[width + x - 1] = above[(x - 1) % width];
        }
    }
}

/* The weight of what is missing of difference x of row y: by what overlaps most
 * differently there and round it.
 */
static inline float
weight (const Blending *b,
        float * const   apart_rows[RING],
        int             x,
        int             y)
{
  float most = 0.0f;
  int   i, k;

  for (k = -REACH; k <= REACH; k++)
    {
      const float *row = apart_rows[(y + k) & (RING - 1)] + x;

      for (i = -REACH; i <= REACH; i++)
        most = MAX (most, row[i]);
    }
  return most > 0.0f ? expf (-most * b->sharp) : 1.0f;
}

static void
find_above (const Blending *b,
            const Rows     *rows,
            int             y)
{
  int          width = b->picture->width, x;
  const float *plane = b->picture->rgb + (gsize) b->channel * width
                                         * b->picture->height;
  const float *row = plane + (gsize) row_of (b, y) * width;
  const float *last = plane + (gsize) row_of (b, y - 1) * width;
  const Origin *before = rows->places[(y - 1) & (RING - 1)];
  const Origin *places = rows->places[y & (RING - 1)];
  float       *above = rows->above[y & 1];

  memset (above, 0, width * sizeof (float));
  if (has_above (b, y))
    for (x = 0; x < width; x++)
      {
        above[x] = missing (b, before[x], places[x], 0, 1, row[x] - last[x]);
        if (above[x] != 0.0f)
          above[x] *= weight (b, rows->apart_above, x, y);
      }
}

static void
find_left (const Blending *b,
           const Rows     *rows,
           int             y)
{
  int          width = b->picture->width, x;
  gboolean     round = b->field->wrapped && width > 1;
  const float *row = b->picture->rgb
                     + ((gsize) b->channel * b->picture->height + y) * width;
  const Origin *places = rows->places[y & (RING - 1)];
  float       *left = rows->left;

  left[0] = round ? missing (b, places[width - 1], places[0], 1, 0,
                             row[0] - row[width - 1]) : 0.0f;
  for (x = 1; x < width; x++)
    left[x] = missing (b, places[x - 1], places[x], 1, 0, row[x] - row[x - 1]);
  for (x = 0; x < width; x++)
    if (left[x] != 0.0f)
      left[x] *= weight (b, rows->apart_left, x, y);
  left[width] = round ? left[0] : 0.0f;
}

/* A worker's rows. */
static Rows
rows_of (const Blending *b,
         int             worker)
{
  gsize  row = (gsize) b->picture->width + 2 * REACH;
  float *at = b->scratch + worker * b->scratch_row + REACH;
  Rows   rows;
  int    i;

  for (i = 0; i < RING; i++, at += 2 * row)
    {
      rows.apart_left[i] = at;
      rows.apart_above[i] = at + row;
    }
  rows.above[0] = at;
  rows.above[1] = at + row;
  rows.left = at + 2 * row;
  rows.right = at + 3 * row;
  for (i = 0, at += 4 * row; i < RING; i++, at += 2 * row)
    rows.places[i] = (Origin *) at;
  return rows;
}

static void
compare_band (int   band,
              int   worker,
              void *data)
{
  const Blending *b = data;
  int             width = b->picture->width;
  int             begin = band * BAND;
  int             end = MIN (begin + BAND, b->picture->height), x, y;
  Rows            rows = rows_of (b, worker);

  if (b->field->wrapped || begin > 0)
    find_places (b, row_of (b, begin - REACH - 1),
                 rows.places[(begin - REACH - 1) & (RING - 1)]);
  for (y = begin - REACH; y <= begin + REACH; y++)
    compare_row (b, &rows, y);
  find_above (b, &rows, begin);
  for (y = begin; y < end; y++)
    {
      guint8      *bits = b->inside + y * b->inside_row;
      const float *row = b->picture->rgb
                         + ((gsize) b->channel * b->picture->height + y) * width;
      const float *above = rows.above[y & 1], *below = rows.above[(y + 1) & 1];

      find_left (b, &rows, y);
      compare_row (b, &rows, y + 1 + REACH);
      find_above (b, &rows, y + 1);
      memset (bits, 0, b->inside_row);
      for (x = 0; x < width; x++)
        {
          rows.right[x] = rows.left[x] - rows.left[x + 1] + above[x] - below[x];
          if (fabsf (row[x]) <= 1.0f)
            bits[x / 8] |= 1 << x % 8;
        }
      dif_poisson_set_row (b->poisson, y, rows.right);
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
  b.scratch_row = SCRATCH_ROWS * ((gsize) width + 2 * REACH) + DIF_ALIGNMENT;
  b.poisson = dif_poisson_new (width, height, field->wrapped,
                               hold * scale * scale, fixed, pool, error);
  ok = b.poisson
       && (b.inside = dif_alloc (dif_product (height, b.inside_row), 1, what,
                                 error))
       && (b.scratch = dif_alloc (dif_product (n_threads, b.scratch_row),
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
  dif_free (b.scratch);
  return ok;
}

guint64
dif_quilt_blend_memory (int width,
                        int height)
{
  return dif_poisson_memory (width, height, TRUE)
         + ((guint64) width + 7) / 8 * height
         + g_get_num_processors () * SCRATCH_ROWS
           * ((guint64) width + 2 * REACH) * sizeof (float);
}
