/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-words.c: see picker-words.h.
 */

#include <glib/gi18n.h>

#include "messages.h"
#include "picker-words.h"

void
dif_ui_picker_count (DifUiPicker *picker)
{
  int   n = 0, i;
  char *text;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    n += picker->tiles[i].ticked;
  gtk_widget_set_tooltip_text (picker->count, picker->fault);
  if (picker->fault)
    text = g_strdup (picker->fault);
  else if (n > 0)
    text = g_strdup_printf (ngettext ("Run makes the ticked one",
                                      "Run makes the %d ticked ones", n), n);
  else if (picker->small.host && dif_ui_small_is_part (&picker->small))
    text = g_strdup (_("Each shows the part that is framed in the preview. "
                       "Tick those to make."));
  else
    text = g_strdup (_("Tick those to make."));
  gtk_label_set_text (GTK_LABEL (picker->count), text);
  g_free (text);
}

void
dif_ui_picker_fail (DifUiPicker  *picker,
                    const GError *error)
{
  g_free (picker->fault);
  picker->fault = dif_ui_message_text (error);
  dif_ui_picker_count (picker);
}
