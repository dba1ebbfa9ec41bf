/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets.c: the row of presets.  The file is read anew before each change, so
 * that two dialogs do not lose each other's presets.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "presets-factory.h"
#include "presets-file.h"
#include "presets.h"

#define MAX_CHARS 60

typedef struct
{
  GimpProcedureConfig *config;
  DifTaskKind          task;
  GtkWidget           *combo;
  GtkWidget           *remove;
} Presets;

static char *
file_path (void)
{
  return g_build_filename (gimp_directory (), "diffusion-presets.ini", NULL);
}

static GKeyFile *
load (GError **error)
{
  char     *path = file_path ();
  GKeyFile *file = dif_ui_presets_load (path, error);

  g_free (path);
  return file;
}

static gboolean
save (GKeyFile  *file,
      GError   **error)
{
  char     *path = file_path ();
  gboolean  good = g_key_file_save_to_file (file, path, error);

  g_free (path);
  return good;
}

/* What the list calls one that comes with the plug-in: no name of the user's has
 * brackets.
 */
static char *
factory_id (const char *name)
{
  return g_strdup_printf ("[%s]", name);
}

static gboolean
is_factory (const char *id)
{
  return id[0] == '[';
}

/* Its name from that. */
static char *
factory_name (const char *id)
{
  return g_strndup (id + 1, strlen (id) - 2);
}

/* The row ------------------------------------------------------------ */

static void
add_factory (Presets *presets)
{
  GKeyFile  *file = dif_ui_presets_factory ();
  char     **names = g_key_file_get_groups (file, NULL), **each;

  for (each = names; *each; each++)
    if (dif_ui_presets_task (file, *each) == presets->task)
      {
        char *id = factory_id (*each);

        gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (presets->combo), id,
                                   _(*each));
        g_free (id);
      }
  g_strfreev (names);
  g_key_file_unref (file);
}

static void
show_fault (Presets *presets,
            GError  *error)
{
  GtkWidget *parent = gtk_widget_get_toplevel (presets->combo);
  GtkWidget *dialog = gtk_message_dialog_new (
    GTK_WINDOW (parent), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
    GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s",
    _("The presets stay as they are."));

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s",
                                            error->message);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_widget_show (dialog);
  g_error_free (error);
}

/* Fills the list; name is the one that is chosen, or NULL. */
static void
fill (Presets    *presets,
      const char *name)
{
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (presets->combo);
  GKeyFile        *file = load (NULL);
  char           **names = file ? g_key_file_get_groups (file, NULL) : NULL;
  char           **each;

  g_signal_handlers_block_matched (combo, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                   presets);
  gtk_combo_box_text_remove_all (combo);
  gtk_combo_box_text_append (combo, "", _("None"));
  add_factory (presets);
  for (each = names; each && *each; each++)
    if (g_utf8_validate (*each, -1, NULL) && **each
        && dif_ui_presets_task (file, *each) == presets->task)
      gtk_combo_box_text_append (combo, *each, *each);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), name ? name : "");
  g_signal_handlers_unblock_matched (combo, G_SIGNAL_MATCH_DATA, 0, 0, NULL,
                                     NULL, presets);
  gtk_widget_set_sensitive (presets->remove, name != NULL);
  g_strfreev (names);
  g_clear_pointer (&file, g_key_file_unref);
}

static void
apply_factory (Presets    *presets,
               const char *id)
{
  GKeyFile *file = dif_ui_presets_factory ();
  char     *name = factory_name (id);

  dif_ui_presets_apply (file, name, G_OBJECT (presets->config));
  g_free (name);
  g_key_file_unref (file);
}

static void
on_chosen (GtkComboBox *combo,
           gpointer     data)
{
  Presets    *presets = data;
  const char *name = gtk_combo_box_get_active_id (combo);
  GError     *error = NULL;
  GKeyFile   *file;

  gtk_widget_set_sensitive (presets->remove,
                            name && *name && ! is_factory (name));
  if (! name || ! *name)
    return;
  if (is_factory (name))
    {
      apply_factory (presets, name);
      return;
    }
  file = load (&error);
  if (! file)
    {
      show_fault (presets, error);
      return;
    }
  dif_ui_presets_apply (file, name, G_OBJECT (presets->config));
  g_key_file_unref (file);
}

/* Takes file over, NULL with an error of its loading; name is the one that
 * is chosen from now on.
 */
static void
put_back (Presets    *presets,
          GKeyFile   *file,
          const char *name,
          GError     *error)
{
  if (! file || ! save (file, &error))
    show_fault (presets, error);
  else
    fill (presets, name);
  g_clear_pointer (&file, g_key_file_unref);
}

static void
store_as (Presets    *presets,
          const char *name)
{
  GError   *error = NULL;
  GKeyFile *file = load (&error);

  if (file)
    dif_ui_presets_store (file, name, presets->task,
                          G_OBJECT (presets->config));
  put_back (presets, file, name, error);
}

