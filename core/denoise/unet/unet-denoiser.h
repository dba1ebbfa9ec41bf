/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * unet-denoiser.h: the network as a denoiser.
 */

#ifndef DIF_DENOISE_UNET_UNET_DENOISER_H
#define DIF_DENOISE_UNET_UNET_DENOISER_H

#include "denoise/denoiser.h"
#include "denoise/unet/unet.h"

/* How a network sees pictures. */
typedef struct
{
  int           unshuffle;    /* p: p x p pixels are one of the network's, whose
                                 channel (c * p + dy) * p + dx is channel c of
                                 pixel (dx, dy)                              */
  int           octaves;      /* scale labels; 0: the network takes none     */
  int           camera_label; /* that of DIF_NOISE_CAMERA, or -1             */
  int           jpeg_label;   /* that of DIF_NOISE_JPEG, or -1               */
  int           native;       /* side in pixels of its training crops        */
  DifPrediction prediction;
} DifUnetView;

/* Takes over unet, which has 3 p^2 channels in and out. */
DifDenoiser   *dif_unet_denoiser_new  (DifUnet            *unet,
                                       const DifUnetView *view);

/* The network of such a denoiser. */
const DifUnet *dif_unet_denoiser_unet (const DifDenoiser  *denoiser);

#endif
