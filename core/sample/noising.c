/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * noising.c: the forward process on rows of a picture.
 */

#include <math.h>

#include "base/rng.h"
#include "sample/bounded-noise.h"
#include "sample/noising.h"

/* Pixels whose noise is drawn at a time, on the stack. */
#define SPAN 256

/* n values of x become signal * x + amount * noise. */
static void
mix (float       *x,
     float        signal,
     float        amount,
     const float *noise,
     int          n)
{
  if (signal == 0.0f)
    for (int i = 0; i < n; i++)
      x[i] = amount * noise[i];
  else
    for (int i = 0; i < n; i++)
      x[i] = signal * x[i] + amount * noise[i];
}

void
dif_noising_mix (const DifRows  *rows,
                 double          signal,
                 double          amount,
                 const DifNoise *noise,
                 uint32_t        stream)
{
  float drawn[3 * SPAN];

  for (int j = 0; j < rows->n_rows; j++)
    for (int i = 0; i < rows->width; i += SPAN)
      {
        const int n = MIN (SPAN, rows->width - i);

        dif_noise_row (noise, stream,
                       (int32_t) ((uint32_t) rows->x + (uint32_t) i),
                       (int32_t) ((uint32_t) rows->y + (uint32_t) j), n, drawn,
                       SPAN);
        for (int c = 0; c < 3; c++)
          mix (rows->rgb + c * rows->plane_stride
               + (size_t) j * rows->width + i,
               (float) signal, (float) amount, drawn + c * SPAN, n);
      }
}

void
dif_noising_closed_form (const DifRows  *rows,
                         double          alpha_bar,
                         const DifNoise *noise)
{
  const size_t width = (size_t) rows->width;
  float        drawn[3][DIF_NOISE_ROWS][SPAN];

  for (int y = 0; y < rows->n_rows; y += DIF_NOISE_ROWS)
    for (int x = 0; x < rows->width; x += SPAN)
      {
        const size_t at = (size_t) y * width + (size_t) x;
        const int    n_rows = MIN (DIF_NOISE_ROWS, rows->n_rows - y);
        const int    n = MIN (SPAN, rows->width - x);

        dif_bounded_noise (&(DifBoundedNoise) {
          .noise = noise, .stream = DIF_STREAM_FORWARD,
          .x = (int32_t) ((uint32_t) rows->x + (uint32_t) x),
          .y = (int32_t) ((uint32_t) rows->y + (uint32_t) y),
          .width = n, .n_rows = n_rows,
          .flatness = rows->flatness ? rows->flatness + at : NULL,
          .flatness_stride = width,
          .out = drawn[0][0], .row_stride = SPAN,
          .plane_stride = DIF_NOISE_ROWS * SPAN });
        for (int c = 0; c < 3; c++)
          for (int j = 0; j < n_rows; j++)
            mix (rows->rgb + c * rows->plane_stride + at + (size_t) j * width,
                 (float) sqrt (alpha_bar), (float) sqrt (1.0 - alpha_bar),
                 drawn[c][j], n);
      }
}

void
dif_noising_chain_step (const DifRows     *rows,
                        const DifSchedule *schedule,
                        int                t,
                        const DifNoise    *noise)
{
  double beta;

  g_return_if_fail (t >= 1 && t <= schedule->n_train_steps);

  beta = schedule->betas[t - 1];
  dif_noising_mix (rows, sqrt (1.0 - beta), sqrt (beta), noise,
                   DIF_STREAM_CHAIN (t));
}
