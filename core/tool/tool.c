/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tool.c: see tool.h.
 */

#include <stdarg.h>
#include <stdio.h>

#include "tool/progress.h"
#include "tool/tool.h"

GQuark
dif_tool_usage_error_quark (void)
{
  return g_quark_from_static_string ("dif-usage-error-quark");
}

void
dif_tool_message (const char *format,
                  ...)
{
  va_list arguments;

  dif_tool_progress_wipe ();
  va_start (arguments, format);
  fputs ("gimp-diffusion: ", stderr);
  vfprintf (stderr, format, arguments);
  fputc ('\n', stderr);
  va_end (arguments);
}
