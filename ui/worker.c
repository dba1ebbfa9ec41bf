/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * worker.c: one thread that runs the dialog's jobs, see worker.h.
 *
 * What the two threads share is under the mutex.  Which tasks are still
 * wanted is the main thread's business alone: every message to it names
 * its task by id and is thrown away there if the id is no longer known,
 * so that nothing arrives after a cancel.
 */

#include <pthread.h>
#include <string.h>

#include "worker.h"

typedef struct
{
  DifUiWorker *worker;
  guint        id;
  DifUiTask    task;       /* with a model and a source of its own        */
  DifJob      *job;        /* under the mutex, while it runs              */
  gboolean     stop;       /* under the mutex: ends the job under way     */
  gboolean     again;      /* under the mutex: that job starts anew later */
  gboolean     ended;      /* under the mutex: nothing is left to stop    */
} Item;

struct _DifUiWorker
{
  int              refs;      /* atomic                                    */
  int              waiting;   /* atomic: messages of steps on their way    */
  GHashTable      *wanted;    /* main thread: ids of tasks                 */
  guint            last_id;   /* main thread                               */
  GThread         *thread;    /* main thread: NULL until there is a task   */

  pthread_mutex_t  mutex;     /* for all below                             */
  pthread_cond_t   changed;
  GList           *queue;     /* of Item, highest priority first           */
  GList           *dropped;   /* of Item: cancelled, still to be freed     */
  Item            *current;
  int              held;
  gboolean         quit;
};

static DifUiWorker *
worker_ref (DifUiWorker *worker)
{
  g_atomic_int_inc (&worker->refs);
  return worker;
}

static void
worker_unref (DifUiWorker *worker)
{
  if (! g_atomic_int_dec_and_test (&worker->refs))
    return;
  pthread_mutex_destroy (&worker->mutex);
  pthread_cond_destroy (&worker->changed);
  g_hash_table_unref (worker->wanted);
  g_free (worker);
}

/* Not under the mutex: the model may be freed, and release is others' code.
 */
static void
item_free (Item *item)
{
  dif_model_unref (item->task.model);
  if (item->task.release)
    item->task.release (item->task.owner);
  else
    dif_image_free (item->task.source);
  if (item->task.other)
    item->task.release (item->task.other_owner);
  g_free (item);
}

/* Messages to the main thread ---------------------------------------- */

typedef struct
{
  DifUiWorker *worker;
  guint        id;
  DifUiTask    task;     /* for its callbacks                             */
  gboolean     done;
  int          step;
  int          steps;
  double       t;
  double       seconds;
  double       work;
  DifImage    *one;      /* the sample, or the result                     */
  DifImage    *two;      /* the estimate                                  */
  GError      *error;
} Message;

static gboolean
deliver (gpointer data)
{
  Message *m = data;

  if (! g_hash_table_contains (m->worker->wanted, GUINT_TO_POINTER (m->id)))
    return G_SOURCE_REMOVE;
  if (m->done)
    {
      g_hash_table_remove (m->worker->wanted, GUINT_TO_POINTER (m->id));
      if (m->task.on_done)
        m->task.on_done (g_steal_pointer (&m->one), m->error, m->seconds,
                         m->work, m->task.data);
    }
  else if (m->task.on_step)
    m->task.on_step (m->step, m->steps, m->t, g_steal_pointer (&m->one),
                     g_steal_pointer (&m->two), m->task.data);
  return G_SOURCE_REMOVE;
}

static void
message_free (gpointer data)
{
  Message *m = data;

  if (! m->done)
    g_atomic_int_add (&m->worker->waiting, -1);
  dif_image_free (m->one);
  dif_image_free (m->two);
  g_clear_error (&m->error);
  worker_unref (m->worker);
  g_free (m);
}

static void
post (Item    *item,
      Message *m)
{
  m->worker = worker_ref (item->worker);
  m->id = item->id;
  m->task = item->task;
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, m, message_free);
}

/* The job's thread tells of a step.  Without the memory to show it, or
 * while the main thread has not seen the last one, it is passed over.
 */
static void
on_step (int             variation,
         int             step,
         int             steps,
         double          t,
         const DifImage *sample,
         const DifImage *denoised,
         void           *data)
{
  Item        *item = data;
  DifUiWorker *worker = item->worker;
  DifImage    *one, *two = NULL;
  Message     *m;

  if (! item->task.every && g_atomic_int_get (&worker->waiting) > 0)
    return;
  one = dif_image_copy (sample, NULL);
  if (one)
    two = dif_image_copy (denoised, NULL);
  if (! two)
    {
      dif_image_free (one);
      return;
    }
  m = g_new0 (Message, 1);
  m->step = step;
  m->steps = steps;
  m->t = t;
  m->one = one;
  m->two = two;
  g_atomic_int_inc (&worker->waiting);
  post (item, m);
}

