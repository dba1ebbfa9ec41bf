/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ask.c: see ask.h.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "ask.h"

gboolean
dif_gimp_ask (GimpProcedure       *procedure,
              GimpProcedureConfig *config)
{
  GtkWidget *dialog;
  gboolean   asked;

  gimp_ui_init ("diffusion");
  dialog = gimp_procedure_dialog_new (procedure, config, NULL);
  gimp_procedure_dialog_fill (GIMP_PROCEDURE_DIALOG (dialog), NULL);
  asked = gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (dialog));
  gtk_widget_destroy (dialog);
  return asked;
}
