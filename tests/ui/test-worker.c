/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-worker.c: the thread behind the dialog: results, order, cancelling
 * at any time, interruption, an end in the midst of work, and no thread or
 * memory to be had.
 */

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "job-fixture.h"
#include "refuse.h"
#include "worker.h"

#define SIDE 48

/* What is told of one task. */
typedef struct
{
  GString   *log;          /* of all tasks, in order of their ends */
  char       name;
  int        steps;        /* told of so far                       */
  double     t;
  gboolean   done;
  GError    *error;
  DifImage  *result;
} Told;

static const DifParams usual = {
  .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
  .strength = 0.5, .num_variations = 1, .seed = 3, .steps = 4,
  .sampler = DIF_SAMPLER_DPMPP_2M
};

static void
on_step (int       step,
         int       steps,
         double    t,
         DifImage *sample,
         DifImage *denoised,
         gpointer  data)
{
  Told *told = data;

  g_assert_false (told->done);
  g_assert_nonnull (sample);
  g_assert_nonnull (denoised);
  g_assert_cmpint (steps, ==, 4);
  if (step == 0)
    g_assert_cmpfloat_with_epsilon (t, 500.0, 0.01);
  else
    g_assert_cmpfloat (t, <, told->t);
  told->t = t;
  told->steps++;
  dif_image_free (sample);
  dif_image_free (denoised);
}

static void
on_done (DifImage     *result,
         const GError *error,
         double        seconds,
         double        work,
         gpointer      data)
{
  Told *told = data;

  g_assert_false (told->done);
  g_assert_true ((result == NULL) != (error == NULL));
  g_assert_cmpfloat (seconds, >=, 0.0);
  told->done = TRUE;
  told->result = result;
  told->error = error ? g_error_copy (error) : NULL;
  if (told->log)
    g_string_append_c (told->log, told->name);
}

static guint
add (DifUiWorker   *worker,
     DifModel      *model,
     Told          *told,
     DifUiPriority  priority,
     guint64        seed)
{
  DifUiTask task = { .model = model, .source = fixture_picture (SIDE, SIDE),
                     .params = usual, .priority = priority, .on_step = on_step,
                     .on_done = on_done, .data = told };

  task.params.seed = seed;
  return dif_ui_worker_add (worker, &task);
}

static void
wait_for (Told *told)
{
  while (! told->done)
    g_main_context_iteration (NULL, TRUE);
}

