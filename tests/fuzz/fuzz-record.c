/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fuzz-record.c: whatever a layer says of how it was made, each value is
 * good or missing.
 */

#include "fuzz.h"
#include "record-text.h"

static void
check_text (const char *text)
{
  FUZZ_REQUIRE (! text || g_utf8_validate (text, -1, NULL));
}

static void
check_value (const DifParam *row,
             const GValue   *value)
{
  double unit = dif_param_unit (row);

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      FUZZ_REQUIRE (g_value_get_double (value) >= row->min * unit &&
                    g_value_get_double (value) <= row->max * unit);
      break;
    case DIF_PARAM_WHOLE:
      FUZZ_REQUIRE (g_value_get_int (value) >= row->min &&
                    g_value_get_int (value) <= row->max);
      break;
    case DIF_PARAM_SEED:
      FUZZ_REQUIRE (G_VALUE_HOLDS_UINT64 (value));
      break;
    case DIF_PARAM_SWITCH:
      FUZZ_REQUIRE (G_VALUE_HOLDS_BOOLEAN (value));
      break;
    case DIF_PARAM_CHOICE:
      FUZZ_REQUIRE (dif_param_choice_find (row, g_value_get_string (value)) >= 0);
      break;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      check_text (g_value_get_string (value));
      FUZZ_REQUIRE (g_value_get_string (value));
      break;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  GByteArray     *text = g_byte_array_new ();
  const DifParam *row;
  const GValue   *value;
  DifGimpRecord       record;

  /* Records end with a zero. */
  g_byte_array_append (text, data, (guint) size);
  g_byte_array_append (text, (const guint8 *) "", 1);
  if (dif_gimp_record_parse (&record, text->data, text->len))
    {
      for (row = dif_param_table; row->name; row++)
        if ((value = dif_gimp_record_value (&record, row->name)))
          check_value (row, value);
      FUZZ_REQUIRE (record.vary >= 0.0 && record.vary <= 1.0);
      FUZZ_REQUIRE (record.image >= 0);
      check_text (record.source);
      check_text (record.model_hash);
      fuzz_accepted++;
    }
  else
    fuzz_refused++;
  dif_gimp_record_clear (&record);
  g_byte_array_unref (text);
  return 0;
}
