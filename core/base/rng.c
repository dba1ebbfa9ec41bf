/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rng.c: Philox4x32-10 and Box and Muller's transform.  Both are written as
 * plain loops over short arrays, which a compiler vectorises.  Every operation
 * is exactly rounded by IEEE 754 (no call to libm, no contraction), so a value
 * has the same bits wherever in a vector it lies and on every machine.
 */

#include <math.h>
#include <string.h>

#include <glib.h>

#include "base/rng.h"

/* Pixels at a time; also the length of the local arrays. */
#define CHUNK 64

/* Salmon et al. 2011, section 3.3: the multipliers, and the Weyl
 * constants that bump the key (the golden ratio and sqrt(3) - 1).
 */
#define M0 0xd2511f53u
#define M1 0xcd9e8d57u
#define W0 0x9e3779b9u
#define W1 0xbb67ae85u
#define N_ROUNDS 10

static inline void
philox_rounds (uint32_t        c[4][CHUNK],
               const uint32_t  key[2],
               int             n)
{
  uint32_t k0 = key[0];
  uint32_t k1 = key[1];

  for (int round = 0; round < N_ROUNDS; round++)
    {
      for (int i = 0; i < n; i++)
        {
          const uint64_t p0 = (uint64_t) M0 * c[0][i];
          const uint64_t p1 = (uint64_t) M1 * c[2][i];
          const uint32_t c1 = c[1][i];
          const uint32_t c3 = c[3][i];

          c[0][i] = (uint32_t) (p1 >> 32) ^ c1 ^ k0;
          c[1][i] = (uint32_t) p1;
          c[2][i] = (uint32_t) (p0 >> 32) ^ c3 ^ k1;
          c[3][i] = (uint32_t) p0;
        }
      k0 += W0;
      k1 += W1;
    }
}

void
dif_philox4x32 (const uint32_t counter[4],
                const uint32_t key[2],
                uint32_t       out[4])
{
  uint32_t c[4][CHUNK];

  for (int w = 0; w < 4; w++)
    c[w][0] = counter[w];
  philox_rounds (c, key, 1);
  for (int w = 0; w < 4; w++)
    out[w] = c[w][0];
}

static inline double
double_from_bits (uint64_t bits)
{
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline uint64_t
bits_from_double (double value)
{
  uint64_t bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* (r + 1/2) / 2^32, exactly: within (0, 1), so its logarithm is finite.
 * The word becomes the low bits of a double of exponent 2^52, which
 * vectorises where a conversion of unsigned integers does not.
 */
static inline double
uniform (uint32_t r)
{
  const double d = double_from_bits (0x4330000000000000u | r);

  return (d - 0x1p52 + 0.5) * 0x1p-32;
}

/* ln u for normal u in (0, 1), to 4e-11: u = m 2^e with m in
 * [sqrt(1/2), sqrt(2)), ln m = 2 artanh s, s = (m - 1) / (m + 1).
 */
static inline double
natural_log (double u)
{
  const uint64_t half = 0x3fe6a09e667f3bcdu; /* of sqrt(1/2) */
  const uint64_t bits = bits_from_double (u) - half;
  const double   m = double_from_bits ((bits & 0x000fffffffffffffu) + half);
  const double   s = (m - 1.0) / (m + 1.0);
  const double   z = s * s;
  const double   p = 1.0 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7
                     + z * (1.0 / 9 + z * (1.0 / 11)))));
  /* The exponent of u <= 1 is -e <= 0: negated, it fits the trick of
   * uniform() as well.
   */
  const uint64_t n = (0u - (bits >> 52)) & 0xfffu;
  const double   e = double_from_bits (0x4330000000000000u | n) - 0x1p52;

  return 2.0 * s * p - e * 0.69314718055994530942;
}

/* cos and sin of 2 pi u for u in (0, 1), to 1e-11: whole quarters of the
 * circle are split off, and the rest, at most pi/4, goes through Taylor's
 * series.
 */
