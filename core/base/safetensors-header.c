/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors-header.c: the JSON header of a safetensors file.
 *
 * It has a parser of its own rather than a JSON tree: the format allows
 * headers of 100 MB, of which a tree would make gigabytes, a tree hides
 * names that come twice, and its numbers would not be exact.  The
 * grammar has three fixed levels, so nothing here recurses.
 */

#include <string.h>

#include "base/file.h"
#include "base/safetensors-private.h"

typedef struct
{
  const char *path;
  const char *start;
  const char *p;
  const char *end;
  GString    *string; /* the last one read */
} Parser;

/* In the order of DifDtype. */
static const char *const dtype_names[] = { "F32", "F16", "BF16", "F64", "I32",
                                          "I64" };
static const gsize       dtype_sizes[] = { 4, 2, 2, 8, 4, 8 };

gsize
dif_dtype_size (DifDtype dtype)
{
  return dtype_sizes[dtype];
}

static gboolean
fault (Parser      *parser,
       GError     **error,
       const char  *what)
{
  return dif_file_fault (parser->path, DIF_ERROR_MALFORMED, error,
                         "header, byte %" G_GSIZE_FORMAT ": %s.",
                         (gsize) (parser->p - parser->start), what);
}

static void
skip_space (Parser *parser)
{
  while (parser->p < parser->end && *parser->p != '\0' &&
         strchr (" \t\r\n", *parser->p))
    parser->p++;
}

/* Steps over c, if it comes next. */
static gboolean
take (Parser *parser,
      char    c)
{
  skip_space (parser);
  if (parser->p >= parser->end || *parser->p != c)
    return FALSE;

  parser->p++;
  return TRUE;
}

static gboolean
expect (Parser  *parser,
        char     c,
        GError **error)
{
  char what[] = "'?' expected";

  what[1] = c;
  return take (parser, c) || fault (parser, error, what);
}

/* Four hexadecimal digits. */
static gboolean
parse_hex (Parser   *parser,
           gunichar *value)
{
  int i;

  *value = 0;
  if (parser->end - parser->p < 4)
    return FALSE;

  for (i = 0; i < 4; i++, parser->p++)
    {
      if (! g_ascii_isxdigit (*parser->p))
        return FALSE;
      *value = *value * 16 + g_ascii_xdigit_value (*parser->p);
    }

  return TRUE;
}

/* What follows \u: one code unit, or a surrogate pair. */
static gboolean
parse_unicode (Parser *parser)
{
  gunichar c;
  gunichar low;

  if (! parse_hex (parser, &c))
    return FALSE;

  if (c >= 0xd800 && c < 0xdc00)
    {
      if (parser->end - parser->p < 6 || memcmp (parser->p, "\\u", 2) != 0)
        return FALSE;
      parser->p += 2;
      if (! parse_hex (parser, &low) || low < 0xdc00 || low >= 0xe000)
        return FALSE;
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }

  if (c == 0 || ! g_unichar_validate (c))
    return FALSE;

  g_string_append_unichar (parser->string, c);
  return TRUE;
}

static gboolean
parse_escape (Parser *parser)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";
  const char       *found;
  char              c;

  if (parser->p >= parser->end)
    return FALSE;

  c = *parser->p++;
  if (c == 'u')
    return parse_unicode (parser);

  found = c == '\0' ? NULL : strchr (from, c);
  if (found)
    g_string_append_c (parser->string, to[found - from]);

  return found != NULL;
}

/* A string into parser->string, valid UTF-8 without a NUL inside. */
static gboolean
parse_string (Parser  *parser,
              GError **error)
{
  g_string_truncate (parser->string, 0);
  if (! expect (parser, '"', error))
    return FALSE;

  while (parser->p < parser->end && *parser->p != '"')
    {
      unsigned char c = *parser->p++;

      if (c < 0x20)
        return fault (parser, error, "control character in a string");
      if (c != '\\')
        g_string_append_c (parser->string, c);
      else if (! parse_escape (parser))
        return fault (parser, error, "invalid escape in a string");
    }

  if (parser->p >= parser->end)
    return fault (parser, error, "a string does not end");
  parser->p++;

  if (! g_utf8_validate (parser->string->str, parser->string->len, NULL))
    return fault (parser, error, "a string is not UTF-8");

  return TRUE;
}

/* A whole number from 0 to G_MAXINT64. */
static gboolean
parse_number (Parser  *parser,
              gint64  *value,
              GError **error)
{
  const char *start;

  skip_space (parser);
  start = parser->p;
  *value = 0;
  while (parser->p < parser->end && g_ascii_isdigit (*parser->p))
    {
      int digit = *parser->p - '0';

      if (*value > (G_MAXINT64 - digit) / 10)
        return fault (parser, error, "number too large");
      *value = *value * 10 + digit;
      parser->p++;
    }

  return parser->p > start ||
         fault (parser, error, "a number of 0 or more expected");
}

