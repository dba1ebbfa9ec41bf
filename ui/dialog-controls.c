/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-controls.c: see dialog-controls.h.
 */

#include <math.h>

#include <libgimp/gimp.h>

#include "dialog-controls.h"

#define STEP 1.0
#define PAGE 10.0

GParamSpec *
dif_ui_dialog_find_setting (DifUiDialog *dialog,
                            const char  *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (dialog->config),
                                       name);
}

/* The name of a setting for those who cannot see its label.  Choices are
 * left alone: what they are called is what is chosen.
 */
static void
name_widget (DifUiDialog *dialog,
             GtkWidget   *widget,
             const char  *setting)
{
  const char *nick = g_param_spec_get_nick (
    dif_ui_dialog_find_setting (dialog, setting));
  char      **parts = g_strsplit (nick, "_", -1);
  char       *name = g_strjoinv ("", parts);

  if (GIMP_IS_LABEL_SPIN (widget))
    widget = gimp_label_spin_get_spin_button (GIMP_LABEL_SPIN (widget));
  if (GTK_IS_RANGE (widget) || GTK_IS_SPIN_BUTTON (widget))
    atk_object_set_name (gtk_widget_get_accessible (widget), name);
  g_free (name);
  g_strfreev (parts);
}

GtkWidget *
dif_ui_dialog_control (DifUiDialog *dialog,
                       const char  *name,
                       GType        type)
{
  GtkWidget *widget = gimp_procedure_dialog_get_widget (dialog->window, name,
                                                        type);

  gtk_widget_set_hexpand (widget, TRUE);
  if (GIMP_IS_LABELED (widget))
    gtk_size_group_add_widget (dialog->labels,
                               gimp_labeled_get_label (GIMP_LABELED (widget)));
  name_widget (dialog, widget, name);
  return widget;
}

void
dif_ui_dialog_add (GtkWidget *box,
                   GtkWidget *child)
{
  gtk_box_pack_start (GTK_BOX (box), child, FALSE, FALSE, 0);
}

/* A whole number without decimals, as most are. */
static gboolean
on_output (GtkSpinButton *spin,
           gpointer       data)
{
  double  value = gtk_spin_button_get_value (spin);
  char   *text = g_strdup_printf ("%.*f", fabs (value - rint (value)) < 0.05
                                          ? 0 : 1, value);

  if (strcmp (text, gtk_entry_get_text (GTK_ENTRY (spin))) != 0)
    gtk_entry_set_text (GTK_ENTRY (spin), text);
  g_free (text);
  return TRUE;
}

GtkWidget *
dif_ui_dialog_slider (DifUiDialog *dialog,
                      GtkWidget   *box,
                      const char  *name,
                      double       most)
{
  GParamSpec    *spec = dif_ui_dialog_find_setting (dialog, name);
  GtkWidget     *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget     *label = gtk_label_new_with_mnemonic (
    g_param_spec_get_nick (spec));
  GtkAdjustment *value = gtk_adjustment_new (0.0, 0.0, most, STEP, PAGE, 0.0);
  GtkWidget     *spin = gtk_spin_button_new (value, STEP, 1);
  GtkWidget     *scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, value);

  g_object_bind_property (dialog->config, name, value, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_widget_set_tooltip_text (scale, g_param_spec_get_blurb (spec));
  gtk_widget_set_tooltip_text (spin, g_param_spec_get_blurb (spec));
  g_signal_connect (spin, "output", G_CALLBACK (on_output), NULL);
  gtk_scale_set_draw_value (GTK_SCALE (scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (scale), 0);
  name_widget (dialog, spin, name);
  name_widget (dialog, scale, name);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), spin);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_box_pack_start (GTK_BOX (row), label, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), spin, FALSE, FALSE, 0);
  dif_ui_dialog_add (box, row);
  dif_ui_dialog_add (box, scale);
  return scale;
}
