/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * frame-log.h: how long the main thread leaves the dialog without an answer.
 * Where the environment variable DIF_FRAME_LOG names a file, what takes
 * longer than a few milliseconds is written to it, a line each:
 *
 *   iteration END WALL CPU  of the main loop, its waiting apart
 *   call END WALL CPU NAME  a call that cannot be cut up
 *
 * END is when it ended, in seconds of the monotonic clock; WALL how long it
 * took and CPU what the thread itself worked of that, in milliseconds.
 */

#ifndef UI_FRAME_LOG_H
#define UI_FRAME_LOG_H

#include <glib.h>

/* Two clocks, read together. */
typedef struct
{
  gint64 wall;   /* microseconds */
  gint64 cpu;
} DifUiClocks;

/* Begins to measure the default main loop; does nothing without the variable.
 */
void        dif_ui_frame_log_main_loop (void);

/* The first reads the clocks before a call that may take long; the second
 * writes the line about it afterwards.
 */
DifUiClocks dif_ui_frame_log_now       (void);
void        dif_ui_frame_log_call      (DifUiClocks start,
                                        const char *name);

#endif
