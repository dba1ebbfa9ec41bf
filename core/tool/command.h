/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command.h: the commands of gimp-diffusion.
 */

#ifndef DIF_TOOL_COMMAND_H
#define DIF_TOOL_COMMAND_H

#include <glib.h>

/* The commands.  argv[0] is the command's name.  Errors: DIF_TOOL_USAGE_ERROR
 * for the command line, DIF_ERROR for all else, CANCELLED after a
 * signal.
 */
gboolean dif_tool_command_vary     (int      argc,
                                    char   **argv,
                                    GError **error);
gboolean dif_tool_command_noise    (int      argc,
                                    char   **argv,
                                    GError **error);
gboolean dif_tool_command_generate (int      argc,
                                    char   **argv,
                                    GError **error);
gboolean dif_tool_command_restore  (int      argc,
                                    char   **argv,
                                    GError **error);
gboolean dif_tool_command_fill     (int      argc,
                                    char   **argv,
                                    GError **error);
gboolean dif_tool_command_texture  (int      argc,
                                    char   **argv,
                                    GError **error);
gboolean dif_tool_command_models   (int      argc,
                                    char   **argv,
                                    GError **error);

#endif
