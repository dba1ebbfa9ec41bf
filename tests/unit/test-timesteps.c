/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-timesteps.c: the timesteps of a run.  Lists at t_start = T are
 * those that the diffusers library gives for the same configuration;
 * golden-scheduler checks more of them.
 */

#include <math.h>
#include <string.h>

#include "sample/timesteps.h"

static DifSchedule *
make_schedule (const char *keys)
{
  char        *json = g_strdup_printf ("{\"_class_name\": \"DPMSolver"
                                       "MultistepScheduler\"%s}", keys);
  GError      *error = NULL;
  DifSchedule *schedule = dif_schedule_parse (json, strlen (json), "test",
                                              &error);

  g_assert_no_error (error);
  g_free (json);
  return schedule;
}

typedef struct
{
  const char     *keys;
  DifSamplerKind  kind;
  DifSpacing      spacing;
  int             n_steps;
  int             expected[13];
} Known;

#define LEADING  DIF_SPACING_LEADING
#define TRAILING DIF_SPACING_TRAILING
#define LINSPACE DIF_SPACING_LINSPACE
#define END      -1

static const Known known[] = {
  { "", DIF_SAMPLER_DDIM, LEADING, 5, { 800, 600, 400, 200, 0, END } },
  { "", DIF_SAMPLER_DDPM, LEADING, 3, { 666, 333, 0, END } },
  { ", \"steps_offset\": 1", DIF_SAMPLER_DDPM, LEADING, 3,
    { 667, 334, 1, END } },
  { "", DIF_SAMPLER_DDIM, TRAILING, 5, { 999, 799, 599, 399, 199, END } },
  { "", DIF_SAMPLER_DDIM, TRAILING, 3, { 999, 666, 332, END } },
  { "", DIF_SAMPLER_DDPM, LINSPACE, 5, { 999, 749, 500, 250, 0, END } },
  { "", DIF_SAMPLER_DPMPP_2M, LINSPACE, 12,
    { 999, 916, 832, 749, 666, 583, 500, 416, 333, 250, 166, 83, END } },
  { "", DIF_SAMPLER_DPMPP_2M, LEADING, 4, { 800, 600, 400, 200, END } },
  { "", DIF_SAMPLER_DPMPP_2M_SDE, TRAILING, 4, { 999, 749, 499, 249, END } },
  { "", DIF_SAMPLER_DPMPP_2M_KARRAS, LINSPACE, 12,
    { 999, 949, 892, 826, 747, 651, 527, 363, 180, 59, 12, 0, END } }
};

static void
test_known (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const Known      *k = &known[i];
      DifSchedule      *schedule = make_schedule (k->keys);
      DifSamplerParams  params = { .kind = k->kind, .spacing = k->spacing,
                                   .n_steps = k->n_steps, .t_start = 1000,
                                   .as_diffusers = TRUE };
      DifTimesteps     *ts = dif_timesteps_new (schedule, &params);

      g_test_message ("case %u", i);
      g_assert_cmpint (ts->n_steps, ==, k->n_steps);
      for (int j = 0; j < ts->n_steps; j++)
        g_assert_cmpfloat (ts->timestep[j], ==, k->expected[j]);
      g_assert_cmpint (k->expected[ts->n_steps], ==, END);
      dif_timesteps_free (ts);
      dif_schedule_free (schedule);
    }
}

/* A run from the middle of the chain is one over a shorter chain. */
static void
test_from_the_middle (void)
{
  static const struct
  {
    DifSamplerKind kind;
    int            n_steps;
    int            t_start;
    int            expected[6];
  } cases[] = {
    { DIF_SAMPLER_DPMPP_2M, 4, 400, { 399, 299, 199, 99, END } },
    { DIF_SAMPLER_DDPM, 3, 400, { 399, 266, 132, END } },
    { DIF_SAMPLER_DDIM, 12, 3, { 2, 1, 0, END } },
    { DIF_SAMPLER_DPMPP_2M_SDE, 7, 1, { 0, END } },
    { DIF_SAMPLER_DDPM, 1, 400, { 399, END } }
  };
  DifSchedule *schedule = make_schedule ("");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DifSamplerParams  params = { .kind = cases[i].kind,
                                   .spacing = TRAILING,
                                   .n_steps = cases[i].n_steps,
                                   .t_start = cases[i].t_start };
      DifTimesteps     *ts = dif_timesteps_new (schedule, &params);

      for (int j = 0; j < ts->n_steps; j++)
        g_assert_cmpfloat (ts->timestep[j], ==, cases[i].expected[j]);
      g_assert_cmpint (cases[i].expected[ts->n_steps], ==, END);
      dif_timesteps_free (ts);
    }
  dif_schedule_free (schedule);
}

