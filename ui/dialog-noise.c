/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-noise.c: see dialog-noise.h.
 */

#include <glib/gi18n.h>

#include "dialog-config.h"
#include "dialog-noise.h"
#include "messages.h"

static void
on_measured (const DifLayerNoise *noise,
             const GError        *error,
             gpointer             data)
{
  DifUiDialog *dialog = data;

  g_clear_pointer (&dialog->measure, dif_ui_measure_free);
  dialog->measured = noise != NULL;
  if (noise)
    dialog->noise = *noise;
  else
    dialog->unmeasured = dif_ui_message_text (error);
  dif_ui_preview_set_noise (dialog->preview, noise, dialog->unmeasured);
  dif_ui_dialog_refresh (dialog);
}

void
dif_ui_dialog_measure (DifUiDialog *dialog)
{
  if (! dialog->measured && ! dialog->unmeasured && ! dialog->measure)
    dialog->measure = dif_ui_measure_new (dialog->ops->host, on_measured, dialog);
}

void
dif_ui_dialog_forget_noise (DifUiDialog *dialog)
{
  g_clear_pointer (&dialog->measure, dif_ui_measure_free);
  g_clear_pointer (&dialog->unmeasured, g_free);
  dialog->measured = FALSE;
}

char *
dif_ui_dialog_noise_words (DifUiDialog *dialog)
{
  if (dialog->measured)
    return dif_ui_message_noise (&dialog->noise);
  return g_strdup (dialog->unmeasured ? dialog->unmeasured
                                      : _("Measuring the noise…"));
}
