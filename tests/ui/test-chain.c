/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-chain.c: the frames of a chain, and that none is missing without a
 * word.
 */

#include <string.h>

#include "chain.h"
#include "job-fixture.h"
#include "refuse.h"

#define SIDE  32
#define STEPS 4

/* The first frame of a chain of n, n being so few that none waits for
 * another one to be taken: the layer for 2; for 1 there is none but the
 * result.  With missing the memory for it is refused.
 */
static void
check_frame (DifModel *model,
             int       n,
             gboolean  missing)
{
  g_autoptr (DifImage) source = fixture_picture (SIDE, SIDE), frame = NULL;
  g_autoptr (DifImage) sample = fixture_picture (SIDE, SIDE);
  g_autoptr (GError)   error = NULL;
  DifParams            params = dif_params_default ();
  DifGimpChain        *chain;
  gboolean             some = n == 2;
  double               t = -1.0;
  int                  step;

  params.made_of = DIF_MADE_OF_MODEL;
  refuse_memory (missing ? 0 : -1);
  chain = dif_gimp_chain_new (model, source, &params, n);
  for (step = 0; step <= STEPS; step++)
    dif_gimp_chain_step (0, step, STEPS, 7.0, sample, sample, chain);
  g_assert_cmpint (refused (), ==, some && missing);
  refuse_memory (-1);

  frame = dif_gimp_chain_take (chain, &t);
  g_assert_true ((frame != NULL) == (some && ! missing));
  if (frame)
    g_assert_cmpfloat (t, ==, 0.0);
  g_assert_true (dif_gimp_chain_check (chain, &error) == ! (some && missing));
  if (some && missing)
    g_assert_error (error, DIF_ERROR, DIF_ERROR_MEMORY);
  else
    g_assert_no_error (error);
  dif_gimp_chain_free (chain);
}

static void
test_frames (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  int                  n;

  for (n = 1; n <= 2; n++)
    {
      check_frame (model, n, FALSE);
      check_frame (model, n, TRUE);
    }
}

typedef struct
{
  DifGimpChain *chain;
  DifImage     *sample;
} First;

static void *
first_step (void *data)
{
  First *first = data;

  dif_gimp_chain_step (0, 0, STEPS, 400.0, first->sample, first->sample,
                       first->chain);
  return NULL;
}

static DifImage *
wait_for_frame (DifGimpChain *chain,
                double       *t)
{
  DifImage *frame;

  while (! (frame = dif_gimp_chain_take (chain, t)))
    g_usleep (1000);
  return frame;
}

/* The first frame is the layer as it was given, the others what the job has
 * made of it by its first step: with joined edges.
 */
static void
test_joined (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  g_autoptr (DifImage) given = fixture_picture (2 * SIDE, SIDE);
  g_autoptr (DifImage) source = fixture_picture (2 * SIDE, SIDE);
  g_autoptr (DifImage) noised = fixture_picture (2 * SIDE, SIDE);
  DifParams            params = dif_params_default ();
  gsize                bytes = (gsize) 12 * 2 * SIDE * SIDE;
  First                first;
  GThread             *thread;
  int                  i;

  params.made_of = DIF_MADE_OF_MODEL;
  params.tileable = TRUE;
  first.chain = dif_gimp_chain_new (model, source, &params, 6);
  g_assert_true (dif_join_edges (model, source, &params, NULL));
  g_assert_true (memcmp (source->rgb, given->rgb, bytes) != 0);
  first.sample = source;
  thread = g_thread_new ("job", first_step, &first);
  for (i = 0; i < 4; i++)
    {
      double               t = -1.0;
      g_autoptr (DifImage) frame = wait_for_frame (first.chain, &t);
      const DifImage      *wanted = i == 0 ? given : i == 3 ? source : noised;
      DifParams            part = params;

      part.strength *= i / 3.0;
      memcpy (noised->rgb, source->rgb, bytes);
      g_assert_true (dif_forward (model, noised, &part, NULL));
      g_assert_cmpfloat (t, ==, dif_strength_to_t (model, part.strength));
      g_assert_cmpmem (frame->rgb, bytes, wanted->rgb, bytes);
    }
  g_thread_join (thread);
  dif_gimp_chain_free (first.chain);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/chain/frames", test_frames, NULL);
  fixture_add ("/chain/joined", test_joined, NULL);
  return g_test_run ();
}
