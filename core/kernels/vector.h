/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector.h: the vectors that vector-*.c are written in.  Those files are
 * compiled once per instruction set, with DIF_VL, the floats of one
 * register, DIF_SUFFIX, and the compiler's own vector types.
 */

#ifndef DIF_KERNELS_VECTOR_H
#define DIF_KERNELS_VECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if DIF_VL >= 8
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

#include "kernels/kernels.h"

#define DIF_PASTE_(a, b) a##_##b
#define DIF_PASTE(a, b)  DIF_PASTE_ (a, b)
#define DIF_NAME(name)   DIF_PASTE (name, DIF_SUFFIX)

typedef float   vf __attribute__ ((vector_size (4 * DIF_VL)));
typedef int32_t vi __attribute__ ((vector_size (4 * DIF_VL)));
typedef double  vd __attribute__ ((vector_size (8 * DIF_VL)));

/* The same without a promise of alignment. */
typedef float   vf_any __attribute__ ((vector_size (4 * DIF_VL), aligned (4)));

static inline vf
vf_load (const float *p)
{
  return *(const vf_any *) p;
}

static inline void
vf_store (float *p,
          vf     v)
{
  *(vf_any *) p = v;
}

/* The first n < DIF_VL floats; the rest is 0 and is not read. */
static inline vf
vf_load_some (const float *p,
              int          n)
{
  vf v = { 0.0f };

  memcpy (&v, p, n * sizeof (float));
  return v;
}

static inline void
vf_store_some (float *p,
               vf     v,
               int    n)
{
  memcpy (p, &v, n * sizeof (float));
}

static inline vf
vf_splat (float x)
{
  return x - (vf) { 0.0f };
}

/* a b + c with one rounding.  Left to itself the compiler fuses or not as
 * it thinks fast, not the same way in every copy of a loop.
 */
static inline vf
vf_fma (vf a,
        vf b,
        vf c)
{
#if DIF_VL == 16
  return (vf) _mm512_fmadd_ps ((__m512) a, (__m512) b, (__m512) c);
#elif DIF_VL == 8
  return (vf) _mm256_fmadd_ps ((__m256) a, (__m256) b, (__m256) c);
#elif defined __aarch64__
  return (vf) vfmaq_f32 ((float32x4_t) c, (float32x4_t) a, (float32x4_t) b);
#else
  return a * b + c;
#endif
}

static inline vf
vf_select (vi mask,
           vf yes,
           vf no)
{
  return (vf) ((mask & (vi) yes) | (~mask & (vi) no));
}

/* e^x by x = n ln 2 + r, |r| <= ln 2 / 2, and Taylor's polynomial of e^r.
 * Outside [-87, 88] the result is that of the nearer end.  Relative error
 * below 2e-7.
 */
static inline vf
vf_exp (vf x)
{
  const vf magic = vf_splat (12582912.0f); /* 1.5 * 2^23 rounds to integer */
  vf       n, r, p;
  vi       e;

  x = vf_select (x > vf_splat (88.0f), vf_splat (88.0f), x);
  x = vf_select (x < vf_splat (-87.0f), vf_splat (-87.0f), x);
  n = x * 1.44269504f + magic;
  e = (vi) n << 23;
  n = n - magic;
  r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  p = r * (1.0f / 5040.0f) + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return (vf) ((vi) p + e);
}

#if DIF_VL == 16

/* Relative error below 4e-6, less than bfloat16 sees: 2^n by the exponent,
 * the rest, |r| <= 1/2, by a polynomial that is 2^r nearly.  Below -88 the
 * result is that of -88; where e^x is too large it is infinity.
 */
static inline vf
vf_exp_short (vf x)
{
  vf t = (vf) _mm512_max_ps ((__m512) x, _mm512_set1_ps (-88.0f))
         * 1.44269504f;
  vf n = (vf) _mm512_roundscale_ps ((__m512) t, _MM_FROUND_TO_NEAREST_INT
                                                | _MM_FROUND_NO_EXC);
  vf r = t - n;
  vf p = vf_fma (r, vf_splat (9.58279520e-3f), vf_splat (5.59063070e-2f));

  p = vf_fma (p, r, vf_splat (2.40240991e-1f));
  p = vf_fma (p, r, vf_splat (6.93124235e-1f));
  p = vf_fma (p, r, vf_splat (1.0f));
  return (vf) _mm512_scalef_ps ((__m512) p, (__m512) n);
}

#endif

static inline vf
vf_silu (vf x)
{
  return x / (1.0f + vf_exp (-x));
}

/* Adds bias and residual to a vector of sums, of output channels o.., scales
 * it and writes it to its pixel.
 */
static inline void
vector_finish (const DifConvCall *call,
               int                y,
               int                x,
               int                o,
               vf                 sum)
{
  int          cout = call->shape.cout, lanes = cout - o;
  float       *out = call->out + y * call->out_row + (size_t) x * cout + o;
  const float *residual = NULL;

  if (call->residual)
    residual = call->residual + y * call->residual_row + (size_t) x * cout + o;
  if (lanes >= DIF_VL)
    {
      sum += vf_load (call->bias + o);
      if (residual)
        sum += vf_load (residual);
      vf_store (out, sum * call->scale);
    }
  else
    {
      sum += vf_load_some (call->bias + o, lanes);
      if (residual)
        sum += vf_load_some (residual, lanes);
      vf_store_some (out, sum * call->scale, lanes);
    }
}

#endif
