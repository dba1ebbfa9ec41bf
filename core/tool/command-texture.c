/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command-texture.c: "gimp-diffusion texture": textures of a sample's stuff.
 */

#include "tool/command.h"
#include "tool/interrupt.h"
#include "tool/lookup.h"
#include "tool/outputs.h"
#include "tool/run-job.h"

static gboolean
texture (const DifToolOptions *options,
         const char *const    *names,
         GError              **error)
{
  g_autoptr (DifToolPicture) sample = dif_tool_picture_open (options->input, error);
  g_autoptr (DifToolPicture) picture = NULL;
  g_autoptr (DifModel)       model = NULL;
  g_autofree guint8         *transparent = NULL;
  DifToolMasks               masks = { NULL };
  DifImage                  *source;
  guint64                    needed;

  if (sample != NULL)
    picture = dif_tool_picture_blank (options->width, options->height, error);
  if (picture == NULL)
    return FALSE;
  model = dif_tool_lookup_model (options->settings.model, error);
  if (model == NULL)
    return FALSE;
  needed = dif_job_memory (model, dif_tool_picture_width (sample),
                           dif_tool_picture_height (sample),
                           &options->settings.params);
  if (! dif_tool_picture_fits (sample, 0, error) ||
      ! dif_tool_picture_fits (picture, needed, error))
    return FALSE;
  source = dif_tool_picture_read (sample, &transparent, error);
  if (source == NULL)
    return FALSE;
  g_clear_pointer (&sample, dif_tool_picture_free);
  masks.transparent = transparent;
  return dif_tool_run_job (model, picture, source, &masks, options, names, error);
}

gboolean
dif_tool_command_texture (int      argc,
                          char   **argv,
                          GError **error)
{
  DifToolOptions options;
  char         **names;
  gboolean       good = FALSE;

  if (! dif_tool_options_parse (&options, DIF_TOOL_COMMAND_TEXTURE, argc, argv,
                                error))
    return FALSE;
  if (options.help)
    good = TRUE;
  else
    {
      options.settings.params.texture_width = options.width;
      options.settings.params.texture_height = options.height;
      dif_tool_interrupt_catch ();
      names = dif_tool_outputs_expand (options.output,
                                       options.settings.params.num_variations,
                                       error);
      good = names != NULL &&
             dif_tool_outputs_check ((const char *const *) names, error) &&
             texture (&options, (const char *const *) names, error);
      g_strfreev (names);
    }
  dif_tool_options_clear (&options);
  return good;
}
