/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command-fill.c: "gimp-diffusion fill": parts of a picture made of what is round
 * them.
 */

#include "tool/command.h"
#include "tool/interrupt.h"
#include "tool/lookup.h"
#include "tool/mask.h"
#include "tool/outputs.h"
#include "tool/run-job.h"

/* What of the picture is filled: all that is not opaque.  NULL with an error. */
static guint8 *
copy_missing (const DifToolPicture *picture,
              const char           *input,
              GError              **error)
{
  const guint8 *missing = dif_tool_picture_missing (picture);
  gsize         n = (gsize) dif_tool_picture_width (picture) *
                    dif_tool_picture_height (picture);

  if (missing != NULL)
    return g_memdup2 (missing, n);
  g_set_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT,
               "nothing of %s is transparent: say with --mask what is to be filled",
               input);
  return NULL;
}

/* Where the results have to be opaque. */
static guint8 *
find_cover (const DifToolPicture *picture,
            const guint8         *change,
            gboolean              masked)
{
  gsize   n = (gsize) dif_tool_picture_width (picture) *
              dif_tool_picture_height (picture);
  guint8 *cover = g_memdup2 (change, n);

  for (gsize i = 0; i < n && ! masked; i++)
    cover[i] = change[i] != 0 ? 255 : 0;
  return cover;
}

static gboolean
fill (const DifToolOptions *options,
      const char *const    *names,
      GError              **error)
{
  g_autoptr (DifToolPicture) picture = dif_tool_picture_open (options->input,
                                                              error);
  g_autoptr (DifToolPicture) mask = NULL;
  g_autoptr (DifModel)       model = NULL;
  g_autoptr (DifImage)       source = NULL;
  g_autofree guint8         *transparent = NULL;
  g_autofree guint8         *change = NULL;
  DifToolMasks               masks = { NULL };

  if (picture == NULL)
    return FALSE;
  if (options->mask != NULL)
    {
      mask = dif_tool_mask_open (options->mask, "to fill parts of it", options->input,
                                 picture, error);
      if (mask == NULL)
        return FALSE;
    }
  model = dif_tool_lookup_model (options->settings.model, error);
  if (model == NULL ||
      ! dif_tool_picture_fits (picture,
                               dif_job_memory (model, dif_tool_picture_width (picture),
                                               dif_tool_picture_height (picture),
                                               &options->settings.params), error))
    return FALSE;
  if (mask != NULL)
    {
      change = dif_tool_mask_read (mask, error);
      if (change == NULL)
        return FALSE;
      g_clear_pointer (&mask, dif_tool_picture_free);
    }
  source = dif_tool_picture_read (picture, &transparent, error);
  if (source != NULL && change == NULL)
    change = copy_missing (picture, options->input, error);
  if (source == NULL || change == NULL)
    return FALSE;
  dif_tool_picture_cover (picture, find_cover (picture, change,
                                               options->mask != NULL));
  if (! dif_tool_picture_suits (picture, names, error))
    return FALSE;
  masks.transparent = transparent;
  masks.change = change;
  return dif_tool_run_job (model, picture, g_steal_pointer (&source), &masks, options,
                           names, error);
}

gboolean
dif_tool_command_fill (int      argc,
                       char   **argv,
                       GError **error)
{
  DifToolOptions options;
  char         **names;
  gboolean       good = FALSE;

  if (! dif_tool_options_parse (&options, DIF_TOOL_COMMAND_FILL, argc, argv, error))
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
             fill (&options, (const char *const *) names, error);
      g_strfreev (names);
    }
  dif_tool_options_clear (&options);
  return good;
}
