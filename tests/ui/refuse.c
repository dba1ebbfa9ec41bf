/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * refuse.c: see refuse.h.  The engine's own memory comes from
 * posix_memalign(), the dialog's from g_try_malloc_n().
 */

#include <errno.h>
#include <stddef.h>

#include <glib.h>

#include "refuse.h"

static int before = -1;   /* atomic: pieces of memory yet to be given */
static int happened;      /* atomic                                   */
static int threads;       /* yet to be refused                        */

int      __real_posix_memalign   (void **block, size_t alignment, size_t size);
gpointer __real_g_try_malloc_n   (gsize n, gsize size);
GThread *__real_g_thread_try_new (const char *name, GThreadFunc func,
                                  gpointer data, GError **error);
int      __wrap_posix_memalign   (void **block, size_t alignment, size_t size);
gpointer __wrap_g_try_malloc_n   (gsize n, gsize size);
GThread *__wrap_g_thread_try_new (const char *name, GThreadFunc func,
                                  gpointer data, GError **error);

void
refuse_memory (int after)
{
  g_atomic_int_set (&happened, 0);
  g_atomic_int_set (&before, after);
}

int
refused (void)
{
  return g_atomic_int_get (&happened);
}

void
refuse_threads (int number)
{
  threads = number;
}

static gboolean
is_refused (void)
{
  if (g_atomic_int_get (&before) < 0 || g_atomic_int_add (&before, -1) > 0)
    return FALSE;
  g_atomic_int_set (&happened, 1);
  return TRUE;
}

int
__wrap_posix_memalign (void   **block,
                       size_t   alignment,
                       size_t   size)
{
  return is_refused () ? ENOMEM
                       : __real_posix_memalign (block, alignment, size);
}

gpointer
__wrap_g_try_malloc_n (gsize n,
                       gsize size)
{
  return is_refused () ? NULL : __real_g_try_malloc_n (n, size);
}

GThread *
__wrap_g_thread_try_new (const char   *name,
                         GThreadFunc   func,
                         gpointer      data,
                         GError      **error)
{
  return threads > 0 && threads-- ? NULL
         : __real_g_thread_try_new (name, func, data, error);
}
