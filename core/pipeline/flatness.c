/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * flatness.c: see flatness.h.  Sums are added in one order, so that a part
 * of a picture has the bits of the whole.
 */

#include <math.h>
#include <string.h>

#include "pipeline/flatness.h"
#include "pipeline/image.h"

#define SMALL 1              /* reach of the mean of 3 x 3     */
#define LARGE 7              /* and of 15 x 15                 */
#define SPAN  256            /* pixels at a time, on the stack */
#define FINE  0.25f          /* what a single pixel counts for */

G_STATIC_ASSERT (DIF_FORWARD_REACH == 2 * LARGE);

/* Levels of 255 in the engine's range of [-1,1]. */
#define LEVELS(n) ((n) / 127.5f)
#define FLAT    LEVELS (1.5f)
#define TEXTURE LEVELS (3.0f)

typedef struct
{
  const DifImage *image;
  const DifAxis  *x;
  const DifAxis  *y;
  gboolean        wrapped;
  float          *detail;    /* [y->length][x->length], squared */
  guint8         *flatness;
} Flatness;

/* The sums of 2 reach + 1 values around each of n. */
static void
add_around (const float *values,
            int          reach,
            int          n,
            float       *sums)
{
  int i, j;

  memcpy (sums, values - reach, n * sizeof (float));
  for (j = 1 - reach; j <= reach; j++)
    for (i = 0; i < n; i++)
      sums[i] += values[i + j];
}

/* The square of one channel's detail at n pixels of a row, where that is more
 * than what is in detail.  rows and columns number the image's pixels that are
 * seen there and around.
 */
static void
add_detail (const Flatness *f,
            int             channel,
            const int       rows[2 * LARGE + 1],
            const int      *columns,
            int             n,
            float          *detail)
{
  const float *plane = f->image->rgb
                       + (gsize) channel * f->image->width * f->image->height;
  float        small[SPAN + 2 * LARGE] = { 0 }, large[SPAN + 2 * LARGE] = { 0 };
  float        narrow[SPAN], wide[SPAN], here[SPAN];
  int          i, j;

  for (j = 0; j <= 2 * LARGE; j++)
    {
      const float *row = plane + (gsize) rows[j] * f->image->width;

      for (i = 0; i < n + 2 * LARGE; i++)
        {
          float v = dif_sane (row[columns[i]]);

          large[i] += v;
          if (ABS (j - LARGE) <= SMALL)
            small[i] += v;
        }
    }
  for (i = 0; i < n; i++)
    here[i] = dif_sane (plane[(gsize) rows[LARGE] * f->image->width
                              + columns[i + LARGE]]);
  add_around (small + LARGE, SMALL, n, narrow);
  add_around (large + LARGE, LARGE, n, wide);
  for (i = 0; i < n; i++)
    {
      float mean = wide[i] / 225.0f;
      float d = fabsf (narrow[i] / 9.0f - mean);
      float fine = fabsf (here[i] - mean) * FINE;

      d = MAX (d, fine);
      detail[i] = MAX (detail[i], d * d);
    }
}

static void
detail_row (int   y,
            int   worker,
            void *data)
{
  const Flatness *f = data;
  float          *detail = f->detail + (gsize) y * f->x->length;
  int             rows[2 * LARGE + 1], columns[SPAN + 2 * LARGE];
  int             x, n, c, i;

  memset (detail, 0, f->x->length * sizeof (float));
  for (i = 0; i <= 2 * LARGE; i++)
    rows[i] = dif_axis_source (f->y, f->wrapped, y + i - LARGE);
  for (x = 0; x < f->x->length; x += n)
    {
      n = MIN (SPAN, f->x->length - x);
      for (i = 0; i < n + 2 * LARGE; i++)
        columns[i] = dif_axis_source (f->x, f->wrapped, x + i - LARGE);
      for (c = 0; c < 3; c++)
        add_detail (f, c, rows, columns, n, detail + x);
    }
}

/* A place on the canvas that shows the same pixel as place i, which may lie
 * beyond the canvas.
 */
static int
on_canvas (const DifAxis *axis,
           gboolean       wrapped,
           int            i)
{
  if (i >= 0 && i < axis->length)
    return i;
  return axis->before + dif_axis_source (axis, wrapped, i);
}

static void
flatness_row (int   y,
              int   worker,
              void *data)
{
  const Flatness *f = data;
  guint8         *flatness = f->flatness + (gsize) y * f->x->length;
  float           sums[SPAN + 2 * LARGE], around[SPAN];
  int             x, n, i, j;

  for (x = 0; x < f->x->length; x += n)
    {
      n = MIN (SPAN, f->x->length - x);
      memset (sums, 0, sizeof sums);
      for (j = -LARGE; j <= LARGE; j++)
        {
          const float *row = f->detail
                             + (gsize) on_canvas (f->y, f->wrapped, y + j)
                               * f->x->length;

          for (i = 0; i < n + 2 * LARGE; i++)
            sums[i] += row[on_canvas (f->x, f->wrapped, x + i - LARGE)];
        }
      add_around (sums + LARGE, LARGE, n, around);
      for (i = 0; i < n; i++)
        {
          float rms = sqrtf (around[i] / 225.0f);

          flatness[x + i] = (guint8) (255.0f * CLAMP (
            (TEXTURE - rms) / (TEXTURE - FLAT), 0.0f, 1.0f) + 0.5f);
        }
    }
}

void
dif_flatness_measure (const DifImage *image,
                      const DifAxis  *x,
                      const DifAxis  *y,
                      gboolean        wrapped,
                      DifPool        *pool,
                      float          *scratch,
                      guint8         *flatness)
{
  Flatness f = { image, x, y, wrapped, scratch, flatness };

  dif_pool_run (pool, y->length, detail_row, &f);
  dif_pool_run (pool, y->length, flatness_row, &f);
}
