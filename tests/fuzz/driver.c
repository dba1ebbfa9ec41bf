/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * driver.c: runs a fuzzed parser on valid files and on a fixed sequence
 * of mutations of them.  The same seed gives the same inputs, so that a
 * failure can be had again.
 *
 *   fuzz-NAME FILE...
 */

#include <string.h>

#include "fuzz.h"

#define N_MUTATIONS 10000
#define SEED        20240229

/* Most mutations fall in the first bytes, where headers are. */
#define HEAD 4096

static const char *const tokens[] =
{
  "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null",
  "true", "NaN", "-Infinity", "Infinity", "-1", "0", "1e999", "0.5",
  "2147483648", "4294967296", "9223372036854775807",
  "99999999999999999999", "\"__metadata__\"", "\"F16\"", "\"F64\"",
  "\"dtype\"", "[[[[[[[[[[[[[[[[[[[[", "{\"\":{\"\":", "/*", "\xff", "\n"
};

/* Values that leave the syntax whole and go deeper. */
static const char *const values[] =
{
  "null", "true", "false", "0", "1", "2", "-1", "3", "7", "16", "64", "4096",
  "65536", "1e9", "0.5", "1e-9", "1e999", "-Infinity", "4294967296",
  "4611686018427387904", "9223372036854775807", "\"\"", "\"F16\"",
  "\"BF16\"", "\"I64\"", "\"linear\"", "\"DDIMScheduler\"",
  "\"AttnDownBlock2D\"", "\"ResnetUpsampleBlock2D\"", "\"timestep\"",
  "[]", "[1]", "[2, 2]", "[0, 4]", "{}", "{\"a\": []}"
};

static gsize
pick (GRand *rand,
      gsize  n)
{
  return n == 0 ? 0 : g_rand_int (rand) % n;
}

/* A place in text, mostly near its head. */
static gsize
pick_place (GRand         *rand,
            const GString *text)
{
  gsize n = pick (rand, 4) == 0 ? text->len : MIN (text->len, HEAD);

  return pick (rand, n + 1);
}

/* Another value for a key or an element of an array. */
static void
replace_value (GRand   *rand,
               GString *text)
{
  gsize begin = pick_place (rand, text);
  gsize end;

  begin += strcspn (text->str + begin, ":[,");
  begin = MIN (begin + 1, text->len);
  end = begin + strcspn (text->str + begin, ",]}");

  g_string_erase (text, begin, end - begin);
  g_string_insert (text, begin, values[pick (rand, G_N_ELEMENTS (values))]);
}

static void
mutate (GRand   *rand,
        GString *text)
{
  gsize       at = pick_place (rand, text);
  gsize       left = text->len - at;
  const char *token = tokens[pick (rand, G_N_ELEMENTS (tokens))];
  gsize       n = pick (rand, 200);
  char       *piece;

  switch (pick (rand, 24))
    {
    case 0: /* one bit */
      if (left > 0)
        text->str[at] ^= 1 << pick (rand, 8);
      break;
    case 1: /* one byte */
      if (left > 0)
        text->str[at] = g_rand_int (rand);
      break;
    case 2: /* a piece less */
      g_string_erase (text, at, MIN (left, n / 4));
      break;
    case 3: /* a piece twice */
      n = MIN (left, n);
      piece = g_memdup2 (text->str + at, n);
      g_string_insert_len (text, at, piece, n);
      g_free (piece);
      break;
    case 4: /* the rest missing */
      g_string_truncate (text, at);
      break;
    case 5: /* the length of a safetensors header */
      if (text->len > 8)
        text->str[pick (rand, 8)] = pick (rand, 3) * 127;
      break;
    case 6: /* something put in */
      g_string_insert (text, at, token);
      break;
    case 7: /* ... in place of what was there */
      n = MIN (left, strlen (token));
      g_string_overwrite_len (text, at, token, n);
      break;
    default:
      replace_value (rand, text);
      break;
    }
}

/* With FUZZ_LAST=FILE, the input that a crash came from is left there. */
static void
run (const GString *text)
{
  const char *last = g_getenv ("FUZZ_LAST");

  if (last)
    g_file_set_contents (last, text->str, text->len, NULL);
  LLVMFuzzerTestOneInput ((const uint8_t *) text->str, text->len);
}

int
main (int   argc,
      char *argv[])
{
  GRand     *rand = g_rand_new_with_seed (SEED);
  GPtrArray *seeds = g_ptr_array_new ();
  int        i;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL |
                          G_LOG_LEVEL_WARNING);
  g_print ("TAP version 14\n1..2\n");
  for (i = 1; i < argc; i++)
    {
      GError *error = NULL;
      char   *data;
      gsize   length;

      if (! g_file_get_contents (argv[i], &data, &length, &error))
        g_error ("%s", error->message);
      g_ptr_array_add (seeds, g_string_new_len (data, length));
      g_free (data);
      run (g_ptr_array_index (seeds, i - 1));
    }
  g_print ("%s 1 - %u of %u files accepted as they are\n",
           seeds->len > 0 && fuzz_accepted == seeds->len ? "ok" : "not ok",
           fuzz_accepted, seeds->len);

  fuzz_accepted = 0;
  for (i = 0; i < N_MUTATIONS && seeds->len > 0; i++)
    {
      GString *seed = g_ptr_array_index (seeds, pick (rand, seeds->len));
      GString *text = g_string_new_len (seed->str, seed->len);
      gsize    n = 1 + pick (rand, 4);

      while (n-- > 0)
        mutate (rand, text);
      run (text);
      g_string_free (text, TRUE);
    }
  g_print ("%s 2 - %u mutations accepted, %u refused\n",
           fuzz_accepted > 0 && fuzz_refused > N_MUTATIONS / 4 ? "ok"
                                                               : "not ok",
           fuzz_accepted, fuzz_refused);

  for (i = 0; i < (int) seeds->len; i++)
    g_string_free (g_ptr_array_index (seeds, i), TRUE);
  g_ptr_array_unref (seeds);
  g_rand_free (rand);

  return 0;
}
