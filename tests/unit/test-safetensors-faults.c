/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-safetensors-faults.c: files that are truncated, inconsistent or
 * no files at all: each is refused with its name and the fault.
 */

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "base/safetensors.h"

#define T(dtype, shape, offsets) \
  "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define GOOD T ("F32", "[1]", "[0,4]")

typedef struct
{
  const char *name;
  const char *header;
  gsize       n_data;
  DifError    code;
  const char *fault;
} BadHeader;

static const BadHeader bad_headers[] =
{
  { "empty", "", 0, DIF_ERROR_MALFORMED, "header, byte 0: '{' expected" },
  { "array", "[]", 0, DIF_ERROR_MALFORMED, "header, byte 0: '{' expected" },
  { "cut", "{\"a\":{\"dtype\":\"F32\"", 0, DIF_ERROR_MALFORMED,
    "a tensor needs dtype, shape and data_offsets" },
  { "cut-string", "{\"a\":{\"dtype\":\"F3", 0, DIF_ERROR_MALFORMED,
    "a string does not end" },
  { "after", "{}{}", 0, DIF_ERROR_MALFORMED, "text after the end" },
  { "trailing-comma", "{\"a\":" GOOD ",}", 4, DIF_ERROR_MALFORMED,
    "'\"' expected" },
  { "escape", "{\"\\q\":" GOOD "}", 4, DIF_ERROR_MALFORMED,
    "invalid escape" },
  { "surrogate", "{\"\\ud800x\":" GOOD "}", 4, DIF_ERROR_MALFORMED,
    "invalid escape" },
  { "nul-escape", "{\"a\\u0000\":" GOOD "}", 4, DIF_ERROR_MALFORMED,
    "invalid escape" },
  { "control", "{\"a\n\":" GOOD "}", 4, DIF_ERROR_MALFORMED,
    "control character" },
  { "utf8", "{\"\xc3(\":" GOOD "}", 4, DIF_ERROR_MALFORMED, "not UTF-8" },
  { "dtype-unknown", "{\"w\":" T ("F99", "[1]", "[0,8]") "}", 8,
    DIF_ERROR_UNSUPPORTED, "tensor \"w\" has type \"F99\"; only F32" },
  { "dtype-number", "{\"w\":{\"dtype\":5}}", 0, DIF_ERROR_MALFORMED,
    "'\"' expected" },
  { "key-unknown", "{\"a\":{\"dtipe\":\"F32\"}}", 0, DIF_ERROR_MALFORMED,
    "unknown or repeated key" },
  { "key-twice", "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 0,
    DIF_ERROR_MALFORMED, "unknown or repeated key" },
  { "no-shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4,
    DIF_ERROR_MALFORMED, "needs dtype, shape and data_offsets" },
  { "one-offset", "{\"a\":" T ("F32", "[1]", "[0]") "}", 4,
    DIF_ERROR_MALFORMED, "needs dtype, shape and data_offsets" },
  { "three-offsets", "{\"a\":" T ("F32", "[1]", "[0,4,8]") "}", 4,
    DIF_ERROR_MALFORMED, "too many numbers" },
  { "offsets-swapped", "{\"a\":" T ("F32", "[1]", "[4,0]") "}", 4,
    DIF_ERROR_MALFORMED, "needs dtype, shape and data_offsets" },
  { "negative-dim", "{\"a\":" T ("F32", "[-1]", "[0,4]") "}", 4,
    DIF_ERROR_MALFORMED, "a number of 0 or more expected" },
  { "fraction", "{\"a\":" T ("F32", "[1.5]", "[0,6]") "}", 6,
    DIF_ERROR_MALFORMED, "']' expected" },
  { "number-huge", "{\"a\":" T ("F32", "[9223372036854775808]", "[0,4]") "}",
    4, DIF_ERROR_MALFORMED, "number too large" },
  { "dims-many", "{\"a\":" T ("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]") "}", 4,
    DIF_ERROR_MALFORMED, "too many numbers" },
  { "shape-overflow", "{\"a\":" T ("F32",
    "[4294967296,4294967296,4294967296]", "[0,0]") "}", 0,
    DIF_ERROR_MALFORMED, "tensor \"a\" has an impossible shape" },
  { "size-overflow", "{\"a\":" T ("F32", "[4611686018427387904]", "[0,0]")
    "}", 0, DIF_ERROR_MALFORMED, "tensor \"a\" has an impossible shape" },
  { "size-wrong", "{\"a\":" T ("F16", "[2,2]", "[0,4]") "}", 4,
    DIF_ERROR_MALFORMED, "\"a\" has a size that does not agree" },
  { "beyond", "{\"a\":" T ("F32", "[2]", "[0,8]") "}", 4,
    DIF_ERROR_MALFORMED, "\"a\" lies beyond the end of the file" },
  { "beyond-far", "{\"a\":" T ("F32", "[1]",
    "[9223372036854775803,9223372036854775807]") "}", 4,
    DIF_ERROR_MALFORMED, "\"a\" lies beyond the end of the file" },
  { "overlap", "{\"a\":" T ("F32", "[2]", "[0,8]") ",\"b\":"
    T ("F32", "[2]", "[4,12]") "}", 12, DIF_ERROR_MALFORMED,
    "tensor \"b\" overlaps another" },
  { "same", "{\"a\":" GOOD ",\"b\":" GOOD "}", 4, DIF_ERROR_MALFORMED,
    "overlaps another" },
  { "gap", "{\"a\":" GOOD ",\"b\":" T ("F32", "[1]", "[8,12]") "}", 12,
    DIF_ERROR_MALFORMED, "tensor \"b\" leaves a gap before it" },
  { "gap-first", "{\"a\":" T ("F32", "[1]", "[4,8]") "}", 8,
    DIF_ERROR_MALFORMED, "tensor \"a\" leaves a gap before it" },
  { "trailing", "{\"a\":" GOOD "}", 7, DIF_ERROR_MALFORMED,
    "has 3 bytes after its last tensor" },
  { "name-twice", "{\"a\":" GOOD ",\"a\":" T ("F32", "[1]", "[4,8]") "}", 8,
    DIF_ERROR_MALFORMED, "tensor \"a\" comes twice" },
  { "metadata", "{\"__metadata__\":{\"a\":1}}", 0, DIF_ERROR_MALFORMED,
    "'\"' expected" }
};

