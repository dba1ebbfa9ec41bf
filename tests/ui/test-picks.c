/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-picks.c: picks as text, there and back, and text that is none.
 */

#include <locale.h>
#include <string.h>

#include "picks.h"

static GArray *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GArray            *picks = dif_ui_picks_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (picks);
  return picks;
}

static void
test_round_trip (void)
{
  static const char *const texts[] = {
    "", "0", "7", "7,8,9", "7~0.25~1001", "18446744073709551615",
    "1~1~0,2,3~0.125~18446744073709551615"
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GArray) picks = parse (texts[i]);
      g_autofree char   *text = dif_ui_picks_to_string (picks);

      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
test_values (void)
{
  g_autoptr (GArray) picks = parse (" 5 ,6~0.5~70");
  g_autoptr (GArray) none = parse (NULL);
  const DifUiPick   *pick = (const DifUiPick *) picks->data;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (picks->len, ==, 2);
  g_assert_cmpuint (pick[0].seed, ==, 5);
  g_assert_cmpfloat (pick[0].vary, ==, 0.0);
  g_assert_cmpuint (pick[1].seed, ==, 6);
  g_assert_cmpfloat (pick[1].vary, ==, 0.5);
  g_assert_cmpuint (pick[1].vary_seed, ==, 70);
}

static void
refuse (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dif_ui_picks_from_string (text, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 400);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    ",", "7,", ",7", "-1", "1.5", "x", "18446744073709551616", "7~0.5", "7~",
    "7~0~1", "7~1.5~1", "7~-1~1", "7~nan~1", "7~inf~1", "7~0,5~1", "7~0.5~",
    "7~0.5~x", "7~0.5~1~2", "\xff\xfe", "7;8"
  };
  GString *many = g_string_new ("0");
  guint    i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++)
    refuse (texts[i]);

  /* One more than a run may make, then far more. */
  for (i = 1; i < DIF_MAX_VARIATIONS; i++)
    g_string_append_printf (many, ",%u", i);
  g_array_unref (parse (many->str));
  g_string_append (many, ",1");
  refuse (many->str);
  for (i = 0; i < 100000; i++)
    g_string_append (many, ",1");
  refuse (many->str);
  g_string_free (many, TRUE);
}

int
main (int    argc,
      char **argv)
{
  /* A decimal comma, where there is one, must not get into the text. */
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "de_DE.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picks/round-trip", test_round_trip);
  g_test_add_func ("/picks/values", test_values);
  g_test_add_func ("/picks/refused", test_refused);
  return g_test_run ();
}
