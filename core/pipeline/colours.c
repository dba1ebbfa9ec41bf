/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * colours.c: the difference is averaged over square cells, the cells are
 * blurred, and the blur is laid back over the pixels between the cells'
 * centres.  A cell is half the Gaussian's deviation, so that what lies
 * between two of them is as good as straight.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "pipeline/colours.h"
#include "pipeline/sdedit.h"

/* Deviation and reach of the blur, in cells. */
#define SIGMA 2.0
#define REACH 6

typedef struct
{
  DifImage       *result;
  const DifImage *source;
  gboolean        wrapped;
  int             cell;         /* pixels on a side                  */
  int             x;            /* of the first cells, left out since
                                   they lie before the picture       */
  int             y;
  int             columns;
  int             rows;
  float          *difference;   /* [3][rows][columns]                */
  float          *blurred;      /* the same                          */
  float           weight[2 * REACH + 1];
} Colours;

static int
cell_side (int reduction)
{
  return MAX (1, DIF_COLOURS_SIGMA / (int) SIGMA / reduction);
}

static int
n_cells (int length,
         int cell)
{
  return (length + cell - 1) / cell;
}

guint64
dif_colours_memory (int width,
                    int height,
                    int reduction)
{
  int cell = cell_side (reduction);

  return (guint64) 2 * 3 * sizeof (float) * n_cells (width, cell)
         * n_cells (height, cell);
}

/* The mean of source - result over each cell of a row of cells. */
static void
average_row (int   chunk,
             int   worker,
             void *data)
{
  Colours       *k = data;
  int            width = k->result->width, height = k->result->height;
  int            c = chunk / k->rows, row = chunk % k->rows;
  gsize          plane = (gsize) c * width * height;
  float         *out = k->difference + (gsize) chunk * k->columns;
  int            top = MAX (0, row * k->cell - k->y);
  int            bottom = MIN (height, (row + 1) * k->cell - k->y);
  int            column, x, y;

  for (column = 0; column < k->columns; column++)
    {
      int    left = MAX (0, column * k->cell - k->x);
      int    right = MIN (width, (column + 1) * k->cell - k->x);
      double sum = 0.0;

      for (y = top; y < bottom; y++)
        for (x = left; x < right; x++)
          {
            gsize at = plane + (gsize) y * width + x;

            sum += dif_sane (k->source->rgb[at]) - k->result->rgb[at];
          }
      out[column] = (float) (sum / ((double) (right - left)
                                    * (bottom - top)));
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
  const float *from = k->difference + (gsize) chunk * k->columns;
  float       *to = k->blurred + (gsize) chunk * k->columns;
  int          i;

  for (i = 0; i < k->columns; i++)
    to[i] = blur_at (k, from, i, k->columns, 1);
}

static void
blur_down (int   chunk,
           int   worker,
           void *data)
{
  Colours     *k = data;
  int          c = chunk / k->rows, row = chunk % k->rows, i;
  const float *from = k->blurred + (gsize) c * k->rows * k->columns;
  float       *to = k->difference + (gsize) chunk * k->columns;

  for (i = 0; i < k->columns; i++)
    to[i] = blur_at (k, from + i, row, k->rows, k->columns);
}

/* The two cells whose centres lie about pixel i, counted from the first
 * cell's edge, and the second's share.
 */
static float
between (const Colours *k,
         int            i,
         int            n,
         int           *a,
         int           *b)
{
  float at = (i + 0.5f) / k->cell - 0.5f;
  int   low = (int) floorf (at);
  int   first = neighbour (k, low, n), second = neighbour (k, low + 1, n);

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
  gsize    cells = (gsize) k->rows * k->columns;
  int      above, below, left, right, x, c;
  float    v = between (k, y + k->y, k->rows, &above, &below);

  for (x = 0; x < width; x++)
    {
      float h = between (k, x + k->x, k->columns, &left, &right);

      for (c = 0; c < 3; c++)
        {
          const float *a = k->difference + c * cells + (gsize) above * k->columns;
          const float *b = k->difference + c * cells + (gsize) below * k->columns;
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
                .cell = cell_side (reduction) };
  gsize   cells;
  int     d;

  k.x = x % k.cell;
  k.y = y % k.cell;
  k.columns = n_cells (result->width + k.x, k.cell);
  k.rows = n_cells (result->height + k.y, k.cell);
  cells = (gsize) 3 * k.columns * k.rows;
  for (d = -REACH; d <= REACH; d++)
    k.weight[d + REACH] = (float) exp (-0.5 * d * d / (SIGMA * SIGMA));
  k.difference = dif_alloc (cells, sizeof (float), "keeping the colours", error);
  k.blurred = k.difference
    ? dif_alloc (cells, sizeof (float), "keeping the colours", error) : NULL;
  if (k.blurred)
    {
      dif_pool_run (pool, 3 * k.rows, average_row, &k);
      dif_pool_run (pool, 3 * k.rows, blur_across, &k);
      dif_pool_run (pool, 3 * k.rows, blur_down, &k);
      dif_pool_run (pool, result->height, add_row, &k);
    }
  dif_free (k.difference);
  dif_free (k.blurred);
  return k.blurred != NULL;
}