/* "[" numbers "]", at most max of them. */
static gboolean
parse_numbers (Parser  *parser,
               int      max,
               gint64  *values,
               int     *n_values,
               GError **error)
{
  *n_values = 0;
  if (! expect (parser, '[', error))
    return FALSE;
  if (take (parser, ']'))
    return TRUE;

  do
    {
      if (*n_values == max)
        return fault (parser, error, "too many numbers in an array");
      if (! parse_number (parser, &values[*n_values], error))
        return FALSE;
      (*n_values)++;
    }
  while (take (parser, ','));

  return expect (parser, ']', error);
}

static gboolean
parse_dtype (Parser         *parser,
             DifTensorInfo  *tensor,
             GError        **error)
{
  char  *name;
  char  *dtype;
  guint  i;

  if (! parse_string (parser, error))
    return FALSE;

  for (i = 0; i < G_N_ELEMENTS (dtype_names); i++)
    if (strcmp (parser->string->str, dtype_names[i]) == 0)
      {
        tensor->dtype = i;
        return TRUE;
      }

  name = dif_file_quote (tensor->name);
  dtype = dif_file_quote (parser->string->str);
  dif_file_fault (parser->path, DIF_ERROR_UNSUPPORTED, error,
                  "tensor %s has type %s; only F32, F16, BF16, F64, I32 and "
                  "I64 are supported.", name, dtype);
  g_free (dtype);
  g_free (name);

  return FALSE;
}

/* {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]}, each
 * key once, in any order.
 */
static gboolean
parse_tensor (Parser         *parser,
              DifTensorInfo  *tensor,
              GError        **error)
{
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  gint64 range[2] = { 0, 0 };
  int    n_range = 0;
  int    seen = 0;
  int    key;

  if (! expect (parser, '{', error))
    return FALSE;

  do
    {
      if (! parse_string (parser, error))
        return FALSE;

      key = strcmp (parser->string->str, "dtype") == 0          ? DTYPE
            : strcmp (parser->string->str, "shape") == 0        ? SHAPE
            : strcmp (parser->string->str, "data_offsets") == 0 ? OFFSETS
                                                                : 0;
      if (key == 0 || (seen & key) != 0)
        return fault (parser, error, "unknown or repeated key of a tensor");
      seen |= key;

      if (! expect (parser, ':', error) ||
          (key == DTYPE && ! parse_dtype (parser, tensor, error)) ||
          (key == SHAPE && ! parse_numbers (parser, DIF_TENSOR_MAX_DIMS,
                                            tensor->dims, &tensor->n_dims,
                                            error)) ||
          (key == OFFSETS && ! parse_numbers (parser, 2, range, &n_range,
                                              error)))
        return FALSE;
    }
  while (take (parser, ','));

  if (seen != (DTYPE | SHAPE | OFFSETS) || n_range != 2 ||
      range[0] > range[1])
    return fault (parser, error, "a tensor needs dtype, shape and "
                                 "data_offsets [begin, end]");

  tensor->offset = range[0];
  tensor->size = range[1] - range[0];

  return expect (parser, '}', error);
}

/* Strings by name; nothing in there concerns us. */
static gboolean
parse_metadata (Parser  *parser,
                GError **error)
{
  if (! expect (parser, '{', error))
    return FALSE;
  if (take (parser, '}'))
    return TRUE;

  do
    if (! parse_string (parser, error) || ! expect (parser, ':', error) ||
        ! parse_string (parser, error))
      return FALSE;
  while (take (parser, ','));

  return expect (parser, '}', error);
}

/* One member of the header: a tensor, or the metadata. */
static gboolean
parse_member (Parser        *parser,
              GStringChunk  *names,
              GArray        *tensors,
              GError       **error)
{
  DifTensorInfo tensor = { 0 };

  if (! parse_string (parser, error))
    return FALSE;

  tensor.name = g_string_chunk_insert (names, parser->string->str);
  if (! expect (parser, ':', error))
    return FALSE;
  if (strcmp (tensor.name, "__metadata__") == 0)
    return parse_metadata (parser, error);

  if (tensors->len == DIF_SAFETENSORS_MAX_TENSORS)
    return fault (parser, error, "too many tensors");
  if (! parse_tensor (parser, &tensor, error))
    return FALSE;

  g_array_append_val (tensors, tensor);
  return TRUE;
}

static gboolean
parse_header (Parser        *parser,
              GStringChunk  *names,
              GArray        *tensors,
              GError       **error)
{
  if (! expect (parser, '{', error))
    return FALSE;

  if (! take (parser, '}'))
    {
      do
        if (! parse_member (parser, names, tensors, error))
          return FALSE;
      while (take (parser, ','));

      if (! expect (parser, '}', error))
        return FALSE;
    }

  skip_space (parser);
  return parser->p == parser->end ||
         fault (parser, error, "text after the end of the header");
}

GArray *
dif_safetensors_parse (const char    *path,
                       const char    *text,
                       gsize          length,
                       GStringChunk  *names,
                       GError       **error)
{
  Parser  parser = { path, text, text, text + length, NULL };
  GArray *tensors = g_array_new (FALSE, FALSE, sizeof (DifTensorInfo));

  parser.string = g_string_new (NULL);
  if (! parse_header (&parser, names, tensors, error))
    g_clear_pointer (&tensors, g_array_unref);
  g_string_free (parser.string, TRUE);

  return tensors;
}
