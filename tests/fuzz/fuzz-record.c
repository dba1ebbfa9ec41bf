/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fuzz-record.c: whatever a layer says of how it was made, each value is
 * good or missing.
 */

#include <math.h>

#include "fuzz.h"
#include "record-text.h"

static void
check_share (double value,
             double most)
{
  FUZZ_REQUIRE (isfinite (value));
  FUZZ_REQUIRE (value == -1.0 || (value >= 0.0 && value <= most));
}

static void
check_text (const char *text)
{
  FUZZ_REQUIRE (! text || g_utf8_validate (text, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  GByteArray *text = g_byte_array_new ();
  DifRecord   record;

  /* Records end with a zero. */
  g_byte_array_append (text, data, (guint) size);
  g_byte_array_append (text, (const guint8 *) "", 1);
  if (dif_record_parse (&record, text->data, text->len))
    {
      check_share (record.strength, 100.0);
      check_share (record.eta, 1.0);
      check_share (record.vary, 1.0);
      FUZZ_REQUIRE (record.steps == -1 ||
                    (record.steps >= 1 && record.steps <= DIF_MAX_STEPS));
      FUZZ_REQUIRE (record.sampler >= -1 && record.sampler < DIF_N_SAMPLERS);
      FUZZ_REQUIRE (record.tileable >= -1 && record.tileable <= 1);
      FUZZ_REQUIRE (record.keep_colours >= -1 && record.keep_colours <= 1);
      FUZZ_REQUIRE (record.group >= -1 && record.group <= 1);
      FUZZ_REQUIRE (record.selection_mask >= -1 &&
                    record.selection_mask <= 1);
      FUZZ_REQUIRE (record.image >= 0);
      check_text (record.source);
      check_text (record.model);
      check_text (record.model_hash);
      fuzz_accepted++;
    }
  else
    fuzz_refused++;
  dif_record_clear (&record);
  g_byte_array_unref (text);
  return 0;
}
