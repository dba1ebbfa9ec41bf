/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * gaussian.h: a denoiser without a network.  Where the values of a picture
 * are N(mean, variance), each by itself, the estimate of x_0 is known in
 * closed form, and so is where the way back ends: what a whole job makes can
 * be calculated.
 */

#ifndef DIF_TESTS_GAUSSIAN_H
#define DIF_TESTS_GAUSSIAN_H

#include "denoise/model.h"

typedef struct
{
  DifDenoiser denoiser;
  double      mean;
  double      variance;
  int         calls;       /* atomic: that were made, */
  int         tiles;       /* tiles in them           */
  int         side;        /* and the last one's side */
} Gaussian;

/* A model of such a denoiser, with the schedule of the bundled model. */
DifModel *gaussian_model (double          mean,
                          double          variance);

/* Its denoiser, to read what was counted. */
Gaussian *gaussian_of    (const DifModel *model);

/* Where the way back from x at alpha_bar ends if no noise is added on the
 * way: the ordinary differential equation of Song et al. 2021 (13) keeps a
 * value's place in the distribution.
 */
double    gaussian_end   (const Gaussian *gaussian,
                          double          alpha_bar,
                          double          x);

#endif
