/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * request.c: see request.h.
 */

#include "params.h"
#include "picks.h"
#include "request.h"

gboolean
dif_gimp_request_init (DifGimpRequest  *request,
                       GObject         *config,
                       GError         **error)
{
  dif_gimp_settings_from_config (config, &request->settings);
  request->show = FALSE;
  request->picks = dif_ui_picks_from_string (request->settings.picks, error);
  return request->picks != NULL;
}

void
dif_gimp_request_clear (DifGimpRequest *request)
{
  dif_settings_clear (&request->settings);
  g_clear_pointer (&request->picks, g_array_unref);
}