static void
check_run (const DifSchedule      *schedule,
           const DifSamplerParams *params)
{
  const gboolean solver = params->kind != DIF_SAMPLER_DDPM
                          && params->kind != DIF_SAMPLER_DDIM;
  const gboolean karras = params->kind == DIF_SAMPLER_DPMPP_2M_KARRAS;
  DifTimesteps  *ts = dif_timesteps_new (schedule, params);

  g_assert_cmpint (ts->n_steps, >=, 1);
  g_assert_cmpint (ts->n_steps, <=, MIN (params->n_steps, params->t_start));
  if (params->spacing == TRAILING || karras)
    g_assert_cmpint (ts->n_steps, ==, MIN (params->n_steps, params->t_start));
  if (params->spacing != LEADING && ! karras)
    g_assert_cmpfloat (ts->timestep[0], ==, params->t_start - 1);

  for (int i = 0; i < ts->n_steps; i++)
    {
      const double k = ts->timestep[i];

      g_assert_cmpfloat (k, ==, rint (k));
      g_assert_cmpfloat (k, >=, 0.0);
      g_assert_cmpfloat (k, <, params->t_start);
      if (i > 0 && ! karras)
        g_assert_cmpfloat (k, <, ts->timestep[i - 1]);
      if (i > 0 && karras)
        g_assert_cmpfloat (k, <=, ts->timestep[i - 1]);
      if (solver)
        g_assert_cmpfloat (ts->sigma[i], >, ts->sigma[i + 1]);
      else
        g_assert_cmpint (ts->previous[i], ==,
                         i + 1 < ts->n_steps ? (int) ts->timestep[i + 1]
                                             : -1);
    }
  if (solver)
    {
      const double abar = schedule->alpha_bar[(int) ts->timestep[0]];
      const double start = schedule->alpha_bar[params->t_start - 1];

      g_assert_cmpfloat (ts->sigma[ts->n_steps], ==, 0.0);
      g_assert_cmpfloat_with_epsilon (ts->sigma[0] * ts->sigma[0]
                                      / (1.0 / (karras ? start : abar) - 1.0),
                                      1.0, 1e-6);
    }
  else
    g_assert_null (ts->sigma);
  dif_timesteps_free (ts);
}

/* Whatever the kind, spacing, start and number of steps. */
static void
test_everywhere (void)
{
  static const char *const keys[] = {
    "", ", \"beta_schedule\": \"squaredcos_cap_v2\", \"steps_offset\": 1",
    ", \"num_train_timesteps\": 1", ", \"num_train_timesteps\": 2",
    ", \"num_train_timesteps\": 37"
  };
  static const int starts[] = { 1, 2, 3, 7, 36, 37, 250, 400, 999, 1000 };
  static const int counts[] = { 1, 2, 3, 12, 49, 61, 250, 999, 1000, 5000 };

  for (guint s = 0; s < G_N_ELEMENTS (keys); s++)
    {
      DifSchedule *schedule = make_schedule (keys[s]);

      for (guint t = 0; t < G_N_ELEMENTS (starts); t++)
        for (guint n = 0; n < G_N_ELEMENTS (counts); n++)
          for (int kind = 0; kind < DIF_N_SAMPLERS; kind++)
            for (int spacing = LEADING; spacing <= LINSPACE; spacing++)
              if (starts[t] <= schedule->n_train_steps)
                check_run (schedule,
                           &(DifSamplerParams) {
                             .kind = kind, .spacing = spacing,
                             .n_steps = counts[n], .t_start = starts[t] });
      dif_schedule_free (schedule);
    }
}

