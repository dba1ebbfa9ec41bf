/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * noise.h: the noise of a pixel, which depends on the seed and on where it
 * lies on the canvas alone (base/rng.h).
 */

#ifndef DIF_SAMPLE_NOISE_H
#define DIF_SAMPLE_NOISE_H

#include <stddef.h>
#include <stdint.h>

/* The noise of a picture.  Pixel (x, y) of the picture has that of whole
 * pixel (origin + reduction * (x, y)), or the sum over its square of
 * reduction x reduction whole pixels divided by reduction, which is
 * N(0, 1) as well.
 */
typedef struct
{
  uint64_t seed;
  uint64_t other_seed;   /* with angle > 0 the noise is                     */
  double   angle;        /*   cos(angle) n(seed) + sin(angle) n(other_seed),
                              interpolated on the sphere (Shoemake 1985,
                              "slerp"), and N(0, 1) as well                 */
  int      reduction;    /* 1..DIF_MAX_REDUCTION                            */
  int32_t  origin_x;
  int32_t  origin_y;
  int      wrap_width;   /* > 0: x is taken modulo this, and y modulo        */
  int      wrap_height;  /*   that                                          */
} DifNoise;

/* The noise of pixels (x .. x+n-1, y): plane c at out[c * plane_stride]. */
void dif_noise_row           (const DifNoise    *noise,
                              uint32_t           stream,
                              int32_t            x,
                              int32_t            y,
                              int                n,
                              float             *out,
                              size_t             plane_stride);

#endif
