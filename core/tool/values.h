/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * values.h: reads the values of options.  Every function returns TRUE
 * and leaves the value as it is where text is NULL: the option was not
 * given.  Errors: DIF_TOOL_USAGE_ERROR, which tells what is wanted.
 */

#ifndef DIF_TOOL_VALUES_H
#define DIF_TOOL_VALUES_H

#include "dif.h"

/* Sets the error "--NAME=TEXT: WANTED is wanted"; always FALSE. */
gboolean dif_tool_value_fault (GError    **error,
                               const char *name,
                               const char *text,
                               const char *wanted);

/* Reads the value of the option of that row into settings. */
gboolean dif_tool_value_param (const DifParam *row,
                               const char     *text,
                               DifSettings    *settings,
                               GError        **error);

/* What such a value can be, as --help says it: "1 to 1000", "a, b or c";
 * free with g_free().
 */
char    *dif_tool_value_range (const DifParam  *row);

/* "WxH", each from 1 to DIF_MAX_SIDE. */
gboolean dif_tool_value_size  (const char *text,
                               int        *width,
                               int        *height,
                               GError    **error);

#endif
