/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-record.c: what a layer says of how it was made, also where that is
 * not what a run has written.
 */

#include <locale.h>
#include <string.h>

#include "record-text.h"

#define REST "[diffusion]\nstrength=20\nseed=5\nsteps=3\n"

static void
parse (const char    *text,
       DifGimpRecord *record)
{
  g_assert_true (dif_gimp_record_parse (record, text, strlen (text) + 1));
}

static const GValue *
get (const DifGimpRecord *record,
     const char          *name)
{
  const GValue *value = dif_gimp_record_value (record, name);

  g_assert_nonnull (value);
  return value;
}

static void
expect_none (const DifGimpRecord *record,
             const char          *name)
{
  g_assert_null (dif_gimp_record_value (record, name));
}

static void
test_values (void)
{
  DifGimpRecord record;

  parse ("[diffusion]\nmodel=photo\nmodel-hash=00ff\nstrength=37.5\n"
         "seed=18446744073709551615\nsteps=1000\nsampler=ddim\neta=0.25\n"
         "tileable=true\nkeep-colours=false\ngroup=true\nselection-mask=false\n"
         "vary=0.5\n"
         "vary-seed=9\nsource=Beach\nsource-tattoo=4294967295\ntattoo=12\n"
         "session=18446744073709551615\nimage=2147483647\n", &record);
  g_assert_cmpfloat (g_value_get_double (get (&record, "strength")), ==, 37.5);
  g_assert_cmpfloat (g_value_get_double (get (&record, "eta")), ==, 0.25);
  g_assert_cmpint (g_value_get_int (get (&record, "steps")), ==, 1000);
  g_assert_cmpstr (g_value_get_string (get (&record, "sampler")), ==, "ddim");
  g_assert_true (record.has_seed);
  g_assert_true (record.seed == G_MAXUINT64);
  g_assert_cmpfloat (record.vary, ==, 0.5);
  g_assert_cmpuint (record.vary_seed, ==, 9);
  g_assert_true (g_value_get_boolean (get (&record, "tileable")));
  g_assert_false (g_value_get_boolean (get (&record, "keep-colours")));
  g_assert_true (g_value_get_boolean (get (&record, "group")));
  g_assert_false (g_value_get_boolean (get (&record, "selection-mask")));
  g_assert_cmpstr (g_value_get_string (get (&record, "model")), ==, "photo");
  g_assert_cmpstr (record.source, ==, "Beach");
  g_assert_cmpuint (record.source_tattoo, ==, G_MAXUINT32);
  g_assert_cmpuint (record.tattoo, ==, 12);
  g_assert_true (record.session == G_MAXUINT64);
  g_assert_cmpint (record.image, ==, G_MAXINT);
  g_assert_cmpstr (record.model_hash, ==, "00ff");
  dif_gimp_record_clear (&record);
}

/* Nothing of a record that is wrong is taken for another value. */
static void
test_wrong (void)
{
  static const char *const numbers[] = {
    "", "x", "nan", "inf", "-1", "-0", "1e999", "0x10", "50 %", "5;6",
    "18446744073709551616"
  };
  static const char *const truths[] = { "", "1", "TRUE", "yes", "true false" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      const char      *n = numbers[i];
      g_autofree char *text = g_strdup_printf (
        "[diffusion]\nstrength=%sx\nseed=%s\nsteps=%s\neta=%s\nvary=%s\n"
        "sampler=%s\nsource-tattoo=%s\ntattoo=%s\nsession=%s\nimage=%s\n",
        n, strcmp (n, "5;6") ? n : "5 6", n, n, n, n, n, n, n, n);
      DifGimpRecord    record;

      parse (text, &record);
      expect_none (&record, "strength");
      g_assert_false (record.has_seed);
      expect_none (&record, "steps");
      expect_none (&record, "eta");
      expect_none (&record, "vary");
      expect_none (&record, "sampler");
      g_assert_cmpuint (record.source_tattoo, ==, 0);
      g_assert_cmpuint (record.tattoo, ==, 0);
      g_assert_true (record.session == 0);
      g_assert_cmpint (record.image, ==, 0);
      dif_gimp_record_clear (&record);
    }
  for (i = 0; i < G_N_ELEMENTS (truths); i++)
    {
      g_autofree char *text = g_strdup_printf (
        REST "tileable=%s\nkeep-colours=%s\ngroup=%s\nselection-mask=%s\n",
        truths[i], truths[i], truths[i], truths[i]);
      DifGimpRecord    record;

      parse (text, &record);
      expect_none (&record, "tileable");
      expect_none (&record, "keep-colours");
      expect_none (&record, "group");
      expect_none (&record, "selection-mask");
      g_assert_cmpfloat (g_value_get_double (get (&record, "strength")), ==,
                         20.0);
      dif_gimp_record_clear (&record);
    }
}

/* A near variation without its other seed has no seed at all. */
static void
test_near (void)
{
  DifGimpRecord record;

  parse (REST "vary=0.25\n", &record);
  g_assert_false (record.has_seed);
  dif_gimp_record_clear (&record);
  parse (REST "vary=0\n", &record);
  g_assert_true (record.has_seed);
  dif_gimp_record_clear (&record);
}

static void
refuse (const char *data,
        gsize       size)
{
  DifGimpRecord record;

  g_assert_false (dif_gimp_record_parse (&record, data, size));
  dif_gimp_record_clear (&record);
}

static void
test_none (void)
{
  static const char cut[] = REST "\0" REST;
  g_autofree char  *large = g_strnfill (100000, '#');

  refuse ("", 0);
  refuse ("", 1);
  refuse (REST, strlen (REST));          /* without its zero */
  refuse (cut, sizeof cut);
  refuse ("[other]\nseed=1\n", 17);
  refuse ("\xff\xfe", 3);
  refuse (large, 100001);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/values", test_values);
  g_test_add_func ("/record/wrong", test_wrong);
  g_test_add_func ("/record/near", test_near);
  g_test_add_func ("/record/none", test_none);
  return g_test_run ();
}
