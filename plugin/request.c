/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * request.c: see request.h.
 */

#include "params.h"
#include "picks.h"
#include "request.h"

static GimpDrawable *
drawable_of (GObject    *config,
             const char *setting)
{
  GimpDrawable *drawable = NULL;

  if (dif_gimp_params_task (config) == DIF_TASK_VARY)
    g_object_get (config, setting, &drawable, NULL);
  return drawable;
}

GimpDrawable *
dif_gimp_request_protect (GObject *config)
{
  return drawable_of (config, "protect");
}

GimpDrawable *
dif_gimp_request_reference (GObject *config)
{
  return drawable_of (config, "reference");
}

gboolean
dif_gimp_request_init (DifGimpRequest  *request,
                       GObject         *config,
                       GError         **error)
{
  dif_gimp_settings_from_config (config, &request->settings);
  request->show = FALSE;
  request->protect = dif_gimp_request_protect (config);
  request->reference = dif_gimp_request_reference (config);
  request->picks = dif_ui_picks_from_string (request->settings.picks, error);
  return request->picks != NULL;
}

void
dif_gimp_request_clear (DifGimpRequest *request)
{
  dif_settings_clear (&request->settings);
  g_clear_pointer (&request->picks, g_array_unref);
  g_clear_object (&request->protect);
  g_clear_object (&request->reference);
}
