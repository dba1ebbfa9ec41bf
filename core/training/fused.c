/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SiLU (x̂ G + S), where x̂ is x normalised in groups of channels (Wu & He
 * 2018), and its gradient, for training on a CPU.  fused.py builds and calls
 * this.  Every picture passes through the cache once: PyTorch's own sequence
 * of operations goes through memory six times.
 *
 * x, y, dy, dx: [batch, pixels, channels] in float32 if `wide`, otherwise in
 * bfloat16; G, S and their gradients: float [batch, channels].  Channels are
 * at most MAX_CHANNELS. */

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

static inline float
get (const void *x, long i, int wide)
{
  return wide ? ((const float *) x)[i] : widen (((const uint16_t *) x)[i]);
}

static inline void
put (void *x, long i, float f, int wide)
{
  if (wide)
    ((float *) x)[i] = f;
  else
    ((uint16_t *) x)[i] = narrow (f);
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
static inline __attribute__ ((always_inline)) void
statistics (const void *x, long pixels, int channels, int groups, float eps,
            float *mean, float *rstd, int wide)
{
  float sum[MAX_CHANNELS] = { 0 }, square[MAX_CHANNELS] = { 0 };
  int width = channels / groups;

  for (long p = 0; p < pixels; p++)
    for (int c = 0; c < channels; c++)
      sum[c] += get (x, p * channels + c, wide);
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
        float d = get (x, p * channels + c, wide) - mean[c];
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

/* The rest is of one picture; wide is constant where it is inlined. */

static inline __attribute__ ((always_inline)) void
forward (const void *x, const float *gain, const float *shift, void *y,
         float *mean, float *rstd, long pixels, int channels, int groups,
         float eps, int wide)
{
  float scale[MAX_CHANNELS], offset[MAX_CHANNELS];

  statistics (x, pixels, channels, groups, eps, mean, rstd, wide);
  for (int c = 0; c < channels; c++)
    {
      scale[c] = rstd[c] * gain[c];
      offset[c] = shift[c] - mean[c] * scale[c];
    }
  for (long p = 0; p < pixels; p++)
    for (int c = 0; c < channels; c++)
      {
        float z = get (x, p * channels + c, wide) * scale[c] + offset[c];
        put (y, p * channels + c, z * logistic (z), wide);
      }
}

/* dz [pixels, channels]: scratch. */
static inline __attribute__ ((always_inline)) void
backward (const void *x, const float *gain, const float *shift,
          const float *mean, const float *rstd, const void *dy, void *dx,
          float *dgain, float *dshift, float *dz, long pixels, int channels,
          int groups, int wide)
{
  int   width = channels / groups;
  float scale[MAX_CHANNELS], offset[MAX_CHANNELS];
  float slope[MAX_CHANNELS], level[MAX_CHANNELS];
  float all[MAX_CHANNELS] = { 0 }, along[MAX_CHANNELS] = { 0 };

  for (int c = 0; c < channels; c++)
    {
      scale[c] = rstd[c] * gain[c];
      offset[c] = shift[c] - mean[c] * scale[c];
    }
  for (long p = 0; p < pixels; p++)
    for (int c = 0; c < channels; c++)
      {
        float v = get (x, p * channels + c, wide);
        float z = v * scale[c] + offset[c];
        float l = logistic (z);
        float d = get (dy, p * channels + c, wide) * (l + z * l * (1.f - l));

        dz[p * channels + c] = d;
        all[c] += d;
        along[c] += d * ((v - mean[c]) * rstd[c]);
      }
  for (int c = 0; c < channels; c++)
    {
      dshift[c] = all[c];
      dgain[c] = along[c];
    }
  /* dx = r (G dz - mean (G dz) - x̂ mean (x̂ G dz)), means over groups; from
   * here on as x a + b of each channel. */
  for (int k = 0; k < groups; k++)
    {
      double first = 0, second = 0;

      for (int c = k * width; c < (k + 1) * width; c++)
        {
          first += (double) gain[c] * all[c];
          second += (double) gain[c] * along[c];
        }
      first /= (double) pixels * width;
      second /= (double) pixels * width;
      for (int c = k * width; c < (k + 1) * width; c++)
        {
          slope[c] = (float) (-second * rstd[c] * rstd[c]);
          level[c] = (float) (-first * rstd[c]) - slope[c] * mean[c];
        }
    }
  for (long p = 0; p < pixels; p++)
    for (int c = 0; c < channels; c++)
      put (dx, p * channels + c, scale[c] * dz[p * channels + c]
           + get (x, p * channels + c, wide) * slope[c] + level[c], wide);
}

/* mean, rstd [batch, channels] are kept for the gradient. */
void
norm_silu (const void *x, const float *gain, const float *shift, void *y,
           float *mean, float *rstd, long batch, long pixels, int channels,
           int groups, float eps, int wide)
{
  size_t picture = (size_t) (pixels * channels) * (wide ? 4 : 2);

  #pragma omp parallel for schedule(dynamic)
  for (long b = 0; b < batch; b++)
    {
      const char *from = (const char *) x + b * picture;
      char       *to = (char *) y + b * picture;
      long        i = b * channels;

      if (wide)
        forward (from, gain + i, shift + i, to, mean + i, rstd + i, pixels,
                 channels, groups, eps, 1);
      else
        forward (from, gain + i, shift + i, to, mean + i, rstd + i, pixels,
                 channels, groups, eps, 0);
    }
}

/* Returns 0, or -1 if memory for the scratch is lacking. */
int
norm_silu_gradient (const void *x, const float *gain, const float *shift,
                    const float *mean, const float *rstd, const void *dy,
                    void *dx, float *dgain, float *dshift, long batch,
                    long pixels, int channels, int groups, int wide)
{
  size_t picture = (size_t) (pixels * channels) * (wide ? 4 : 2);
  int    failed = 0;

  #pragma omp parallel reduction(| : failed)
  {
    float *dz = malloc (sizeof (float) * (size_t) (pixels * channels));
    failed |= !dz;

    #pragma omp for schedule(dynamic)
    for (long b = 0; b < batch; b++)
      {
        const char *from = (const char *) x + b * picture;
        const char *grad = (const char *) dy + b * picture;
        char       *to = (char *) dx + b * picture;
        long        i = b * channels;

        if (!dz)
          continue;
        if (wide)
          backward (from, gain + i, shift + i, mean + i, rstd + i, grad, to,
                    dgain + i, dshift + i, dz, pixels, channels, groups, 1);
        else
          backward (from, gain + i, shift + i, mean + i, rstd + i, grad, to,
                    dgain + i, dshift + i, dz, pixels, channels, groups, 0);
      }
    free (dz);
  }
  return failed ? -1 : 0;
}
