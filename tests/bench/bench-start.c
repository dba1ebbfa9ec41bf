/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-start MODEL WIDTH HEIGHT: what a plug-in does from its start to
 * the first progress that it can show: loads the model, sets a job up and
 * polls it.  Prints the monotonic clock, in seconds, when the model was
 * there, when the job ran and when its progress first was above 0.
 */

#include <stdio.h>
#include <stdlib.h>

#include "dif.h"

static double
now (void)
{
  return g_get_monotonic_time () / 1e6;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifModel) model = NULL;
  g_autoptr (DifJob)   job = NULL;
  DifParams            params = dif_params_default ();
  DifProgress          progress = { 0 };
  DifImage            *image = NULL;
  double               loaded, started;

  params.made_of = DIF_MADE_OF_MODEL;
  if (argc != 4)
    {
      fprintf (stderr, "usage: bench-start MODEL WIDTH HEIGHT\n");
      return 2;
    }
  model = dif_model_load (argv[1], &error);
  loaded = now ();
  if (model)
    image = dif_image_new (atoi (argv[2]), atoi (argv[3]), &error);
  if (image)
    job = dif_job_new (model, image, &params, &error);
  if (! job)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  dif_job_start (job);
  started = now ();
  while (dif_job_poll (job, &progress) && progress.fraction <= 0.0)
    g_usleep (1000);
  printf ("%.6f %.6f %.6f\n", loaded, started, now ());
  return 0;
}
