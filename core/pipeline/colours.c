/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * colours.c: the difference is averaged over square cells, the cells are
 * blurred, and the blur is laid back over the pixels between the cells'
 * centres.  A cell is half the Gaussian's deviation, so that what lies
 * between two of them is as good as straight.  Of a wrapped picture the cells
 * are stretched or squeezed a little, so that a whole number of them goes
 * round.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "pipeline/colours.h"
#include "pipeline/image.h"

/* Deviation and reach of the blur, in cells. */
#define SIGMA 2.0
#define REACH 6

/* Along one axis. */
typedef struct
{
  int    n;
  double side;       /* of each, in pixels                              */
  int    skipped;    /* pixels of the first, which lie before the picture */
} Cells;

typedef struct
{
  DifImage       *result;
  const DifImage *source;
  gboolean        wrapped;
  Cells           x;
  Cells           y;
  float          *difference;   /* [3][y.n][x.n] */
  float          *blurred;      /* the same      */
  float           weight[2 * REACH + 1];
} Colours;

static int
cell_side (int reduction)
{
  return MAX (1, DIF_COLOURS_SIGMA / (int) SIGMA / reduction);
}

/* Of length pixels that begin at place at of the whole picture. */
static Cells
cut_cells (int      length,
           int      at,
           int      reduction,
           gboolean wrapped)
{
  int side = cell_side (reduction);
  int n = (2 * length + side) / (2 * side), skipped = at % side;

  if (wrapped)
    return (Cells) { MAX (1, n), (double) length / MAX (1, n), 0 };
  return (Cells) { (length + skipped + side - 1) / side, side, skipped };
}

guint64
dif_colours_memory (int      width,
                    int      height,
                    int      reduction,
                    gboolean wrapped)
{
  return (guint64) 2 * 3 * sizeof (float)
         * cut_cells (width, 0, reduction, wrapped).n
         * cut_cells (height, 0, reduction, wrapped).n;
}

/* The pixels that cell i touches, of length: from *first to before *end. */
static void
cell_pixels (const Cells *cells,
             int          i,
             int          length,
             int         *first,
             int         *end)
{
  *first = MAX (0, (int) floor (i * cells->side) - cells->skipped);
  *end = MIN (length, (int) ceil ((i + 1) * cells->side) - cells->skipped);
}

/* The share of pixel p that cell i covers; p is one of those pixels. */
static double
covered (const Cells *cells,
         int          i,
         int          p)
{
  double at = p + cells->skipped;

  return MIN (at + 1.0, (i + 1) * cells->side) - MAX (at, i * cells->side);
}

/* The mean of source - result over each cell of a row of cells. */
static void
average_row (int   chunk,
             int   worker,
             void *data)
{
  Colours *k = data;
  int      width = k->result->width, height = k->result->height;
  int      c = chunk / k->y.n, row = chunk % k->y.n;
  gsize    plane = (gsize) c * width * height;
  float   *out = k->difference + (gsize) chunk * k->x.n;
  int      top, bottom, left, right, column, x, y;

  cell_pixels (&k->y, row, height, &top, &bottom);
  for (column = 0; column < k->x.n; column++)
    {
      double sum = 0.0, weights = 0.0;

      cell_pixels (&k->x, column, width, &left, &right);
      for (y = top; y < bottom; y++)
        for (x = left; x < right; x++)
          {
            gsize  at = plane + (gsize) y * width + x;
            double weight = covered (&k->x, column, x) * covered (&k->y, row, y);

            sum += weight * (dif_sane (k->source->rgb[at]) - k->result->rgb[at]);
            weights += weight;
          }
      out[column] = (float) (sum / weights);
    }
}

/* Cell i of n, or -1 where there is none. */
static int
neighbour (const Colours *k,
           int            i,
           int            n)
{
  if (k->wrapped)
    return ((i % n) + n) % n;
  return i >= 0 && i < n ? i : -1;
}

