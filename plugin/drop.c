/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * drop.c: see drop.h.
 */

#include "drop.h"

typedef struct
{
  gpointer       data;
  GDestroyNotify destroy;
} Drop;

static void *
drop_main (void *data)
{
  Drop *drop = data;

  drop->destroy (drop->data);
  g_free (drop);
  return NULL;
}

void
dif_gimp_drop (gpointer       data,
               GDestroyNotify destroy)
{
  Drop    *drop;
  GThread *thread;

  if (! data)
    return;
  drop = g_new (Drop, 1);
  drop->data = data;
  drop->destroy = destroy;
  thread = g_thread_try_new ("dif-drop", drop_main, drop, NULL);
  if (thread)
    g_thread_unref (thread);
  else
    drop_main (drop);
}

typedef struct
{
  DifJob       *job;
  DifGimpChain *chain;
} Remains;

static void
remains_free (gpointer data)
{
  Remains *remains = data;

  /* The job tells the chain of its steps to the end. */
  dif_job_free (remains->job);
  dif_gimp_chain_free (remains->chain);
  g_free (remains);
}

void
dif_gimp_drop_job (DifJob       *job,
                   DifGimpChain *chain)
{
  Remains *remains;

  if (! job && ! chain)
    return;
  if (job)
    dif_job_cancel (job);
  dif_gimp_chain_stop (chain);
  remains = g_new (Remains, 1);
  remains->job = job;
  remains->chain = chain;
  dif_gimp_drop (remains, remains_free);
}
