/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * readout.c: one small grid of labels.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "messages.h"
#include "readout.h"

enum { TURN, RATIO, STEPS, TIME, MEMORY, N_LINES };

/* Where a line stands in the grid, and its value one column on. */
#define COLUMN(line) ((line) < STEPS ? 0 : 2)
#define ROW(line)    ((line) < STEPS ? (line) : (line) - STEPS)

static const char *const titles[N_LINES] = {
  [TURN]   = N_("Turns at"),
  [RATIO]  = N_("Signal/noise"),
  [STEPS]  = N_("Steps"),
  [TIME]   = N_("Time"),
  [MEMORY] = N_("Memory")
};

static GtkWidget *
new_label (const char *text,
           gboolean    dim)
{
  GtkWidget     *label = gtk_label_new (text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  pango_attr_list_unref (attributes);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  if (dim)
    gtk_style_context_add_class (gtk_widget_get_style_context (label),
                                 GTK_STYLE_CLASS_DIM_LABEL);
  return label;
}

GtkWidget *
dif_ui_readout_new (void)
{
  GtkWidget *grid = gtk_grid_new ();
  int        i;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  for (i = 0; i < N_LINES; i++)
    {
      GtkWidget *value = new_label ("–", FALSE);

      gtk_widget_set_hexpand (value, TRUE);

      gtk_grid_attach (GTK_GRID (grid), new_label (_(titles[i]), TRUE),
                       COLUMN (i), ROW (i), 1, 1);
      gtk_grid_attach (GTK_GRID (grid), value, COLUMN (i) + 1, ROW (i), 1, 1);
    }
  return grid;
}

/* Takes text over. */
static void
set_line (GtkWidget *readout,
          int        line,
          char      *text)
{
  gtk_label_set_text (GTK_LABEL (gtk_grid_get_child_at (
                                   GTK_GRID (readout), COLUMN (line) + 1,
                                   ROW (line))), text);
  g_free (text);
}

static char *
ratio_text (double abar)
{
  double snr = abar / MAX (1.0 - abar, 1e-12);

  if (abar >= 1.0)
    return g_strdup (_("no noise"));
  if (snr >= 1.0)
    return g_strdup_printf (_("%.3g : 1 (%.0f dB)"), snr, 10.0 * log10 (snr));
  return g_strdup_printf (_("1 : %.3g (%.0f dB)"), 1.0 / MAX (snr, 1e-12),
                          10.0 * log10 (MAX (snr, 1e-12)));
}

static char *
time_text (double seconds)
{
  char *duration, *text;

  if (seconds < 0.0)
    return g_strdup (_("after a preview"));
  duration = dif_ui_message_duration (seconds);
  text = g_strdup_printf (_("about %s"), duration);
  g_free (duration);
  return text;
}

void
dif_ui_readout_set (GtkWidget       *readout,
                    DifModel        *model,
                    const DifUiLayerSize *layers,
                    int              n_layers,
                    const DifParams *params,
                    int              n_picks,
                    double           pace)
{
  int    t, i;
  double work;

  if (! model)
    {
      for (i = 0; i < N_LINES; i++)
        set_line (readout, i, g_strdup ("–"));
      return;
    }
  t = dif_strength_to_t (model, params->strength);
  work = dif_ui_estimate_work (model, layers, n_layers, params, n_picks);
  set_line (readout, TURN, g_strdup_printf (
              _("t = %d of %d"), t, dif_model_info (model)->n_train_steps));
  set_line (readout, RATIO, ratio_text (dif_model_alpha_bar (model, t)));
  set_line (readout, STEPS, g_strdup_printf (
              "%d", dif_params_n_steps (model, params)));
  set_line (readout, TIME, time_text (pace < 0.0 && t > 0 ? -1.0
                                      : MAX (pace, 0.0) * work));
  set_line (readout, MEMORY, g_format_size_full (
              dif_ui_estimate_memory (model, layers, n_layers, params, n_picks),
              G_FORMAT_SIZE_IEC_UNITS));
}

void
dif_ui_readout_add_marks (GtkScale *scale)
{
  gtk_scale_add_mark (scale, 20.0, GTK_POS_BOTTOM, _("touch up"));
  gtk_scale_add_mark (scale, 40.0, GTK_POS_BOTTOM, _("vary"));
  gtk_scale_add_mark (scale, 60.0, GTK_POS_BOTTOM, _("reimagine"));
}
