/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * watch.h: how long the main thread keeps the dialog from answering.
 * Where the environment variable DIF_FRAME_LOG names a file, what takes
 * longer than a few milliseconds is written to it, a line each:
 *
 *   turn END WALL CPU       one turn of the main loop, its waiting apart
 *   call END WALL CPU NAME  a call that cannot be cut up
 *
 * END is when it ended, in seconds of the monotonic clock; WALL how long it
 * took and CPU what the thread itself worked of that, in milliseconds.
 */

#ifndef UI_WATCH_H
#define UI_WATCH_H

#include <glib.h>

/* Two clocks, read together. */
typedef struct
{
  gint64 wall;   /* microseconds */
  gint64 cpu;
} DifWatch;

/* Begins to watch the default main loop; does nothing without the
 * variable.
 */
void     dif_watch_main_loop (void);

/* Around a call that may take long. */
DifWatch dif_watch_start     (void);
void     dif_watch_call      (DifWatch    start,
                              const char *name);

#endif
