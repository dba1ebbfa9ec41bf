/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hot-pixels.h: single sites of a sensor that are bright whatever light falls on
 * them.  A denoiser takes them for something that is there, so they are taken out
 * before it sees the picture.
 *
 * A site lies behind one colour of the mosaic: so a hot pixel stands out in one
 * channel and not in the others, far beyond all that is around it, and nothing of it
 * is in the pixels beside it.  Stars and distant lamps are in all channels, however
 * few pixels they take, and lenses spread them.  A single pixel that is bright in all
 * channels may be either, and stays.
 */

#ifndef DIF_PIPELINE_HOT_PIXELS_H
#define DIF_PIPELINE_HOT_PIXELS_H

#include "dif.h"

/* In place: each becomes what is usual beside it, as far as the amount and the share
 * of colour noise in params say; returns how many there were.
 */
int dif_hot_pixels_take_out (DifImage        *image,
                             const DifParams *params);

#endif
