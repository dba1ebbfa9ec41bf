/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain.c: frames come from the job's thread and are taken in the main
 * one.  Those of the way forward have the noise of the run and are drawn
 * when the noised picture is shown.
 */

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "chain.h"

typedef struct
{
  DifImage *image;
  double    t;
} Frame;

struct _DifChain
{
  DifModel        *model;
  const DifImage  *source;
  DifParams        params;
  int              n_forward;   /* frames before the turn, x_0 among them */
  int              n_back;      /* from the turn on                       */
  pthread_mutex_t  mutex;       /* for the queue                          */
  GQueue           frames;
};

DifChain *
dif_chain_new (DifModel        *model,
               const DifImage  *source,
               const DifParams *params,
               int              n_frames)
{
  DifChain *chain = g_new0 (DifChain, 1);

  chain->model = dif_model_ref (model);
  chain->source = source;
  chain->params = *params;
  chain->n_forward = n_frames / 2;
  chain->n_back = n_frames - chain->n_forward;
  pthread_mutex_init (&chain->mutex, NULL);
  g_queue_init (&chain->frames);
  return chain;
}

/* A frame without the memory for it is left out. */
static void
add_frame (DifChain       *chain,
           const DifImage *image,
           double          t)
{
  DifImage *copy = dif_image_new (image->width, image->height, NULL);
  Frame    *frame;

  if (! copy)
    return;
  memcpy (copy->rgb, image->rgb,
          (gsize) 3 * image->width * image->height * sizeof (float));
  frame = g_new (Frame, 1);
  frame->image = copy;
  frame->t = t;
  pthread_mutex_lock (&chain->mutex);
  g_queue_push_tail (&chain->frames, frame);
  pthread_mutex_unlock (&chain->mutex);
}

/* x_0 and what lies between it and the turn. */
static void
add_forward (DifChain *chain)
{
  int i;

  for (i = 0; i < chain->n_forward; i++)
    {
      DifParams  params = chain->params;
      DifImage  *image = dif_image_new (chain->source->width,
                                        chain->source->height, NULL);

      if (! image)
        return;
      memcpy (image->rgb, chain->source->rgb,
              (gsize) 3 * image->width * image->height * sizeof (float));
      params.strength *= (double) i / chain->n_forward;
      dif_forward (chain->model, image, &params, NULL);
      add_frame (chain, image,
                 dif_strength_to_t (chain->model, params.strength));
      dif_image_free (image);
    }
}

/* Frames that are shown by step of steps + 1 pictures of the way back. */
static gboolean
is_shown (const DifChain *chain,
          int             step,
          int             steps)
{
  int i;

  if (chain->n_back > steps)
    return TRUE;
  for (i = 0; i < chain->n_back; i++)
    if ((int) lround ((double) i * steps / MAX (1, chain->n_back - 1)) == step)
      return TRUE;
  return FALSE;
}

void
dif_chain_step (int             variation,
                int             step,
                int             steps,
                double          t,
                const DifImage *sample,
                const DifImage *denoised,
                void           *data)
{
  DifChain *chain = data;

  if (step == 0)
    add_forward (chain);
  if (is_shown (chain, step, steps))
    add_frame (chain, step == steps ? denoised : sample, t);
}

DifImage *
dif_chain_take (DifChain *chain,
                double   *t)
{
  Frame    *frame;
  DifImage *image = NULL;

  pthread_mutex_lock (&chain->mutex);
  frame = g_queue_pop_head (&chain->frames);
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
dif_chain_free (DifChain *chain)
{
  double    t;
  DifImage *image;

  if (! chain)
    return;
  while ((image = dif_chain_take (chain, &t)))
    dif_image_free (image);
  pthread_mutex_destroy (&chain->mutex);
  dif_model_unref (chain->model);
  g_free (chain);
}
