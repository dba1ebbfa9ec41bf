/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * restore.c: see restore.h.
 */

#include <math.h>

#include "pipeline/image.h"
#include "pipeline/jpeg-blocks.h"
#include "pipeline/restore.h"

/* Noise that is so much stronger at half the size than white noise would be is
 * not white.
 */
#define COARSE 1.5

/* Noise that is not white is topped up to so many times its deviation, so that
 * what is white hides the rest: from 1.45 to 1.85 times the photographs of PolyU gain
 * 0.05 dB, and those with nothing to take out lose 1 dB.
 */
#define TOPPED_UP 1.6

/* The error of compression counts as so many times what is known of it: of colours
 * and of coefficients that are all zero nothing is, and the network takes what
 * follows the picture's edges for less than it is.  Measured on Kodak's pictures, as
 * JPEG of quality 10 to 40.
 */
#define BLOCKS_STRENGTH 2.1

/* The level of JPEG's compression, in steps of 8 bits: so many times this power of
 * the steps of its lowest frequencies, and no more than at quality 5, beyond which
 * nothing was learned.
 */
#define JPEG_LEVEL         4.0
#define JPEG_POWER         0.32
#define JPEG_LARGEST_LEVEL 18.8

/* Steps of the way back to a whole sample. */
#define SAMPLE_STEPS 8

/* Draws that are averaged where nobody says how many, if all of them together have
 * no more pixels than this.
 */
#define USUAL_DRAWS  4
#define DRAWN_PIXELS 12e6

/* Ways of seeing a picture: mirrored or not, along two axes. */
#define VIEWS 4

/* Deviations of noise that are still taken for noise. */
#define REACH 3.0

/* Below this share of the least noise of the chain there is nothing to do. */
#define LEAST_SHARE 0.5

/* Weights of brightness in R'G'B' (ITU-R BT.601). */
static const float luma[3] = { 0.299f, 0.587f, 0.114f };

static double
sigma_of (double alpha_bar)
{
  return sqrt ((1.0 - alpha_bar) / alpha_bar);
}

/* Above 1 the noise counts as so many times what it is. */
static double
stronger (const DifParams *params)
{
  return MAX (1.0, params->amount);
}

/* The variance that counts where so much noise was measured. */
static double
believed (const DifLayerNoise *noise,
          const DifParams     *params,
          double               variance)
{
  double times = stronger (params) * stronger (params);
  double blocks = dif_restore_blocks (noise, params)
                  ? BLOCKS_STRENGTH * noise->blocks : 0.0;

  return times * (noise->grey ? 3.0 : 1.0) * (variance + blocks * blocks);
}

static double
jpeg_level (const DifLayerNoise *noise)
{
  return JPEG_LEVEL * pow (dif_jpeg_blocks_low_step (noise), JPEG_POWER) / 127.5;
}

DifNoiseKind
dif_restore_kind (const DifModel      *model,
                  const DifLayerNoise *noise,
                  const DifParams     *params)
{
  gboolean blocks = dif_restore_blocks (noise, params);

  if (blocks && model->info.knows_jpeg && noise->deviation < jpeg_level (noise))
    return DIF_NOISE_JPEG;
  return blocks || noise->coarseness > COARSE ? DIF_NOISE_CAMERA : DIF_NOISE_WHITE;
}

int
dif_restore_t (const DifModel      *model,
               const DifLayerNoise *noise,
               const DifParams     *params)
{
  const DifSchedule *schedule = model->schedule;
  double             topped_up = noise->coarseness > COARSE ? TOPPED_UP : 1.0;
  double             own = topped_up * noise->deviation, sigma, t;

  if (dif_restore_kind (model, noise, params) == DIF_NOISE_JPEG)
    sigma = MIN (stronger (params) * jpeg_level (noise), JPEG_LARGEST_LEVEL / 127.5);
  else
    sigma = sqrt (believed (noise, params, own * own));
  if (params->amount == 0.0
      || sigma < LEAST_SHARE * sigma_of (dif_schedule_alpha_bar (schedule, 1)))
    return 0;
  t = dif_schedule_position (schedule, 1.0 / (1.0 + sigma * sigma));
  return CLAMP ((int) lround (t), 1, schedule->n_train_steps);
}

