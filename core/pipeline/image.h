/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * image.h: what holds of every picture that the engine is given.
 */

#ifndef DIF_PIPELINE_IMAGE_H
#define DIF_PIPELINE_IMAGE_H

#include "dif.h"

/* A source value as the engine takes it: within [-1,1], and not NaN. */
static inline float
dif_sane (float v)
{
  return v > 1.0f ? 1.0f : v >= -1.0f ? v : v < -1.0f ? -1.0f : 0.0f;
}

#endif
