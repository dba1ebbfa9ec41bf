/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-pool.c: every chunk is run exactly once, by a worker of the pool,
 * however many threads, chunks and tasks there are, unless the pool is
 * stopped.
 */

#include <string.h>

#include "base/pool.h"

typedef struct
{
  int n_threads;
  int runs[1000];     /* atomic */
  int bad_worker;     /* atomic */
  int stop;           /* atomic */
} Task;

static void
count (int   chunk,
       int   worker,
       void *data)
{
  Task *task = data;

  g_atomic_int_inc (&task->runs[chunk]);
  if (worker < 0 || worker >= task->n_threads)
    g_atomic_int_set (&task->bad_worker, 1);
}

static void
test_chunks (gconstpointer data)
{
  int      n = GPOINTER_TO_INT (data), task, i, n_chunks;
  DifPool *pool = dif_pool_new (n);

  g_assert_cmpint (dif_pool_n_threads (pool), >=, 1);
  g_assert_cmpint (dif_pool_n_threads (pool), <=, n > 0 ? n : 4096);
  for (task = 0; task < 2000; task++)
    {
      Task t = { dif_pool_n_threads (pool) };

      n_chunks = task * 7 % 40;
      if (task == 1000)
        {
          n_chunks = 1000;
          g_usleep (20000);     /* so that the threads sleep */
        }
      dif_pool_run (pool, n_chunks, count, &t);
      for (i = 0; i < 1000; i++)
        g_assert_cmpint (t.runs[i], ==, i < n_chunks ? 1 : 0);
      g_assert_false (t.bad_worker);
    }
  dif_pool_free (pool);
}

/* Chunk 5 stops the pool; the others take their time. */
static void
count_to_stop (int   chunk,
               int   worker,
               void *data)
{
  Task *task = data;

  count (chunk, worker, data);
  if (chunk == 5)
    g_atomic_int_set (&task->stop, 1);
  else
    g_usleep (100);
}

static void
test_stop (gconstpointer data)
{
  int      n = GPOINTER_TO_INT (data), i, runs = 0;
  DifPool *pool = dif_pool_new (n);
  Task     t = { n };

  g_assert_false (dif_pool_is_stopped (pool));
  dif_pool_set_stop (pool, &t.stop);
  dif_pool_run (pool, 1000, count_to_stop, &t);
  g_assert_true (dif_pool_is_stopped (pool));
  for (i = 0; i < 1000; i++)
    runs += t.runs[i];
  g_assert_cmpint (runs, >=, 6);
  g_assert_cmpint (runs, <, 900);
  t = (Task) { n, .stop = 1 };
  dif_pool_run (pool, 1, count, &t);
  dif_pool_run (pool, 1000, count, &t);
  for (i = 0; i < 1000; i++)
    g_assert_cmpint (t.runs[i], ==, 0);
  t.stop = 0;
  dif_pool_run (pool, 1000, count, &t);
  for (i = 0; i < 1000; i++)
    g_assert_cmpint (t.runs[i], ==, 1);
  dif_pool_free (pool);
}

static void
test_free (void)
{
  int i;

  dif_pool_free (NULL);
  for (i = 0; i < 200; i++)     /* at once, asleep or not */
    dif_pool_free (dif_pool_new (1 + i % 5));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/pool/chunks/one", GINT_TO_POINTER (1), test_chunks);
  g_test_add_data_func ("/pool/chunks/two", GINT_TO_POINTER (2), test_chunks);
  g_test_add_data_func ("/pool/chunks/seven", GINT_TO_POINTER (7), test_chunks);
  g_test_add_data_func ("/pool/chunks/default", GINT_TO_POINTER (0), test_chunks);
  g_test_add_data_func ("/pool/stop/one", GINT_TO_POINTER (1), test_stop);
  g_test_add_data_func ("/pool/stop/seven", GINT_TO_POINTER (7), test_stop);
  g_test_add_func ("/pool/free", test_free);
  return g_test_run ();
}
