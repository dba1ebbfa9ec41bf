/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * buffers.c: see buffers.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "buffers.h"
#include "../larger.h"

#define GUARD 64

Buffer
buffer_new (size_t n)
{
  Buffer b;
  size_t i;

  b.base = dif_alloc (n + 2 * GUARD, sizeof (float), "a test buffer", NULL);
  g_assert_nonnull (b.base);
  b.data = b.base + GUARD;
  b.n = n;
  for (i = 0; i < n + 2 * GUARD; i++)
    b.base[i] = GUARD_VALUE;
  return b;
}

Buffer
buffer_random (GRand *rand,
               size_t n,
               float  scale)
{
  Buffer b = buffer_new (n);
  size_t i;

  for (i = 0; i < n; i++)
    b.data[i] = scale * (float) g_rand_double_range (rand, -1.0, 1.0);
  return b;
}

void
buffer_free (Buffer *b)
{
  size_t i;

  for (i = 0; i < GUARD; i++)
    {
      g_assert_cmpfloat (b->base[i], ==, GUARD_VALUE);
      g_assert_cmpfloat (b->data[b->n + i], ==, GUARD_VALUE);
    }
  dif_free (b->base);
}

Buffer
buffer_copy (const Buffer *b)
{
  Buffer copy = buffer_new (b->n);

  memcpy (copy.data, b->data, b->n * sizeof (float));
  return copy;
}

void
round_values (const DifKernels *k,
              Buffer           *b)
{
  size_t i;

  for (i = 0; i < b->n && k->exact; i++)
    {
      guint32 bits;

      memcpy (&bits, &b->data[i], 4);
      bits &= 0xffff0000u;
      memcpy (&b->data[i], &bits, 4);
    }
}

void
assert_guards (const float *values,
               size_t       n)
{
  size_t i;

  for (i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==, GUARD_VALUE);
}

void
worse (double *worst,
       double  got,
       double  expected,
       double  size)
{
  g_assert_true (isfinite (got));
  *worst = larger (*worst, fabs (got - expected) / size);
}
