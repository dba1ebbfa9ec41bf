/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.c: frames come from the job's thread and are taken in the main
 * one.  Those of the way forward have the noise of the run and are drawn
 * when the noised picture is shown.
 */

#include <math.h>
#include <pthread.h>

#include "chain.h"

/* Frames that are made before one is taken; then the job waits. */
#define MAX_WAITING 1

typedef struct
{
  DifImage *image;
  double    t;
} ChainFrame;

struct _DifGimpChain
{
  DifModel        *model;
  const DifImage  *source;
  DifImage        *layer;       /* a copy of it as it was given, until it is
                                   the first frame                        */
  DifParams        params;
  int              n_frames;
  pthread_mutex_t  mutex;       /* for all below                          */
  pthread_cond_t   changed;
  GQueue           frames;      /* MAX_WAITING at most                    */
  GError          *error;       /* why frames are missing, or NULL        */
  gboolean         stopped;
};

DifGimpChain *
dif_gimp_chain_new (DifModel        *model,
                    const DifImage  *source,
                    const DifParams *params,
                    int              n_frames)
{
  DifGimpChain *chain = g_new0 (DifGimpChain, 1);

  chain->model = dif_model_ref (model);
  chain->source = source;
  chain->params = *params;
  chain->n_frames = n_frames;
  pthread_mutex_init (&chain->mutex, NULL);
  pthread_cond_init (&chain->changed, NULL);
  g_queue_init (&chain->frames);
  if (n_frames > 1)
    chain->layer = dif_image_copy (source, &chain->error);
  return chain;
}

/* Notes why a frame is missing, if no other is; takes error over. */
static void
miss_frame (DifGimpChain *chain,
            GError       *error)
{
  pthread_mutex_lock (&chain->mutex);
  if (! chain->error)
    chain->error = g_steal_pointer (&error);
  pthread_mutex_unlock (&chain->mutex);
  g_clear_error (&error);
}

/* Adds a frame; takes image over, or, where that is NULL, error, which says
 * why.  Waits until there is room, so that the chain never holds many.
 */
static void
add_frame (DifGimpChain *chain,
           DifImage     *image,
           double        t,
           GError       *error)
{
  ChainFrame *frame;

  if (! image)
    {
      miss_frame (chain, error);
      return;
    }
  frame = g_new (ChainFrame, 1);
  frame->image = image;
  frame->t = t;
  pthread_mutex_lock (&chain->mutex);
  while (chain->frames.length >= MAX_WAITING && ! chain->stopped)
    pthread_cond_wait (&chain->changed, &chain->mutex);
  g_queue_push_tail (&chain->frames, frame);
  pthread_mutex_unlock (&chain->mutex);
}

static gboolean
is_stopped (DifGimpChain *chain)
{
  gboolean stopped;

  pthread_mutex_lock (&chain->mutex);
  stopped = chain->stopped;
  pthread_mutex_unlock (&chain->mutex);
  return stopped;
}

/* How many frames there are from the turn to the end, both counted, if the way
 * back has so many steps: half of all frames, but no more than one for the
 * turn and one for each step.
 */
static int
n_back (const DifGimpChain *chain,
        int                 steps)
{
  return MIN (chain->n_frames - chain->n_frames / 2, steps + 1);
}

/* Adds the first n frames: the layer, which may be missing, and what lies
 * between it and the turn.
 */
static void
add_forward (DifGimpChain *chain,
             int           n)
{
  int i;

  if (n > 0 && ! is_stopped (chain))
    add_frame (chain, g_steal_pointer (&chain->layer), 0.0, NULL);
  for (i = 1; i < n && ! is_stopped (chain); i++)
    {
      DifParams  params = chain->params;
      GError    *error = NULL;
      DifImage  *image = dif_image_copy (chain->source, &error);

      params.strength *= (double) i / n;
      if (image && ! dif_forward (chain->model, image, &params, &error))
        g_clear_pointer (&image, dif_image_free);
      add_frame (chain, image,
                 dif_strength_to_t (chain->model, params.strength), error);
    }
}

/* Whether step, counted from the turn, is one of n that are spread evenly over
 * all steps.  The last step always is: it makes the result of the job.
 */
static gboolean
is_shown (int step,
          int steps,
          int n)
{
  int i;

  if (n == 1)
    return step == steps;
  for (i = 0; i < n; i++)
    if ((int) lround ((double) i * steps / (n - 1)) == step)
      return TRUE;
  return FALSE;
}

void
dif_gimp_chain_step (int             variation,
                     int             step,
                     int             steps,
                     double          t,
                     const DifImage *sample,
                     const DifImage *denoised,
                     void           *data)
{
  DifGimpChain *chain = data;
  int           back = n_back (chain, steps);
  GError       *error = NULL;
  DifImage     *frame;

  if (step == 0)
    add_forward (chain, chain->n_frames - back);
  if (step < steps && is_shown (step, steps, back) && ! is_stopped (chain))
    {
      frame = dif_image_copy (sample, &error);
      add_frame (chain, frame, t, error);
    }
}

gboolean
dif_gimp_chain_check (DifGimpChain  *chain,
                      GError       **error)
{
  gboolean good;

  pthread_mutex_lock (&chain->mutex);
  good = chain->error == NULL;
  if (! good)
    g_propagate_error (error, g_error_copy (chain->error));
  pthread_mutex_unlock (&chain->mutex);
  return good;
}

void
dif_gimp_chain_stop (DifGimpChain *chain)
{
  if (! chain)
    return;
  pthread_mutex_lock (&chain->mutex);
  chain->stopped = TRUE;
  pthread_cond_signal (&chain->changed);
  pthread_mutex_unlock (&chain->mutex);
}

guint64
dif_gimp_chain_memory (int width,
                       int height)
{
  /* One that is being made, one that is being taken, and two of the job's. */
  return (guint64) (MAX_WAITING + 4) * 3 * sizeof (float)
         * (guint64) width * (guint64) height;
}

DifImage *
dif_gimp_chain_take (DifGimpChain *chain,
                     double       *t)
{
  ChainFrame *frame;
  DifImage   *image = NULL;

  pthread_mutex_lock (&chain->mutex);
  frame = g_queue_pop_head (&chain->frames);
  pthread_cond_signal (&chain->changed);
  pthread_mutex_unlock (&chain->mutex);
  if (frame)
    {
      image = frame->image;
      *t = frame->t;
      g_free (frame);
    }
  return image;
}

void
dif_gimp_chain_free (DifGimpChain *chain)
{
  double    t;
  DifImage *image;

  if (! chain)
    return;
  while ((image = dif_gimp_chain_take (chain, &t)))
    dif_image_free (image);
  pthread_cond_destroy (&chain->changed);
  pthread_mutex_destroy (&chain->mutex);
  g_clear_error (&chain->error);
  dif_image_free (chain->layer);
  dif_model_unref (chain->model);
  g_free (chain);
}
