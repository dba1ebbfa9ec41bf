/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets.c: see presets.h.  The file is read anew before each change, so
 * that two dialogs do not lose each other's presets.
 */

#include <string.h>

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "presets.h"

#define MOST_BYTES (1 << 20)
#define MOST_CHARS 60

static const char *const keys[] = {
  "strength", "num-variations", "steps", "sampler", "eta", "model", "tileable",
  "keep-colours", "group"
};

typedef struct
{
  GimpProcedureConfig *config;
  GtkWidget           *combo;
  GtkWidget           *remove;
} Presets;

static char *
file_path (void)
{
  return g_build_filename (gimp_directory (), "diffusion-presets.ini", NULL);
}

static GKeyFile *
load (void)
{
  GKeyFile *file = g_key_file_new ();
  char     *path = file_path ();
  char     *text = NULL;
  gsize     length;

  if (g_file_get_contents (path, &text, &length, NULL) && length < MOST_BYTES)
    g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL);
  g_free (text);
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

void
dif_presets_store (GKeyFile   *file,
                   const char *name,
                   GObject    *config)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GParamSpec *spec = g_object_class_find_property (
        G_OBJECT_GET_CLASS (config), keys[i]);
      GValue      value = G_VALUE_INIT;

      if (! spec)
        continue;
      g_value_init (&value, spec->value_type);
      g_object_get_property (config, keys[i], &value);
      if (G_VALUE_HOLDS_DOUBLE (&value))
        g_key_file_set_double (file, name, keys[i], g_value_get_double (&value));
      else if (G_VALUE_HOLDS_BOOLEAN (&value))
        g_key_file_set_boolean (file, name, keys[i],
                                g_value_get_boolean (&value));
      else if (G_VALUE_HOLDS_INT (&value))
        g_key_file_set_integer (file, name, keys[i], g_value_get_int (&value));
      else if (g_value_get_string (&value))
        g_key_file_set_string (file, name, keys[i], g_value_get_string (&value));
      g_value_unset (&value);
    }
}

void
dif_presets_apply (GKeyFile   *file,
                   const char *name,
                   GObject    *config)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GParamSpec *spec = g_object_class_find_property (
        G_OBJECT_GET_CLASS (config), keys[i]);
      GValue      value = G_VALUE_INIT;
      GError     *error = NULL;
      char       *text = NULL;

      if (! spec || ! g_key_file_has_key (file, name, keys[i], NULL))
        continue;
      g_value_init (&value, spec->value_type);
      if (G_VALUE_HOLDS_DOUBLE (&value))
        g_value_set_double (&value, g_key_file_get_double (file, name, keys[i],
                                                           &error));
      else if (G_VALUE_HOLDS_BOOLEAN (&value))
        g_value_set_boolean (&value, g_key_file_get_boolean (file, name, keys[i],
                                                             &error));
      else if (G_VALUE_HOLDS_INT (&value))
        g_value_set_int (&value, g_key_file_get_integer (file, name, keys[i],
                                                         &error));
      else if ((text = g_key_file_get_string (file, name, keys[i], &error)))
        g_value_take_string (&value, text);

      /* TRUE if the value had to be changed to be valid. */
      if (! error && ! g_param_value_validate (spec, &value))
        g_object_set_property (config, keys[i], &value);
      g_clear_error (&error);
      g_value_unset (&value);
    }
}

char *
dif_presets_name (const char *text)
{
  char *name = g_strdup (text), *c;

  for (c = name; *c; c++)
    if (g_ascii_iscntrl (*c) || *c == '[' || *c == ']')
      *c = ' ';
  g_strstrip (name);
  if (! *name)
    g_clear_pointer (&name, g_free);
  return name;
}

/* The row ------------------------------------------------------------ */

/* Fills the list; name is the one that is chosen, or NULL. */
static void
fill (Presets    *presets,
      const char *name)
{
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (presets->combo);
  GKeyFile        *file = load ();
  char           **names = g_key_file_get_groups (file, NULL);
  char           **each;

  g_signal_handlers_block_matched (combo, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                   presets);
  gtk_combo_box_text_remove_all (combo);
  gtk_combo_box_text_append (combo, "", _("None"));
  for (each = names; *each; each++)
    if (g_utf8_validate (*each, -1, NULL) && **each)
      gtk_combo_box_text_append (combo, *each, *each);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), name ? name : "");
  g_signal_handlers_unblock_matched (combo, G_SIGNAL_MATCH_DATA, 0, 0, NULL,
                                     NULL, presets);
  gtk_widget_set_sensitive (presets->remove, name != NULL);
  g_strfreev (names);
  g_key_file_unref (file);
}

static void
on_chosen (GtkComboBox *combo,
           gpointer     data)
{
  Presets    *presets = data;
  const char *name = gtk_combo_box_get_active_id (combo);
  GKeyFile   *file;

  gtk_widget_set_sensitive (presets->remove, name && *name);
  if (! name || ! *name)
    return;
  file = load ();
  dif_presets_apply (file, name, G_OBJECT (presets->config));
  g_key_file_unref (file);
}

static void
show_fault (GtkWidget *parent,
            GError    *error)
{
  GtkWidget *dialog = gtk_message_dialog_new (
    GTK_WINDOW (parent), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
    GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE,
    _("The preset could not be saved.\n%s"), error->message);

  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_widget_show (dialog);
  g_error_free (error);
}

static void
store_as (Presets    *presets,
          const char *name)
{
  GKeyFile *file = load ();
  GError   *error = NULL;

  dif_presets_store (file, name, G_OBJECT (presets->config));
  if (! save (file, &error))
    show_fault (gtk_widget_get_toplevel (presets->combo), error);
  fill (presets, name);
  g_key_file_unref (file);
}

static void
on_name (GtkDialog *dialog,
         int        response,
         gpointer   data)
{
  GtkEntry *entry = g_object_get_data (G_OBJECT (dialog), "dif-name");
  char     *name = dif_presets_name (gtk_entry_get_text (entry));

  if (response == GTK_RESPONSE_OK && name)
    store_as (data, name);
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
  gtk_entry_set_max_length (GTK_ENTRY (entry), MOST_CHARS);
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
  file = load ();
  g_key_file_remove_group (file, name, NULL);
  if (! save (file, &error))
    show_fault (gtk_widget_get_toplevel (GTK_WIDGET (button)), error);
  fill (presets, NULL);
  g_key_file_unref (file);
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
dif_presets_row (GimpProcedureConfig *config,
                 GtkSizeGroup        *labels)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (_("Preset"));
  Presets   *presets = g_new0 (Presets, 1);

  presets->config = config;
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
