/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-chain.c: the frames of a chain, and that none is missing without a
 * word.
 */

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
  DifParams            params = DIF_PARAMS_INIT;
  DifChain            *chain = dif_chain_new (model, source, &params, n);
  gboolean             some = n == 2;
  double               t = -1.0;
  int                  step;

  refuse_memory (missing ? 0 : -1);
  for (step = 0; step <= STEPS; step++)
    dif_chain_step (0, step, STEPS, 7.0, sample, sample, chain);
  g_assert_cmpint (refused (), ==, some && missing);
  refuse_memory (-1);

  frame = dif_chain_take (chain, &t);
  g_assert_true ((frame != NULL) == (some && ! missing));
  if (frame)
    g_assert_cmpfloat (t, ==, 0.0);
  g_assert_true (dif_chain_check (chain, &error) == ! (some && missing));
  if (some && missing)
    g_assert_error (error, DIF_ERROR, DIF_ERROR_MEMORY);
  else
    g_assert_no_error (error);
  dif_chain_free (chain);
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/chain/frames", test_frames, NULL);
  return g_test_run ();
}
