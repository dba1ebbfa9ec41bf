/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * interrupt.c: the signal handler and its flag.
 */

#include <signal.h>

#include "tool/interrupt.h"

static volatile sig_atomic_t caught;

static void
on_signal (int number)
{
  caught = number;
}

void
dif_tool_interrupt_catch (void)
{
  struct sigaction action = { .sa_handler = on_signal };

  /* Without SA_RESTART: a wait for the image reader must end. */
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

int
dif_tool_interrupted (void)
{
  return caught;
}

gboolean
dif_tool_interrupt_check (GError **error)
{
  if (! caught)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_CANCELLED,
               "interrupted; nothing was written");
  return FALSE;
}
