/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pool.c: threads that draw the chunks of a task from a common counter.
 * Between tasks they look for the next one for a while, then sleep; the lock
 * is needed for sleeping alone.  A thread that goes to sleep counts itself
 * among the sleepers first and then looks once more for what it waits for.
 * A thread that has news publishes it first and then looks for sleepers.  So
 * one of the two always sees the other.  The locks are POSIX's and not GLib's
 * because the thread sanitizer sees into these.
 */

#include <pthread.h>

#include "base/pool.h"

/* How often an idle thread looks for the next task before it sleeps, about
 * 100 microseconds where the processor can pause: the layers of a network
 * follow each other faster than a thread wakes up.
 */
#define SPINS 2000

#define LINE 64

static inline void
pause_a_little (void)
{
#if defined (__x86_64__) || defined (__i386__)
  __builtin_ia32_pause ();
#elif defined (__aarch64__)
  __asm__ volatile ("isb");     /* about as long; "yield" does nothing */
#endif
}

typedef struct
{
  DifPool *pool;
  int      worker;
  GThread *thread;
} Worker;

struct _DifPool
{
  int              n_threads;
  Worker          *workers;   /* n_threads - 1 of them               */
  pthread_mutex_t  mutex;
  pthread_cond_t   wake;      /* a task has come, or the end         */
  pthread_cond_t   done;      /* the last worker has left the task   */
  gboolean         quit;
  DifPoolFunc      func;
  void            *data;
  int              n_chunks;
  const int       *stop;      /* what it points to is atomic, or NULL */
  int              sleeping;  /* threads that wait for wake; atomic  */
  int              waiting;   /* whether one waits for done; atomic  */

  /* What the threads write while others read, each in a cache line. */
  int              task __attribute__ ((aligned (LINE)));
                              /* counts the tasks; atomic            */
  int              next __attribute__ ((aligned (LINE)));
                              /* chunk to be drawn next; atomic      */
  int              busy __attribute__ ((aligned (LINE)));
                              /* workers still in the task; atomic   */
};

static void
work (DifPool *pool,
      int      worker)
{
  int chunk;

  while (! dif_pool_is_stopped (pool)
         && (chunk = g_atomic_int_add (&pool->next, 1)) < pool->n_chunks)
    pool->func (chunk, worker, pool->data);
}

/* Returns the number of the next task, or the same one at the end. */
static int
wait_for_task (DifPool *pool,
               int      seen)
{
  int i, task;

  for (i = 0; i < SPINS; i++)
    {
      if (g_atomic_int_get (&pool->task) != seen)
        return g_atomic_int_get (&pool->task);
      pause_a_little ();
    }

  pthread_mutex_lock (&pool->mutex);
  g_atomic_int_inc (&pool->sleeping);
  while (g_atomic_int_get (&pool->task) == seen && ! pool->quit)
    pthread_cond_wait (&pool->wake, &pool->mutex);
  g_atomic_int_add (&pool->sleeping, -1);
  task = g_atomic_int_get (&pool->task);
  pthread_mutex_unlock (&pool->mutex);
  return task;
}

static void *
worker_main (void *data)
{
  Worker  *self = data;
  DifPool *pool = self->pool;
  int      seen = 0, task;

  while ((task = wait_for_task (pool, seen)) != seen)
    {
      seen = task;
      work (pool, self->worker);
      if (g_atomic_int_dec_and_test (&pool->busy)
          && g_atomic_int_get (&pool->waiting))
        {
          pthread_mutex_lock (&pool->mutex);
          pthread_cond_signal (&pool->done);
          pthread_mutex_unlock (&pool->mutex);
        }
    }
  return NULL;
}

DifPool *
dif_pool_new (int n_threads)
{
  DifPool *pool = g_aligned_alloc0 (1, sizeof (DifPool), LINE);
  int      i;

  if (n_threads <= 0)
    n_threads = g_get_num_processors ();
  pthread_mutex_init (&pool->mutex, NULL);
  pthread_cond_init (&pool->wake, NULL);
  pthread_cond_init (&pool->done, NULL);
  pool->n_threads = 1;
  pool->workers = g_new0 (Worker, n_threads);
  for (i = 1; i < n_threads; i++)
    {
      Worker *worker = &pool->workers[i - 1];

      worker->pool = pool;
      worker->worker = i;
      worker->thread = g_thread_try_new ("dif-pool", worker_main, worker, NULL);
      if (! worker->thread)
        break;
      pool->n_threads++;
    }
  return pool;
}

void
dif_pool_free (DifPool *pool)
{
  int i;

  if (! pool)
    return;
  pthread_mutex_lock (&pool->mutex);
  pool->quit = TRUE;
  pthread_cond_broadcast (&pool->wake);
  pthread_mutex_unlock (&pool->mutex);
  for (i = 1; i < pool->n_threads; i++)
    g_thread_join (pool->workers[i - 1].thread);
  pthread_mutex_destroy (&pool->mutex);
  pthread_cond_destroy (&pool->wake);
  pthread_cond_destroy (&pool->done);
  g_free (pool->workers);
  g_aligned_free (pool);
}

int
dif_pool_n_threads (const DifPool *pool)
{
  return pool->n_threads;
}

void
dif_pool_set_stop (DifPool   *pool,
                   const int *stop)
{
  pool->stop = stop;
}

gboolean
dif_pool_is_stopped (const DifPool *pool)
{
  return pool->stop && g_atomic_int_get (pool->stop) != 0;
}

void
dif_pool_run (DifPool     *pool,
              int          n_chunks,
              DifPoolFunc  func,
              void        *data)
{
  int i;

  if (n_chunks <= 0)
    return;
  if (pool->n_threads == 1 || n_chunks == 1)
    {
      for (i = 0; i < n_chunks && ! dif_pool_is_stopped (pool); i++)
        func (i, 0, data);
      return;
    }

  pool->func = func;
  pool->data = data;
  pool->n_chunks = n_chunks;
  g_atomic_int_set (&pool->next, 0);
  g_atomic_int_set (&pool->busy, pool->n_threads - 1);
  g_atomic_int_inc (&pool->task);
  if (g_atomic_int_get (&pool->sleeping) > 0)
    {
      pthread_mutex_lock (&pool->mutex);
      pthread_cond_broadcast (&pool->wake);
      pthread_mutex_unlock (&pool->mutex);
    }

  work (pool, 0);
  for (i = 0; i < SPINS; i++)
    {
      if (g_atomic_int_get (&pool->busy) == 0)
        return;
      pause_a_little ();
    }
  pthread_mutex_lock (&pool->mutex);
  g_atomic_int_set (&pool->waiting, TRUE);
  while (g_atomic_int_get (&pool->busy) > 0)
    pthread_cond_wait (&pool->done, &pool->mutex);
  g_atomic_int_set (&pool->waiting, FALSE);
  pthread_mutex_unlock (&pool->mutex);
}