/* n cells at from, stride apart, blurred. */
static float
blur_at (const Colours *k,
         const float   *from,
         int            i,
         int            n,
         gsize          stride)
{
  float sum = 0.0f, weights = 0.0f;
  int   d;

  for (d = -REACH; d <= REACH; d++)
    {
      int j = neighbour (k, i + d, n);

      if (j >= 0)
        {
          sum += k->weight[d + REACH] * from[j * stride];
          weights += k->weight[d + REACH];
        }
    }
  return sum / weights;
}

static void
blur_across (int   chunk,
             int   worker,
             void *data)
{
  Colours     *k = data;
  const float *from = k->difference + (gsize) chunk * k->x.n;
  float       *to = k->blurred + (gsize) chunk * k->x.n;
  int          i;

  for (i = 0; i < k->x.n; i++)
    to[i] = blur_at (k, from, i, k->x.n, 1);
}

static void
blur_down (int   chunk,
           int   worker,
           void *data)
{
  Colours     *k = data;
  int          c = chunk / k->y.n, row = chunk % k->y.n, i;
  const float *from = k->blurred + (gsize) c * k->y.n * k->x.n;
  float       *to = k->difference + (gsize) chunk * k->x.n;

  for (i = 0; i < k->x.n; i++)
    to[i] = blur_at (k, from + i, row, k->y.n, k->x.n);
}

/* The two cells whose centres lie about pixel p, and the second's share. */
static float
between (const Colours *k,
         const Cells   *cells,
         int            p,
         int           *a,
         int           *b)
{
  float at = (p + cells->skipped + 0.5f) / (float) cells->side - 0.5f;
  int   low = (int) floorf (at);
  int   first = neighbour (k, low, cells->n);
  int   second = neighbour (k, low + 1, cells->n);

  *a = first < 0 ? second : first;
  *b = second < 0 ? first : second;
  return at - low;
}

static void
add_row (int   y,
         int   worker,
         void *data)
{
  Colours *k = data;
  int      width = k->result->width;
  gsize    n = (gsize) width * k->result->height;
  gsize    cells = (gsize) k->y.n * k->x.n;
  int      above, below, left, right, x, c;
  float    v = between (k, &k->y, y, &above, &below);

  for (x = 0; x < width; x++)
    {
      float h = between (k, &k->x, x, &left, &right);

      for (c = 0; c < 3; c++)
        {
          const float *a = k->difference + c * cells + (gsize) above * k->x.n;
          const float *b = k->difference + c * cells + (gsize) below * k->x.n;
          float        top = a[left] + h * (a[right] - a[left]);
          float        bottom = b[left] + h * (b[right] - b[left]);

          k->result->rgb[c * n + (gsize) y * width + x]
            += top + v * (bottom - top);
        }
    }
}

gboolean
dif_colours_keep (DifImage        *result,
                  const DifImage  *source,
                  int              x,
                  int              y,
                  int              reduction,
                  gboolean         wrapped,
                  DifPool         *pool,
                  GError         **error)
{
  Colours k = { .result = result, .source = source, .wrapped = wrapped,
                .x = cut_cells (result->width, x, reduction, wrapped),
                .y = cut_cells (result->height, y, reduction, wrapped) };
  gsize   cells;
  int     d;

  cells = (gsize) 3 * k.x.n * k.y.n;
  for (d = -REACH; d <= REACH; d++)
    k.weight[d + REACH] = (float) exp (-0.5 * d * d / (SIGMA * SIGMA));
  k.difference = dif_alloc (cells, sizeof (float), "keeping the colours", error);
  k.blurred = k.difference
    ? dif_alloc (cells, sizeof (float), "keeping the colours", error) : NULL;
  if (k.blurred)
    {
      dif_pool_run (pool, 3 * k.y.n, average_row, &k);
      dif_pool_run (pool, 3 * k.y.n, blur_across, &k);
      dif_pool_run (pool, 3 * k.y.n, blur_down, &k);
      dif_pool_run (pool, result->height, add_row, &k);
    }
  dif_free (k.difference);
  dif_free (k.blurred);
  return k.blurred != NULL;
}