static void
on_replace (GtkDialog *dialog,
            int        response,
            gpointer   data)
{
  if (response == GTK_RESPONSE_OK)
    store_as (data, g_object_get_data (G_OBJECT (dialog), "dif-name"));
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

/* Takes name over. */
static void
ask_replace (Presets *presets,
             char    *name)
{
  GtkWidget *dialog = gtk_message_dialog_new (
    GTK_WINDOW (gtk_widget_get_toplevel (presets->combo)),
    GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
    GTK_BUTTONS_NONE, _("There is a preset “%s”. Replace it?"), name);

  gtk_window_set_title (GTK_WINDOW (dialog), _("Save Preset"));
  gtk_dialog_add_buttons (GTK_DIALOG (dialog), _("_Cancel"),
                          GTK_RESPONSE_CANCEL, _("_Replace"), GTK_RESPONSE_OK,
                          NULL);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  g_object_set_data_full (G_OBJECT (dialog), "dif-name", name, g_free);
  g_signal_connect (dialog, "response", G_CALLBACK (on_replace), presets);
  gtk_widget_show (dialog);
}

static void
on_name (GtkDialog *dialog,
         int        response,
         gpointer   data)
{
  GtkEntry *entry = g_object_get_data (G_OBJECT (dialog), "dif-name");
  char     *name = dif_ui_presets_name (gtk_entry_get_text (entry));
  GKeyFile *file = load (NULL);

  if (response == GTK_RESPONSE_OK && name)
    {
      if (file && g_key_file_has_group (file, name))
        ask_replace (data, g_steal_pointer (&name));
      else
        store_as (data, name);
    }
  g_clear_pointer (&file, g_key_file_unref);
  g_free (name);
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

/* Asks for a name.  Without a main loop of its own: one that starts within
 * a click by a screen reader would leave that without answers.
 */
static void
on_save (GtkButton *button,
         gpointer   data)
{
  GtkWidget *parent = gtk_widget_get_toplevel (GTK_WIDGET (button));
  GtkWidget *dialog = gtk_dialog_new_with_buttons (
    _("Save Preset"), GTK_WINDOW (parent),
    GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, _("_Cancel"),
    GTK_RESPONSE_CANCEL, _("_Save"), GTK_RESPONSE_OK, NULL);
  GtkWidget *box = gtk_dialog_get_content_area (GTK_DIALOG (dialog));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new_with_mnemonic (_("_Name"));
  GtkWidget *entry = gtk_entry_new ();

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), entry);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_entry_set_max_length (GTK_ENTRY (entry), MAX_CHARS);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_OK);
  gtk_container_set_border_width (GTK_CONTAINER (row), 12);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), entry, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (box), row);
  g_object_set_data (G_OBJECT (dialog), "dif-name", entry);
  g_signal_connect (dialog, "response", G_CALLBACK (on_name), data);
  gtk_widget_show_all (dialog);
}

static void
on_remove (GtkButton *button,
           gpointer   data)
{
  Presets    *presets = data;
  const char *name = gtk_combo_box_get_active_id (GTK_COMBO_BOX (presets->combo));
  GError     *error = NULL;
  GKeyFile   *file;

  if (! name || ! *name)
    return;
  file = load (&error);
  if (file)
    g_key_file_remove_group (file, name, NULL);
  put_back (presets, file, NULL, error);
}

static GtkWidget *
icon_button (const char *icon,
             const char *name,
             GCallback   callback,
             Presets    *presets)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon, GTK_ICON_SIZE_BUTTON);

  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  g_signal_connect (button, "clicked", callback, presets);
  return button;
}

GtkWidget *
dif_ui_presets_row (GimpProcedureConfig *config,
                    GtkSizeGroup        *labels)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new_with_mnemonic (_("_Preset"));
  Presets   *presets = g_new0 (Presets, 1);

  presets->config = config;
  presets->task = DIF_TASK_VARY;
  presets->combo = gtk_combo_box_text_new ();
  presets->remove = icon_button ("edit-delete", _("Delete this preset"),
                                 G_CALLBACK (on_remove), presets);
  g_object_set_data_full (G_OBJECT (row), "dif-presets", presets, g_free);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), presets->combo);
  g_signal_connect (presets->combo, "changed", G_CALLBACK (on_chosen), presets);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_size_group_add_widget (labels, label);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), presets->combo, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row),
                      icon_button ("document-save",
                                   _("Save these settings as a preset"),
                                   G_CALLBACK (on_save), presets),
                      FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), presets->remove, FALSE, FALSE, 0);
  fill (presets, NULL);
  return row;
}

void
dif_ui_presets_set_task (GtkWidget  *row,
                         DifTaskKind task)
{
  Presets *presets = g_object_get_data (G_OBJECT (row), "dif-presets");

  if (presets->task == task)
    return;
  presets->task = task;
  fill (presets, NULL);
}
