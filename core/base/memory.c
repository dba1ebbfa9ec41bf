/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * memory.c: aligned blocks and the arena over them.
 */

#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

/* n rounded up to the alignment; SIZE_MAX if that overflows. */
static size_t
round_up (size_t n)
{
  if (n > SIZE_MAX - DIF_ALIGNMENT)
    return SIZE_MAX;

  return (n + DIF_ALIGNMENT - 1) / DIF_ALIGNMENT * DIF_ALIGNMENT;
}

void *
dif_alloc (size_t       count,
           size_t       size,
           const char  *what,
           GError     **error)
{
  void  *block = NULL;
  gsize  bytes;
  char  *amount;

  g_return_val_if_fail (what != NULL, NULL);

  /* Whole cache lines, so that a vector loop may read past the last value;
   * and one at least, so that NULL always means failure.
   */
  bytes = round_up (MAX (dif_product (count, size), 1));
  if (bytes > PTRDIFF_MAX)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
                   "Out of memory: %s would take more than the address "
                   "space holds.", what);
      return NULL;
    }
  if (posix_memalign (&block, DIF_ALIGNMENT, bytes) == 0)
    return block;

  amount = g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
               "Out of memory: %s would take %s.", what, amount);
  g_free (amount);

  return NULL;
}

void
dif_free (void *block)
{
  free (block);
}

/* NaN and infinity are the values with all bits of the exponent set.  Compared
 * as integers, the loop vectorises.
 */
gboolean
dif_all_finite (const float *values,
                size_t       n)
{
  const guint32 *bits = (const guint32 *) values;
  guint32        largest = 0;
  size_t         i;

  for (i = 0; i < n; i++)
    largest = MAX (largest, bits[i] & 0x7fffffffu);
  return largest < 0x7f800000u;
}

float *
dif_arena_take (DifArena *arena,
                size_t    n)
{
  size_t  bytes;
  float  *block = NULL;

  bytes = round_up (dif_product (n, sizeof (float)));

  if (arena->base)
    {
      if (bytes > arena->size - arena->used)
        g_error ("dif_arena_take: %" G_GSIZE_FORMAT " bytes asked of an arena "
                 "that has %" G_GSIZE_FORMAT " left", bytes,
                 arena->size - arena->used);

      block = (float *) (arena->base + arena->used);
    }

  /* A count that overflows stays at SIZE_MAX, where the caller sees it. */
  arena->used = bytes > SIZE_MAX - arena->used ? SIZE_MAX
                                               : arena->used + bytes;
  arena->peak = MAX (arena->peak, arena->used);

  return block;
}
