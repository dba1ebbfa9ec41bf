/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vector-patch.c: differences of patches of whole numbers, by the instruction
 * that adds up products of 16 bits in pairs.
 */

#include "kernels/vector.h"

#if defined __SSE2__ && DIF_VL == 4
#include <emmintrin.h>
#endif

int32_t DIF_NAME (dif_patch_difference) (const int16_t *, size_t,
                                         const int16_t *, size_t, int, int32_t);

#if DIF_VL == 16

typedef __m512i vw;

#define LANES 32

static inline vw
squares (const int16_t *a,
         const int16_t *b,
         int            n)
{
  __mmask32 some = n < LANES ? ((__mmask32) 1 << n) - 1 : ~(__mmask32) 0;
  __m512i   d = _mm512_sub_epi16 (_mm512_maskz_loadu_epi16 (some, a),
                                  _mm512_maskz_loadu_epi16 (some, b));

  return _mm512_madd_epi16 (d, d);
}

static inline int32_t
total (vw v)
{
  return _mm512_reduce_add_epi32 (v);
}

#define ZERO      _mm512_setzero_si512 ()
#define ADD(a, b) _mm512_add_epi32 (a, b)

#elif DIF_VL == 8

typedef __m256i vw;

#define LANES 16

/* What lies at [LANES - n] lets n values through. */
static const int16_t some[2 * LANES] = {
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
};

static inline vw
squares (const int16_t *a,
         const int16_t *b,
         int            n)
{
  __m256i d = _mm256_sub_epi16 (_mm256_loadu_si256 ((const __m256i *) a),
                                _mm256_loadu_si256 ((const __m256i *) b));

  if (n < LANES)
    d = _mm256_and_si256 (d, _mm256_loadu_si256 ((const __m256i *)
                                                 (some + LANES - n)));
  return _mm256_madd_epi16 (d, d);
}

static inline int32_t
total (vw v)
{
  __m128i s = _mm_add_epi32 (_mm256_castsi256_si128 (v),
                             _mm256_extracti128_si256 (v, 1));

  s = _mm_add_epi32 (s, _mm_shuffle_epi32 (s, 0x4e));
  s = _mm_add_epi32 (s, _mm_shuffle_epi32 (s, 0xb1));
  return _mm_cvtsi128_si32 (s);
}

#define ZERO      _mm256_setzero_si256 ()
#define ADD(a, b) _mm256_add_epi32 (a, b)

#elif defined __SSE2__

typedef __m128i vw;

#define LANES 8

static const int16_t some[2 * LANES] = { -1, -1, -1, -1, -1, -1, -1, -1 };

static inline vw
squares (const int16_t *a,
         const int16_t *b,
         int            n)
{
  __m128i d = _mm_sub_epi16 (_mm_loadu_si128 ((const __m128i *) a),
                             _mm_loadu_si128 ((const __m128i *) b));

  if (n < LANES)
    d = _mm_and_si128 (d, _mm_loadu_si128 ((const __m128i *) (some + LANES - n)));
  return _mm_madd_epi16 (d, d);
}

static inline int32_t
total (vw v)
{
  v = _mm_add_epi32 (v, _mm_shuffle_epi32 (v, 0x4e));
  v = _mm_add_epi32 (v, _mm_shuffle_epi32 (v, 0xb1));
  return _mm_cvtsi128_si32 (v);
}

#define ZERO      _mm_setzero_si128 ()
#define ADD(a, b) _mm_add_epi32 (a, b)

#else

/* The compiler knows this loop. */
typedef int32_t vw;

#define LANES (1 << 20)

static inline vw
squares (const int16_t *a,
         const int16_t *b,
         int            n)
{
  int32_t sum = 0;
  int     i;

  for (i = 0; i < n; i++)
    {
      int16_t d = (int16_t) (a[i] - b[i]);

      sum += d * d;
    }
  return sum;
}

static inline int32_t
total (vw v)
{
  return v;
}

#define ZERO      0
#define ADD(a, b) ((a) + (b))

#endif

/* Rows after which it is seen whether there is any use in going on. */
#define CHECK_EVERY 3

static inline int32_t
difference (const int16_t *a,
            size_t         a_row,
            const int16_t *b,
            size_t         b_row,
            int            patch,
            int32_t        limit)
{
  int     n = 3 * patch, row, i;
  vw      sum = ZERO;
  int32_t so_far;

  for (row = 0; row < patch; row++, a += a_row, b += b_row)
    {
      for (i = 0; i < n; i += LANES)
        sum = ADD (sum, squares (a + i, b + i, n - i));
      if (row % CHECK_EVERY == CHECK_EVERY - 1 && row + 1 < patch)
        {
          so_far = total (sum);
          if (so_far > limit)
            return so_far;
        }
    }
  return total (sum);
}

/* The usual size is known to the compiler. */
int32_t
DIF_NAME (dif_patch_difference) (const int16_t *a,
                                 size_t         a_row,
                                 const int16_t *b,
                                 size_t         b_row,
                                 int            patch,
                                 int32_t        limit)
{
  if (patch == 7)
    return difference (a, a_row, b, b_row, 7, limit);
  return difference (a, a_row, b, b_row, patch, limit);
}
