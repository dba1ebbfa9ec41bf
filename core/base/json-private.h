/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json-private.h: what the parts of the JSON reader share.
 */

#ifndef DIF_BASE_JSON_PRIVATE_H
#define DIF_BASE_JSON_PRIVATE_H

#include <json-glib/json-glib.h>

#include "base/json.h"

struct _DifJson
{
  char       *path;
  JsonNode   *root;
  JsonObject *object; /* of root                         */
  GPtrArray  *keys;   /* its names, in the file's order  */
};

/* A copy of the text in which each Infinity, as Python writes it, is replaced
 * by a number so large that it is read as infinity.  NULL with MALFORMED for
 * NaN, comments, more than one root, nesting deeper than DIF_JSON_MAX_DEPTH and
 * bytes that JSON has no use for.
 */
GString *dif_json_scan (const char  *path,
                        const char  *text,
                        gsize        length,
                        GError     **error);

#endif