/* The worker's thread ------------------------------------------------ */

/* Takes source over. */
static DifJob *
new_job (const DifUiTask  *task,
         DifImage         *source,
         GError          **error)
{
  DifRect all = { 0, 0, source->width, source->height };

  if (task->whole && task->side > 0)
    return dif_job_new_smaller (task->model, source, task->side, &task->params,
                                error);
  if (task->params.task == DIF_JOB_RESTORE && ! task->part)
    return dif_job_new_restore (task->model, source, all.width, all.height, &all,
                                &task->noise, &task->params, error);
  if (task->params.task == DIF_JOB_RESTORE)
    return dif_job_new_restore (task->model, source, task->width, task->height,
                                &task->area, &task->noise, &task->params, error);
  if (task->part)
    return dif_job_new_preview (task->model, source, task->width, task->height,
                                &task->area, &task->params, error);
  return dif_job_new (task->model, source, &task->params, error);
}

static DifJob *
make_job (Item    *item,
          GError **error)
{
  const DifUiTask *task = &item->task;
  DifImage        *source = dif_ui_task_source (task, error);
  DifJob          *job;

  if (! source)
    return NULL;
  job = new_job (task, source, error);
  if (job && task->whole && ! dif_ui_task_equip (task, job, error))
    g_clear_pointer (&job, dif_job_free);
  if (job && task->watch && ! dif_job_watch (job, on_step, item, error))
    g_clear_pointer (&job, dif_job_free);
  return job;
}

/* Runs a task to its end, or until it is told to stop. */
static void
run_item (Item *item)
{
  DifUiWorker *worker = item->worker;
  GError      *error = NULL;
  DifJob      *job = make_job (item, &error);
  Message     *m;

  if (job)
    {
      pthread_mutex_lock (&worker->mutex);
      item->job = job;
      if (item->stop)
        dif_job_cancel (job);
      pthread_mutex_unlock (&worker->mutex);

      dif_job_start (job);
      dif_job_wait (job, &error);
    }
  pthread_mutex_lock (&worker->mutex);
  item->job = NULL;
  item->ended = ! g_error_matches (error, DIF_ERROR, DIF_ERROR_CANCELLED);
  item->again &= ! item->ended;
  pthread_mutex_unlock (&worker->mutex);
  if (item->ended)
    {
      m = g_new0 (Message, 1);
      m->done = TRUE;
      m->one = job ? dif_job_take_result (job, 0) : NULL;
      if (job)
        {
          DifProgress progress;

          dif_job_poll (job, &progress);
          m->seconds = progress.elapsed;
          m->work = dif_job_work (job);
        }
      m->error = g_steal_pointer (&error);
      post (item, m);
    }
  g_clear_error (&error);
  dif_job_free (job);
}

static int
by_priority (gconstpointer a,
             gconstpointer b)
{
  const Item *p = a, *q = b;

  if (p->task.priority != q->task.priority)
    return p->task.priority > q->task.priority ? -1 : 1;
  return p->id < q->id ? -1 : p->id > q->id;
}

/* Makes the running job end; again: it starts anew later.  Under the
 * mutex.
 */
static void
stop_current (DifUiWorker *worker,
              gboolean     again)
{
  Item *item = worker->current;

  if (! item || item->ended)
    return;
  item->again = item->stop ? item->again && again : again;
  item->stop = TRUE;
  if (item->job)
    dif_job_cancel (item->job);
}

/* Runs the first item of the queue.  Called under the mutex, which is let go
 * while it runs.
 */
static void
work_on_first (DifUiWorker *worker)
{
  Item *item = worker->queue->data;

  worker->queue = g_list_delete_link (worker->queue, worker->queue);
  item->stop = item->again = FALSE;
  worker->current = item;
  pthread_mutex_unlock (&worker->mutex);

  run_item (item);

  pthread_mutex_lock (&worker->mutex);
  worker->current = NULL;
  if (item->again && ! worker->quit)
    worker->queue = g_list_insert_sorted (worker->queue, item, by_priority);
  else
    worker->dropped = g_list_prepend (worker->dropped, item);
}

