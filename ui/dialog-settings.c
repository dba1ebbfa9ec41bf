/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dialog-settings.c: see dialog-settings.h.
 */

#include <glib/gi18n.h>
#include <libgimp/gimp.h>

#include "dialog-config.h"
#include "dialog-controls.h"
#include "dialog-made.h"
#include "dialog-model.h"
#include "dialog-noise.h"
#include "dialog-settings.h"
#include "dialog-size.h"
#include "dialog-task.h"
#include "presets.h"
#include "readout.h"

/* Strength ----------------------------------------------------------- */

static void
add_strength (DifUiDialog *dialog,
              GtkWidget   *box)
{
  dif_ui_readout_add_marks (
    GTK_SCALE (dif_ui_dialog_slider (dialog, box, "strength", 100.0)),
    DIF_TASK_VARY);
}

static void
add_chain_figures (DifUiDialog *dialog,
                   GtkWidget   *box)
{
  dialog->readout = dif_ui_readout_new (DIF_UI_READOUT_CHAIN);
  dif_ui_dialog_add (box, dialog->readout);
}

static void
add_parts_figures (DifUiDialog *dialog,
                   GtkWidget   *box)
{
  dialog->parts_readout = dif_ui_readout_new (DIF_UI_READOUT_PARTS);
  dif_ui_dialog_add (box, dialog->parts_readout);
}

/* Variations --------------------------------------------------------- */

static void
on_untick (GtkButton *button,
           gpointer   data)
{
  g_object_set (((DifUiDialog *) data)->config, "picks", "", NULL);
}

/* Makes the button no higher than its label, so that its row is no higher than
 * the one whose place it takes.
 */
static void
make_low (GtkWidget *button)
{
  GtkCssProvider *css = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (
    css, "button { padding-top: 0; padding-bottom: 0; min-height: 0; }", -1,
    NULL);
  gtk_style_context_add_provider (gtk_widget_get_style_context (button),
                                  GTK_STYLE_PROVIDER (css),
                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref (css);
}

/* The number of variations, or, in its place, what is picked. */
static void
add_number (DifUiDialog *dialog,
            GtkWidget   *box)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (_("Variations"));
  GtkWidget *button = gtk_button_new_with_label (_("Untick"));

  dialog->number = dif_ui_dialog_control (dialog, "num-variations",
                                          GIMP_TYPE_SPIN_SCALE);
  gtk_widget_set_no_show_all (dialog->number, TRUE);
  dif_ui_dialog_add (box, dialog->number);

  dialog->picked_label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (title), 0.0f);
  gtk_label_set_xalign (GTK_LABEL (dialog->picked_label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (dialog->picked_label),
                           PANGO_ELLIPSIZE_END);
  gtk_size_group_add_widget (dialog->labels, title);
  gtk_widget_set_tooltip_text (button, _("Make as many as a number says "
                                         "instead"));
  make_low (button);
  g_signal_connect (button, "clicked", G_CALLBACK (on_untick), dialog);
  gtk_box_pack_start (GTK_BOX (row), title, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), dialog->picked_label, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), button, FALSE, FALSE, 0);
  gtk_widget_show_all (row);
  gtk_widget_set_no_show_all (row, TRUE);
  dialog->picked = row;
  dif_ui_dialog_add (box, row);
}

static void
show_picked (DifUiDialog  *dialog,
             const GArray *picks)
{
  gboolean some = picks->len > 0;
  char    *text = NULL, seed[24];

  if (picks->len == 1 && g_array_index (picks, DifUiPick, 0).vary > 0.0)
    {
      g_snprintf (seed, sizeof seed, "%" G_GUINT64_FORMAT,
                  g_array_index (picks, DifUiPick, 0).seed);
      text = g_strdup_printf (_("one near seed %s"), seed);
    }
  else if (some)
    text = g_strdup_printf (ngettext ("the ticked one", "the %d ticked ones",
                                      picks->len), (int) picks->len);
  if (text)
    gtk_label_set_text (GTK_LABEL (dialog->picked_label), text);
  gtk_widget_set_visible (dialog->number, ! some);
  gtk_widget_set_visible (dialog->picked, some);
  g_free (text);
}

/* Restoring ---------------------------------------------------------- */

static void
add_restoring (DifUiDialog *dialog,
               GtkWidget   *box)
{
  static const char *const shares[] = { "detail", "colour-noise", "regrain" };
  guint                    i;

  dif_ui_readout_add_marks (
    GTK_SCALE (dif_ui_dialog_slider (dialog, box, "amount", 300.0)),
    DIF_TASK_RESTORE);
  dialog->noise_readout = dif_ui_readout_new (DIF_UI_READOUT_NOISE);
  dif_ui_dialog_add (box, dialog->noise_readout);
  for (i = 0; i < G_N_ELEMENTS (shares); i++)
    dif_ui_dialog_add (box, dif_ui_dialog_control (dialog, shares[i],
                                                   GIMP_TYPE_SPIN_SCALE));
  dif_ui_dialog_add (box, dif_ui_dialog_control (dialog, "blocks",
                                                 G_TYPE_NONE));
}

