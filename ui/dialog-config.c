/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-config.c: see dialog-config.h.
 */

#include "dialog-config.h"

DifParams
dif_ui_dialog_params (DifUiDialog *dialog)
{
  DifParams params;

  dialog->ops->get_params (dialog->ops->data, dialog->config, &params);
  return params;
}

GArray *
dif_ui_dialog_picks (DifUiDialog *dialog)
{
  GArray *picks;
  char   *text = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (dialog->config), "picks"))
    g_object_get (dialog->config, "picks", &text, NULL);
  picks = dif_ui_picks_from_string (text, NULL);
  g_free (text);
  return picks ? picks : g_array_new (FALSE, TRUE, sizeof (DifUiPick));
}

void
dif_ui_dialog_refresh (DifUiDialog *dialog)
{
  if (dialog->refresh == 0)
    dialog->refresh = g_idle_add_full (G_PRIORITY_HIGH_IDLE,
                                       dialog->show_settings, dialog, NULL);
}
