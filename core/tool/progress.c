/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * progress.c: the progress line.  The line is overwritten with blanks
 * rather than with an escape sequence, so that it works on any terminal.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tool/progress.h"

#define INTERVAL (G_USEC_PER_SEC / 10)

static gboolean enabled;
static gint64   shown_at;
static int      shown_length;

void
dif_tool_progress_start (gboolean quiet)
{
  enabled = ! quiet && isatty (STDERR_FILENO);
  shown_at = 0;
  shown_length = 0;
}

static void
append_time (GString *text,
             double   seconds)
{
  guint64 s = (guint64) ceil (seconds);

  if (s >= 3600)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ":%02d:%02d", s / 3600,
                            (int) (s / 60 % 60), (int) (s % 60));
  else
    g_string_append_printf (text, "%d:%02d", (int) (s / 60), (int) (s % 60));
}

/* Free with g_free(). */
static char *
progress_text (const DifProgress *progress)
{
  GString *text = g_string_new (NULL);
  int      variation = MIN (progress->variation + 1, progress->num_variations);

  g_string_append_printf (text, "%3d %%", (int) (progress->fraction * 100.0));
  if (progress->num_variations > 1)
    g_string_append_printf (text, ", variation %d of %d", variation,
                            progress->num_variations);
  g_string_append_printf (text, ", step %d of %d", progress->step,
                          progress->steps);
  if (progress->remaining >= 0.0)
    {
      g_string_append (text, ", ");
      append_time (text, progress->remaining);
      g_string_append (text, " left");
    }
  return g_string_free (text, FALSE);
}

/* A line as wide as the terminal would wrap, and \r could then no
 * longer reach its start.
 */
static int
terminal_width (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
    return size.ws_col - 1;
  return 79;
}

void
dif_tool_progress_show (const DifProgress *progress)
{
  gint64 now = g_get_monotonic_time ();
  char  *text;
  int    length;

  if (! enabled || (shown_at != 0 && now - shown_at < INTERVAL))
    return;

  text = progress_text (progress);
  length = MIN ((int) strlen (text), terminal_width ());
  fprintf (stderr, "\r%.*s%*s", length, text,
           MAX (shown_length - length, 0), "");
  fflush (stderr);
  shown_at = now;
  shown_length = MAX (shown_length, length);
  g_free (text);
}

void
dif_tool_progress_wipe (void)
{
  if (shown_length == 0)
    return;
  fprintf (stderr, "\r%*s\r", shown_length, "");
  fflush (stderr);
  shown_length = 0;
}
