/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command-noise.c: "gimp-diffusion noise": the forward process alone.
 */

#include "tool/command.h"
#include "tool/image-io.h"
#include "tool/interrupt.h"
#include "tool/lookup.h"
#include "tool/options.h"
#include "tool/outputs.h"

static gboolean
noise (const DifToolOptions *options,
       const char *const    *names,
       GError              **error)
{
  g_autoptr (DifToolPicture) picture = dif_tool_picture_open (options->input,
                                                              error);
  g_autoptr (DifModel)       model = NULL;
  g_autoptr (DifImage)       image = NULL;

  if (picture == NULL)
    return FALSE;
  model = dif_tool_lookup_model (options->settings.model, error);
  if (model == NULL || ! dif_tool_picture_fits (picture, 0, error))
    return FALSE;
  image = dif_tool_picture_read (picture, NULL, error);
  return image != NULL && dif_tool_picture_suits (picture, names, error) &&
         dif_forward (model, image, &options->settings.params, error) &&
         dif_tool_interrupt_check (error) &&
         dif_tool_picture_write (picture, image, names[0], error);
}

gboolean
dif_tool_command_noise (int      argc,
                        char   **argv,
                        GError **error)
{
  DifToolOptions options;
  char         **names;
  gboolean       good = FALSE;

  if (! dif_tool_options_parse (&options, DIF_TOOL_COMMAND_NOISE, argc, argv,
                                error))
    return FALSE;
  if (options.help)
    good = TRUE;
  else
    {
      dif_tool_interrupt_catch ();
      names = dif_tool_outputs_expand (options.output, 1, error);
      good = names != NULL &&
             dif_tool_outputs_check ((const char *const *) names, error) &&
             noise (&options, (const char *const *) names, error);
      g_strfreev (names);
    }
  dif_tool_options_clear (&options);
  return good;
}