/* Lets everything that is on its way arrive. */
static void
settle (void)
{
  int i;

  for (i = 0; i < 50; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static void
told_clear (Told *told)
{
  g_clear_error (&told->error);
  g_clear_pointer (&told->result, dif_image_free);
}

/* The result of told is that of a job without a worker. */
static void
check_result (DifModel *model,
              Told     *told,
              guint64   seed)
{
  DifParams            params = usual;
  g_autoptr (GPtrArray) wanted = NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  params.seed = seed;
  wanted = fixture_run (model, fixture_picture (SIDE, SIDE), params);
  g_assert_no_error (told->error);
  g_ptr_array_add (found, told->result);
  g_assert_true (fixture_same (found, 0, wanted, 0));
}

static void
test_result (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifUiWorker         *worker = dif_ui_worker_new ();
  Told                 told = { 0 };
  DifUiTask            task = { .model = model, .params = usual, .watch = TRUE,
                                .source = fixture_picture (SIDE, SIDE),
                                .every = TRUE, .on_step = on_step,
                                .on_done = on_done, .data = &told };

  g_assert_cmpuint (dif_ui_worker_add (worker, &task), >, 0);
  wait_for (&told);
  g_assert_cmpint (told.steps, ==, 5);
  check_result (model, &told, usual.seed);
  told_clear (&told);
  dif_ui_worker_free (worker);
}

/* A task that cannot be run ends with its error. */
static void
test_error (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifUiWorker         *worker = dif_ui_worker_new ();
  Told                 told = { 0 };
  DifUiTask            task = { .model = model, .params = usual,
                                .source = fixture_picture (SIDE, SIDE),
                                .on_done = on_done, .data = &told };

  task.params.strength = 7.0;
  dif_ui_worker_add (worker, &task);
  wait_for (&told);
  g_assert_error (told.error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  told_clear (&told);
  dif_ui_worker_free (worker);
}

/* Of many tasks, most of them cancelled at some moment, just the others
 * are told of.
 */
static void
test_storm (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifUiWorker         *worker = dif_ui_worker_new ();
  GRand               *rand = g_rand_new_with_seed (11);
  Told                 told[120] = { 0 };
  guint                ids[120], i;

  for (i = 0; i < 120; i++)
    {
      ids[i] = add (worker, model, &told[i],
                    (DifUiPriority) g_rand_int_range (rand, 0, 3), i);
      if (g_rand_boolean (rand))
        g_usleep ((gulong) g_rand_int_range (rand, 0, 8000));
      if (g_rand_boolean (rand))
        g_main_context_iteration (NULL, FALSE);
      if (i % 30 != 29)
        {
          gboolean before = told[i].done;

          dif_ui_worker_cancel (worker, ids[i]);
          dif_ui_worker_cancel (worker, ids[i]);
          told[i].name = before ? 'd' : 'c';
        }
    }
  dif_ui_worker_cancel (worker, 0);
  for (i = 29; i < 120; i += 30)
    {
      wait_for (&told[i]);
      check_result (model, &told[i], i);
    }
  settle ();
  for (i = 0; i < 120; i++)
    {
      if (told[i].name)
        g_assert_cmpint (told[i].done, ==, told[i].name == 'd');
      told_clear (&told[i]);
    }
  dif_ui_worker_free (worker);
  g_rand_free (rand);
}

/* What is looked at goes first, and what it interrupted is made in the
 * end, as if nothing had been.
 */
static void
test_priority (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifUiWorker         *worker = dif_ui_worker_new ();
  GString             *log = g_string_new (NULL);
  Told                 strip = { log, 's' }, picker = { log, 'k' };
  Told                 preview = { log, 'p' }, other = { log, 'q' };

  dif_ui_worker_hold (worker);
  add (worker, model, &strip, DIF_UI_PRIORITY_FILM, 1);
  add (worker, model, &picker, DIF_UI_PRIORITY_PICKER, 2);
  add (worker, model, &preview, DIF_UI_PRIORITY_PREVIEW, 3);
  add (worker, model, &other, DIF_UI_PRIORITY_PREVIEW, 4);
  dif_ui_worker_go_on (worker);
  wait_for (&strip);
  g_assert_cmpstr (log->str, ==, "pqks");
  check_result (model, &strip, 1);
  check_result (model, &preview, 3);
  told_clear (&strip);
  told_clear (&picker);
  told_clear (&preview);
  told_clear (&other);

  /* Interrupted at any moment. */
  for (int i = 0; i < 12; i++)
    {
      Told low = { log, 'l' }, high = { log, 'h' };

      add (worker, model, &low, DIF_UI_PRIORITY_FILM, 1);
      g_usleep ((gulong) i * 1500);
      add (worker, model, &high, DIF_UI_PRIORITY_PREVIEW, 2);
      wait_for (&low);
      wait_for (&high);
      check_result (model, &low, 1);
      check_result (model, &high, 2);
      told_clear (&low);
      told_clear (&high);
    }
  g_string_free (log, TRUE);
  dif_ui_worker_free (worker);
}

static void
test_hold (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifUiWorker         *worker = dif_ui_worker_new ();
  Told                 told = { 0 }, late = { 0 };

  add (worker, model, &told, DIF_UI_PRIORITY_FILM, 1);
  dif_ui_worker_hold (worker);
  dif_ui_worker_hold (worker);
  add (worker, model, &late, DIF_UI_PRIORITY_PREVIEW, 2);
  settle ();
  dif_ui_worker_go_on (worker);
  settle ();
  g_assert_false (late.done);
  dif_ui_worker_go_on (worker);
  wait_for (&late);
  wait_for (&told);
  check_result (model, &told, 1);
  check_result (model, &late, 2);
  told_clear (&told);
  told_clear (&late);
  dif_ui_worker_free (worker);
}

/* Freed in the midst of work, it is silent at once. */
static void
test_free (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  int                  i;

  for (i = 0; i < 20; i++)
    {
      DifUiWorker *worker = dif_ui_worker_new ();
      Told         told[3] = { 0 };
      gboolean     done[3];
      int          k;

      for (k = 0; k < 3; k++)
        add (worker, model, &told[k], (DifUiPriority) k, (guint64) k);
      g_usleep ((gulong) i * 1000);
      if (i % 2)
        g_main_context_iteration (NULL, FALSE);
      if (i % 3 == 0)
        dif_ui_worker_hold (worker);
      for (k = 0; k < 3; k++)
        done[k] = told[k].done;
      dif_ui_worker_free (worker);
      settle ();
      for (k = 0; k < 3; k++)
        {
          g_assert_cmpint (told[k].done, ==, done[k]);
          told_clear (&told[k]);
        }
    }
  dif_ui_worker_free (NULL);
}

static void
on_release (gpointer data)
{
  ++*(int *) data;
}

static float
value_at (const DifImage *image,
          int             c,
          int             x,
          int             y)
{
  return image->rgb[((gsize) c * image->height + y) * image->width + x];
}

/* A part of a picture that others own, with what is transparent in it
 * filled, on a grid of 64 pixels as the whole picture's is.
 */
static void
test_source (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifImage) picture = fixture_picture (300, 200);
  g_autoptr (DifImage) filled = fixture_picture (300, 200), made = NULL;
  g_autofree float    *alpha = g_new (float, 300 * 200);
  DifUiTask            task = { .source = picture, .alpha = alpha,
                                .fill = { 64, 64, 192, 128 },
                                .crop = { 10, 5, 100, 90 },
                                .model = model, .release = on_release };
  DifUiWorker         *worker = dif_ui_worker_new ();
  int                  released = 0, x, y, c;

  for (y = 0; y < 200; y++)
    for (x = 0; x < 300; x++)
      alpha[y * 300 + x] = (x - 120) * (x - 120) + (y - 110) * (y - 110) < 80
                           ? 0.0f : 1.0f;
  g_assert_true (dif_image_fill_transparent (filled, alpha, NULL));
  made = dif_ui_task_source (&task, NULL);
  g_assert_cmpint (made->width, ==, 100);
  g_assert_cmpint (made->height, ==, 90);
  for (c = 0; c < 3; c++)
    for (y = 0; y < 90; y++)
      for (x = 0; x < 100; x++)
        g_assert_cmpfloat (value_at (made, c, x, y), ==,
                           value_at (filled, c, 74 + x, 69 + y));
  g_assert_cmpfloat (fabs (value_at (made, 0, 46, 41)
                           - value_at (picture, 0, 120, 110)), >, 0.0);

  task.owner = &released;
  dif_ui_worker_cancel (worker, dif_ui_worker_add (worker, &task));
  dif_ui_worker_free (worker);
  g_assert_cmpint (released, ==, 1);
}

/* Beyond black and white there is something to restore, and nothing to vary. */
static void
test_source_beyond (Fixture       *f,
                    gconstpointer  data)
{
  g_autoptr (DifImage) picture = fixture_picture (30, 20);
  g_autoptr (DifImage) varied = NULL, restored = NULL;
  DifUiTask            task = { .source = picture };

  picture->rgb[7] = 3.0f;
  picture->rgb[8] = -1.5f;
  varied = dif_ui_task_source (&task, NULL);
  task.params.task = DIF_JOB_RESTORE;
  restored = dif_ui_task_source (&task, NULL);
  g_assert_cmpfloat (varied->rgb[7], ==, 1.0);
  g_assert_cmpfloat (varied->rgb[8], ==, -1.0);
  g_assert_cmpmem (restored->rgb, 12 * 30 * 20, picture->rgb, 12 * 30 * 20);
}

/* Each piece of memory is refused once, one after the other. */
static void
test_source_memory (Fixture       *f,
                    gconstpointer  data)
{
  g_autoptr (DifImage) picture = fixture_picture (300, 200);
  g_autofree float    *alpha = g_new0 (float, 300 * 200);
  DifUiTask            task = { .source = picture, .alpha = alpha,
                                .fill = { 64, 64, 192, 128 },
                                .crop = { 10, 5, 100, 90 } };
  gboolean             again = TRUE;
  int                  i;

  for (i = 0; again; i++)
    {
      g_autoptr (GError)   error = NULL;
      g_autoptr (DifImage) made = NULL;

      refuse_memory (i);
      made = dif_ui_task_source (&task, &error);
      again = refused ();
      refuse_memory (-1);
      g_assert_true ((made == NULL) == again);
      if (again)
        g_assert_error (error, DIF_ERROR, DIF_ERROR_MEMORY);
      else
        g_assert_no_error (error);
    }
  /* The part, its alpha, levels to fill it from, what is cut out of it. */
  g_assert_cmpint (i, >, 4);
}

/* A task says that there is no thread; the next one finds one. */
static void
test_no_thread (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  DifUiWorker         *worker = dif_ui_worker_new ();
  Told                 told = { 0 }, cancelled = { 0 }, next = { 0 };

  refuse_threads (2);
  add (worker, model, &told, DIF_UI_PRIORITY_PICKER, 1);
  dif_ui_worker_cancel (worker, add (worker, model, &cancelled,
                                     DIF_UI_PRIORITY_PREVIEW, 1));
  g_assert_false (told.done);
  wait_for (&told);
  settle ();
  g_assert_false (cancelled.done);
  g_assert_error (told.error, DIF_ERROR, DIF_ERROR_MEMORY);
  told_clear (&told);
  add (worker, model, &next, DIF_UI_PRIORITY_PICKER, 1);
  wait_for (&next);
  check_result (model, &next, 1);
  told_clear (&next);
  dif_ui_worker_free (worker);

  /* Nor does its end need one. */
  dif_ui_worker_free (dif_ui_worker_new ());
}

/* One who owns a task's picture. */
typedef struct
{
  DifUiWorker *worker;
  int          released;
} Owner;

/* Waits for ever if that is called under the worker's lock. */
static void
on_release_locking (gpointer data)
{
  Owner *owner = data;

  dif_ui_worker_hold (owner->worker);
  dif_ui_worker_go_on (owner->worker);
  g_atomic_int_inc (&owner->released);
}

/* What belongs to tasks is freed while others can get at the worker: of one
 * that has ended, is cancelled at work or in the queue, or left at the end.
 */
static void
test_unlocked (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifImage) picture = fixture_picture (SIDE, SIDE);
  Owner                owner = { dif_ui_worker_new () };
  Told                 told = { 0 };
  DifUiTask            task = { .model = model, .params = usual,
                                .source = picture, .owner = &owner,
                                .release = on_release_locking };
  guint                id;

  alarm (120);
  task.on_done = on_done;
  task.data = &told;
  dif_ui_worker_add (owner.worker, &task);
  wait_for (&told);
  task.on_done = NULL;
  id = dif_ui_worker_add (owner.worker, &task);
  g_usleep (2000);
  dif_ui_worker_cancel (owner.worker, id);
  while (g_atomic_int_get (&owner.released) < 2)
    g_usleep (1000);

  dif_ui_worker_hold (owner.worker);
  id = dif_ui_worker_add (owner.worker, &task);
  dif_ui_worker_add (owner.worker, &task);
  dif_ui_worker_cancel (owner.worker, id);
  while (g_atomic_int_get (&owner.released) < 3)
    g_usleep (1000);
  dif_ui_worker_free (owner.worker);
  g_assert_cmpint (owner.released, ==, 4);
  alarm (0);
  told_clear (&told);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/worker/result", test_result, NULL);
  fixture_add ("/worker/error", test_error, NULL);
  fixture_add ("/worker/storm", test_storm, NULL);
  fixture_add ("/worker/priority", test_priority, NULL);
  fixture_add ("/worker/hold", test_hold, NULL);
  fixture_add ("/worker/free", test_free, NULL);
  fixture_add ("/worker/source", test_source, NULL);
  fixture_add ("/worker/source/beyond", test_source_beyond, NULL);
  fixture_add ("/worker/source/memory", test_source_memory, NULL);
  fixture_add ("/worker/no-thread", test_no_thread, NULL);
  fixture_add ("/worker/unlocked", test_unlocked, NULL);
  return g_test_run ();
}
