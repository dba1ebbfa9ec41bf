/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json.c: configuration files as trees of JSON-GLib.
 */

#include "base/file.h"
#include "base/json-private.h"

/* In the tree a second value of a key silently replaces the first.  Such a
 * key is noticed because the parser met more members than the objects have.
 */
typedef struct
{
  guint n_met;
  guint n_had;
} MemberCount;

static void
on_member (JsonParser  *parser,
           JsonObject  *object,
           const char  *name,
           MemberCount *count)
{
  count->n_met++;
}

static void
on_object_end (JsonParser  *parser,
               JsonObject  *object,
               MemberCount *count)
{
  count->n_had += json_object_get_size (object);
}

static JsonNode *
parse (const char  *path,
       GString     *text,
       GError     **error)
{
  JsonParser  *parser = json_parser_new ();
  MemberCount  count = { 0, 0 };
  JsonNode    *root = NULL;
  GError      *fault = NULL;

  g_signal_connect (parser, "object-member", G_CALLBACK (on_member), &count);
  g_signal_connect (parser, "object-end", G_CALLBACK (on_object_end), &count);

  if (! json_parser_load_from_data (parser, text->str, text->len, &fault))
    dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                    "is not valid JSON: %s.", fault->message);
  else if (count.n_met != count.n_had)
    dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                    "gives the same key twice.");
  else if (! json_parser_get_root (parser) ||
           ! JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    dif_file_fault (path, DIF_ERROR_MALFORMED, error,
                    "does not hold a JSON object.");
  else
    root = json_parser_steal_root (parser);

  g_clear_error (&fault);
  g_object_unref (parser);

  return root;
}

DifJson *
dif_json_parse (const char  *path,
                const char  *text,
                gsize        length,
                GError     **error)
{
  DifJson  *json;
  JsonNode *root;
  GString  *clean;
  GList    *members;
  GList    *l;

  clean = dif_json_scan (path, text, length, error);
  if (! clean)
    return NULL;

  root = parse (path, clean, error);
  g_string_free (clean, TRUE);
  if (! root)
    return NULL;

  json = g_new0 (DifJson, 1);
  json->path = g_strdup (path);
  json->root = root;
  json->object = json_node_get_object (root);
  json->keys = g_ptr_array_new ();

  members = json_object_get_members (json->object);
  for (l = members; l; l = l->next)
    g_ptr_array_add (json->keys, l->data);
  g_list_free (members);

  return json;
}

DifJson *
dif_json_read (const char  *path,
               GError     **error)
{
  DifJson *json;
  gsize    length;
  char    *text = dif_file_load (path, DIF_JSON_MAX_SIZE, &length, error);

  if (! text)
    return NULL;

  json = dif_json_parse (path, text, length, error);
  g_free (text);

  return json;
}

void
dif_json_free (DifJson *json)
{
  if (! json)
    return;

  g_ptr_array_unref (json->keys);
  json_node_unref (json->root);
  g_free (json->path);
  g_free (json);
}

const char *
dif_json_path (const DifJson *json)
{
  return json->path;
}

gboolean
dif_json_has (const DifJson *json,
              const char    *key)
{
  return json_object_has_member (json->object, key);
}

gboolean
dif_json_is_null (const DifJson *json,
                  const char    *key)
{
  return dif_json_has (json, key) &&
         json_object_get_null_member (json->object, key);
}

int
dif_json_n_keys (const DifJson *json)
{
  return json->keys->len;
}

const char *
dif_json_key (const DifJson *json,
              int            index)
{
  g_return_val_if_fail (index >= 0 && index < dif_json_n_keys (json), NULL);

  return g_ptr_array_index (json->keys, index);
}

gboolean
dif_json_fault (const DifJson  *json,
                const char     *key,
                DifError        code,
                GError        **error,
                const char     *format,
                ...)
{
  char    *quoted = dif_file_quote (key);
  char    *message;
  va_list  args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  dif_file_fault (json->path, code, error, "key %s: %s", quoted, message);
  g_free (message);
  g_free (quoted);

  return FALSE;
}
