/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json-values.c: the typed, bounded access to the keys of a
 * configuration file.
 */

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/json-private.h"

static gboolean
number_of (JsonNode *node,
           double   *value)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                            : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;

  *value = json_node_get_double (node);
  return TRUE;
}

/* The checks that a single value and an element of an array share. */
static gboolean
check_double (const DifJson  *json,
              const char     *key,
              JsonNode       *node,
              double          min,
              double          max,
              double         *value,
              GError        **error)
{
  double number;

  if (! number_of (node, &number))
    return dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                           "must be a number.");
  if (! (number >= min && number <= max))
    return dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                           "is %g, outside %g to %g.", number, min, max);

  *value = number;
  return TRUE;
}

static gboolean
check_int (const DifJson  *json,
           const char     *key,
           JsonNode       *node,
           int             min,
           int             max,
           int            *value,
           GError        **error)
{
  double number;

  if (! number_of (node, &number) || ! isfinite (number) ||
      number != floor (number))
    return dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                           "must be a whole number.");
  if (number < min || number > max)
    return dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                           "is %.17g, outside %d to %d.", number, min, max);

  *value = (int) number;
  return TRUE;
}

static gboolean
check_string (const DifJson  *json,
              const char     *key,
              JsonNode       *node,
              const char    **value,
              GError        **error)
{
  if (! JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                           "must be a string.");

  *value = json_node_get_string (node);
  return TRUE;
}

gboolean
dif_json_get_int (const DifJson  *json,
                  const char     *key,
                  int             default_value,
                  int             min,
                  int             max,
                  int            *value,
                  GError        **error)
{
  JsonNode *node = json_object_get_member (json->object, key);

  if (node)
    return check_int (json, key, node, min, max, value, error);

  *value = default_value;
  return TRUE;
}

gboolean
dif_json_get_double (const DifJson  *json,
                     const char     *key,
                     double          default_value,
                     double          min,
                     double          max,
                     double         *value,
                     GError        **error)
{
  JsonNode *node = json_object_get_member (json->object, key);

  if (node)
    return check_double (json, key, node, min, max, value, error);

  *value = default_value;
  return TRUE;
}

gboolean
dif_json_get_bool (const DifJson  *json,
                   const char     *key,
                   gboolean        default_value,
                   gboolean       *value,
                   GError        **error)
{
  JsonNode *node = json_object_get_member (json->object, key);

  if (! node)
    *value = default_value;
  else if (JSON_NODE_HOLDS_VALUE (node) &&
           json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    *value = json_node_get_boolean (node);
  else
    return dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                           "must be true or false.");

  return TRUE;
}

gboolean
dif_json_get_string (const DifJson  *json,
                     const char     *key,
                     const char     *default_value,
                     const char    **value,
                     GError        **error)
{
  JsonNode *node = json_object_get_member (json->object, key);

  if (node)
    return check_string (json, key, node, value, error);

  *value = default_value;
  return TRUE;
}

gboolean
dif_json_get_choice (const DifJson      *json,
                     const char         *key,
                     int                 default_value,
                     const char *const  *names,
                     int                *value,
                     GError            **error)
{
  const char *name;
  char       *quoted;
  char       *known;
  int         i;

  if (! dif_json_get_string (json, key, NULL, &name, error))
    return FALSE;

  if (! name)
    {
      *value = default_value;
      return TRUE;
    }

  for (i = 0; names[i]; i++)
    if (strcmp (names[i], name) == 0)
      {
        *value = i;
        return TRUE;
      }

  quoted = dif_file_quote (name);
  known = g_strjoinv (", ", (char **) names);
  dif_json_fault (json, key, DIF_ERROR_UNSUPPORTED, error,
                  "%s is not supported (only: %s).", quoted, known);
  g_free (known);
  g_free (quoted);

  return FALSE;
}

/* Arrays ------------------------------------------------------------- */

/* The array of that key.  NULL with *ok = TRUE where the key is missing, NULL
 * with *ok = FALSE where its value is something else.
 */
static JsonArray *
get_array (const DifJson  *json,
           const char     *key,
           int             max_values,
           int            *n_values,
           gboolean       *ok,
           GError        **error)
{
  JsonNode  *node = json_object_get_member (json->object, key);
  JsonArray *array;

  *n_values = -1;
  *ok = TRUE;
  if (! node)
    return NULL;

  if (! JSON_NODE_HOLDS_ARRAY (node))
    {
      *ok = dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                            "must be an array.");
      return NULL;
    }

  array = json_node_get_array (node);
  if (json_array_get_length (array) > (guint) max_values)
    {
      *ok = dif_json_fault (json, key, DIF_ERROR_MALFORMED, error,
                            "has %u elements, more than %d.",
                            json_array_get_length (array), max_values);
      return NULL;
    }

  *n_values = json_array_get_length (array);
  return array;
}

gboolean
dif_json_get_ints (const DifJson  *json,
                   const char     *key,
                   int             min,
                   int             max,
                   int             max_values,
                   int            *values,
                   int            *n_values,
                   GError        **error)
{
  gboolean   ok;
  JsonArray *array = get_array (json, key, max_values, n_values, &ok, error);
  int        i;

  for (i = 0; ok && array && i < *n_values; i++)
    ok = check_int (json, key, json_array_get_element (array, i),
                   min, max, &values[i], error);

  return ok;
}

gboolean
dif_json_get_doubles (const DifJson  *json,
                      const char     *key,
                      double          min,
                      double          max,
                      int             max_values,
                      double         *values,
                      int            *n_values,
                      GError        **error)
{
  gboolean   ok;
  JsonArray *array = get_array (json, key, max_values, n_values, &ok, error);
  int        i;

  for (i = 0; ok && array && i < *n_values; i++)
    ok = check_double (json, key, json_array_get_element (array, i),
                      min, max, &values[i], error);

  return ok;
}

gboolean
dif_json_get_strings (const DifJson  *json,
                      const char     *key,
                      int             max_values,
                      const char    **values,
                      int            *n_values,
                      GError        **error)
{
  gboolean   ok;
  JsonArray *array = get_array (json, key, max_values, n_values, &ok, error);
  int        i;

  for (i = 0; ok && array && i < *n_values; i++)
    ok = check_string (json, key, json_array_get_element (array, i),
                      &values[i], error);

  return ok;
}
