/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tool.h: what the commands of gimp-diffusion share: exit statuses, the
 * error domain for wrong usage, and messages.
 */

#ifndef DIF_TOOL_TOOL_H
#define DIF_TOOL_TOOL_H

#include "dif.h"

/* Exit statuses.  A run that a signal ended exits with 128 plus the
 * signal's number, as a shell reports it: 130 for SIGINT.
 */
#define DIF_TOOL_EXIT_DONE        0
#define DIF_TOOL_EXIT_FAILURE     1
#define DIF_TOOL_EXIT_USAGE       2
#define DIF_TOOL_EXIT_SIGNAL(sig) (128 + (sig))

/* The command line itself is at fault; such errors exit with
 * DIF_TOOL_EXIT_USAGE.
 */
#define DIF_TOOL_USAGE_ERROR (dif_tool_usage_error_quark ())

GQuark dif_tool_usage_error_quark (void);

/* Prints "gimp-diffusion: " and the message on standard error, after
 * wiping a progress line that may stand there.
 */
void   dif_tool_message      (const char *format,
                              ...) G_GNUC_PRINTF (1, 2);

#endif
