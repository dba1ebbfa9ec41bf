/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-restore MODEL WIDTH HEIGHT DEVIATION IN OUT: restores a picture whose
 * noise is known: white, and of that deviation.  IN and OUT are files of float32
 * planes, [3][height][width], in [-1,1] as the deviation is.
 */

#include <stdio.h>
#include <stdlib.h>

#include "dif.h"

static DifLayerNoise
white_noise (double deviation)
{
  DifLayerNoise noise = { .deviation = deviation, .coarseness = 1.0 };
  int           c;

  for (c = 0; c < 3; c++)
    noise.base[c] = noise.least[c] = noise.most[c] = deviation * deviation;
  return noise;
}

static gboolean
read_planes (const char  *path,
             DifImage    *image,
             GError     **error)
{
  gsize            size = (gsize) 3 * image->width * image->height * sizeof (float);
  g_autofree char *data = NULL;
  gsize            length;

  if (! g_file_get_contents (path, &data, &length, error))
    return FALSE;
  if (length == size)
    {
      memcpy (image->rgb, data, size);
      return TRUE;
    }
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "%s has %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT, path,
               length, size);
  return FALSE;
}

static gboolean
restore (DifModel     *model,
         DifImage     *image,
         double        deviation,
         const char   *path,
         GError      **error)
{
  DifParams           params = dif_params_default ();
  DifLayerNoise       noise = white_noise (deviation);
  DifRect             area = { 0, 0, image->width, image->height };
  g_autoptr (DifJob)  job = dif_job_new_restore (model, image, area.width,
                                                 area.height, &area, &noise,
                                                 &params, error);
  g_autoptr (DifImage) result = NULL;

  if (! job)
    return FALSE;
  dif_job_start (job);
  if (! dif_job_wait (job, error))
    return FALSE;
  result = dif_job_take_result (job, 0);
  return g_file_set_contents (path, (const char *) result->rgb,
                              (gssize) area.width * area.height * 3
                              * (gssize) sizeof (float), error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (DifModel) model = NULL;
  DifImage            *image = NULL;

  if (argc != 7)
    {
      fprintf (stderr,
               "usage: bench-restore MODEL WIDTH HEIGHT DEVIATION IN OUT\n");
      return 2;
    }
  model = dif_model_load (argv[1], &error);
  if (model)
    image = dif_image_new (atoi (argv[2]), atoi (argv[3]), &error);
  if (image && ! read_planes (argv[5], image, &error))
    g_clear_pointer (&image, dif_image_free);
  if (! image || ! restore (model, image, g_ascii_strtod (argv[4], NULL), argv[6],
                            &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  return 0;
}
