/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SiLU (x̂ G + S), where x̂ is x normalised in groups of channels (Wu & He
 * 2018), and its gradient, for training on a CPU.  fused.py builds and calls
 * this.  Every picture passes through the cache once: PyTorch's own sequence
 * of operations goes through memory six times.
 *
 * x, y, dy, dx: bfloat16 [batch, pixels, channels]; G, S and their gradients:
 * float [batch, channels].  Channels are at most MAX_CHANNELS. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CHANNELS 2048

static inline float
widen (uint16_t v)
{
  uint32_t bits = (uint32_t) v << 16;
  float f;
  memcpy (&f, &bits, sizeof f);
  return f;
}

/* To the nearest, ties to even; of finite values. */
static inline uint16_t
narrow (float f)
{
  uint32_t bits;
  memcpy (&bits, &f, sizeof bits);
  return (uint16_t) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/* 1 / (1 + exp (-z)); 2^f on [-1/2, 1/2] by its Taylor series, to 3e-6. */
static inline float
logistic (float z)
{
  float e = -1.44269504f * z;
  e = e > 126.f ? 126.f : e;
  e = e < -126.f ? -126.f : e;
  float whole = rintf (e);
  float f = e - whole;
  float p = 1.f + f * (0.69314718f + f * (0.24022651f + f * (0.05550411f
            + f * (0.00961813f + f * 0.00133336f))));
  int32_t bits = ((int32_t) whole + 127) << 23;
  float power;
  memcpy (&power, &bits, sizeof power);
  return 1.f / (1.f + p * power);
}

/* Mean and 1 / deviation of each group, spread to the channels. */
static void
statistics (const uint16_t *x, long pixels, int channels, int groups,
            float eps, float *mean, float *rstd)
{
  float sum[MAX_CHANNELS] = { 0 }, square[MAX_CHANNELS] = { 0 };
  int width = channels / groups;

  for (long p = 0; p < pixels; p++)
    for (int c = 0; c < channels; c++)
      sum[c] += widen (x[p * channels + c]);
  for (int g = 0; g < groups; g++)
    {
      double s = 0;
      for (int c = g * width; c < (g + 1) * width; c++)
        s += sum[c];
      for (int c = g * width; c < (g + 1) * width; c++)
        mean[c] = (float) (s / ((double) pixels * width));
    }
  for (long p = 0; p < pixels; p++)
    for (int c = 0; c < channels; c++)
      {
        float d = widen (x[p * channels + c]) - mean[c];
        square[c] += d * d;
      }
  for (int g = 0; g < groups; g++)
    {
      double s = 0;
      for (int c = g * width; c < (g + 1) * width; c++)
        s += square[c];
      for (int c = g * width; c < (g + 1) * width; c++)
        rstd[c] = 1.f / sqrtf ((float) (s / ((double) pixels * width)) + eps);
    }
}

/* mean, rstd [batch, channels] are kept for the gradient. */
void
norm_silu (const uint16_t *x, const float *gain, const float *shift,
           uint16_t *y, float *mean, float *rstd, long batch, long pixels,
           int channels, int groups, float eps)
{
  #pragma omp parallel for schedule(dynamic)
  for (long b = 0; b < batch; b++)
    {
      const uint16_t *from = x + b * pixels * channels;
      uint16_t *to = y + b * pixels * channels;
      float *m = mean + b * channels, *r = rstd + b * channels;
      float scale[MAX_CHANNELS], offset[MAX_CHANNELS];

      statistics (from, pixels, channels, groups, eps, m, r);
      for (int c = 0; c < channels; c++)
        {
          scale[c] = r[c] * gain[b * channels + c];
          offset[c] = shift[b * channels + c] - m[c] * scale[c];
        }
      for (long p = 0; p < pixels; p++)
        for (int c = 0; c < channels; c++)
          {
            float z = widen (from[p * channels + c]) * scale[c] + offset[c];
            to[p * channels + c] = narrow (z * logistic (z));
          }
    }
}

/* Returns 0, or -1 if memory for the scratch is lacking. */
int
norm_silu_gradient (const uint16_t *x, const float *gain, const float *shift,
                    const float *mean, const float *rstd, const uint16_t *dy,
                    uint16_t *dx, float *dgain, float *dshift, long batch,
                    long pixels, int channels, int groups)
{
  int failed = 0, width = channels / groups;

  #pragma omp parallel reduction(| : failed)
  {
    float *dz = malloc (sizeof (float) * (size_t) (pixels * channels));
    failed |= !dz;

    #pragma omp for schedule(dynamic)
    for (long b = 0; b < batch; b++)
      {
        const uint16_t *from = x + b * pixels * channels;
        const uint16_t *grad = dy + b * pixels * channels;
        uint16_t *to = dx + b * pixels * channels;
        const float *m = mean + b * channels, *r = rstd + b * channels;
        const float *g = gain + b * channels, *s = shift + b * channels;
        float *dg = dgain + b * channels, *ds = dshift + b * channels;
        float scale[MAX_CHANNELS], offset[MAX_CHANNELS];
        float all[MAX_CHANNELS] = { 0 }, along[MAX_CHANNELS] = { 0 };

        if (!dz)
          continue;
        for (int c = 0; c < channels; c++)
          {
            scale[c] = r[c] * g[c];
            offset[c] = s[c] - m[c] * scale[c];
          }
        for (long p = 0; p < pixels; p++)
          for (int c = 0; c < channels; c++)
            {
              float v = widen (from[p * channels + c]);
              float z = v * scale[c] + offset[c];
              float l = logistic (z);
              float d = widen (grad[p * channels + c])
                        * (l + z * l * (1.f - l));
              dz[p * channels + c] = d;
              all[c] += d;
              along[c] += d * ((v - m[c]) * r[c]);
            }
        for (int c = 0; c < channels; c++)
          {
            ds[c] = all[c];
            dg[c] = along[c];
          }
        /* dx = r (G dz - mean (G dz) - x̂ mean (x̂ G dz)), means over groups;
         * from here on as x a + b of each channel. */
        float slope[MAX_CHANNELS], level[MAX_CHANNELS];
        for (int k = 0; k < groups; k++)
          {
            double first = 0, second = 0;
            for (int c = k * width; c < (k + 1) * width; c++)
              {
                first += (double) g[c] * all[c];
                second += (double) g[c] * along[c];
              }
            first /= (double) pixels * width;
            second /= (double) pixels * width;
            for (int c = k * width; c < (k + 1) * width; c++)
              {
                slope[c] = (float) (-second * r[c] * r[c]);
                level[c] = (float) (-first * r[c]) - slope[c] * m[c];
              }
          }
        for (long p = 0; p < pixels; p++)
          for (int c = 0; c < channels; c++)
            to[p * channels + c] = narrow (scale[c] * dz[p * channels + c]
                + widen (from[p * channels + c]) * slope[c] + level[c]);
      }
    free (dz);
  }
  return failed ? -1 : 0;
}