static void
add_draws (DifUiDialog *dialog,
           GtkWidget   *box)
{
  dif_ui_dialog_add (box, dif_ui_dialog_control (dialog, "draws",
                                                 GIMP_TYPE_SPIN_SCALE));
}

/* Seed --------------------------------------------------------------- */

static void
on_new_seed (GtkButton *button,
             gpointer   data)
{
  DifUiDialog *dialog = data;

  g_object_set (dialog->config, "seed", (int) g_random_int_range (0, 1000000),
                NULL);
  if (dialog->task == DIF_TASK_VARY)
    g_object_set (dialog->config, "picks", "", NULL);
}

static void
add_seed (DifUiDialog *dialog,
          GtkWidget   *box)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *button = gtk_button_new_with_mnemonic (_("Ne_w seed"));

  gtk_widget_set_tooltip_text (button, _("Take another seed, by chance"));
  g_signal_connect (button, "clicked", G_CALLBACK (on_new_seed), dialog);
  gtk_box_pack_start (GTK_BOX (row),
                      dif_ui_dialog_control (dialog, "seed", G_TYPE_NONE), TRUE,
                      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), button, FALSE, FALSE, 0);
  dif_ui_dialog_add (box, row);
}

/* Quality ------------------------------------------------------------ */

static void
on_revealed (GObject    *revealer,
             GParamSpec *spec,
             gpointer    data)
{
  if (gtk_revealer_get_child_revealed (GTK_REVEALER (revealer)))
    dif_ui_dialog_grow (data);
}

static void
on_quality (GtkComboBox *combo,
            gpointer     data)
{
  DifUiDialog  *dialog = data;
  DifQuality    quality = (DifQuality) gtk_combo_box_get_active (combo);
  DifParams     params = dif_ui_dialog_params (dialog);

  gtk_revealer_set_reveal_child (GTK_REVEALER (dialog->custom),
                                 quality == DIF_QUALITY_CUSTOM);
  if (dialog->settling || quality == DIF_QUALITY_CUSTOM)
    return;
  dif_params_set_quality (&params, quality);
  dialog->settling = TRUE;
  g_object_set (dialog->config, "steps", params.steps, "eta", params.eta,
                "sampler", dif_sampler_kind_to_string (params.sampler), NULL);
  dialog->settling = FALSE;
  dif_ui_dialog_refresh (dialog);
}

static void
add_quality (DifUiDialog *dialog,
             GtkWidget   *box)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new_with_mnemonic (_("_Quality"));
  GtkWidget *combo = gtk_combo_box_text_new ();
  GtkWidget *custom = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), _("Draft"));
  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), _("Normal"));
  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), _("Best"));
  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), _("Custom"));
  gtk_widget_set_tooltip_text (combo, _("How carefully the noise is removed: "
                                        "better takes longer"));
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), combo);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_size_group_add_widget (dialog->labels, label);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), combo, TRUE, TRUE, 0);
  g_signal_connect (combo, "changed", G_CALLBACK (on_quality), dialog);
  dialog->quality = combo;
  dif_ui_dialog_add (both, row);

  dif_ui_dialog_add (custom, dif_ui_dialog_control (dialog, "sampler", G_TYPE_NONE));
  dif_ui_dialog_add (custom, dif_ui_dialog_control (dialog, "steps",
                                                    GIMP_TYPE_SPIN_SCALE));
  dialog->eta = dif_ui_dialog_control (dialog, "eta", GIMP_TYPE_SPIN_SCALE);
  dif_ui_dialog_add (custom, dialog->eta);
  gtk_widget_set_margin_start (custom, 12);
  gtk_widget_set_margin_top (custom, 6);
  dialog->custom = gtk_revealer_new ();
  gtk_container_add (GTK_CONTAINER (dialog->custom), custom);
  g_signal_connect (dialog->custom, "notify::child-revealed",
                    G_CALLBACK (on_revealed), dialog);
  dif_ui_dialog_add (both, dialog->custom);
  dif_ui_dialog_add (box, both);
}

/* The column --------------------------------------------------------- */

static const char *const by_hand[] = { "steps", "sampler", "eta" };

void
dif_ui_dialog_note_change (DifUiDialog *dialog,
                           const char  *setting)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (by_hand); i++)
    if (g_strcmp0 (setting, by_hand[i]) == 0)
      dialog->by_hand |= 1u << i;
}

GtkWidget *
dif_ui_dialog_chain_as (DifUiDialog *dialog)
{
  const DifParamChoice *choice = dif_param_find ("chain-as")->choices;
  GParamSpec           *spec = dif_ui_dialog_find_setting (dialog, "chain-as");
  GtkWidget            *combo = gtk_combo_box_text_new ();

  for (; choice->nick; choice++)
    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (combo), choice->nick,
                               _(choice->label));
  g_object_bind_property (dialog->config, "chain-as", combo, "active-id",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_widget_set_tooltip_text (combo, g_param_spec_get_blurb (spec));
  return combo;
}

/* Custom stays open for whoever sets the steps by hand, even where they happen to
 * be those of a quality with a name.  A preset and GIMP's Reset set all three at
 * once: then the name is shown.
 */