/* What lambda_min_clipped takes away, no run visits. */
static void
test_clipped (void)
{
  DifSchedule      *schedule = make_schedule (", \"lambda_min_clipped\": -3");
  const int         last = schedule->n_unclipped - 1;
  DifSamplerParams  params = { .kind = DIF_SAMPLER_DPMPP_2M,
                               .n_steps = 10, .t_start = 1000 };

  g_assert_cmpint (last, <, 990);
  for (int spacing = LEADING; spacing <= LINSPACE; spacing++)
    {
      DifTimesteps *ts;

      params.spacing = spacing;
      ts = dif_timesteps_new (schedule, &params);
      if (spacing == LEADING)
        g_assert_cmpfloat (ts->timestep[0], <=, last);
      else
        g_assert_cmpfloat (ts->timestep[0], ==, last);
      dif_timesteps_free (ts);
    }
  dif_schedule_free (schedule);
}

/* The library's DDIM goes down by T / n whatever the next timestep. */
static void
test_stride (void)
{
  DifSchedule      *schedule = make_schedule ("");
  DifSamplerParams  params = { .kind = DIF_SAMPLER_DDIM, .spacing = LINSPACE,
                               .n_steps = 20, .t_start = 1000,
                               .as_diffusers = TRUE };
  DifTimesteps     *ts = dif_timesteps_new (schedule, &params);

  for (int i = 0; i < 20; i++)
    g_assert_cmpint (ts->previous[i], ==,
                     MAX ((int) ts->timestep[i] - 50, -1));
  dif_timesteps_free (ts);

  /* One step starts from the noise, where the library starts at 0. */
  params.n_steps = 1;
  ts = dif_timesteps_new (schedule, &params);
  g_assert_cmpfloat (ts->timestep[0], ==, 0.0);
  dif_timesteps_free (ts);
  params.as_diffusers = FALSE;
  ts = dif_timesteps_new (schedule, &params);
  g_assert_cmpfloat (ts->timestep[0], ==, 999.0);
  dif_timesteps_free (ts);
  dif_schedule_free (schedule);
}

/* Karras et al. 2022, eq. 5: even steps in sigma^(1/7). */
static void
test_karras (void)
{
  DifSchedule      *schedule = make_schedule ("");
  DifSamplerParams  params = { .kind = DIF_SAMPLER_DPMPP_2M_SDE,
                               .karras = TRUE, .spacing = TRAILING,
                               .n_steps = 9, .t_start = 500 };
  DifTimesteps     *ts = dif_timesteps_new (schedule, &params);
  const double      first = schedule->alpha_bar[499];
  const double      last = schedule->alpha_bar[0];

  g_assert_cmpint (ts->n_steps, ==, 9);
  g_assert_cmpfloat (ts->timestep[0], ==, 499.0);
  g_assert_cmpfloat (ts->timestep[8], ==, 0.0);
  for (int i = 0; i < 9; i++)
    {
      const double a = pow ((1.0 - first) / first, 1.0 / 14.0);
      const double b = pow ((1.0 - last) / last, 1.0 / 14.0);
      const double sigma = pow (a + i / 8.0 * (b - a), 7.0);
      const int    k = (int) ts->timestep[i];

      g_assert_cmpfloat_with_epsilon (ts->sigma[i], sigma, 1e-6 * sigma);
      /* No other timestep is as near in log sigma. */
      for (int other = MAX (k - 1, 0); other <= k + 1; other++)
        {
          const double here = schedule->alpha_bar[k];
          const double there = schedule->alpha_bar[other];

          g_assert_cmpfloat (fabs (0.5 * log (1.0 / here - 1.0)
                                   - log (sigma)), <=,
                             fabs (0.5 * log (1.0 / there - 1.0)
                                   - log (sigma)) + 1e-6);
        }
    }
  dif_timesteps_free (ts);
  dif_schedule_free (schedule);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timesteps/known", test_known);
  g_test_add_func ("/timesteps/from-the-middle", test_from_the_middle);
  g_test_add_func ("/timesteps/everywhere", test_everywhere);
  g_test_add_func ("/timesteps/clipped", test_clipped);
  g_test_add_func ("/timesteps/stride", test_stride);
  g_test_add_func ("/timesteps/karras", test_karras);
  return g_test_run ();
}
