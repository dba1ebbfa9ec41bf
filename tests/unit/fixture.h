/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fixture.h: temporary folders, made-up files and the assertion on an
 * error's message, for the tests of what reads files.
 */

#ifndef DIF_TESTS_FIXTURE_H
#define DIF_TESTS_FIXTURE_H

#include "dif.h"

typedef struct
{
  char *dir;
} Fixture;

/* A case with a folder of its own, removed after it. */
void  fixture_add      (const char     *test_path,
                        void          (*test) (Fixture       *fixture,
                                               gconstpointer  data),
                        gconstpointer   data);

/* Writes dir/name, folders included; returns its path, to be freed. */
char *fixture_write    (Fixture        *fixture,
                        const char     *name,
                        const void     *data,
                        gsize           length);
char *fixture_text     (Fixture        *fixture,
                        const char     *name,
                        const char     *text);

/* Copies a file of the source tree, or fails the test. */
char *fixture_copy     (Fixture        *fixture,
                        const char     *name,
                        const char     *source);

/* A file of the source tree; the test fails if it is missing. */
char *fixture_source   (const char     *name);

/* length, header, then n_data bytes of data (zeros if NULL). */
char *fixture_raw      (Fixture        *fixture,
                        guint64         length,
                        const char     *header,
                        const void     *data,
                        gsize           n_data);

typedef struct
{
  const char *name;
  const char *dtype;
  const char *shape; /* "[2, 3]" */
  const void *data;
  gsize       size;
} FixtureTensor;

/* A valid safetensors file. */
char *fixture_tensors  (Fixture              *fixture,
                        const FixtureTensor  *tensors,
                        int                   n_tensors);

/* error is ours, of this code, and its message names path and fault;
 * clears it.
 */
void  fixture_fault    (GError        **error,
                        DifError        code,
                        const char     *path,
                        const char     *fault);

#endif
