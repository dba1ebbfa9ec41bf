/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jpeg-blocks.c: see jpeg-blocks.h.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/cosines.h"
#include "pipeline/image.h"
#include "pipeline/jpeg-blocks.h"

#define SIDE   DIF_COSINES
#define VALUES (SIDE * SIDE)

/* Blocks that are looked at to find where they begin, and for their steps. */
#define GRID_BLOCKS 300
#define STEP_BLOCKS 4000

/* Rounding to 8 bits moves a coefficient by a third in the root of the mean square:
 * less than this is zero, or a multiple of a step.
 */
#define ROUNDED 1.0f

/* Where the blocks begin so many times more coefficients are zero than elsewhere on
 * average, or there are no blocks.  In a smooth picture nearly all are zero anywhere;
 * there so many times fewer are not.
 */
#define ZEROS_RATIO 1.3
#define REST_RATIO  3.0

/* Steps below the first cannot be told from rounding; no file of 8 bits has larger
 * ones than the second.
 */
#define SMALLEST_STEP 3
#define LARGEST_STEP  255

/* Of so many values beyond half a step, this share keeps to its multiples. */
#define STEP_VALUES 8
#define STEP_SHARE  0.8

/* Blocks are visible if the steps of the lowest frequencies are that large in the
 * mean: at quality 70 and below in the usual tables.  Of finer files the noise of
 * cameras is what counts, and it is measured as such.
 */
#define LOW_FREQUENCIES 3
#define VISIBLE_STEP    9.0

/* Weights of brightness in R'G'B', as JFIF has them. */
static const float luma[3] = { 0.299f, 0.587f, 0.114f };

/* The coefficients of brightness of a block, in steps of 8 bits from the middle.
 * FALSE where a value is clipped, and so they are not those of the file.
 */
static gboolean
transform (float        matrix[SIDE][SIDE],
           const float *from,
           gsize        plane,
           int          width,
           float        out[SIDE][SIDE])
{
  gboolean whole = TRUE;
  float    rows[SIDE][SIDE];
  int      i, j, k, c;

  for (i = 0; i < SIDE; i++)
    {
      float y[SIDE];

      for (j = 0; j < SIDE; j++)
        {
          const float *v = from + (gsize) i * width + j;

          for (c = 0; c < 3; c++)
            whole = whole && v[c * plane] > -1.0f && v[c * plane] < 1.0f;
          y[j] = 127.5f * (luma[0] * dif_sane (v[0]) + luma[1] * dif_sane (v[plane])
                           + luma[2] * dif_sane (v[2 * plane])) - 0.5f;
        }
      for (k = 0; k < SIDE; k++)
        {
          rows[i][k] = 0.0f;
          for (j = 0; j < SIDE; j++)
            rows[i][k] += matrix[k][j] * y[j];
        }
    }
  for (i = 0; i < SIDE; i++)
    for (k = 0; k < SIDE; k++)
      {
        out[i][k] = 0.0f;
        for (j = 0; j < SIDE; j++)
          out[i][k] += matrix[i][j] * rows[j][k];
      }
  return whole;
}

/* Measuring ----------------------------------------------------------- */

/* Every so many blocks one is looked at, for so many in all. */
static int
block_stride (const DifImage *image,
              int             wanted)
{
  double blocks = (double) image->width * image->height / VALUES;

  return MAX (1, (int) ceil (sqrt (blocks / wanted)));
}

/* The share of coefficients that are zero, but for the first of each block, where
 * blocks begin at x, y.
 */
static double
share_of_zeros (const DifImage *image,
             float           matrix[SIDE][SIDE],
             int             x,
             int             y)
{
  int step = SIDE * block_stride (image, GRID_BLOCKS), zeros = 0, n = 0;
  int bx, by, i;

  for (by = y; by + SIDE <= image->height; by += step)
    for (bx = x; bx + SIDE <= image->width; bx += step)
      {
        float values[SIDE][SIDE];

        if (transform (matrix, image->rgb + (gsize) by * image->width + bx,
                       (gsize) image->width * image->height, image->width, values))
          for (i = 1; i < VALUES; i++, n++)
            zeros += fabsf (values[i / SIDE][i % SIDE]) < ROUNDED;
      }
  return n > 0 ? (double) zeros / n : 0.0;
}

/* Where the blocks begin; FALSE if there seem to be none. */
static gboolean
find_grid (const DifImage *image,
           float           matrix[SIDE][SIDE],
           int            *x,
           int            *y)
{
  double most = -1.0, sum = 0.0, elsewhere;
  int    i;

  for (i = 0; i < VALUES; i++)
    {
      double zeros = share_of_zeros (image, matrix, i % SIDE, i / SIDE);

      sum += zeros;
      if (zeros > most)
        {
          most = zeros;
          *x = i % SIDE;
          *y = i / SIDE;
        }
    }
  elsewhere = (sum - most) / (VALUES - 1);
  return most > ZEROS_RATIO * elsewhere
         || 1.0 - elsewhere > REST_RATIO * (1.0 - most);
}

/* The largest step that the values keep to, 0 if that cannot be told, as where they are
 * all the same.
 */
