/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-json.c: the reading of configuration files and the checks of
 * their keys.
 */

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "base/json.h"

#define TEXT                                                              \
  "{\"i\": 7, \"whole\": 2.0, \"half\": 2.5, \"s\": \"text\", \"b\": true," \
  " \"n\": null, \"inf\": -Infinity, \"word\": \"Infinity NaN {\\\"\","    \
  " \"big\": 99999999999999999999, \"ints\": [1, 2, 3], \"empty\": [],"    \
  " \"mixed\": [1, \"a\"], \"doubles\": [0.5, 1e-3],"                      \
  " \"strings\": [\"a\", \"b\"]}"

static DifJson *
parse (const char *text)
{
  GError  *error = NULL;
  DifJson *json = dif_json_parse ("some/file.json", text, strlen (text),
                                  &error);

  g_assert_no_error (error);
  g_assert_nonnull (json);

  return json;
}

static void
test_values (void)
{
  static const char *const names[] = { "other", "text", NULL };
  DifJson    *json = parse (TEXT);
  GError     *error = NULL;
  const char *s;
  double      d;
  gboolean    b;
  int         i;

  g_assert_true (dif_json_get_int (json, "i", 0, 0, 9, &i, &error));
  g_assert_cmpint (i, ==, 7);
  g_assert_true (dif_json_get_int (json, "whole", 0, 0, 9, &i, &error));
  g_assert_cmpint (i, ==, 2);
  g_assert_true (dif_json_get_int (json, "absent", 5, 0, 9, &i, &error));
  g_assert_cmpint (i, ==, 5);
  g_assert_true (dif_json_get_double (json, "half", 0, 0, 9, &d, &error));
  g_assert_cmpfloat (d, ==, 2.5);
  g_assert_true (dif_json_get_double (json, "i", 0, 0, 9, &d, &error));
  g_assert_cmpfloat (d, ==, 7.0);
  g_assert_true (dif_json_get_double (json, "inf", 0, -INFINITY, 9, &d,
                                      &error));
  g_assert_true (isinf (d) && d < 0);
  g_assert_true (dif_json_get_bool (json, "b", FALSE, &b, &error));
  g_assert_true (b);
  g_assert_true (dif_json_get_bool (json, "absent", FALSE, &b, &error));
  g_assert_false (b);
  g_assert_true (dif_json_get_string (json, "s", NULL, &s, &error));
  g_assert_cmpstr (s, ==, "text");
  g_assert_true (dif_json_get_string (json, "word", NULL, &s, &error));
  g_assert_cmpstr (s, ==, "Infinity NaN {\"");
  g_assert_true (dif_json_get_choice (json, "s", 0, names, &i, &error));
  g_assert_cmpint (i, ==, 1);
  g_assert_true (dif_json_has (json, "n") && dif_json_is_null (json, "n"));
  g_assert_false (dif_json_is_null (json, "i"));
  g_assert_false (dif_json_has (json, "absent"));
  g_assert_cmpint (dif_json_n_keys (json), ==, 14);
  g_assert_cmpstr (dif_json_key (json, 13), ==, "strings");
  g_assert_no_error (error);
  dif_json_free (json);
}

static void
test_arrays (void)
{
  DifJson    *json = parse (TEXT);
  GError     *error = NULL;
  const char *strings[4];
  double      doubles[4];
  int         ints[4];
  int         n;

  g_assert_true (dif_json_get_ints (json, "ints", 1, 3, 3, ints, &n, &error));
  g_assert_cmpint (n, ==, 3);
  g_assert_cmpint (ints[0] * 100 + ints[1] * 10 + ints[2], ==, 123);
  g_assert_true (dif_json_get_ints (json, "empty", 1, 3, 3, ints, &n, &error));
  g_assert_cmpint (n, ==, 0);
  g_assert_true (dif_json_get_ints (json, "absent", 1, 3, 3, ints, &n,
                                    &error));
  g_assert_cmpint (n, ==, -1);
  g_assert_true (dif_json_get_doubles (json, "doubles", 0, 1, 4, doubles, &n,
                                       &error));
  g_assert_cmpint (n, ==, 2);
  g_assert_cmpfloat (doubles[0], ==, 0.5);
  g_assert_cmpfloat (doubles[1], ==, 1e-3);
  g_assert_true (dif_json_get_strings (json, "strings", 4, strings, &n,
                                       &error));
  g_assert_cmpint (n, ==, 2);
  g_assert_cmpstr (strings[1], ==, "b");
  g_assert_no_error (error);
  dif_json_free (json);
}

