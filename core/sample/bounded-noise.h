/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bounded-noise.h: noise without its most extreme clusters.
 *
 * Among millions of normal values a few neighbours are large together by
 * chance.  On texture nobody sees what comes of that; in a clear sky a
 * network takes them for something that is there, and makes a speck of
 * them, the same in every picture of that seed.  So the normal distribution
 * is truncated, as Brock et al. 2019 (BigGAN, section 3.1) do with the noise
 * that a generator starts from, but by clusters and by place: the flatter the
 * picture is there, the narrower.
 *
 * A cluster is a square of 1, 2, 3, 4 or 6 pixels a side, wherever it lies,
 * in one channel or in the sum of all three.  The sum of its values, in
 * units of that sum's deviation, is brought within
 * DIF_NOISE_BOUND_TEXTURE, or DIF_NOISE_BOUND_FLAT where the picture is flat.
 * Two things make this inexact: clusters of opposite signs may overlap, and
 * the channels give way together.  A cluster of one channel was seen to end up
 * to a quarter beyond its bound, one of all three up to a seventh.  The result
 * is divided by the deviation that is left, so that its variance is 1.
 */

#ifndef DIF_SAMPLE_BOUNDED_NOISE_H
#define DIF_SAMPLE_BOUNDED_NOISE_H

#include "sample/noise.h"

#define DIF_NOISE_BOUND_TEXTURE 5.0
#define DIF_NOISE_BOUND_FLAT    2.6

/* Rows that are bounded at a time.  With fewer each row would take longer,
 * because what lies around them is drawn as well.
 */
#define DIF_NOISE_ROWS 16

/* A rectangle of noise: channel c of pixel (i, j) at
 * out[c * plane_stride + j * row_stride + i].
 */
typedef struct
{
  const DifNoise *noise;
  uint32_t        stream;
  int32_t         x;               /* of the first pixel on the canvas   */
  int32_t         y;
  int             width;
  int             n_rows;
  const uint8_t  *flatness;        /* [n_rows] rows, 0 for texture to 255
                                      for flat; NULL: texture all over   */
  size_t          flatness_stride; /* from row to row                    */
  float          *out;
  size_t          row_stride;
  size_t          plane_stride;
} DifBoundedNoise;

/* Draws it.  A value depends on its place and its flatness alone. */
void dif_bounded_noise (const DifBoundedNoise *bounded);

#endif
