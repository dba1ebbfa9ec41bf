/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * noise.c: noise as it is drawn, reduced, interpolated and wrapped.
 */

#include <math.h>
#include <string.h>

#include <glib.h>

#include "base/rng.h"
#include "sample/noise.h"

/* Pixels whose noise is drawn at a time, on the stack. */
#define SPAN 256

/* Whole pixels x .. x+n-1 of row y, added up in squares of the reduction:
 * n / reduction sums are added to sum.
 */
static void
add_row (const DifNoise *noise,
         uint64_t        seed,
         uint32_t        stream,
         int32_t         x,
         int32_t         y,
         int             n,
         float          *sum)
{
  const int f = noise->reduction;
  float     raw[3 * SPAN];

  dif_rng_normal_rgb (seed, stream, x, y, n, raw, SPAN);
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < n; i++)
      sum[c * SPAN + i / f] += raw[c * SPAN + i];
}

/* n <= SPAN pixels without wrapping, from one seed. */
static void
draw (const DifNoise *noise,
      uint64_t        seed,
      uint32_t        stream,
      int32_t         x,
      int32_t         y,
      int             n,
      float          *out)
{
  const int f = noise->reduction;
  const int most = SPAN / f;
  int32_t   from_x = (int32_t) ((uint32_t) noise->origin_x
                                + (uint32_t) f * (uint32_t) x);
  int32_t   from_y = (int32_t) ((uint32_t) noise->origin_y
                                + (uint32_t) f * (uint32_t) y);

  if (f == 1)
    {
      dif_rng_normal_rgb (seed, stream, from_x, from_y, n, out, SPAN);
      return;
    }
  memset (out, 0, 3 * SPAN * sizeof (float));
  for (int j = 0; j < f; j++)
    for (int i = 0; i < n; i += most)
      add_row (noise, seed, stream,
               (int32_t) ((uint32_t) from_x + (uint32_t) (i * f)),
               (int32_t) ((uint32_t) from_y + (uint32_t) j),
               MIN (most, n - i) * f, out + i);
  for (int i = 0; i < 3 * SPAN; i++)
    out[i] /= (float) f;
}

/* n <= SPAN pixels within one period. */
static void
draw_interpolated (const DifNoise *noise,
                   uint32_t        stream,
                   int32_t         x,
                   int32_t         y,
                   int             n,
                   float          *out)
{
  const float cosine = (float) cos (noise->angle);
  const float sine = (float) sin (noise->angle);
  float       other[3 * SPAN];

  draw (noise, noise->seed, stream, x, y, n, out);
  if (noise->angle == 0.0)
    return;
  draw (noise, noise->other_seed, stream, x, y, n, other);
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < n; i++)
      out[c * SPAN + i] = cosine * out[c * SPAN + i]
                          + sine * other[c * SPAN + i];
}

static int32_t
wrap (int32_t i,
      int     period)
{
  if (period <= 0)
    return i;
  i %= period;
  return i < 0 ? i + period : i;
}

/* Draws at most SPAN pixels and returns how many. */
static int
draw_span (const DifNoise *noise,
           uint32_t        stream,
           int32_t         x,
           int32_t         y,
           int             n,
           float          *out)
{
  n = MIN (n, SPAN);
  x = wrap (x, noise->wrap_width);
  if (noise->wrap_width > 0)
    n = MIN (n, noise->wrap_width - x);
  draw_interpolated (noise, stream, x, wrap (y, noise->wrap_height), n, out);
  return n;
}

void
dif_noise_row (const DifNoise *noise,
               uint32_t        stream,
               int32_t         x,
               int32_t         y,
               int             n,
               float          *out,
               size_t          plane_stride)
{
  float drawn[3 * SPAN];
  int   i, m;

  for (i = 0; i < n; i += m)
    {
      m = draw_span (noise, stream, x + i, y, n - i, drawn);
      for (int c = 0; c < 3; c++)
        memcpy (out + c * plane_stride + i, drawn + c * SPAN,
                m * sizeof (float));
    }
}
