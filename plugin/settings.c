/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * settings.c: see settings.h.
 */

#include "settings.h"

void
dif_settings_clear (DifSettings *settings)
{
  g_clear_pointer (&settings->picks, g_array_unref);
  g_clear_pointer (&settings->model, g_free);
}
