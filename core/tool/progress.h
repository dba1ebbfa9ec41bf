/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * progress.h: one line on the terminal, rewritten in place, that says
 * how far a job is.  Where standard error is not a terminal nothing is
 * ever written.
 */

#ifndef DIF_TOOL_PROGRESS_H
#define DIF_TOOL_PROGRESS_H

#include "dif.h"

/* quiet: no line, even on a terminal. */
void dif_tool_progress_start (gboolean           quiet);

/* Rewrites the line, at most ten times a second. */
void dif_tool_progress_show  (const DifProgress *progress);

/* Wipes the line, if there is one. */
void dif_tool_progress_wipe  (void);

#endif