#define REFUSES(call, code, key, fault)                             \
  G_STMT_START {                                                    \
    g_assert_false (call);                                          \
    g_assert_nonnull (strstr (error ? error->message : "", key));   \
    fixture_fault (&error, DIF_ERROR_ ## code, "some/file.json", fault); \
  } G_STMT_END

static void
test_wrong_values (void)
{
  static const char *const names[] = { "other", "another", NULL };
  DifJson    *json = parse (TEXT);
  GError     *error = NULL;
  const char *strings[4];
  const char *s = "kept";
  double      d = -1;
  gboolean    b = 42;
  int         i = -1;
  int         ints[4];
  int         n;

  REFUSES (dif_json_get_int (json, "half", 0, 0, 9, &i, &error),
           MALFORMED, "\"half\"", "whole number");
  REFUSES (dif_json_get_int (json, "s", 0, 0, 9, &i, &error),
           MALFORMED, "\"s\"", "whole number");
  REFUSES (dif_json_get_int (json, "b", 0, 0, 9, &i, &error),
           MALFORMED, "\"b\"", "whole number");
  REFUSES (dif_json_get_int (json, "n", 0, 0, 9, &i, &error),
           MALFORMED, "\"n\"", "whole number");
  REFUSES (dif_json_get_int (json, "inf", 0, 0, 9, &i, &error),
           MALFORMED, "\"inf\"", "whole number");
  REFUSES (dif_json_get_int (json, "i", 0, 8, 9, &i, &error),
           MALFORMED, "\"i\"", "is 7, outside 8 to 9");
  REFUSES (dif_json_get_int (json, "big", 0, 0, G_MAXINT, &i, &error),
           MALFORMED, "\"big\"", "outside 0 to 2147483647");
  REFUSES (dif_json_get_double (json, "s", 0, 0, 9, &d, &error),
           MALFORMED, "\"s\"", "must be a number");
  REFUSES (dif_json_get_double (json, "inf", 0, -9, 9, &d, &error),
           MALFORMED, "\"inf\"", "is -inf, outside -9 to 9");
  REFUSES (dif_json_get_bool (json, "i", 0, &b, &error),
           MALFORMED, "\"i\"", "true or false");
  REFUSES (dif_json_get_string (json, "ints", NULL, &s, &error),
           MALFORMED, "\"ints\"", "must be a string");
  REFUSES (dif_json_get_choice (json, "s", 0, names, &i, &error),
           UNSUPPORTED, "\"s\"", "\"text\" is not supported (only: other, "
           "another)");
  REFUSES (dif_json_get_ints (json, "ints", 1, 3, 2, ints, &n, &error),
           MALFORMED, "\"ints\"", "has 3 elements, more than 2");
  REFUSES (dif_json_get_ints (json, "ints", 1, 2, 4, ints, &n, &error),
           MALFORMED, "\"ints\"", "is 3, outside 1 to 2");
  REFUSES (dif_json_get_ints (json, "i", 1, 2, 4, ints, &n, &error),
           MALFORMED, "\"i\"", "must be an array");
  REFUSES (dif_json_get_strings (json, "mixed", 4, strings, &n, &error),
           MALFORMED, "\"mixed\"", "must be a string");

  /* A getter that fails leaves its value alone. */
  g_assert_cmpint (i, ==, -1);
  g_assert_cmpfloat (d, ==, -1);
  g_assert_cmpint (b, ==, 42);
  g_assert_cmpstr (s, ==, "kept");
  dif_json_free (json);
}

static void
test_bad_text (void)
{
  static const char *const cases[][2] =
  {
    { "",                               "JSON"                            },
    { "   ",                            "JSON"                            },
    { "[1]",                            "does not hold a JSON object"     },
    { "7",                              "does not hold a JSON object"     },
    { "{\"a\": 1",                      "is not valid JSON"               },
    { "{\"a\": \"x",                    "a string does not end"           },
    { "{\"a\": \"x\\",                  "a string does not end"           },
    { "{\"a\": 1} {\"b\": 2}",          "text after its end"              },
    { "{\"a\": 1} x",                   "text after its end"              },
    { "{\"a\": NaN}",                   "holds the value NaN"             },
    { "{\"a\": 1, \"a\": 2}",           "gives the same key twice"        },
    { "{\"o\": {\"a\": 1, \"a\": 2}}",  "gives the same key twice"        },
    { "{/* \" */ \"a\": 1}",            "unexpected byte 0x2f"            },
    { "{'a': 1}",                       "unexpected byte 0x27"            },
    { "var x = {\"a\": 1};",            "unexpected byte 0x3d"            },
    { "{\"a\": \001}",                  "unexpected byte 0x01"            },
    { "{\"a\": \"\xff\"}",              "is not valid JSON"               },
    { "{\"a\": tru}",                   "is not valid JSON"               },
    { "}{",                             "text after its end"              },
    { "{\"a\": [[[[[[[[[[[[[[[[[[[[[",  "nests deeper than 16 levels"     }
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GError *error = NULL;
      char   *escaped = g_strescape (cases[i][0], NULL);

      g_test_message ("%s", escaped);
      g_free (escaped);
      g_assert_null (dif_json_parse ("some/file.json", cases[i][0],
                                     strlen (cases[i][0]), &error));
      fixture_fault (&error, DIF_ERROR_MALFORMED, "some/file.json",
                     cases[i][1]);
    }
}

static void
test_size (Fixture       *fixture,
           gconstpointer  data)
{
  GString *text = g_string_new ("{}");
  GError  *error = NULL;
  DifJson *json;
  char    *path;

  while (text->len < DIF_JSON_MAX_SIZE)
    g_string_append_c (text, ' ');
  path = fixture_write (fixture, "a.json", text->str, text->len);
  json = dif_json_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (dif_json_n_keys (json), ==, 0);
  g_assert_cmpstr (dif_json_path (json), ==, path);
  dif_json_free (json);
  g_free (path);

  g_string_append_c (text, ' ');
  path = fixture_write (fixture, "a.json", text->str, text->len);
  g_assert_null (dif_json_read (path, &error));
  fixture_fault (&error, DIF_ERROR_MALFORMED, "a.json",
                 "is larger than 1048576 bytes");
  g_free (path);
  g_string_free (text, TRUE);

  /* What a file says is quoted so that a message stays one line. */
  path = fixture_text (fixture, "b.json", "{\"k\": \"a\\nb\\u001b[2J\"}");
  json = dif_json_read (path, &error);
  g_assert_no_error (error);
  g_assert_false (dif_json_get_choice (json, "k", 0,
                                       (const char *[]) { "x", NULL },
                                       &(int) { 0 }, &error));
  fixture_fault (&error, DIF_ERROR_UNSUPPORTED, "b.json",
                 "\"a\\u000ab\\u001b[2J\"");
  dif_json_free (json);
  g_free (path);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/arrays", test_arrays);
  g_test_add_func ("/json/wrong-values", test_wrong_values);
  g_test_add_func ("/json/bad-text", test_bad_text);
  fixture_add ("/json/size", test_size, NULL);

  return g_test_run ();
}
