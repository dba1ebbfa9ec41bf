/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fixture.c: temporary folders and files for the unit tests.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "fixture.h"

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  GError *error = NULL;

  fixture->dir = g_dir_make_tmp ("dif-test-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *path)
{
  const char *name;
  GDir       *dir = NULL;

  if (! g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);

  while (dir && (name = g_dir_read_name (dir)))
    {
      char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
      g_free (child);
    }
  if (dir)
    g_dir_close (dir);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  remove_tree (fixture->dir);
  g_free (fixture->dir);
}

void
fixture_add (const char     *test_path,
             void          (*test) (Fixture       *fixture,
                                    gconstpointer  data),
             gconstpointer   data)
{
  g_test_add (test_path, Fixture, data, set_up, test, tear_down);
}

char *
fixture_write (Fixture    *fixture,
               const char *name,
               const void *data,
               gsize       length)
{
  char   *path = g_build_filename (fixture->dir, name, NULL);
  char   *dir = g_path_get_dirname (path);
  GError *error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
  g_free (dir);

  return path;
}

char *
fixture_text (Fixture    *fixture,
              const char *name,
              const char *text)
{
  return fixture_write (fixture, name, text, strlen (text));
}

char *
fixture_source (const char *name)
{
  char *path = g_build_filename (DIF_SOURCE_ROOT, name, NULL);

  if (! g_file_test (path, G_FILE_TEST_EXISTS))
    g_error ("%s is missing", path);

  return path;
}

char *
fixture_copy (Fixture    *fixture,
              const char *name,
              const char *source)
{
  char   *from = fixture_source (source);
  char   *path;
  char   *data;
  gsize   length;
  GError *error = NULL;

  g_file_get_contents (from, &data, &length, &error);
  g_assert_no_error (error);
  path = fixture_write (fixture, name, data, length);
  g_free (data);
  g_free (from);

  return path;
}

char *
fixture_raw (Fixture    *fixture,
             guint64     length,
             const char *header,
             const void *data,
             gsize       n_data)
{
  guint64     word = GUINT64_TO_LE (length);
  GByteArray *bytes = g_byte_array_new ();
  guint       at;
  char       *path;

  g_byte_array_append (bytes, (const guint8 *) &word, sizeof (word));
  g_byte_array_append (bytes, (const guint8 *) header, strlen (header));
  at = bytes->len;
  g_byte_array_set_size (bytes, at + n_data);
  if (n_data > 0 && data)
    memcpy (bytes->data + at, data, n_data);
  else if (n_data > 0)
    memset (bytes->data + at, 0, n_data);

  path = fixture_write (fixture, "model.safetensors", bytes->data, bytes->len);
  g_byte_array_unref (bytes);

  return path;
}

char *
fixture_tensors (Fixture             *fixture,
                 const FixtureTensor *tensors,
                 int                  n_tensors)
{
  GString    *header = g_string_new ("{");
  GByteArray *data = g_byte_array_new ();
  char       *path;
  int         i;

  for (i = 0; i < n_tensors; i++)
    {
      guint begin = data->len;

      g_byte_array_append (data, tensors[i].data, tensors[i].size);
      g_string_append_printf (header,
                              "%s\"%s\": {\"dtype\": \"%s\", \"shape\": %s, "
                              "\"data_offsets\": [%u, %u]}",
                              i > 0 ? ", " : "", tensors[i].name,
                              tensors[i].dtype, tensors[i].shape, begin,
                              data->len);
    }
  g_string_append_c (header, '}');

  path = fixture_raw (fixture, header->len, header->str, data->data,
                      data->len);
  g_byte_array_unref (data);
  g_string_free (header, TRUE);

  return path;
}

void
fixture_fault (GError     **error,
               DifError     code,
               const char  *path,
               const char  *fault)
{
  g_assert_error (*error, DIF_ERROR, (int) code);
  if (! strstr ((*error)->message, path) ||
      ! strstr ((*error)->message, fault) ||
      ! g_utf8_validate ((*error)->message, -1, NULL))
    g_error ("the message should name \"%s\" and \"%s\": %s", path, fault,
             (*error)->message);
  g_clear_error (error);
}
