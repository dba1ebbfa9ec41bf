/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command-restore.c: "gimp-diffusion restore": a picture without its noise.
 */

#include "tool/command.h"
#include "tool/interrupt.h"
#include "tool/outputs.h"
#include "tool/run-job.h"

gboolean
dif_tool_command_restore (int      argc,
                          char   **argv,
                          GError **error)
{
  DifToolOptions options;
  char         **names;
  gboolean       good = FALSE;

  if (! dif_tool_options_parse (&options, DIF_TOOL_COMMAND_RESTORE, argc, argv,
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
             dif_tool_run_input (&options, (const char *const *) names, error);
      g_strfreev (names);
    }
  dif_tool_options_clear (&options);
  return good;
}
