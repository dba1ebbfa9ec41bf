/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * memory.h: checked, 64-byte aligned memory, and the arena that a
 * denoiser's call takes its tensors from.
 */

#ifndef DIF_BASE_MEMORY_H
#define DIF_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "dif.h"

#define DIF_ALIGNMENT 64

/* count * size bytes, 64-byte aligned, not cleared.  Free with
 * dif_free().  Overflow and failure: NULL and DIF_ERROR_MEMORY.  what
 * names the thing for the message: "the image planes".
 */
void  *dif_alloc (size_t       count,
                  size_t       size,
                  const char  *what,
                  GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL is allowed. */
void   dif_free  (void        *block);

/* Whether none of n values is NaN or infinite. */
gboolean dif_all_finite (const float *values,
                         size_t       n);

/* a * b, or SIZE_MAX where that overflows. */
static inline size_t
dif_product (size_t a,
             size_t b)
{
  return a > 0 && b > SIZE_MAX / a ? SIZE_MAX : a * b;
}

/* A stack of float tensors in one block, sized before the first use.
 * With a NULL base it only counts: the same code that runs a network
 * then tells how much the network needs.
 */
typedef struct
{
  char  *base;
  size_t size;
  size_t used;
  size_t peak;
} DifArena;

/* n floats, 64-byte aligned; never fails on an arena that was sized by
 * a counting run of the same calls.  NULL while counting.
 */
float *dif_arena_take    (DifArena *arena,
                          size_t    n);

#define dif_arena_mark(arena)          ((arena)->used)
#define dif_arena_release(arena, mark) ((arena)->used = (mark))

#endif
