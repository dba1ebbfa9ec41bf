/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * values.h: reads the values of options.  Every function returns TRUE
 * and leaves the value as it is where text is NULL: the option was not
 * given.  Errors: DIF_USAGE_ERROR, which tells what is wanted.
 */

#ifndef DIF_TOOL_VALUES_H
#define DIF_TOOL_VALUES_H

#include "dif.h"

/* Sets the error "--NAME=TEXT: WANTED is wanted"; always FALSE. */
gboolean dif_value_fault (GError     **error,
                          const char  *name,
                          const char  *text,
                          const char  *wanted);

/* A whole number from min to max. */
gboolean dif_value_int   (const char  *name,
                          const char  *text,
                          int          min,
                          int          max,
                          int         *value,
                          GError     **error);

/* A number from 0 to 1 or, where percent is TRUE, also from 0% to 100%,
 * which becomes 0 to 1.
 */
gboolean dif_value_share (const char  *name,
                          const char  *text,
                          gboolean     percent,
                          double      *value,
                          GError     **error);

/* "WxH", each from 1 to DIF_MAX_SIDE. */
gboolean dif_value_size  (const char  *text,
                          int         *width,
                          int         *height,
                          GError     **error);

#endif
