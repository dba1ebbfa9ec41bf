/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bounded-noise.c: see bounded-noise.h.  A pixel gives way by the largest
 * excess among the clusters that it belongs to, divided by the cluster's
 * side.  When all pixels of a cluster do so, its sum goes down by its excess at
 * least.  Blocks have a fixed length and sums a fixed order, so that a value
 * has the same bits wherever its block begins.
 */

#include <math.h>
#include <string.h>

#include <glib.h>

#include "sample/bounded-noise.h"

/* Pixels of a block, and of what is drawn around it. */
#define COLUMNS 112
#define LARGEST 6
#define REACH   (LARGEST - 1)
#define HEIGHT  (DIF_NOISE_ROWS + 2 * REACH)
#define WIDTH   128

G_STATIC_ASSERT (WIDTH >= COLUMNS + 2 * REACH);

static const int sides[] = { 1, 2, 3, 4, LARGEST };

/* Three channels and their sum; beyond WIDTH there are zeros. */
typedef float Field[HEIGHT][WIDTH + LARGEST];
typedef float Block[DIF_NOISE_ROWS][COLUMNS];

/* The deviation that is left, for bounds that go down evenly from
 * DIF_NOISE_BOUND_TEXTURE to DIF_NOISE_BOUND_FLAT: measured on 4 * 10^7
 * values each.
 */
#define N_DEVIATIONS 10
static const float deviations[N_DEVIATIONS + 1] = {
  0.9999f, 0.9999f, 0.9999f, 0.9998f, 0.9996f, 0.9991f, 0.9987f, 0.9965f,
  0.9929f, 0.9859f, 0.9749f
};

/* The sums of all clusters of so many pixels a side in so many rows, by
 * their first pixel.
 */
static void
add_up (const Field  field,
        int          height,
        int          side,
        float        sums[HEIGHT][WIDTH])
{
  float rows[HEIGHT][WIDTH];

  for (int y = 0; y < height; y++)
    {
      memcpy (rows[y], field[y], sizeof rows[y]);
      for (int i = 1; i < side; i++)
        for (int x = 0; x < WIDTH; x++)
          rows[y][x] += field[y][x + i];
    }
  for (int y = 0; y + side <= height; y++)
    {
      memcpy (sums[y], rows[y], sizeof sums[y]);
      for (int i = 1; i < side; i++)
        for (int x = 0; x < WIDTH; x++)
          sums[y][x] += rows[y + i][x];
    }
}

/* The largest and the smallest sum among the clusters that a pixel of row y
 * of the block belongs to.
 */
static void
find_extremes (float sums[HEIGHT][WIDTH],
               int   side,
               int   y,
               float largest[COLUMNS],
               float smallest[COLUMNS])
{
  float above[WIDTH], below[WIDTH];

  memcpy (above, sums[y + REACH], sizeof above);
  memcpy (below, sums[y + REACH], sizeof below);
  for (int i = 1; i < side; i++)
    for (int x = 0; x < WIDTH; x++)
      {
        const float sum = sums[y + REACH - i][x];

        above[x] = above[x] > sum ? above[x] : sum;
        below[x] = below[x] < sum ? below[x] : sum;
      }
  memcpy (largest, above + REACH, COLUMNS * sizeof (float));
  memcpy (smallest, below + REACH, COLUMNS * sizeof (float));
  for (int i = 1; i < side; i++)
    for (int x = 0; x < COLUMNS; x++)
      {
        const float a = above[x + REACH - i], b = below[x + REACH - i];

        largest[x] = largest[x] > a ? largest[x] : a;
        smallest[x] = smallest[x] < b ? smallest[x] : b;
      }
}

/* By how much each pixel of the block has to become less; negative where it
 * has to become more.
 */
static void
find_excess (const Field  field,
             const Block  bound,
             int          n_rows,
             Block        excess)
{
  float sums[HEIGHT][WIDTH];
  Block above, below;

  memset (above, 0, sizeof above);
  memset (below, 0, sizeof below);
  for (guint k = 0; k < G_N_ELEMENTS (sides); k++)
    {
      const float scale = 1.0f / (float) sides[k];

      add_up (field, n_rows + 2 * REACH, sides[k], sums);
      for (int y = 0; y < n_rows; y++)
        {
          float largest[COLUMNS], smallest[COLUMNS];

          find_extremes (sums, sides[k], y, largest, smallest);
          for (int x = 0; x < COLUMNS; x++)
            {
              const float a = (largest[x] * scale - bound[y][x]) * scale;
              const float b = (-smallest[x] * scale - bound[y][x]) * scale;

              above[y][x] = above[y][x] > a ? above[y][x] : a;
              below[y][x] = below[y][x] > b ? below[y][x] : b;
            }
        }
    }
  for (int y = 0; y < n_rows; y++)
    for (int x = 0; x < COLUMNS; x++)
      excess[y][x] = above[y][x] - below[y][x];
}