static inline void
cos_sin (double  u,
         double *cosine,
         double *sine)
{
  const double   shifted = u * 4.0 + 0x1.8p52; /* rounds to quarters */
  const uint64_t quarter = bits_from_double (shifted);
  const double   f = u * 4.0 - (shifted - 0x1.8p52);
  const double   a = f * 1.57079632679489661923;
  const double   z = a * a;
  const double   s = a * (1.0 + z * (-1.0 / 6 + z * (1.0 / 120
                     + z * (-1.0 / 5040 + z * (1.0 / 362880
                     + z * (-1.0 / 39916800))))));
  const double   c = 1.0 + z * (-1.0 / 2 + z * (1.0 / 24
                     + z * (-1.0 / 720 + z * (1.0 / 40320
                     + z * (-1.0 / 3628800 + z * (1.0 / 479001600))))));
  /* All ones where the quarter is odd and the two change places. */
  const uint64_t swap = 0u - (quarter & 1u);
  const uint64_t sb = bits_from_double (s);
  const uint64_t cb = bits_from_double (c);
  const uint64_t cos_sign = ((quarter + 1u) & 2u) << 62;
  const uint64_t sin_sign = (quarter & 2u) << 62;

  *cosine = double_from_bits (((cb & ~swap) | (sb & swap)) ^ cos_sign);
  *sine = double_from_bits (((sb & ~swap) | (cb & swap)) ^ sin_sign);
}

/* Box and Muller 1958: r cos a and r sin a.  Each stage is a loop of its own
 * over arrays of one type, so that a compiler vectorises it.
 */
static inline void
box_muller (const uint32_t  radius[CHUNK],
            const uint32_t  angle[CHUNK],
            float           cosines[CHUNK],
            float           sines[CHUNK])
{
  double r[CHUNK];
  double c[CHUNK];
  double s[CHUNK];

  for (int i = 0; i < CHUNK; i++)
    r[i] = uniform (radius[i]);
  for (int i = 0; i < CHUNK; i++)
    r[i] = -2.0 * natural_log (r[i]);
  for (int i = 0; i < CHUNK; i++)
    r[i] = sqrt (r[i]);
  for (int i = 0; i < CHUNK; i++)
    c[i] = uniform (angle[i]);
  for (int i = 0; i < CHUNK; i++)
    cos_sin (c[i], &c[i], &s[i]);
  for (int i = 0; i < CHUNK; i++)
    cosines[i] = (float) (r[i] * c[i]);
  for (int i = 0; i < CHUNK; i++)
    sines[i] = (float) (r[i] * s[i]);
}

void
dif_rng_normal_rgb (uint64_t  seed,
                    uint32_t  stream,
                    int32_t   x,
                    int32_t   y,
                    int       n,
                    float    *out,
                    size_t    plane_stride)
{
  const uint32_t key[2] = { (uint32_t) seed, (uint32_t) (seed >> 32) };
  uint32_t       c[4][CHUNK];
  float          row[4][CHUNK]; /* the fourth goes unused */

  for (int done = 0; done < n; done += CHUNK)
    {
      const int count = MIN (CHUNK, n - done);

      /* Whole chunks always: the loops then have a length the compiler
       * knows.  The counter wraps at 2^32, as do coordinates.
       */
      for (int i = 0; i < CHUNK; i++)
        {
          c[0][i] = (uint32_t) x + (uint32_t) done + (uint32_t) i;
          c[1][i] = (uint32_t) y;
          c[2][i] = 0;
          c[3][i] = stream;
        }
      philox_rounds (c, key, CHUNK);
      box_muller (c[0], c[1], row[0], row[1]);
      box_muller (c[2], c[3], row[2], row[3]);
      for (int p = 0; p < 3; p++)
        memcpy (out + p * plane_stride + done, row[p],
                (size_t) count * sizeof (float));
    }
}
