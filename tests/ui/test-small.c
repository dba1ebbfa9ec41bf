/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-small.c: the small picture behind the picker and the film strip: an
 * error is told, and whoever wants the picture then gets it.
 */

#include <gio/gio.h>

#include "host-fixture.h"
#include "refuse.h"
#include "small.h"

#define SIDE 200

typedef struct
{
  int     ready;
  int     failed;
  GError *error;
} Told;

static gboolean
on_ready (gpointer data)
{
  ((Told *) data)->ready++;
  return G_SOURCE_REMOVE;
}

static void
on_failed (const GError *error,
           gpointer      data)
{
  Told *told = data;

  told->failed++;
  g_clear_error (&told->error);
  told->error = g_error_copy (error);
}

/* Until so much has been told. */
static void
wait_for (Told *told,
          int   number)
{
  while (told->ready + told->failed < number)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (told->ready + told->failed, ==, number);
}

static void
begin (DifUiSmall  *small,
       FixtureHost *host,
       Told        *told)
{
  *told = (Told) { 0 };
  fixture_host (host, SIDE, SIDE);
  dif_ui_small_init (small, &host->host, SIDE / 2, SIDE / 2, 1, 2, on_ready,
                     on_failed, told);
}

/* Once read, it is not read again. */
static void
check_there (DifUiSmall  *small,
             FixtureHost *host,
             Told        *told)
{
  int reads = host->reads;

  g_assert_cmpint (told->ready, ==, 1);
  g_assert_nonnull (small->picture);
  dif_ui_small_read (small);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (host->reads, ==, reads);
}

static void
test_host_error (void)
{
  FixtureHost host;
  DifUiSmall  small;
  Told        told;

  begin (&small, &host, &told);
  host.fails_at = 1;
  dif_ui_small_read (&small);
  dif_ui_small_read (&small);
  wait_for (&told, 1);
  g_assert_error (told.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_null (small.picture);
  dif_ui_small_read (&small);
  wait_for (&told, 2);
  check_there (&small, &host, &told);
  dif_ui_small_clear (&small);
  g_clear_error (&told.error);
}

static void
test_no_thread (void)
{
  FixtureHost host;
  DifUiSmall  small;
  Told        told;

  begin (&small, &host, &told);
  refuse_threads (2);
  dif_ui_small_read (&small);
  wait_for (&told, 1);
  dif_ui_small_read (&small);
  wait_for (&told, 2);
  g_assert_cmpint (told.failed, ==, 2);
  g_assert_error (told.error, DIF_ERROR, DIF_ERROR_MEMORY);
  dif_ui_small_read (&small);
  wait_for (&told, 3);
  check_there (&small, &host, &told);
  dif_ui_small_clear (&small);
  g_clear_error (&told.error);
}

static void
test_no_memory (void)
{
  g_autoptr (DifImage) copy = NULL;
  FixtureHost          host;
  DifUiSmall           small;
  Told                 told;

  begin (&small, &host, &told);
  dif_ui_small_read (&small);
  wait_for (&told, 1);
  refuse_memory (0);
  g_assert_null (dif_ui_small_copy (&small));
  refuse_memory (-1);
  g_assert_cmpint (told.failed, ==, 1);
  g_assert_error (told.error, DIF_ERROR, DIF_ERROR_MEMORY);
  copy = dif_ui_small_copy (&small);
  g_assert_cmpint (copy->width, ==, SIDE / 2);
  g_assert_cmpfloat (copy->rgb[1], ==, fixture_value (2, 0, 0));
  dif_ui_small_clear (&small);
  g_clear_error (&told.error);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/small/host-error", test_host_error);
  g_test_add_func ("/small/no-thread", test_no_thread);
  g_test_add_func ("/small/no-memory", test_no_memory);
  return g_test_run ();
}
