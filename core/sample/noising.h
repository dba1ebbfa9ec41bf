/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * noising.h: the forward process, both ways.  Rows of a picture go in,
 * the same rows noised come out; the noise of a pixel depends on the
 * seed and on where it lies on the canvas alone (base/rng.h).
 */

#ifndef DIF_SAMPLE_NOISING_H
#define DIF_SAMPLE_NOISING_H

#include <stddef.h>
#include <stdint.h>

#include "sample/noise.h"
#include "sample/schedule.h"

/* Whole rows of three planes, channel c of pixel (i, j) being
 * rgb[c * plane_stride + j * width + i].  Disjoint rows may be noised
 * from several threads.
 */
typedef struct
{
  float  *rgb;
  size_t  plane_stride;
  int     width;
  int     n_rows;
  int32_t x;            /* canvas position of the first pixel */
  int32_t y;
  const uint8_t *flatness; /* [n_rows][width], see sample/bounded-noise.h */
} DifRows;

/* x := signal * x + amount * noise, the noise from the given stream.  With
 * signal = 0 what was there is not read.
 */
void dif_noising_mix         (const DifRows     *rows,
                              double             signal,
                              double             amount,
                              const DifNoise    *noise,
                              uint32_t           stream);

/* x_t from x_0 in one go, in stream DIF_STREAM_FORWARD:
 * x_t = sqrt(abar) x_0 + sqrt(1 - abar) noise, Ho et al. 2020 (4), the noise
 * being dif_bounded_noise().  With abar = 0 what was there is not read.
 */
void dif_noising_closed_form (const DifRows     *rows,
                              double             alpha_bar,
                              const DifNoise    *noise);

/* Step t = 1..T of the Markov chain, in stream DIF_STREAM_CHAIN (t):
 * x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) noise, Ho et al. 2020 (2).
 */
void dif_noising_chain_step  (const DifRows     *rows,
                              const DifSchedule *schedule,
                              int                t,
                              const DifNoise    *noise);

#endif