static void
show_quality (DifUiDialog     *dialog,
              const DifParams *params)
{
  DifQuality quality = dif_params_get_quality (params);
  gboolean   open = gtk_revealer_get_reveal_child (
    GTK_REVEALER (dialog->custom));

  if (! open || quality == DIF_QUALITY_CUSTOM
      || dialog->by_hand == (1u << G_N_ELEMENTS (by_hand)) - 1)
    {
      dialog->settling = TRUE;
      gtk_combo_box_set_active (GTK_COMBO_BOX (dialog->quality), (int) quality);
      dialog->settling = FALSE;
    }
  dialog->by_hand = 0;
  gtk_widget_set_sensitive (dialog->eta, params->sampler == DIF_SAMPLER_DDIM);
}

static void
show_noise (DifUiDialog     *dialog,
            const DifParams *params)
{
  char *words = dif_ui_dialog_noise_words (dialog);

  dif_ui_readout_set_noise (dialog->noise_readout, words);
  dif_ui_readout_set (dialog->noise_readout, dialog->model, dialog->layers,
                      dialog->n_layers, params, 0, *dif_ui_dialog_pace (dialog));
  g_free (words);
}

void
dif_ui_dialog_show_config (DifUiDialog *dialog)
{
  DifParams params = dif_ui_dialog_params (dialog);
  GArray   *picks;

  if (params.task == DIF_JOB_RESTORE)
    {
      show_noise (dialog, &params);
      return;
    }
  picks = dif_ui_dialog_picks (dialog);
  dif_ui_dialog_show_made (dialog);
  show_quality (dialog, &params);
  show_picked (dialog, picks);
  dif_ui_readout_set (dialog->scene == DIF_UI_SCENE_PARTS ? dialog->parts_readout
                                                          : dialog->readout,
                      dialog->model, dialog->layers, dialog->n_layers, &params,
                      (int) picks->len, *dif_ui_dialog_pace (dialog));
  g_array_unref (picks);
}

/* Adds what add_some has to add, to be seen with these scenes alone. */
static void
add_of (DifUiDialog *dialog,
        GtkWidget   *box,
        guint        scenes,
        void      (* add_some) (DifUiDialog *dialog,
                                GtkWidget   *box))
{
  GtkWidget *part;

  if (! (scenes & DIF_UI_SCENE_RESTORE) && ! dif_ui_dialog_varies (dialog))
    return;
  part = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  add_some (dialog, part);
  dif_ui_dialog_add (box, part);
  dif_ui_dialog_of_scenes (dialog, part, scenes);
}

static void
add_boxes (DifUiDialog *dialog,
           GtkWidget   *box)
{
  static const char *const names[] = { "tileable", "keep-colours", "group" };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  guint      i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_box_pack_start (GTK_BOX (row),
                        dif_ui_dialog_control (dialog, names[i], G_TYPE_NONE),
                        FALSE, FALSE, 0);
  dif_ui_dialog_add (box, row);
}

static void
add_model (DifUiDialog *dialog,
           GtkWidget   *box)
{
  dif_ui_dialog_add (box, dif_ui_dialog_control (dialog, "model", G_TYPE_NONE));
  dif_ui_dialog_add (box, dif_ui_dialog_model_row (dialog));
}

GtkWidget *
dif_ui_dialog_settings (DifUiDialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  dialog->settings = box;
  dialog->labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  g_object_set_data_full (G_OBJECT (box), "dif-labels", dialog->labels,
                          g_object_unref);
  gtk_widget_set_size_request (box, 330, -1);
  if (dif_ui_dialog_varies (dialog))
    dif_ui_dialog_add (box, dif_ui_dialog_switch (dialog));
  dialog->presets = dif_ui_presets_row (dialog->config, dialog->labels);
  dif_ui_dialog_add (box, dialog->presets);
  add_of (dialog, box, DIF_UI_SCENE_VARY, dif_ui_dialog_add_made);
  add_of (dialog, box, DIF_UI_SCENE_VARY, add_strength);
  add_of (dialog, box, DIF_UI_SCENE_MODEL, add_chain_figures);
  add_of (dialog, box, DIF_UI_SCENE_PARTS, add_parts_figures);
  add_of (dialog, box, DIF_UI_SCENE_PARTS, dif_ui_dialog_add_parts);
  add_of (dialog, box, DIF_UI_SCENE_VARY, dif_ui_dialog_add_protect);
  add_of (dialog, box, DIF_UI_SCENE_VARY, add_number);
  add_of (dialog, box, DIF_UI_SCENE_RESTORE, add_restoring);
  add_seed (dialog, box);
  add_of (dialog, box, DIF_UI_SCENE_MODEL, add_quality);
  add_of (dialog, box, DIF_UI_SCENE_RESTORE, add_draws);
  add_of (dialog, box, DIF_UI_SCENE_RESTORE, add_model);
  add_of (dialog, box, DIF_UI_SCENE_VARY, add_boxes);
  dif_ui_dialog_add (box, dif_ui_dialog_control (dialog, "selection-mask",
                                                 G_TYPE_NONE));
  return box;
}
