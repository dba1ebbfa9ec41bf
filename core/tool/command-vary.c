/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command-vary.c: "gimp-diffusion vary": variations of a picture.
 */

#include "tool/command.h"
#include "tool/interrupt.h"
#include "tool/lookup.h"
#include "tool/outputs.h"
#include "tool/run-job.h"

static gboolean
vary (const DifToolOptions *options,
      const char *const    *names,
      GError              **error)
{
  g_autoptr (DifToolPicture) picture = dif_tool_picture_open (options->input,
                                                              error);
  g_autoptr (DifModel)       model = NULL;
  DifImage                  *source;
  guint64                    needed;

  if (picture == NULL)
    return FALSE;
  model = dif_tool_lookup_model (options->settings.model, error);
  if (model == NULL)
    return FALSE;
  needed = dif_job_memory (model, dif_tool_picture_width (picture),
                           dif_tool_picture_height (picture),
                           &options->settings.params);
  if (! dif_tool_picture_fits (picture, needed, error))
    return FALSE;
  source = dif_tool_picture_read (picture, error);
  if (source == NULL)
    return FALSE;
  if (! dif_tool_picture_suits (picture, names, error))
    {
      dif_image_free (source);
      return FALSE;
    }
  return dif_tool_run_job (model, picture, source, options, names, error);
}

gboolean
dif_tool_command_vary (int      argc,
                       char   **argv,
                       GError **error)
{
  DifToolOptions options;
  char         **names;
  gboolean       good = FALSE;

  if (! dif_tool_options_parse (&options, DIF_TOOL_COMMAND_VARY, argc, argv,
                                error))
    return FALSE;
  if (options.help)
    good = TRUE;
  else
    {
      dif_tool_interrupt_catch ();
      names = dif_tool_outputs_expand (options.output,
                                       options.settings.params.num_variations,
                                       error);
      good = names != NULL &&
             dif_tool_outputs_check ((const char *const *) names, error) &&
             vary (&options, (const char *const *) names, error);
      g_strfreev (names);
    }
  dif_tool_options_clear (&options);
  return good;
}
