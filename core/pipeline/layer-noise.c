/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-noise.c: the noise that is in a picture, measured where the picture
 * itself has least.
 *
 * Blocks of 8 x 8 pixels go through the discrete cosine transform.  Among those
 * of about the same brightness the ones with the least energy at low
 * frequencies are taken as flat, and the noise is the energy that they have at
 * high frequencies, which white noise makes independent of the low ones: so
 * choosing them biases nothing (Ponomarenko et al. 2007, "An automatic approach
 * to lossy compression of AVIRIS images"; Colom and Buades 2013, "Analysis and
 * extension of the Ponomarenko et al. method", algorithm 1).  High is here the
 * upper octave, and the same is done at a half and a quarter of the size, so that
 * the three together are the power of noise that is not white (Colom et al. 2014,
 * "A non-parametric approach for the estimation of intensity-frequency dependent
 * noise").  A line through what was found at each brightness (Foi et al. 2008,
 * "Practical Poissonian-Gaussian noise modeling and fitting for single-image
 * raw-data") is that of Theil and Sen, which a third of the points cannot spoil:
 * the texture of a meadow say, which is all that there is at its brightness.
 *
 * Where a camera has compressed its file, little is left of the noise in flat
 * blocks at the finest scale, and what is left elsewhere is coarse.  Its power is
 * found at half the size, in the calmest squares of 32 x 32 pixels, and told from
 * texture by the next scale: noise is hardly stronger there than white noise would
 * be, while in photographs the power grows fourfold from scale to scale (Field
 * 1987, "Relations between the statistics of natural images and the response
 * properties of cortical cells").
 */

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "pipeline/cosines.h"
#include "pipeline/image.h"
#include "pipeline/jpeg-blocks.h"

#define SIDE     DIF_COSINES
#define VALUES   (SIDE * SIDE)
#define N_SCALES 3
#define N_BINS   8

/* Blocks that are looked at, and how many of a bin count as flat: a share, but
 * so many at least.
 */
#define MAX_BLOCKS 16000
#define FLAT_SHARE 0.01
#define FLAT_LEAST 16

/* Of a block's values so many may be clipped: strong noise reaches the ends of the
 * range nearly everywhere.
 */
#define MAX_CLIPPED 0.1

/* No noise comes so far out. */
#define FARTHEST 4.0f

/* What texture spoils lies above the truth: of bins that ought to agree, the one
 * with this share of them below it is believed.
 */
#define BELIEVED 0.25

/* A channel has at most so many times the variance of the one that has least at
 * the same place in the order of brightness: beyond that it is texture.
 */
#define CHANNEL_RATIO 4.0

/* By how much noise is believed to grow from one scale to the next. */
#define MIN_RATIO 0.25
#define MAX_RATIO  8.0

/* Squares in which the scales are compared, how many at most, and which share of
 * them counts as calm.
 */
#define SQUARE      32
#define MAX_SQUARES 4096
#define CALM_SHARE  0.2
#define CALM_LEAST  8

/* A square with less variance than the rounding to steps of 8 bits makes says
 * nothing.
 */
#define ROUNDING (0.3 * 0.3 / (127.5 * 127.5))

/* By how many times the noise is stronger in the calm squares of a camera's file at
 * half the size than white noise would leave of it: up to the first the file was
 * hardly compressed, or it is texture, from the second on it certainly was.  In 25
 * photographs of PolyU (Xu et al. 2018, "Real-world noisy image denoising: a new
 * benchmark") it was 4.3 to 23, in others 1 to 8.
 */
#define UNCOMPRESSED 4.0
#define COMPRESSED   8.0

/* By how many times it may be stronger at a quarter of the size than at half of it:
 * up to the first it is all noise, from the second on it is all texture, which
 * there is less reason to doubt the less the file seems compressed.
 */
#define ALL_NOISE        2.0
#define TEXTURE_PLAIN 2.8
#define TEXTURE_COMPRESSED  5.3

/* What noise and compression together change in such a file where nothing of the
 * noise is left to be measured: the variance of 3.6 steps of 8 bits.
 */
#define HIDDEN (3.6 * 3.6 / (127.5 * 127.5))

typedef struct
{
  float mean;
  float low;       /* energy of the coefficients below the upper octave, but for
                      the mean */
  float high;      /* mean square of those in it */
} NoiseBlock;

/* What a bin says: at this brightness the noise has this variance. */
typedef struct
{
  double mean;
  double variance;
} NoisePoint;

static int
by_mean (const void *a,
         const void *b)
{
  float x = ((const NoiseBlock *) a)->mean;
  float y = ((const NoiseBlock *) b)->mean;

  return (x > y) - (x < y);
}

static int
by_low (const void *a,
        const void *b)
{
  float x = ((const NoiseBlock *) a)->low;
  float y = ((const NoiseBlock *) b)->low;

  return (x > y) - (x < y);
}

static int
by_value (const void *a,
          const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The value that so large a share of them is below. */
static double
quantile (double *values,
          int     n,
          double  share)
{
  double at = share * (n - 1);
  int    i = (int) at;

  qsort (values, n, sizeof *values, by_value);
  return i + 1 < n ? values[i] + (at - i) * (values[i + 1] - values[i]) : values[i];
}

/* Blocks -------------------------------------------------------------- */

/* The orthonormal transform along each row of values [8][8], which comes out
 * turned: twice is both ways.
 */
static void
transform_rows (float matrix[SIDE][SIDE],
                float values[SIDE][SIDE])
{
  float out[SIDE][SIDE];
  int   i, j, k;

  for (i = 0; i < SIDE; i++)
    for (k = 0; k < SIDE; k++)
      {
        out[k][i] = 0.0f;
        for (j = 0; j < SIDE; j++)
          out[k][i] += matrix[k][j] * values[i][j];
      }
  for (i = 0; i < SIDE; i++)
    for (j = 0; j < SIDE; j++)
      values[i][j] = out[i][j];
}

/* The values of a block whose pixels are f x f of the picture's; FALSE where too
 * many of these are no number, or are clipped: just at an end of the range.  Beyond
 * that they are floating-point values that nobody has clipped.
 */
static gboolean
read_block (const float *from,
            int          width,
            int          f,
            float        values[SIDE][SIDE])
{
  int clipped = 0, i, j, y, x;

  for (i = 0; i < SIDE; i++)
    for (j = 0; j < SIDE; j++)
      {
        float sum = 0.0f;

        for (y = 0; y < f; y++)
          for (x = 0; x < f; x++)
            {
              float v = from[(gsize) (i * f + y) * width + j * f + x];

              clipped += v == 1.0f || v == -1.0f || ! isfinite (v);
              sum += isfinite (v) ? CLAMP (v, -FARTHEST, FARTHEST) : 0.0f;
            }
        values[i][j] = sum / (float) (f * f);
      }
  return clipped <= VALUES * f * f * MAX_CLIPPED;
}

static NoiseBlock
weigh_block (float matrix[SIDE][SIDE],
             float values[SIDE][SIDE])
{
  NoiseBlock block = { 0.0f, 0.0f, 0.0f };
  int        i, j;

  transform_rows (matrix, values);
  transform_rows (matrix, values);
  block.mean = values[0][0] / SIDE;
  for (i = 0; i < SIDE; i++)
    for (j = i == 0; j < SIDE; j++)
      if (i < SIDE / 2 && j < SIDE / 2)
        block.low += values[i][j] * values[i][j];
      else
        block.high += values[i][j] * values[i][j];
  block.high /= VALUES - VALUES / 4;
  return block;
}

/* The blocks of one channel at one scale, those with clipped values left out;
 * how many.
 */
static int
weigh_blocks (const DifImage *image,
              int             c,
              int             f,
              float           matrix[SIDE][SIDE],
              NoiseBlock     *blocks)
{
  const float *plane = image->rgb + (gsize) c * image->width * image->height;
  int          width = image->width - SIDE * f, height = image->height - SIDE * f;
  int          step = MAX (f, (int) ceil (sqrt ((double) image->width
                                                * image->height / MAX_BLOCKS)));
  int          n = 0, x, y;

  for (y = 0; y <= height; y += step)
    for (x = 0; x <= width && n < MAX_BLOCKS; x += step)
      {
        float values[SIDE][SIDE];

        if (read_block (plane + (gsize) y * image->width + x, image->width, f,
                        values))
          blocks[n++] = weigh_block (matrix, values);
      }
  return n;
}

/* Curves -------------------------------------------------------------- */

/* The noise of the n blocks of a bin, by the flattest of them. */
static NoisePoint
weigh_bin (NoiseBlock *blocks,
           int    n)
{
  int    n_flat = CLAMP ((int) (n * FLAT_SHARE), MIN (FLAT_LEAST, n), n), i;
  double highs[MAX_BLOCKS / 16 + FLAT_LEAST];
  NoisePoint  point = { 0.0, 0.0 };

  n_flat = MIN (n_flat, (int) G_N_ELEMENTS (highs));
  qsort (blocks, n, sizeof *blocks, by_low);
  for (i = 0; i < n_flat; i++)
    {
      point.mean += blocks[i].mean / n_flat;
      highs[i] = blocks[i].high;
    }
  point.variance = quantile (highs, n_flat, 0.5);
  return point;
}

/* Bins of as many blocks each, by brightness; how many bins there are. */
static int
find_curve (NoiseBlock *blocks,
            int    n,
            NoisePoint  points[N_BINS])
{
  int n_bins = MIN (N_BINS, n / FLAT_LEAST), i;

  qsort (blocks, n, sizeof *blocks, by_mean);
  for (i = 0; i < n_bins; i++)
    {
      int first = (int) ((gint64) n * i / n_bins);
      int end = (int) ((gint64) n * (i + 1) / n_bins);

      points[i] = weigh_bin (blocks + first, end - first);
    }
  return n_bins;
}

/* The curve's value at a brightness, between its points and level beyond. */
static double
curve_at (const NoisePoint *points,
          int          n,
          double       mean)
{
  int i;

  if (mean <= points[0].mean)
    return points[0].variance;
  for (i = 1; i < n; i++)
    if (mean <= points[i].mean)
      {
        double part = (mean - points[i - 1].mean)
                      / MAX (1e-9, points[i].mean - points[i - 1].mean);

        return points[i - 1].variance
               + part * (points[i].variance - points[i - 1].variance);
      }
  return points[n - 1].variance;
}

/* The line of Theil and Sen: the median of all slopes, and what is believed of
 * what is left.
 */
static void
fit_line (const NoisePoint *points,
          int          n,
          double      *slope,
          double      *base)
{
  double values[N_BINS * N_BINS];
  int    n_slopes = 0, i, j;

  *slope = 0.0;
  for (i = 0; i < n; i++)
    for (j = i + 1; j < n; j++)
      if (points[j].mean - points[i].mean > 0.02)
        values[n_slopes++] = (points[j].variance - points[i].variance)
                             / (points[j].mean - points[i].mean);
  if (n_slopes >= 3)
    *slope = quantile (values, n_slopes, 0.5);
  for (i = 0; i < n; i++)
    values[i] = points[i].variance - *slope * points[i].mean;
  *base = quantile (values, n, BELIEVED);
}

/* Squares ------------------------------------------------------------- */

/* Mean squares in the upper octave of a square at the whole, half and quarter of
 * the size, times what averaging takes from white noise.
 */
typedef struct
{
  double power[N_SCALES];
} NoiseSquare;

static int
by_half_size (const void *a,
              const void *b)
{
  double x = ((const NoiseSquare *) a)->power[1];
  double y = ((const NoiseSquare *) b)->power[1];

  return (x > y) - (x < y);
}

/* FALSE where too much is clipped. */
static gboolean
weigh_square (const DifImage *image,
              int             x,
              int             y,
              float           matrix[SIDE][SIDE],
              NoiseSquare    *square)
{
  gsize plane = (gsize) image->width * image->height;
  int   c, s, i, j;

  *square = (NoiseSquare) { { 0.0 } };
  for (c = 0; c < 3; c++)
    for (s = 0; s < N_SCALES; s++)
      {
        int f = 1 << s, n = SQUARE / (SIDE * f);

        for (i = 0; i < n; i++)
          for (j = 0; j < n; j++)
            {
              float values[SIDE][SIDE];

              if (! read_block (image->rgb + c * plane
                                + (gsize) (y + i * SIDE * f) * image->width
                                + x + j * SIDE * f, image->width, f, values))
                return FALSE;
              square->power[s] += f * f * weigh_block (matrix, values).high
                                  / (3 * n * n);
            }
      }
  return TRUE;
}

/* The square in the middle of the calm ones, scale by scale: power at the finest
 * scale, and by how much it grows to the next.  FALSE where there are too few.
 */
static gboolean
find_calm (const DifImage *image,
           float           matrix[SIDE][SIDE],
           double         *power,
           double         *half,
           double         *quarter)
{
  int          width = image->width - SQUARE, height = image->height - SQUARE;
  int          step = MAX (SQUARE / 2, (int) ceil (sqrt ((double) image->width
                                                         * image->height
                                                         / MAX_SQUARES)));
  NoiseSquare *squares = g_new (NoiseSquare, MAX_SQUARES);
  double      *halves, *quarters;
  int          n = 0, i, x, y;

  for (y = 0; y <= height; y += step)
    for (x = 0; x <= width && n < MAX_SQUARES; x += step)
      if (weigh_square (image, x, y, matrix, &squares[n])
          && squares[n].power[1] > ROUNDING)
        n++;
  qsort (squares, n, sizeof *squares, by_half_size);
  n = MIN (n, MAX (CALM_LEAST, (int) (CALM_SHARE * n)));
  halves = g_new (double, MAX (1, n));
  quarters = g_new (double, MAX (1, n));
  for (i = 0; i < n; i++)
    {
      halves[i] = squares[i].power[1] / (squares[i].power[0] + ROUNDING / 2);
      quarters[i] = squares[i].power[2] / squares[i].power[1];
    }
  if (n >= CALM_LEAST)
    {
      *power = squares[n / 2].power[1];
      *half = quantile (halves, n, 0.5);
      *quarter = quantile (quarters, n, 0.5);
    }
  g_free (squares);
  g_free (halves);
  g_free (quarters);
  return n >= CALM_LEAST;
}

/* Picture ------------------------------------------------------------- */

typedef struct
{
  float  matrix[SIDE][SIDE];
  NoiseBlock *blocks;
  NoisePoint  curves[3][N_SCALES][N_BINS];
  int    n_bins[3][N_SCALES];
} Measuring;

/* By how much more noise there is at a scale than white noise would leave of that
 * at the scale before.  It is the same at all brightnesses and in all channels
 * where the noise has one spectrum.
 */
static double
find_ratio (const Measuring *w,
            int              scale)
{
  double values[3 * N_BINS];
  int    n = 0, c, i;

  for (c = 0; c < 3; c++)
    for (i = 0; w->n_bins[c][scale] > 0 && i < w->n_bins[c][scale - 1]; i++)
      {
        const NoisePoint *finer = &w->curves[c][scale - 1][i];

        if (finer->variance > 0.0)
          values[n++] = 4.0 * curve_at (w->curves[c][scale], w->n_bins[c][scale],
                                        finer->mean) / finer->variance;
      }
  return n > 0 ? CLAMP (quantile (values, n, BELIEVED), MIN_RATIO, MAX_RATIO)
               : 1.0;
}

/* The least that a channel has in bin i. */
static double
least_of_channels (const Measuring *w,
                   int              i)
{
  double least = G_MAXDOUBLE;
  int    c;

  for (c = 0; c < 3; c++)
    if (i < w->n_bins[c][0])
      least = MIN (least, w->curves[c][0][i].variance);
  return least;
}

/* Of one channel, whose noise has so many times the variance that its finest
 * scale lets expect.
 */
static void
describe_channel (const Measuring *w,
                  int              c,
                  double           factor,
                  DifLayerNoise   *noise)
{
  NoisePoint points[N_BINS];
  int        n = w->n_bins[c][0], i;
  double     sum = 0.0, first, last;

  if (n == 0)
    return;
  noise->least[c] = G_MAXDOUBLE;
  for (i = 0; i < n; i++)
    {
      points[i] = w->curves[c][0][i];
      points[i].variance = factor * MIN (points[i].variance,
                                         CHANNEL_RATIO * least_of_channels (w, i));
      noise->least[c] = MIN (noise->least[c], points[i].variance);
    }
  fit_line (points, n, &noise->slope[c], &noise->base[c]);
  first = noise->slope[c] * points[0].mean + noise->base[c];
  last = noise->slope[c] * points[n - 1].mean + noise->base[c];
  noise->most[c] = MAX (noise->least[c], MAX (first, last));
  /* The bins hold as many pixels each. */
  for (i = 0; i < n; i++)
    sum += dif_layer_noise_variance (noise, c, points[i].mean);
  noise->deviation = MAX (noise->deviation, sqrt (sum / n));
}

/* In a camera's file noise and compression are the same everywhere, as far as can
 * be told, and of at least that variance.
 */
static void
describe_compressed (double         least,
                     double         coarseness,
                     DifLayerNoise *noise)
{
  double variance = MAX (noise->deviation * noise->deviation, least);
  int    c;

  for (c = 0; c < 3; c++)
    {
      noise->slope[c] = 0.0;
      noise->base[c] = noise->least[c] = noise->most[c] = variance;
    }
  noise->deviation = sqrt (variance);
  noise->coarseness = coarseness;
}

static gboolean
is_grey (const DifImage *image)
{
  gsize        n = (gsize) image->width * image->height, i;
  const float *rgb = image->rgb;

  for (i = 0; i < n && rgb[i] == rgb[n + i] && rgb[i] == rgb[2 * n + i]; i++)
    ;
  return i == n;
}

gboolean
dif_layer_noise_measure (const DifImage *image,
                         DifLayerNoise  *noise,
                         GError        **error)
{
  Measuring w;
  double    half, quarter, calm = 0.0, calm_half = 1.0, calm_quarter = 1.0, texture;
  double    compressed = 0.0, noisy = 1.0;
  int       c, s, n;

  *noise = (DifLayerNoise) { .coarseness = 1.0 };
  w.blocks = dif_alloc (MAX_BLOCKS, sizeof *w.blocks, "blocks of the picture",
                        error);
  if (! w.blocks)
    return FALSE;
  dif_cosines (w.matrix);
  for (c = 0; c < 3; c++)
    for (s = 0; s < N_SCALES; s++)
      {
        n = weigh_blocks (image, c, 1 << s, w.matrix, w.blocks);
        w.n_bins[c][s] = find_curve (w.blocks, n, w.curves[c][s]);
      }
  dif_free (w.blocks);
  if (find_calm (image, w.matrix, &calm, &calm_half, &calm_quarter)
      && calm_half > UNCOMPRESSED)
    {
      compressed = MIN (1.0, (calm_half - UNCOMPRESSED)
                             / (COMPRESSED - UNCOMPRESSED));
      texture = TEXTURE_PLAIN
                + compressed * (TEXTURE_COMPRESSED - TEXTURE_PLAIN);
      noisy = CLAMP ((texture - calm_quarter) / (texture - ALL_NOISE), 0.0, 1.0);
    }
  half = 1.0 + noisy * (find_ratio (&w, 1) - 1.0);
  quarter = half * MIN (find_ratio (&w, 2), MAX (1.0, half));
  for (c = 0; c < 3; c++)
    describe_channel (&w, c, 0.75 + 0.1875 * half + 0.0625 * quarter, noise);
  noise->coarseness = MAX (1.0, half);
  noise->grey = is_grey (image);
  dif_jpeg_blocks_measure (image, noise);
  if (compressed > 0.0 && ! noise->blocks_visible)
    describe_compressed (compressed * HIDDEN + noisy * calm, calm_half, noise);
  return TRUE;
}

double
dif_layer_noise_variance (const DifLayerNoise *noise,
                          int                  c,
                          double               value)
{
  return CLAMP (noise->slope[c] * value + noise->base[c], noise->least[c],
                noise->most[c]);
}
