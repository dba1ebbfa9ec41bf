/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-reader.c: the picture that strips are put together to, and every way
 * in which that can fail.
 */

#include <gio/gio.h>

#include "host-fixture.h"
#include "reader.h"
#include "refuse.h"

#define WIDTH  700
#define HEIGHT 600

/* What a reader tells. */
typedef struct
{
  DifUiReader  *reader;
  int           calls;
  DifUiPicture *picture;
  GError       *error;
} Told;

/* Frees the reader, as its users do. */
static void
on_read (DifUiPicture *picture,
         const GError *error,
         gpointer      data)
{
  Told *told = data;

  g_assert_true ((picture == NULL) != (error == NULL));
  told->calls++;
  told->picture = picture;
  told->error = error ? g_error_copy (error) : NULL;
  g_clear_pointer (&told->reader, dif_ui_reader_free);
}

static void
told_clear (Told *told)
{
  g_clear_pointer (&told->picture, dif_ui_picture_free);
  g_clear_error (&told->error);
}

/* Waits, and then a little for what must not come. */
static void
wait_for (Told *told)
{
  int i;

  while (told->calls == 0)
    g_main_context_iteration (NULL, TRUE);
  for (i = 0; i < 20; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
  g_assert_cmpint (told->calls, ==, 1);
}

static void
begin (FixtureHost *host,
       Told        *told,
       gboolean     fill)
{
  DifRect area = { 20, 10, WIDTH - 40, HEIGHT - 20 };

  *told = (Told) { NULL };
  told->reader = dif_ui_reader_new (&host->host, &area, 2, fill, on_read, told);
  g_assert_cmpint (told->calls, ==, 0);
}

static void
check_picture (const FixtureHost  *host,
               const DifUiPicture *picture)
{
  int   w = picture->rgb->width, h = picture->rgb->height, x, y, c;
  gsize n = (gsize) w * h;

  g_assert_cmpint (w, ==, WIDTH / 2 - 20);
  g_assert_cmpint (h, ==, HEIGHT / 2 - 10);
  g_assert_true (picture->show == fixture_show && picture->format == host);
  g_assert_nonnull (picture->alpha);
  g_assert_nonnull (picture->selected);
  /* Where a strip has none all is opaque and selected. */
  g_assert_cmpfloat (picture->alpha[0], ==, 1.0f);
  g_assert_cmpfloat (picture->selected[0], ==, 1.0f);
  for (y = 0; y < h; y++)
    for (x = 0; x < w; x++)
      {
        gsize at = (gsize) y * w + x;

        for (c = 0; c < 3; c++)
          g_assert_cmpfloat (picture->rgb->rgb[c * n + at], ==,
                             fixture_value (20 + 2 * x, 10 + 2 * y, c));
        if (y == h - 1)
          g_assert_cmpfloat (picture->alpha[at], ==,
                             fixture_alpha (20 + 2 * x, 10 + 2 * y));
      }
}

static void
test_whole (void)
{
  FixtureHost host;
  Told        told;

  fixture_host (&host, WIDTH, HEIGHT);
  begin (&host, &told, FALSE);
  wait_for (&told);
  g_assert_no_error (told.error);
  g_assert_cmpint (host.reads, >, 2);
  check_picture (&host, told.picture);
  told_clear (&told);
}

/* What the host says is what is told. */
static void
test_host_error (void)
{
  FixtureHost host;
  Told        told;
  int         i;

  for (i = 1; i <= 3; i++)
    {
      fixture_host (&host, WIDTH, HEIGHT);
      host.fails_at = i;
      begin (&host, &told, FALSE);
      wait_for (&told);
      g_assert_error (told.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
      g_assert_cmpint (host.reads, ==, i);
      told_clear (&told);
    }
}

static void
test_no_thread (void)
{
  FixtureHost host;
  Told        told;

  fixture_host (&host, WIDTH, HEIGHT);
  refuse_threads (1);
  begin (&host, &told, FALSE);
  wait_for (&told);
  g_assert_error (told.error, DIF_ERROR, DIF_ERROR_MEMORY);
  g_assert_cmpint (host.reads, ==, 0);
  told_clear (&told);

  /* Freed before it could tell. */
  refuse_threads (1);
  begin (&host, &told, FALSE);
  g_clear_pointer (&told.reader, dif_ui_reader_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (told.calls, ==, 0);

  begin (&host, &told, FALSE);
  wait_for (&told);
  check_picture (&host, told.picture);
  told_clear (&told);
}

/* Each piece of memory is refused once, one after the other. */
static void
test_no_memory (gconstpointer data)
{
  FixtureHost host;
  Told        told;
  int         i, again = TRUE;

  for (i = 0; again; i++)
    {
      fixture_host (&host, WIDTH, HEIGHT);
      refuse_memory (i);
      begin (&host, &told, GPOINTER_TO_INT (data));
      wait_for (&told);
      again = refused ();
      refuse_memory (-1);
      if (again)
        g_assert_error (told.error, DIF_ERROR, DIF_ERROR_MEMORY);
      else
        g_assert_no_error (told.error);
      told_clear (&told);
    }
  /* The picture, two planes, and some strips. */
  g_assert_cmpint (i, >, 5);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader/whole", test_whole);
  g_test_add_func ("/reader/host-error", test_host_error);
  g_test_add_func ("/reader/no-thread", test_no_thread);
  g_test_add_data_func ("/reader/no-memory", GINT_TO_POINTER (FALSE),
                        test_no_memory);
  g_test_add_data_func ("/reader/no-memory/fill", GINT_TO_POINTER (TRUE),
                        test_no_memory);
  return g_test_run ();
}