static void
test_bad_header (Fixture       *fixture,
                 gconstpointer  data)
{
  const BadHeader *bad = data;
  GError *error = NULL;
  char   *path = fixture_raw (fixture, strlen (bad->header), bad->header,
                              NULL, bad->n_data);

  g_assert_null (dif_safetensors_open (path, &error));
  fixture_fault (&error, bad->code, path, bad->fault);
  g_free (path);
}

static void
test_bad_length (Fixture       *fixture,
                 gconstpointer  data)
{
  static const struct
  {
    guint64     length;
    const char *fault;
  }
  cases[] =
  {
    { 0,             "header, byte 0: '{' expected"                         },
    { 1,             "header, byte 1: '\"' expected"                        },
    { 2,             "has 1 bytes after its last tensor"                    },
    { 15,            "truncated: the header should have 15 bytes, the file" },
    { 100000000,     "truncated: the header should have 100000000 bytes"    },
    { 100000001,     "its header would have 100000001 bytes"                },
    { G_MAXINT64,    "its header would have 9223372036854775807 bytes"      },
    { G_MAXUINT64,   "its header would have 18446744073709551615 bytes"     }
  };
  static const char *const stumps[] = { "", "\002\0\0\0\0\0\0" };
  GError *error = NULL;
  char   *path;
  guint   i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      path = fixture_raw (fixture, cases[i].length, "{} ", NULL, 0);
      g_assert_null (dif_safetensors_open (path, &error));
      fixture_fault (&error, DIF_ERROR_MALFORMED, path, cases[i].fault);
      g_free (path);
    }

  for (i = 0; i < G_N_ELEMENTS (stumps); i++)
    {
      path = fixture_write (fixture, "stump", stumps[i], i * 7);
      g_assert_null (dif_safetensors_open (path, &error));
      fixture_fault (&error, DIF_ERROR_MALFORMED, path, "is truncated: ");
      g_free (path);
    }
}

/* Things at the path that are no file to read. */
static void
test_not_a_file (Fixture       *fixture,
                 gconstpointer  data)
{
  GError *error = NULL;
  char   *path = g_build_filename (fixture->dir, "thing", NULL);

  g_assert_null (dif_safetensors_open (path, &error));
  fixture_fault (&error, DIF_ERROR_NOT_FOUND, path, "cannot be opened");

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (dif_safetensors_open (path, &error));
  fixture_fault (&error, DIF_ERROR_IO, path, "is not a regular file");
  g_assert_cmpint (unlink (path), ==, 0);

  g_assert_cmpint (symlink (path, path), ==, 0);
  g_assert_null (dif_safetensors_open (path, &error));
  fixture_fault (&error, DIF_ERROR_IO, path, "cannot be opened");

  g_assert_null (dif_safetensors_open (fixture->dir, &error));
  fixture_fault (&error, DIF_ERROR_IO, fixture->dir, "is not a regular file");
  g_assert_null (dif_safetensors_open ("/dev/zero", &error));
  fixture_fault (&error, DIF_ERROR_IO, "/dev/zero", "is not a regular file");
  g_free (path);
}

int
main (int   argc,
      char *argv[])
{
  guint i;

  g_test_init (&argc, &argv, NULL);

  for (i = 0; i < G_N_ELEMENTS (bad_headers); i++)
    {
      char *name = g_strdup_printf ("/safetensors-faults/header/%s",
                                    bad_headers[i].name);

      fixture_add (name, test_bad_header, &bad_headers[i]);
      g_free (name);
    }
  fixture_add ("/safetensors-faults/length", test_bad_length, NULL);
  fixture_add ("/safetensors-faults/not-a-file", test_not_a_file, NULL);

  return g_test_run ();
}
