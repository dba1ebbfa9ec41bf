/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restore.h: the noise that is in a picture as the forward process.  It is topped
 * up with white noise to the even level of one t, which is what a denoiser knows,
 * and the way back is the mean of what that may have come from: one estimate, or
 * the mean of several, each topped up anew, which takes out of the result what
 * topping up brought into it.  A denoiser that knows what JPEG's compression makes
 * gets it as it is.
 */

#ifndef DIF_PIPELINE_RESTORE_H
#define DIF_PIPELINE_RESTORE_H

#include "denoise/denoiser.h"
#include "denoise/model.h"
#include "sample/noise.h"

/* What the noise is called in calls of the model's denoiser.  Of a file with visible
 * blocks and strong noise it is the stronger of the two.
 */
DifNoiseKind dif_restore_kind   (const DifModel      *model,
                                 const DifLayerNoise *noise,
                                 const DifParams     *params);

/* The t whose noise, sqrt ((1 - abar) / abar), is nearest to the level that the
 * noise asks for; 0 where there is nothing to take out.  Of DIF_NOISE_JPEG the level
 * follows the steps of the lowest frequencies s alone, in steps of 8 bits 4 s^0.32:
 * one and a half times the error that such steps make in photographs, and at most that
 * of quality 5.  The model has learned it so (core/training/jpeg.py).
 */
int          dif_restore_t      (const DifModel      *model,
                                 const DifLayerNoise *noise,
                                 const DifParams     *params);

/* Steps of the way back: one, to the mean of what the picture may have been, or more
 * and nearer and nearer to a sample of it, the more detail is asked for.
 */
int          dif_restore_steps  (const DifParams     *params);

/* How many draws are averaged of a picture of width x height pixels: what params
 * say, or where they leave it open as many as do not take longer than one draw of a
 * picture of 12 megapixels, up to four.  Without fresh noise there are no more than
 * four different ones, which see the picture as it is and mirrored.
 */
int          dif_restore_draws  (DifNoiseKind         kind,
                                 const DifParams     *params,
                                 int                  width,
                                 int                  height);

/* Whether the blocks of a JPEG file are to be taken out. */
gboolean     dif_restore_blocks (const DifLayerNoise *noise,
                                 const DifParams     *params);

/* So far beyond [-1,1] a value may have come by the noise alone; what lies twice as
 * far out is all the picture's.
 */
double       dif_restore_reach  (const DifLayerNoise *noise,
                                 const DifParams     *params);

/* n pixels in three planes, with the variance that noise says, become those of x_t at
 * alpha_bar: where there is less than that, so many times the standard normal values
 * of white is added as the difference in variance asks for; to DIF_NOISE_JPEG none is.
 * Of a grey picture all the noise is in what the channels have in common, which as a
 * direction among colours has three times the variance of each; the others have none.
 */
void         dif_restore_top_up (DifNoiseKind         kind,
                                 const DifLayerNoise *noise,
                                 const DifParams     *params,
                                 double               alpha_bar,
                                 int                  n,
                                 const float         *white,
                                 gsize                white_plane,
                                 float               *x,
                                 gsize                x_plane);

/* Of a change of a pixel's colours, what is to be made of it by the amount and the share
 * of colour noise; in place.
 */
void         dif_restore_share  (const DifParams     *params,
                                 float                change[3]);

/* n pixels of a result in three planes: of what restoring changed in the source
 * so much stays as the parameters say, and grain is put on it, n standard normal
 * values, as strong as they say.  What the source has beyond the noise's reach is
 * kept.
 */
void         dif_restore_blend  (const DifLayerNoise *noise,
                                 const DifParams     *params,
                                 int                  n,
                                 const float         *grain,
                                 const float         *source,
                                 gsize                source_plane,
                                 float               *result,
                                 gsize                result_plane);

#endif