/* The bound of each pixel, and what the bounded pixel is divided by. */
static void
find_bounds (const uint8_t *flatness,
             size_t         stride,
             int            width,
             int            n_rows,
             Block          bound,
             Block          deviation)
{
  for (int y = 0; y < n_rows; y++)
    for (int x = 0; x < COLUMNS; x++)
      {
        const gboolean known = flatness && x < width;
        const float    flat = known ? flatness[y * stride + x] / 255.0f : 0.0f;
        const float    at = flat * N_DEVIATIONS;
        const int      i = (int) at < N_DEVIATIONS ? (int) at
                                                   : N_DEVIATIONS - 1;

        bound[y][x] = (float) DIF_NOISE_BOUND_TEXTURE
                      - flat * (float) (DIF_NOISE_BOUND_TEXTURE
                                        - DIF_NOISE_BOUND_FLAT);
        deviation[y][x] = deviations[i]
                          + (at - i) * (deviations[i + 1] - deviations[i]);
      }
}

/* The block and what is around it. */
static void
draw_fields (const DifNoise *noise,
             uint32_t        stream,
             int32_t         x,
             int32_t         y,
             int             height,
             Field           fields[4])
{
  const float third = (float) (1.0 / sqrt (3.0));
  const size_t plane = HEIGHT * (WIDTH + LARGEST);

  memset (fields, 0, 4 * sizeof (Field));
  for (int j = 0; j < height; j++)
    {
      dif_noise_row (noise, stream, (int32_t) ((uint32_t) x - REACH),
                     (int32_t) ((uint32_t) y - REACH + (uint32_t) j), WIDTH,
                     fields[0][j], plane);
      for (int i = 0; i < WIDTH; i++)
        fields[3][j][i] = (fields[0][j][i] + fields[1][j][i]
                           + fields[2][j][i]) * third;
    }
}

/* One row of the result.  The excess of the channels' sum is taken from all
 * three alike, as far as they have not given way by themselves already.
 */
static void
bound_row (Field       fields[4],
           Block       excess[4],
           const Block deviation,
           int         y,
           int         width,
           float      *out,
           size_t      plane_stride)
{
  const float third = (float) (1.0 / sqrt (3.0));

  for (int x = 0; x < width; x++)
    {
      const float mean = (excess[0][y][x] + excess[1][y][x] + excess[2][y][x])
                         / 3.0f;
      const float all = excess[3][y][x] * third;
      const float more = all > 0.0f ? MAX (0.0f, all - mean)
                         : all < 0.0f ? MIN (0.0f, all - mean)
                                      : 0.0f;

      for (int c = 0; c < 3; c++)
        out[c * plane_stride + x] =
          (fields[c][y + REACH][x + REACH]
           - excess[c][y][x] - more)
          / deviation[y][x];
    }
}

/* At most a block. */
static void
draw_block (const DifBoundedNoise *b)
{
  Field fields[4];
  Block bound, deviation, excess[4];

  draw_fields (b->noise, b->stream, b->x, b->y, b->n_rows + 2 * REACH, fields);
  find_bounds (b->flatness, b->flatness_stride, b->width, b->n_rows, bound,
               deviation);
  for (int c = 0; c < 4; c++)
    find_excess (fields[c], bound, b->n_rows, excess[c]);
  for (int j = 0; j < b->n_rows; j++)
    bound_row (fields, excess, deviation, j, b->width,
               b->out + j * b->row_stride, b->plane_stride);
}

void
dif_bounded_noise (const DifBoundedNoise *bounded)
{
  for (int j = 0; j < bounded->n_rows; j += DIF_NOISE_ROWS)
    for (int i = 0; i < bounded->width; i += COLUMNS)
      {
        DifBoundedNoise block = *bounded;

        block.x = (int32_t) ((uint32_t) bounded->x + (uint32_t) i);
        block.y = (int32_t) ((uint32_t) bounded->y + (uint32_t) j);
        block.width = MIN (COLUMNS, bounded->width - i);
        block.n_rows = MIN (DIF_NOISE_ROWS, bounded->n_rows - j);
        if (bounded->flatness)
          block.flatness += j * bounded->flatness_stride + i;
        block.out += j * bounded->row_stride + i;
        draw_block (&block);
      }
}
