/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fuzz.h: what every fuzzed parser must keep to, and how it is called.
 *
 * fuzz-NAME.c holds one entry in libFuzzer's form.  With driver.c it is
 * an ordinary program that mutates the files given to it; with clang it
 * can be linked with libFuzzer in the driver's place:
 *   clang -fsanitize=fuzzer,address,undefined ... fuzz-NAME.c check.c
 */

#ifndef DIF_TESTS_FUZZ_H
#define DIF_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "dif.h"

int      LLVMFuzzerTestOneInput (const uint8_t  *data,
                                 size_t          size);

/* Inputs seen by fuzz_check(). */
extern guint fuzz_accepted;
extern guint fuzz_refused;

/* Aborts unless ok agrees with error, and error is one of ours that
 * names path in printable text; clears it.  Returns ok.
 */
gboolean fuzz_check             (gboolean        ok,
                                 const char     *path,
                                 GError        **error);

/* Aborts unless the condition holds, also where assertions are off. */
#define FUZZ_REQUIRE(condition)                        \
  G_STMT_START {                                       \
    if (! (condition))                                 \
      g_error ("%s does not hold", #condition);        \
  } G_STMT_END

/* The input as a file: its path, valid until the next call. */
const char *fuzz_file           (const uint8_t  *data,
                                 size_t          size);

#endif