static int
find_step (const float *values,
           int          n)
{
  float least = n > 0 ? values[0] : 0.0f, most = least;
  int   step, i;

  for (i = 1; i < n; i++)
    {
      least = MIN (least, values[i]);
      most = MAX (most, values[i]);
    }
  for (step = LARGEST_STEP; step >= SMALLEST_STEP; step--)
    {
      int large = 0, kept = 0, between = 0;

      for (i = 0; i < n; i++)
        {
          float size = fabsf (values[i]);
          float rest = fabsf (size - step * roundf (size / step));

          between += size > ROUNDED && size < step - ROUNDED;
          if (size >= step - ROUNDED)
            {
              large++;
              kept += rest < MIN (ROUNDED, 0.3f * step);
            }
        }
      if (most - least > step - ROUNDED && large >= STEP_VALUES && kept >= STEP_SHARE * large
          && between <= (1.0 - STEP_SHARE) * large)
        return step;
    }
  return 0;
}

/* The mean square of what rounding to steps took from values, if they are spread as
 * Laplace has it (Price and Rabbani 1999, "Biased reconstruction for JPEG
 * decoding").
 */
static double
lost (const float *values,
      int          n,
      int          step)
{
  double half = 0.5 * step, share, scale;
  int    rest = 0, i;

  for (i = 0; i < n; i++)
    rest += fabsf (values[i]) > half;
  share = CLAMP ((double) rest / n, 0.5 / n, 1.0 - 0.5 / n);
  scale = -half / log (share);
  return share * step * step / 12.0
         + (1.0 - share) * (2.0 * scale * scale
                            - half * (half + 2.0 * scale)
                              / expm1 (half / scale));
}

double
dif_jpeg_blocks_low_step (const DifLayerNoise *noise)
{
  double sum = 0.0;
  int    n = 0, i;

  for (i = 0; i < VALUES; i++)
    if (i / SIDE + i % SIDE < LOW_FREQUENCIES && noise->block_steps[i] > 0)
      {
        sum += noise->block_steps[i];
        n++;
      }
  return n > 0 ? sum / n : 0.0;
}

void
dif_jpeg_blocks_measure (const DifImage *image,
                         DifLayerNoise  *noise)
{
  float   matrix[SIDE][SIDE];
  int     stride = SIDE * block_stride (image, STEP_BLOCKS), n = 0;
  int     room, bx, by, i;
  double  sum = 0.0, low;
  float  *values;

  noise->blocks = 0.0;
  dif_cosines (matrix);
  if (image->width < 4 * SIDE || image->height < 4 * SIDE
      || ! find_grid (image, matrix, &noise->block_x, &noise->block_y))
    return;
  room = (image->width / stride + 1) * (image->height / stride + 1);
  values = g_new (float, (gsize) VALUES * room);
  for (by = noise->block_y; by + SIDE <= image->height; by += stride)
    for (bx = noise->block_x; bx + SIDE <= image->width; bx += stride)
      {
        float block[SIDE][SIDE];

        if (! transform (matrix, image->rgb + (gsize) by * image->width + bx,
                         (gsize) image->width * image->height, image->width, block))
          continue;
        for (i = 0; i < VALUES; i++)
          values[(gsize) i * room + n] = block[i / SIDE][i % SIDE];
        n++;
      }
  for (i = 0; i < VALUES; i++)
    {
      int step = find_step (values + (gsize) i * room, n);

      noise->block_steps[i] = (guint8) step;
      if (step > 0)
        sum += lost (values + (gsize) i * room, n, step);
    }
  g_free (values);
  low = dif_jpeg_blocks_low_step (noise);
  if (low == 0.0)
    return;
  noise->blocks = sqrt (sum / VALUES) / 127.5;
  noise->blocks_visible = low >= VISIBLE_STEP;
}

/* Holding ------------------------------------------------------------- */

static void
hold_block (const DifLayerNoise *noise,
            float                matrix[SIDE][SIDE],
            int                  width,
            const float         *source,
            gsize                source_plane,
            float               *result,
            gsize                result_plane)
{
  float was[SIDE][SIDE], is[SIDE][SIDE], rows[SIDE][SIDE];
  int   i, j, k, c;

  if (! transform (matrix, source, source_plane, width, was))
    return;
  transform (matrix, result, result_plane, width, is);
  for (i = 0; i < SIDE; i++)
    for (j = 0; j < SIDE; j++)
      {
        float step = noise->block_steps[i * SIDE + j];
        float middle = step > 0.0f ? step * roundf (was[i][j] / step) : 0.0f;

        /* It becomes what is to be added. */
        is[i][j] = step > 0.0f ? CLAMP (is[i][j], middle - 0.5f * step,
                                        middle + 0.5f * step) - is[i][j] : 0.0f;
      }
  for (i = 0; i < SIDE; i++)
    for (k = 0; k < SIDE; k++)
      {
        rows[i][k] = 0.0f;
        for (j = 0; j < SIDE; j++)
          rows[i][k] += matrix[j][k] * is[i][j];
      }
  for (i = 0; i < SIDE; i++)
    for (k = 0; k < SIDE; k++)
      {
        float add = 0.0f;

        for (j = 0; j < SIDE; j++)
          add += matrix[j][i] * rows[j][k];
        for (c = 0; c < 3; c++)
          result[c * result_plane + (gsize) i * width + k] += add / 127.5f;
      }
}

void
dif_jpeg_blocks_hold (const DifLayerNoise *noise,
                      int                  first,
                      int                  width,
                      const float         *source,
                      gsize                source_plane,
                      float               *result,
                      gsize                result_plane)
{
  float matrix[SIDE][SIDE];
  int   x;

  dif_cosines (matrix);
  for (x = first; x + SIDE <= width; x += SIDE)
    hold_block (noise, matrix, width, source + x, source_plane, result + x,
                result_plane);
}