int
dif_restore_steps (const DifParams *params)
{
  return 1 + (int) lround (params->detail * (SAMPLE_STEPS - 1));
}

int
dif_restore_draws (DifNoiseKind     kind,
                   const DifParams *params,
                   int              width,
                   int              height)
{
  double reduction = MAX (1, params->reduction);
  double pixels = reduction * width * reduction * height;
  int    draws = params->draws > 0
                 ? params->draws
                 : (int) CLAMP (DRAWN_PIXELS / pixels, 1, USUAL_DRAWS);

  return kind == DIF_NOISE_JPEG ? MIN (draws, VIEWS) : draws;
}

double
dif_restore_reach (const DifLayerNoise *noise,
                   const DifParams     *params)
{
  return REACH * noise->deviation * stronger (params);
}

gboolean
dif_restore_blocks (const DifLayerNoise *noise,
                    const DifParams     *params)
{
  return noise->blocks > 0.0
         && (params->blocks == DIF_BLOCKS_ON
             || (params->blocks == DIF_BLOCKS_AUTO && noise->blocks_visible));
}

void
dif_restore_top_up (DifNoiseKind         kind,
                    const DifLayerNoise *noise,
                    const DifParams     *params,
                    double               alpha_bar,
                    int                  n,
                    const float         *white,
                    gsize                white_plane,
                    float               *x,
                    gsize                x_plane)
{
  double sigma = sigma_of (alpha_bar), scale = sqrt (alpha_bar);
  int    i, c;

  if (kind == DIF_NOISE_JPEG)
    {
      for (c = 0; c < 3; c++)
        for (i = 0; i < n; i++)
          x[c * x_plane + i] *= (float) scale;
      return;
    }
  for (i = 0; i < n; i++)
    {
      double common = (white[i] + white[white_plane + i]
                       + white[2 * white_plane + i]) / 3.0;

      for (c = 0; c < 3; c++)
        {
          float *v = x + c * x_plane + i;
          double fresh = white[c * white_plane + i];
          double lack = sqrt (MAX (0.0, sigma * sigma
                                        - believed (noise, params,
                                                    dif_layer_noise_variance (
                                                      noise, c, *v))));

          *v = (float) (scale * (*v + (noise->grey
                                       ? sigma * (fresh - common) + lack * common
                                       : lack * fresh)));
        }
    }
}

void
dif_restore_share (const DifParams *params,
                   float            change[3])
{
  float all = (float) MIN (1.0, params->amount);
  float colour = all * (float) params->colour_noise;
  float grey = luma[0] * change[0] + luma[1] * change[1] + luma[2] * change[2];
  int   c;

  for (c = 0; c < 3; c++)
    change[c] = all * grey + colour * (change[c] - grey);
}

void
dif_restore_blend (const DifLayerNoise *noise,
                   const DifParams     *params,
                   int                  n,
                   const float         *grain,
                   const float         *source,
                   gsize                source_plane,
                   float               *result,
                   gsize                result_plane)
{
  float reach = (float) dif_restore_reach (noise, params);
  float strength = (float) (params->regrain * noise->deviation);
  int   i, c;

  for (i = 0; i < n; i++)
    {
      float old[3], change[3];

      for (c = 0; c < 3; c++)
        {
          float v = source[c * source_plane + i];
          float rest;

          old[c] = isfinite (v) ? v : 0.0f;
          rest = old[c] - dif_sane (old[c]);
          change[c] = dif_sane (result[c * result_plane + i]) - old[c];
          if (fabsf (rest) > reach)
            {
              float part = MIN (1.0f, fabsf (rest) / reach - 1.0f);

              change[c] += rest * part * part;
            }
        }
      dif_restore_share (params, change);
      for (c = 0; c < 3; c++)
        result[c * result_plane + i] = old[c] + change[c] + strength * grain[i];
    }
}
