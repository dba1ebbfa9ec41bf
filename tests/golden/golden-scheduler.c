/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * golden-scheduler.c: runs the samplers beside recorded runs of the
 * diffusers library.
 *
 *   golden-scheduler DIR...
 *
 * Each DIR holds scheduler_config.json, run.json (num_inference_steps,
 * eta) and trajectory.safetensors: start, timesteps, alphas_cumprod,
 * stepN.prev_sample, stepN.noise where the step drew noise, and
 * add_noise.timestep, .noise and .output, the noising of start.  The
 * network is net (x, t) = 0.7 x + 0.3 sin (3 x + 0.01 t).
 *
 * Timesteps have to be the same; errors are max |ours - theirs| /
 * max |theirs| over a tensor, for alphas_cumprod over each value, and
 * may not exceed 1e-5.  Each step starts from the library's own x.  A
 * second run goes on from our own; its largest error, drift, tells how far
 * this network amplifies roundings, and may not exceed 5e-5: the most that
 * was seen is 7.1e-6.
 *
 * Prints one line of TAP per folder.  Exit status: 0, 1 if a folder
 * fails, 2 for wrong usage.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/safetensors.h"
#include "sample/sampler.h"
#include "../larger.h"

#define TOLERANCE 1e-5
#define DRIFT     5e-5

typedef struct
{
  DifSafetensors *file;
  DifSchedule    *schedule;
  DifSampler     *sampler;
  gsize           n;          /* values of start                     */
  float          *start;
  float          *x;
  float          *output;     /* of the network */
  float          *history;

  double          alphas;     /* errors */
  double          add_noise;
  double          steps;
  int             worst_step;
  double          drift;
} Run;

/* A tensor that has to be there, with n values (0: any number). */
static const DifTensorInfo *
find (const Run   *run,
      const char  *name,
      gsize        n,
      GError     **error)
{
  const DifTensorInfo *info = dif_safetensors_find (run->file, name);
  const char          *path = dif_safetensors_path (run->file);

  if (info && info->n_values > 0 && (n == 0 || info->n_values == n))
    return info;
  if (! info)
    dif_file_fault (path, DIF_ERROR_MALFORMED, error, "has no %s.", name);
  else
    dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                    "%s has %zu values, not %zu.", name, info->n_values, n);
  return NULL;
}

static float *
load (const Run   *run,
      const char  *name,
      gsize        n,
      GError     **error)
{
  const DifTensorInfo *info = find (run, name, n, error);
  float               *values;

  if (! info)
    return NULL;
  values = g_new (float, info->n_values);
  if (! dif_safetensors_read_f32 (run->file, info, values, error))
    g_clear_pointer (&values, g_free);
  return values;
}

static gint64 *
load_integers (const Run   *run,
               const char  *name,
               gsize       *n,
               GError     **error)
{
  const DifTensorInfo *info = find (run, name, 0, error);
  gint64              *values;

  if (! info)
    return NULL;
  *n = info->n_values;
  values = g_new (gint64, *n);
  if (! dif_safetensors_read_i64 (run->file, info, values, error))
    g_clear_pointer (&values, g_free);
  return values;
}

static double
difference (const float *ours,
            const float *theirs,
            gsize        n)
{
  double error = 0.0;
  double scale = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      error = larger (error, fabs ((double) ours[i] - theirs[i]));
      scale = larger (scale, fabs (theirs[i]));
    }
  return error == 0.0 ? 0.0 : error / scale;
}

static gboolean
check_alphas (Run     *run,
              GError **error)
{
  const gsize  T = run->schedule->n_train_steps;
  float       *theirs = load (run, "alphas_cumprod", T, error);

  for (gsize k = 0; theirs && k < T; k++)
    {
      const float ours = (float) run->schedule->alpha_bar[k];

      run->alphas = larger (run->alphas, difference (&ours, &theirs[k], 1));
    }
  g_free (theirs);
  return theirs != NULL;
}

