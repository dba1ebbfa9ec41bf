/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * interrupt.h: SIGINT and SIGTERM as a flag that the commands look at
 * between two pieces of work.
 */

#ifndef DIF_TOOL_INTERRUPT_H
#define DIF_TOOL_INTERRUPT_H

#include "dif.h"

/* From here on SIGINT and SIGTERM set the flag instead of ending the
 * process.  Blocking calls return EINTR.
 */
void     dif_tool_interrupt_catch (void);

/* The last of the two signals that came, or 0. */
int      dif_tool_interrupted     (void);

/* FALSE and DIF_ERROR_CANCELLED once a signal came. */
gboolean dif_tool_interrupt_check (GError **error);

#endif