static void *
work (void *data)
{
  DifUiWorker *worker = data;

  pthread_mutex_lock (&worker->mutex);
  while (! worker->quit)
    {
      if (worker->dropped)
        {
          GList *dropped = g_steal_pointer (&worker->dropped);

          pthread_mutex_unlock (&worker->mutex);
          g_list_free_full (dropped, (GDestroyNotify) item_free);
          pthread_mutex_lock (&worker->mutex);
        }
      else if (worker->queue && worker->held == 0)
        work_on_first (worker);
      else
        pthread_cond_wait (&worker->changed, &worker->mutex);
    }
  pthread_mutex_unlock (&worker->mutex);
  return NULL;
}

/* The main thread ---------------------------------------------------- */

DifUiWorker *
dif_ui_worker_new (void)
{
  DifUiWorker *worker = g_new0 (DifUiWorker, 1);

  worker->refs = 1;
  worker->wanted = g_hash_table_new (NULL, NULL);
  pthread_mutex_init (&worker->mutex, NULL);
  pthread_cond_init (&worker->changed, NULL);
  return worker;
}

/* Ends a task for which the system gives no thread, with an error, from the
 * main loop.
 */
static void
refuse (Item *item)
{
  Message *m = g_new0 (Message, 1);

  m->done = TRUE;
  m->error = g_error_new_literal (DIF_ERROR, DIF_ERROR_MEMORY,
                                  "The system gives no thread for the "
                                  "preview.");
  post (item, m);
  item_free (item);
}

guint
dif_ui_worker_add (DifUiWorker     *worker,
                   const DifUiTask *task)
{
  Item *item = g_new0 (Item, 1);

  item->worker = worker;
  item->id = ++worker->last_id;
  item->task = *task;
  item->task.params.num_variations = 1;
  dif_model_ref (task->model);
  g_hash_table_add (worker->wanted, GUINT_TO_POINTER (item->id));
  if (! worker->thread)
    worker->thread = g_thread_try_new ("dif-worker", work, worker, NULL);
  if (! worker->thread)
    {
      refuse (item);
      return worker->last_id;
    }

  pthread_mutex_lock (&worker->mutex);
  worker->queue = g_list_insert_sorted (worker->queue, item, by_priority);
  if (worker->current && worker->current->task.priority < task->priority)
    stop_current (worker, TRUE);
  pthread_cond_signal (&worker->changed);
  pthread_mutex_unlock (&worker->mutex);
  return worker->last_id;
}

double
dif_ui_worker_done (DifUiWorker *worker,
                    guint        id)
{
  DifProgress progress = { 0 };

  pthread_mutex_lock (&worker->mutex);
  if (worker->current && worker->current->id == id && worker->current->job)
    dif_job_poll (worker->current->job, &progress);
  pthread_mutex_unlock (&worker->mutex);
  return progress.fraction;
}

void
dif_ui_worker_cancel (DifUiWorker *worker,
                      guint        id)
{
  GList *link, *next;

  if (! g_hash_table_remove (worker->wanted, GUINT_TO_POINTER (id)))
    return;
  pthread_mutex_lock (&worker->mutex);
  if (worker->current && worker->current->id == id)
    stop_current (worker, FALSE);
  for (link = worker->queue; link; link = next)
    {
      Item *item = link->data;

      next = link->next;
      if (item->id == id)
        {
          worker->queue = g_list_remove_link (worker->queue, link);
          worker->dropped = g_list_concat (link, worker->dropped);
          pthread_cond_signal (&worker->changed);
        }
    }
  pthread_mutex_unlock (&worker->mutex);
}

void
dif_ui_worker_hold (DifUiWorker *worker)
{
  pthread_mutex_lock (&worker->mutex);
  if (worker->held++ == 0)
    stop_current (worker, TRUE);
  pthread_mutex_unlock (&worker->mutex);
}

void
dif_ui_worker_go_on (DifUiWorker *worker)
{
  pthread_mutex_lock (&worker->mutex);
  if (--worker->held == 0)
    pthread_cond_signal (&worker->changed);
  pthread_mutex_unlock (&worker->mutex);
}

void
dif_ui_worker_free (DifUiWorker *worker)
{
  if (! worker)
    return;
  g_hash_table_remove_all (worker->wanted);
  pthread_mutex_lock (&worker->mutex);
  worker->quit = TRUE;
  stop_current (worker, FALSE);
  pthread_cond_signal (&worker->changed);
  pthread_mutex_unlock (&worker->mutex);
  if (worker->thread)
    g_thread_join (worker->thread);
  g_list_free_full (g_steal_pointer (&worker->queue),
                    (GDestroyNotify) item_free);
  g_list_free_full (g_steal_pointer (&worker->dropped),
                    (GDestroyNotify) item_free);
  worker_unref (worker);
}
