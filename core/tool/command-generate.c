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
generate (const DifToolOptions *options,
          const char *const    *names,
          GError              **error)
{
  g_autoptr (DifToolPicture) picture = NULL;
  g_autoptr (DifModel)       model = NULL;
  DifImage                  *source;
  guint64                    needed;

  picture = dif_tool_picture_blank (options->width, options->height, error);
  if (picture == NULL)
    return FALSE;
  model = dif_tool_lookup_model (options->settings.model, error);
  if (model == NULL)
    return FALSE;
  needed = dif_job_memory (model, options->width, options->height,
                           &options->settings.params);
  if (! dif_tool_picture_fits (picture, needed, error))
    return FALSE;
  source = dif_image_new (options->width, options->height, error);
  if (source == NULL)
    return FALSE;
  return dif_tool_run_job (model, picture, source, NULL, options, names, error);
}

gboolean
dif_tool_command_generate (int      argc,
                           char   **argv,
                           GError **error)
{
  DifToolOptions options;
  char         **names;
  gboolean       good = FALSE;

  if (! dif_tool_options_parse (&options, DIF_TOOL_COMMAND_GENERATE, argc, argv,
                                error))
    return FALSE;
  if (options.help)
    good = TRUE;
  else
    {
      options.settings.params.strength = 1.0;
      options.settings.params.from_noise = TRUE;
      dif_tool_interrupt_catch ();
      names = dif_tool_outputs_expand (options.output,
                                       options.settings.params.num_variations,
                                       error);
      good = names != NULL &&
             dif_tool_outputs_check ((const char *const *) names, error) &&
             generate (&options, (const char *const *) names, error);
      g_strfreev (names);
    }
  dif_tool_options_clear (&options);
  return good;
}
