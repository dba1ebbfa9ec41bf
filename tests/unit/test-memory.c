/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-memory.c: aligned blocks and the arena.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/available.h"
#include "base/memory.h"

static void
test_alignment (void)
{
  static const size_t sizes[] = { 0, 1, 63, 64, 65, 4097, 1 << 20 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      GError *error = NULL;
      char   *block = dif_alloc (sizes[i], 1, "a block", &error);

      g_assert_no_error (error);
      g_assert_nonnull (block);
      g_assert_cmpuint ((uintptr_t) block % DIF_ALIGNMENT, ==, 0);
      memset (block, 0xa5, MAX (sizes[i], 1));
      dif_free (block);
    }

  dif_free (NULL);
}

static void
test_failure (void)
{
  static const size_t counts[] = { SIZE_MAX, SIZE_MAX / 4 - 8, SIZE_MAX / 8 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      GError *error = NULL;
      float  *block = dif_alloc (counts[i], sizeof (float), "the image planes",
                                 &error);

      g_assert_null (block);
      g_assert_error (error, DIF_ERROR, DIF_ERROR_MEMORY);
      g_assert_nonnull (strstr (error->message, "the image planes"));
      g_error_free (error);
    }
}

/* The same takes on an arena that counts and on one that has memory. */
static void
run_takes (DifArena *arena,
           float    *taken[4])
{
  size_t mark;

  taken[0] = dif_arena_take (arena, 1);
  mark = dif_arena_mark (arena);
  taken[1] = dif_arena_take (arena, 1000);
  dif_arena_release (arena, mark);
  taken[2] = dif_arena_take (arena, 17);
  taken[3] = dif_arena_take (arena, 0);
}

static void
test_arena (void)
{
  DifArena  count = { 0 };
  DifArena  arena = { 0 };
  float    *taken[4];
  int       i;

  run_takes (&count, taken);
  for (i = 0; i < 4; i++)
    g_assert_null (taken[i]);
  g_assert_cmpuint (count.peak, ==, 64 + 4032);
  g_assert_cmpuint (count.used, ==, 64 + 128);

  arena.size = count.peak;
  arena.base = dif_alloc (arena.size, 1, "an arena", NULL);
  g_assert_nonnull (arena.base);
  run_takes (&arena, taken);
  g_assert_true ((char *) taken[0] == arena.base);
  g_assert_true ((char *) taken[1] == arena.base + 64);
  g_assert_true (taken[2] == taken[1]);
  g_assert_true ((char *) taken[3] == arena.base + 192);
  g_assert_cmpuint (arena.used, ==, count.used);
  g_assert_cmpuint (arena.peak, ==, count.peak);
  dif_free (arena.base);
}

static void
test_arena_overflow (void)
{
  DifArena count = { 0 };

  dif_arena_take (&count, SIZE_MAX / 8);
  g_assert_cmpuint (count.used, <, SIZE_MAX);
  dif_arena_take (&count, SIZE_MAX / 8);
  g_assert_cmpuint (count.used, ==, SIZE_MAX);
  dif_arena_take (&count, 1);
  g_assert_cmpuint (count.used, ==, SIZE_MAX);
  dif_arena_release (&count, 0);
  dif_arena_take (&count, SIZE_MAX);
  g_assert_cmpuint (count.peak, ==, SIZE_MAX);
}

static void
test_arena_exhausted (void)
{
  if (g_test_subprocess ())
    {
      DifArena arena = { 0 };

      arena.size = 64;
      arena.base = dif_alloc (arena.size, 1, "an arena", NULL);
      dif_arena_take (&arena, 16);
      dif_arena_take (&arena, 1);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*64 bytes asked of an arena that has 0 left*");
}

/* What a machine with these files has available, in KiB. */
static void
test_available (void)
{
  static const struct
  {
    const char *files[9];   /* path, content, ... */
    gint64      kib;
  } cases[] = {
    { { NULL }, 0 },
    { { "proc/meminfo", "MemTotal:  900 kB\nMemAvailable:    300 kB\n" }, 300 },
    { { "proc/meminfo", "NotMemAvailable: 5 kB\n" }, 0 },
    { { "proc/meminfo", "MemAvailable: 300 kB\n", "proc/self/cgroup", "0::/a/b\n",
        "sys/fs/cgroup/a/b/memory.max", "max\n" }, 300 },
    /* the parent's limit counts, less what it uses and cannot give up */
    { { "proc/meminfo", "MemAvailable: 300 kB\n", "proc/self/cgroup", "0::/a/b\n",
        "sys/fs/cgroup/a/memory.max", "204800\n",
        "sys/fs/cgroup/a/memory.current", "102400\n" }, 100 },
    { { "proc/self/cgroup", "0::/\n", "sys/fs/cgroup/memory.max", "204800\n",
        "sys/fs/cgroup/memory.current", "102400\n",
        "sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 51200\n" }, 150 },
    /* outside's path: the mount's own files */
    { { "proc/meminfo", "MemAvailable: 300 kB\n",
        "proc/self/cgroup", "9:cpu:/x\n5:hugetlb,memory:/docker/xyz\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes", "102400\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes", "1024\n" }, 99 },
    { { "proc/meminfo", "MemAvailable: 300 kB\n", "proc/self/cgroup", "0::/\n",
        "sys/fs/cgroup/memory.max", "1000\n",
        "sys/fs/cgroup/memory.current", "2000\n" }, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char *root = g_dir_make_tmp ("dif-available-XXXXXX", NULL);
      char *command = g_strdup_printf ("rm -r '%s'", root);

      for (int f = 0; cases[i].files[f]; f += 2)
        {
          char *path = g_build_filename (root, cases[i].files[f], NULL);
          char *folder = g_path_get_dirname (path);

          g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
          g_assert_true (g_file_set_contents (path, cases[i].files[f + 1], -1,
                                              NULL));
          g_free (folder);
          g_free (path);
        }
      g_test_message ("case %u", i);
      /* None at all is not the same as unknown. */
      g_assert_cmpuint (dif_memory_available_below (root), ==,
                        cases[i].kib < 0 ? 1 : 1024 * (guint64) cases[i].kib);
      g_assert_cmpint (system (command), ==, 0);
      g_free (command);
      g_free (root);
    }
#ifdef __linux__
  g_assert_cmpuint (dif_memory_available (), >, 1 << 20);
#endif
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/memory/alignment", test_alignment);
  g_test_add_func ("/memory/failure", test_failure);
  g_test_add_func ("/memory/available", test_available);
  g_test_add_func ("/memory/arena", test_arena);
  g_test_add_func ("/memory/arena-overflow", test_arena_overflow);
  g_test_add_func ("/memory/arena-exhausted", test_arena_exhausted);

  return g_test_run ();
}
