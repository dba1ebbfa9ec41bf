/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command-generate.c: "gimp-diffusion generate": pictures from noise alone, the
 * whole way back from t = T.
 */

#include "tool/command.h"
#include "tool/interrupt.h"
#include "tool/lookup.h"
#include "tool/outputs.h"
#include "tool/run-job.h"

static gboolean
generate (const DifOptions   *options,
          const char *const  *names,
          GError            **error)
{
  g_autoptr (DifPicture) picture = NULL;
  g_autoptr (DifModel)   model = NULL;
  DifImage              *source;
  guint64                needed;

  picture = dif_picture_blank (options->width, options->height, error);
  if (picture == NULL)
    return FALSE;
  model = dif_lookup_model (options->settings.model, error);
  if (model == NULL)
    return FALSE;
  needed = dif_job_memory (model, options->width, options->height,
                           &options->settings.params);
  if (! dif_picture_fits (picture, needed, error))
    return FALSE;
  source = dif_image_new (options->width, options->height, error);
  if (source == NULL)
    return FALSE;
  return dif_run_job (model, picture, source, options, names, error);
}

gboolean
dif_command_generate (int      argc,
                      char   **argv,
                      GError **error)
{
  DifOptions options;
  char     **names;
  gboolean   good = FALSE;

  if (! dif_options_parse (&options, DIF_COMMAND_GENERATE, argc, argv, error))
    return FALSE;
  if (options.help)
    good = TRUE;
  else
    {
      options.settings.params.strength = 1.0;
      options.settings.params.from_noise = TRUE;
      dif_interrupt_watch ();
      names = dif_outputs_expand (options.output,
                                  options.settings.params.num_variations,
                                  error);
      good = names != NULL &&
             dif_outputs_check ((const char *const *) names, error) &&
             generate (&options, (const char *const *) names, error);
      g_strfreev (names);
    }
  dif_options_clear (&options);
  return good;
}
