/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * noising.c: the forward process on rows of a picture.
 */

#include <math.h>

#include "base/rng.h"
#include "sample/noising.h"

/* Pixels whose noise is drawn at a time, on the stack. */
#define SPAN 256

void
dif_noising_mix (const DifRows *rows,
                 double         keep,
                 double         amount,
                 uint64_t       seed,
                 uint32_t       stream)
{
  const float k = (float) keep;
  const float a = (float) amount;
  float       noise[3 * SPAN];

  for (int j = 0; j < rows->n_rows; j++)
    for (int i = 0; i < rows->width; i += SPAN)
      {
        const int n = MIN (SPAN, rows->width - i);

        dif_rng_normal_rgb (seed, stream,
                            (int32_t) ((uint32_t) rows->x + (uint32_t) i),
                            (int32_t) ((uint32_t) rows->y + (uint32_t) j),
                            n, noise, SPAN);
        for (int c = 0; c < 3; c++)
          {
            float *x = rows->rgb + c * rows->plane_stride
                       + (size_t) j * rows->width + i;

            if (k == 0.0f)
              for (int p = 0; p < n; p++)
                x[p] = a * noise[c * SPAN + p];
            else
              for (int p = 0; p < n; p++)
                x[p] = k * x[p] + a * noise[c * SPAN + p];
          }
      }
}

void
dif_noising_closed_form (const DifRows *rows,
                         double         alpha_bar,
                         uint64_t       seed)
{
  dif_noising_mix (rows, sqrt (alpha_bar), sqrt (1.0 - alpha_bar), seed,
                   DIF_STREAM_FORWARD);
}

void
dif_noising_chain_step (const DifRows     *rows,
                        const DifSchedule *schedule,
                        int                t,
                        uint64_t           seed)
{
  double beta;

  g_return_if_fail (t >= 1 && t <= schedule->n_train_steps);

  beta = schedule->betas[t - 1];
  dif_noising_mix (rows, sqrt (1.0 - beta), sqrt (beta), seed,
                   DIF_STREAM_CHAIN (t));
}
