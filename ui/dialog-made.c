/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-made.c: see dialog-made.h.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "dialog-config.h"
#include "dialog-controls.h"
#include "dialog-made.h"
#include "dialog-model.h"
#include "dialog-task.h"

/* A label and a control in a row, its tooltip, and room for others. */
static GtkWidget *
new_row (DifUiDialog *dialog,
         const char  *title,
         GtkWidget   *control,
         const char  *help)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new_with_mnemonic (title);

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), control);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_size_group_add_widget (dialog->labels, label);
  gtk_widget_set_tooltip_text (control, help);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), control, TRUE, TRUE, 0);
  return row;
}

/* A combo box that is no wider than the column, however long its texts are. */
static GtkWidget *
new_combo (void)
{
  GtkWidget *combo = gtk_combo_box_text_new ();
  GList     *cells = gtk_cell_layout_get_cells (GTK_CELL_LAYOUT (combo));

  if (cells)
    g_object_set (cells->data, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  g_list_free (cells);
  gtk_widget_set_hexpand (combo, TRUE);
  return combo;
}

/* What it is made of ------------------------------------------------- */

static char *
id_of (const char *origin,
       const char *model)
{
  return strcmp (origin, "layer") == 0 ? g_strdup (origin)
                                       : g_strdup_printf ("%s %s", origin, model);
}

static void
add_choice (DifUiDialog *dialog,
            const char  *origin,
            const char  *model,
            const char  *format,
            const char  *name)
{
  char *id = id_of (origin, model);
  char *text = g_strdup_printf (format, name);

  gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (dialog->made_of), id, text);
  g_free (id);
  g_free (text);
}

/* Each model can finish what is made of the layer, and work alone. */
static void
fill (DifUiDialog *dialog)
{
  GParamSpec *spec = dif_ui_dialog_find_setting (dialog, "model");
  GimpChoice *models = gimp_param_spec_choice_get_choice (spec);
  GList      *nicks = gimp_choice_list_nicks (models), *link;

  for (link = nicks; link; link = link->next)
    add_choice (dialog, "layer-finished", link->data,
                _("This layer, finished by %s"),
                gimp_choice_get_label (models, link->data));
  add_choice (dialog, "layer", "", "%s", _("This layer alone"));
  for (link = nicks; link; link = link->next)
    add_choice (dialog, "model", link->data, _("%s alone"),
                gimp_choice_get_label (models, link->data));
}

static void
on_made (GtkComboBox *combo,
         gpointer     data)
{
  DifUiDialog *dialog = data;
  const char  *id = gtk_combo_box_get_active_id (combo);
  const char  *model;
  char        *origin;

  if (dialog->settling || ! id)
    return;
  model = strchr (id, ' ');
  origin = model ? g_strndup (id, (gsize) (model - id)) : g_strdup (id);
  if (model)
    g_object_set (dialog->config, "made-of", origin, "model", model + 1, NULL);
  else
    g_object_set (dialog->config, "made-of", origin, NULL);
  g_free (origin);
}

/* Says what the choice does and, once it is there, what the model is. */
static void
explain (DifUiDialog *dialog)
{
  const char *help = g_param_spec_get_blurb (
    dif_ui_dialog_find_setting (dialog, "made-of"));
  char       *model = dif_ui_dialog_model_words (dialog);
  char       *text = model ? g_strdup_printf ("%s\n%s", help, model)
                           : g_strdup (help);

  gtk_widget_set_tooltip_text (dialog->made_of, text);
  g_free (model);
  g_free (text);
}

void
dif_ui_dialog_add_made (DifUiDialog *dialog,
                        GtkWidget   *box)
{
  GParamSpec *spec = dif_ui_dialog_find_setting (dialog, "made-of");
  GtkWidget  *row;

  dialog->made_of = new_combo ();
  fill (dialog);
  g_signal_connect (dialog->made_of, "changed", G_CALLBACK (on_made), dialog);
  row = new_row (dialog, _("Ma_de of"), dialog->made_of,
                 g_param_spec_get_blurb (spec));
  gtk_box_pack_start (GTK_BOX (row), dif_ui_dialog_folder (dialog), FALSE,
                      FALSE, 0);
  dif_ui_dialog_add (box, row);
}

void
dif_ui_dialog_show_made (DifUiDialog *dialog)
{
  char *origin, *model, *id;

  g_object_get (dialog->config, "made-of", &origin, "model", &model, NULL);
  id = id_of (origin, model);
  dialog->settling = TRUE;
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (dialog->made_of), id);
  dialog->settling = FALSE;
  explain (dialog);
  g_free (id);
  g_free (origin);
  g_free (model);
}

/* Drawables ---------------------------------------------------------- */

#define SETTING "dif-setting"

static void
on_drawable (GtkComboBox *combo,
             gpointer     data)
{
  DifUiDialog *dialog = data;

  if (! dialog->settling)
    dialog->ops->choose (dialog->ops->data,
                         g_object_get_data (G_OBJECT (combo), SETTING),
                         gtk_combo_box_get_active (combo) - 1);
}

static GtkWidget *
add_drawable (DifUiDialog *dialog,
              GtkWidget   *box,
              const char  *setting)
{
  GParamSpec *spec = dif_ui_dialog_find_setting (dialog, setting);
  GtkWidget  *combo = new_combo ();

  g_object_set_data (G_OBJECT (combo), SETTING, (gpointer) setting);
  g_signal_connect (combo, "changed", G_CALLBACK (on_drawable), dialog);
  dif_ui_dialog_add (box, new_row (dialog, g_param_spec_get_nick (spec), combo,
                                   g_param_spec_get_blurb (spec)));
  return combo;
}

static void
list (DifUiDialog *dialog,
      GtkWidget   *widget,
      const char  *none)
{
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (widget);
  int              chosen;
  char           **names = dialog->ops->list (
    dialog->ops->data, g_object_get_data (G_OBJECT (widget), SETTING), &chosen);
  char           **name;

  dialog->settling = TRUE;
  gtk_combo_box_text_remove_all (combo);
  gtk_combo_box_text_append_text (combo, none);
  for (name = names; *name; name++)
    gtk_combo_box_text_append_text (combo, *name);
  gtk_combo_box_set_active (GTK_COMBO_BOX (combo), chosen + 1);
  dialog->settling = FALSE;
  g_strfreev (names);
}

void
dif_ui_dialog_list_drawables (DifUiDialog *dialog)
{
  if (dialog->protect)
    list (dialog, dialog->protect, _("Nothing"));
  if (dialog->reference)
    list (dialog, dialog->reference, _("This layer"));
}

void
dif_ui_dialog_add_parts (DifUiDialog *dialog,
                         GtkWidget   *box)
{
  static const char *const names[] = { "structure", "layout" };
  guint                    i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkWidget *scale = dif_ui_dialog_control (dialog, names[i],
                                                GIMP_TYPE_SPIN_SCALE);

      gtk_spin_button_set_digits (GTK_SPIN_BUTTON (scale), 1);
      dif_ui_dialog_add (box, scale);
    }
  dialog->reference = add_drawable (dialog, box, "reference");
}

void
dif_ui_dialog_add_protect (DifUiDialog *dialog,
                           GtkWidget   *box)
{
  dialog->protect = add_drawable (dialog, box, "protect");
  dif_ui_dialog_list_drawables (dialog);
}
