/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog.c: a dialog with one control for each argument of the
 * procedure, over GIMP's own, which brings reset, saved settings and
 * help.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "dialog.h"


gboolean
dif_dialog_run (GimpProcedure       *procedure,
                GimpProcedureConfig *config)
{
  GimpProcedureDialog *dialog;
  GtkWidget           *window;
  gboolean             accepted;

  gimp_ui_init ("diffusion");

  window = gimp_procedure_dialog_new (procedure, config, _("Diffusion"));
  dialog = GIMP_PROCEDURE_DIALOG (window);

  gimp_procedure_dialog_get_widget (dialog, "strength",
                                    GIMP_TYPE_SCALE_ENTRY);
  gimp_procedure_dialog_fill (dialog, "strength", "num-variations", "seed",
                              "steps", "sampler", "model", NULL);

  accepted = gimp_procedure_dialog_run (dialog);
  gtk_widget_destroy (window);

  return accepted;
}