static gboolean
check_timesteps (Run     *run,
                 GError **error)
{
  const int  n_ours = dif_sampler_n_steps (run->sampler);
  gsize      n = 0;
  gint64    *theirs = load_integers (run, "timesteps", &n, error);
  gboolean   same = theirs && n == (gsize) n_ours;

  if (theirs && ! same)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NUMERIC,
                 "%d timesteps, not %zu", n_ours, n);
  for (int i = 0; same && i < n_ours; i++)
    if (dif_sampler_timestep (run->sampler, i) != (double) theirs[i])
      {
        g_set_error (error, DIF_ERROR, DIF_ERROR_NUMERIC,
                     "timestep %d is %g, not %" G_GINT64_FORMAT, i,
                     dif_sampler_timestep (run->sampler, i), theirs[i]);
        same = FALSE;
      }
  g_free (theirs);
  return same;
}

/* The library's DPM-Solver++ noises to the level of the step that it
 * finds for a timestep: the second of equal ones, the last for others.
 */
static double
noising_alpha_bar (const Run *run,
                   gint64     timestep)
{
  const int n_steps = dif_sampler_n_steps (run->sampler);
  int       found = n_steps - 1;
  int       n_found = 0;

  if (run->schedule->kind == DIF_SAMPLER_DDPM
      || run->schedule->kind == DIF_SAMPLER_DDIM)
    return dif_schedule_alpha_bar (run->schedule, (int) timestep + 1);

  for (int i = 0; i < n_steps && n_found < 2; i++)
    if (dif_sampler_timestep (run->sampler, i) == (double) timestep)
      {
        found = i;
        n_found++;
      }
  return dif_sampler_alpha_bar (run->sampler, found);
}

static gboolean
check_add_noise (Run     *run,
                 GError **error)
{
  gsize    n_timesteps = 0;
  gint64  *timesteps = load_integers (run, "add_noise.timestep", &n_timesteps,
                                      error);
  float   *noise = timesteps ? load (run, "add_noise.noise", run->n, error)
                             : NULL;
  float   *output = noise ? load (run, "add_noise.output", run->n, error)
                          : NULL;
  gboolean ok = output != NULL;

  for (gsize b = 0; ok && b < n_timesteps; b++)
    if (run->n % n_timesteps || timesteps[b] < 0
        || timesteps[b] >= run->schedule->n_train_steps)
      {
        ok = dif_file_fault (dif_safetensors_path (run->file),
                             DIF_ERROR_MALFORMED, error,
                             "add_noise.timestep does not fit.");
      }
  for (gsize i = 0; ok && i < run->n; i++)
    {
      const gsize  b = i / (run->n / n_timesteps);
      const double abar = noising_alpha_bar (run, timesteps[b]);

      run->x[i] = (float) sqrt (abar) * run->start[i]
                  + (float) sqrt (1.0 - abar) * noise[i];
    }
  if (ok)
    run->add_noise = difference (run->x, output, run->n);
  g_free (timesteps);
  g_free (noise);
  g_free (output);
  return ok;
}

/* Step i, from x as the last step left it or (forced) as theirs did;
 * *worst becomes the larger of itself and the error.
 */
static gboolean
check_step (Run       *run,
            int        i,
            gboolean   forced,
            double    *worst,
            GError   **error)
{
  const float shift = 0.01f * (float) dif_sampler_timestep (run->sampler, i);
  char        name[64];
  float      *noise = NULL;
  float      *theirs;
  double      d;

  for (gsize j = 0; j < run->n; j++)
    run->output[j] = 0.7f * run->x[j]
                     + 0.3f * sinf (3.0f * run->x[j] + shift);

  if (dif_sampler_wants_noise (run->sampler, i))
    {
      g_snprintf (name, sizeof name, "step%d.noise", i);
      noise = load (run, name, run->n, error);
      if (! noise)
        return FALSE;
    }
  dif_sampler_step (run->sampler, i, run->n, run->output, noise, run->history,
                    run->x, NULL);
  g_free (noise);

  g_snprintf (name, sizeof name, "step%d.prev_sample", i);
  theirs = load (run, name, run->n, error);
  if (! theirs)
    return FALSE;
  d = difference (run->x, theirs, run->n);
  if (forced && ! isnan (*worst) && ! (d <= *worst))
    run->worst_step = i;
  *worst = larger (*worst, d);
  if (forced)
    memcpy (run->x, theirs, run->n * sizeof (float));
  g_free (theirs);
  return TRUE;
}

