/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json.h: checked access to a configuration file: one JSON object, of
 * which each key is read with the type, the range and the default that
 * the reader expects.  Shared by the readers of config.json,
 * scheduler_config.json and model_index.json.
 *
 * Getters return TRUE and fill *value, or return FALSE, set an error
 * that names the file and the key, and leave *value alone.  A missing
 * key gives the default.  A key that is there but null is refused as
 * any other wrong type: ask dif_json_is_null() first where null means
 * something.
 */

#ifndef DIF_BASE_JSON_H
#define DIF_BASE_JSON_H

#include "dif.h"

/* Largest file read, nesting allowed. */
#define DIF_JSON_MAX_SIZE  (1 << 20)
#define DIF_JSON_MAX_DEPTH 16

typedef struct _DifJson DifJson;

/* Reads a regular file whose content is one object.  Infinity and
 * -Infinity are taken as numbers, because Python writes them so; NaN,
 * comments and duplicate keys are refused.
 * Errors: NOT_FOUND, IO, MALFORMED.
 */
DifJson    *dif_json_read       (const char         *path,
                                 GError            **error);

/* The same from memory; path is only named in messages. */
DifJson    *dif_json_parse      (const char         *path,
                                 const char         *text,
                                 gsize               length,
                                 GError            **error);

/* NULL is allowed. */
void        dif_json_free       (DifJson            *json);

const char *dif_json_path       (const DifJson      *json);

/* TRUE if the key is there, be it null. */
gboolean    dif_json_has        (const DifJson      *json,
                                 const char         *key);

/* TRUE if the key is there and null. */
gboolean    dif_json_is_null    (const DifJson      *json,
                                 const char         *key);

/* Number of keys, and the key of index 0..n-1 in the file's order. */
int         dif_json_n_keys     (const DifJson      *json);
const char *dif_json_key        (const DifJson      *json,
                                 int                 index);

/* An integer within min..max; 2.0 is one, 2.5, true and "2" are not.
 * Errors: MALFORMED.
 */
gboolean    dif_json_get_int    (const DifJson      *json,
                                 const char         *key,
                                 int                 default_value,
                                 int                 min,
                                 int                 max,
                                 int                *value,
                                 GError            **error);

/* A number within min..max, bounds included; infinite only if a bound
 * is.  Errors: MALFORMED.
 */
gboolean    dif_json_get_double (const DifJson      *json,
                                 const char         *key,
                                 double              default_value,
                                 double              min,
                                 double              max,
                                 double             *value,
                                 GError            **error);

/* Errors: MALFORMED. */
gboolean    dif_json_get_bool   (const DifJson      *json,
                                 const char         *key,
                                 gboolean            default_value,
                                 gboolean           *value,
                                 GError            **error);

/* *value belongs to json.  Errors: MALFORMED. */
gboolean    dif_json_get_string (const DifJson      *json,
                                 const char         *key,
                                 const char         *default_value,
                                 const char        **value,
                                 GError            **error);

/* *value becomes the index of the string in the NULL-terminated names.
 * Errors: MALFORMED for another type, UNSUPPORTED, with the names that
 * are, for a string not among them.
 */
gboolean    dif_json_get_choice (const DifJson      *json,
                                 const char         *key,
                                 int                 default_value,
                                 const char *const  *names,
                                 int                *value,
                                 GError            **error);

/* Arrays of at most max_values elements, *n_values of them.  A missing
 * key gives *n_values = -1 and leaves values alone.  Errors: MALFORMED.
 */
gboolean    dif_json_get_ints    (const DifJson     *json,
                                  const char        *key,
                                  int                min,
                                  int                max,
                                  int                max_values,
                                  int               *values,
                                  int               *n_values,
                                  GError           **error);
gboolean    dif_json_get_doubles (const DifJson     *json,
                                  const char        *key,
                                  double             min,
                                  double             max,
                                  int                max_values,
                                  double            *values,
                                  int               *n_values,
                                  GError           **error);
gboolean    dif_json_get_strings (const DifJson     *json,
                                  const char        *key,
                                  int                max_values,
                                  const char       **values,
                                  int               *n_values,
                                  GError           **error);

/* Sets "PATH: key "KEY": fault", for faults only the caller can see.
 * Always returns FALSE, so that a check can end with it.
 */
gboolean    dif_json_fault       (const DifJson     *json,
                                  const char        *key,
                                  DifError           code,
                                  GError           **error,
                                  const char        *format,
                                  ...) G_GNUC_PRINTF (5, 6);

#endif
