/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-plan.c: the list of passes and moves that a job is, and the figures
 * that follow from it.
 */

#include <math.h>

#include "gaussian.h"
#include "pipeline/plan.h"

static const DifParams quick = {
  .made_of = DIF_MADE_OF_MODEL, .structure = 0.3,
  .strength = 0.5, .num_variations = 1, .steps = 6, .batch = 2,
  .sampler = DIF_SAMPLER_DPMPP_2M_KARRAS
};

static DifPlan *
new_plan (const DifModel  *model,
          int              width,
          int              height,
          const DifParams *params)
{
  g_autoptr (GError)  error = NULL;
  DifPlan            *plan = dif_plan_new (model, width, height, NULL, FALSE,
                                           params, &error);

  g_assert_no_error (error);
  return plan;
}

/* The moves are the sampler's steps, one after the other. */
static void
test_moves (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (DifPlan)  plan = new_plan (model, 700, 50, &quick);
  const DifPass       *pass = plan->passes;
  int                  i;

  g_assert_cmpint (plan->n_passes, ==, 1);
  g_assert_cmpint (pass->t, ==, 500);
  g_assert_cmpint (pass->n_moves, ==, 6);
  g_assert_cmpint (dif_sampler_n_steps (pass->sampler), ==, 6);
  for (i = 0; i < 6; i++)
    g_assert_cmpint (pass->moves[i].step, ==, i);
  g_assert_cmpint (pass->picture.width, ==, 700);
  g_assert_cmpint (pass->batch, ==, 2);
  g_assert_cmpint (dif_plan_n_moves (plan), ==, 6);
  g_assert_true (dif_plan_pass (plan, 0) == pass);
  g_assert_true (dif_plan_pass (plan, 6) == pass);
}

/* Where nothing is to be done there is nothing in the list. */
static void
test_nothing (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = quick;
  g_autoptr (DifPlan)  plan = NULL;

  params.strength = 0.0;
  plan = new_plan (model, 70, 50, &params);
  g_assert_cmpint (dif_plan_n_moves (plan), ==, 0);
  g_assert_cmpfloat (dif_plan_work (plan), ==, 0.0);
  g_assert_cmpint (plan->passes->picture.height, ==, 50);
}

/* Of several passes each counts for what it takes: here a small one and one
 * of four tiles.
 */
static void
test_passes (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifParams            params = quick;
  g_autoptr (DifPlan)  small = new_plan (model, 100, 50, &params);
  g_autoptr (DifPlan)  large = NULL;
  DifPass              passes[2];
  DifPlan              both = { model, quick, 2, passes };
  double               tile, last = 0.0;
  int                  i;

  params.steps = 3;
  large = new_plan (model, 600, 600, &params);
  passes[0] = small->passes[0];
  passes[1] = large->passes[0];
  g_assert_cmpint (dif_tiling_n_tiles (passes[1].tiling), ==, 4);
  tile = 1e-6 * passes[1].tiling->x.size * passes[1].tiling->y.size;

  g_assert_cmpint (dif_plan_n_moves (&both), ==, 9);
  for (i = 0; i < 9; i++)
    g_assert_true (dif_plan_pass (&both, i) == &passes[i < 6 ? 0 : 1]);
  g_assert_true (dif_plan_pass (&both, 9) == &passes[1]);
  g_assert_cmpfloat_with_epsilon (dif_plan_work (&both),
                                  6 * 0.005 + 3 * 4 * tile, 1e-12);
  g_assert_cmpfloat_with_epsilon (dif_plan_done (&both, 7, 2.5),
                                  6 * 0.005 + 4 * tile + 2.5 * tile, 1e-12);
  for (i = 0; i <= 9; i++)
    {
      double done = dif_plan_done (&both, i, 0.0);

      if (i > 0)
        g_assert_cmpfloat (done, >, last);
      last = done;
    }
  g_assert_cmpfloat (last, ==, dif_plan_work (&both));
}

/* A part has the tiles that it needs and the moves of the whole. */
static void
test_part (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  DifRect              visible = { 1000, 10, 20, 20 };
  g_autoptr (DifPlan)  whole = new_plan (model, 3000, 50, &quick);
  g_autoptr (DifPlan)  part = dif_plan_new (model, 3000, 50, &visible, FALSE,
                                            &quick, NULL);

  g_assert_cmpint (part->passes->picture.x, <=, 1000);
  g_assert_cmpint (part->passes->picture.x + part->passes->picture.width, >=, 1020);
  g_assert_cmpint (dif_plan_n_moves (part), ==, dif_plan_n_moves (whole));
  g_assert_cmpfloat (dif_plan_work (part), <, 0.3 * dif_plan_work (whole));
  g_assert_cmpint (part->passes->side, ==, 50);
}

/* Parameters that no sampler takes make no plan, and no figures. */
static void
test_faults (void)
{
  g_autoptr (DifModel) model = gaussian_model (0.0, 0.1);
  g_autoptr (GError)   error = NULL;
  DifParams            params = quick;

  params.steps = 0;
  g_assert_null (dif_plan_new (model, 10, 10, NULL, FALSE, &params, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_cmpint (dif_params_n_steps (model, 10, 10, &params), ==, 0);
  g_assert_cmpfloat (dif_params_work (model, 10, 10, &params), ==, 0.0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/moves", test_moves);
  g_test_add_func ("/plan/nothing", test_nothing);
  g_test_add_func ("/plan/passes", test_passes);
  g_test_add_func ("/plan/part", test_part);
  g_test_add_func ("/plan/faults", test_faults);
  return g_test_run ();
}
