/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * frame-log.c: a source that is never ready is asked before the main loop
 * waits and again afterwards.  What lies between the end of one wait and the
 * beginning of the next is an iteration of the loop.
 */

#include <stdio.h>
#include <time.h>

#include "frame-log.h"

#define WALL 20000   /* microseconds from which on one is written down */
#define CPU  5000

static FILE        *file;
static DifUiClocks  since;
static gboolean     measuring;

DifUiClocks
dif_ui_frame_log_now (void)
{
  struct timespec cpu = { 0 };
  DifUiClocks     now = { 0 };

  if (! file)
    return now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &cpu);
  now.wall = g_get_monotonic_time ();
  now.cpu = (gint64) cpu.tv_sec * G_USEC_PER_SEC + cpu.tv_nsec / 1000;
  return now;
}

static void
put (const char *what,
     DifUiClocks start,
     const char *name)
{
  DifUiClocks now = dif_ui_frame_log_now ();
  double      wall = (double) (now.wall - start.wall) / 1e3;
  double      cpu = (double) (now.cpu - start.cpu) / 1e3;

  fprintf (file, "%s %.4f %.2f %.2f%s%s\n", what, (double) now.wall / 1e6, wall,
           cpu, name ? " " : "", name ? name : "");
  fflush (file);
}

void
dif_ui_frame_log_call (DifUiClocks start,
                       const char *name)
{
  if (file)
    put ("call", start, name);
}

static gboolean
before (GSource *source,
        int     *timeout)
{
  DifUiClocks now = dif_ui_frame_log_now ();

  if (measuring && (now.wall - since.wall > WALL || now.cpu - since.cpu > CPU))
    put ("iteration", since, NULL);
  measuring = FALSE;
  *timeout = -1;
  return FALSE;
}

static gboolean
after (GSource *source)
{
  since = dif_ui_frame_log_now ();
  measuring = TRUE;
  return FALSE;
}

void
dif_ui_frame_log_main_loop (void)
{
  static GSourceFuncs  funcs = { .prepare = before, .check = after };
  const char          *path = g_getenv ("DIF_FRAME_LOG");
  GSource             *source;

  if (! path || file)
    return;
  file = fopen (path, "a");
  if (! file)
    return;
  source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_priority (source, G_MININT);
  g_source_attach (source, NULL);
  g_source_unref (source);
}
