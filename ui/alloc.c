/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * alloc.c: see alloc.h.
 */

#include "alloc.h"

gpointer
dif_ui_try_alloc (gsize         n,
                  gsize         size,
                  const char   *what,
                  GError      **error)
{
  gpointer  block;
  gsize     bytes;
  char     *amount;

  /* Never nothing, so that NULL always means failure. */
  n = MAX (n, 1);
  block = g_try_malloc_n (n, size);
  if (block)
    return block;

  if (! g_size_checked_mul (&bytes, n, size))
    bytes = G_MAXSIZE;
  amount = g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MEMORY,
               "Out of memory: %s would take %s.", what, amount);
  g_free (amount);
  return NULL;
}