static gboolean
check_steps (Run       *run,
             gboolean   forced,
             double    *worst,
             GError   **error)
{
  memcpy (run->x, run->start, run->n * sizeof (float));
  for (int i = 0; i < dif_sampler_n_steps (run->sampler); i++)
    if (! check_step (run, i, forced, worst, error))
      return FALSE;
  return TRUE;
}

static gboolean
open_run (Run         *run,
          const char  *folder,
          GError     **error)
{
  DifSamplerParams     params = { .as_diffusers = TRUE };
  char                *path = g_build_filename (folder, "run.json", NULL);
  DifJson             *json = dif_json_read (path, error);
  const DifTensorInfo *start;
  gboolean             ok;

  g_free (path);
  ok = json
       && dif_json_get_int (json, "num_inference_steps", 0, 1, G_MAXINT,
                            &params.n_steps, error)
       && dif_json_get_double (json, "eta", 0.0, 0.0, 1.0, &params.eta,
                               error);
  dif_json_free (json);
  if (! ok)
    return FALSE;

  path = g_build_filename (folder, "scheduler_config.json", NULL);
  run->schedule = dif_schedule_read (path, error);
  g_free (path);
  if (! run->schedule)
    return FALSE;

  path = g_build_filename (folder, "trajectory.safetensors", NULL);
  run->file = dif_safetensors_open (path, error);
  g_free (path);
  start = run->file ? find (run, "start", 0, error) : NULL;
  if (! start)
    return FALSE;
  run->n = start->n_values;

  params.kind = run->schedule->kind;
  params.karras = run->schedule->karras;
  params.spacing = run->schedule->spacing;
  params.t_start = run->schedule->n_train_steps;
  params.prediction = run->schedule->prediction;
  run->sampler = dif_sampler_new (run->schedule, &params, error);
  return run->sampler != NULL;
}

static gboolean
check_all (Run         *run,
           const char  *folder,
           GError     **error)
{
  if (! open_run (run, folder, error))
    return FALSE;
  run->start = load (run, "start", run->n, error);
  if (! run->start)
    return FALSE;
  run->x = g_new (float, run->n);
  run->output = g_new (float, run->n);
  run->history = g_new (float, run->n);

  return check_alphas (run, error)
         && check_timesteps (run, error)
         && check_add_noise (run, error)
         && check_steps (run, TRUE, &run->steps, error)
         && check_steps (run, FALSE, &run->drift, error);
}

static gboolean
check_folder (const char *folder,
              int         number)
{
  Run      run = { .worst_step = -1 };
  GError  *error = NULL;
  gboolean done = check_all (&run, folder, &error);
  gboolean passed = done && run.alphas <= TOLERANCE
                    && run.add_noise <= TOLERANCE && run.steps <= TOLERANCE
                    && run.drift <= DRIFT;

  printf ("%s %d - %s", passed ? "ok" : "not ok", number, folder);
  if (done)
    printf (": alphas_cumprod %.2g, timesteps equal, add_noise %.2g, "
            "prev_sample %.2g (step %d), drift %.2g\n",
            run.alphas, run.add_noise, run.steps, run.worst_step, run.drift);
  else
    printf (": %s\n", error->message);
  fflush (stdout);

  g_clear_error (&error);
  dif_sampler_free (run.sampler);
  dif_schedule_free (run.schedule);
  dif_safetensors_close (run.file);
  g_free (run.start);
  g_free (run.x);
  g_free (run.output);
  g_free (run.history);
  return passed;
}

int
main (int   argc,
      char *argv[])
{
  gboolean passed = TRUE;

  if (argc < 2)
    {
      fprintf (stderr, "Usage: golden-scheduler DIR...\n");
      return 2;
    }
  printf ("1..%d\n", argc - 1);
  for (int i = 1; i < argc; i++)
    passed = check_folder (argv[i], i) && passed;
  return passed ? 0 : 1;
}
