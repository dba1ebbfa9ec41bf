/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * outputs.h: names of the files to write, made from a pattern, and the
 * way a file gets its name only once it is complete.
 */

#ifndef DIF_TOOL_OUTPUTS_H
#define DIF_TOOL_OUTPUTS_H

#include "tool/formats.h"

/* The n names that pattern stands for, a NULL-terminated list to free
 * with g_strfreev().  "%d" or "%0Wd" with W from 1 to 9 becomes 1..n and
 * "%%" a percent sign.  Anything else after a percent sign, a second
 * number, and with n above 1 a pattern without one, are DIF_TOOL_USAGE_ERROR.
 * No name is ever handed to printf() as a format.
 */
char   **dif_tool_outputs_expand (const char *pattern,
                                  int         n,
                                  GError    **error);

/* What can be said before the work begins: every name's ending is
 * known, its folder is there and can be written to, and the name is free
 * or that of a regular file.  Errors: UNSUPPORTED, NOT_FOUND, IO.
 */
gboolean dif_tool_outputs_check  (const char *const  *names,
                                  GError            **error);

/* A file under way: it is written at path, inside a hidden folder of
 * its own beside the target.
 */
typedef struct
{
  char *target;
  char *folder;
  char *path;
} DifToolOutput;

gboolean dif_tool_output_begin   (DifToolOutput *output,
                                  const char    *target,
                                  GError       **error);

/* Moves the file to its name.  If it replaces one there it takes over that
 * one's permissions.
 */
gboolean dif_tool_output_commit  (DifToolOutput *output,
                                  GError       **error);

/* Removes the hidden folder with all in it; call it after commit too. */
void     dif_tool_output_end     (DifToolOutput          *output);

#endif
