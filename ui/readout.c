/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * readout.c: small grids of labels.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "messages.h"
#include "readout.h"

enum { TURN, RATIO, STEPS, TIME, MEMORY, LARGEST, NOISE, N_LINES };

/* Where a line stands in the grid; its value stands one column on, and without a
 * title takes the place of that as well, over the whole width.
 */
typedef struct
{
  gboolean    there;
  const char *title;
  int         column;
  int         row;
} ReadoutLine;

static const ReadoutLine all_lines[][N_LINES] = {
  [DIF_UI_READOUT_CHAIN] = {
    [TURN]    = { TRUE, N_("Turns at"), 0, 0 },
    [RATIO]   = { TRUE, N_("Signal/noise"), 0, 1 },
    [STEPS]   = { TRUE, N_("Steps"), 2, 0 },
    [TIME]    = { TRUE, N_("Time"), 2, 1 },
    [MEMORY]  = { TRUE, N_("Memory"), 2, 2 }
  },
  [DIF_UI_READOUT_NOISE] = {
    [NOISE]   = { TRUE, NULL, 0, 0 },
    [TIME]    = { TRUE, N_("Time"), 0, 1 },
    [MEMORY]  = { TRUE, N_("Memory"), 2, 1 }
  },
  [DIF_UI_READOUT_PARTS] = {
    [LARGEST] = { TRUE, N_("Things up to"), 0, 0 },
    [TIME]    = { TRUE, N_("Time"), 0, 1 },
    [MEMORY]  = { TRUE, N_("Memory"), 2, 1 }
  }
};

typedef struct
{
  GtkWidget *values[N_LINES];   /* labels, NULL where there is no such line */
} Readout;

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

/* Room for two lines, so that nothing moves when there are words for it. */
static void
make_wide (GtkWidget *label)
{
  int height;

  gtk_label_set_text (GTK_LABEL (label), "–\n–");
  /* What is hidden has no height. */
  gtk_widget_show (label);
  gtk_widget_get_preferred_height (label, NULL, &height);
  gtk_widget_set_size_request (label, -1, height);
  gtk_label_set_text (GTK_LABEL (label), "–");
  gtk_label_set_yalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1);
}

static void
add_line (GtkGrid           *grid,
          Readout           *readout,
          const ReadoutLine *line,
          int                which)
{
  GtkWidget *value = new_label ("–", FALSE);

  gtk_widget_set_hexpand (value, TRUE);
  readout->values[which] = value;
  if (! line->title)
    {
      make_wide (value);
      gtk_grid_attach (grid, value, 0, line->row, 4, 1);
      return;
    }
  gtk_grid_attach (grid, new_label (_(line->title), TRUE), line->column,
                   line->row, 1, 1);
  gtk_grid_attach (grid, value, line->column + 1, line->row, 1, 1);
}

GtkWidget *
dif_ui_readout_new (DifUiReadoutKind kind)
{
  const ReadoutLine *lines = all_lines[kind];
  GtkWidget         *grid = gtk_grid_new ();
  Readout           *readout = g_new0 (Readout, 1);
  int                i;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  g_object_set_data_full (G_OBJECT (grid), "dif-readout", readout, g_free);
  for (i = 0; i < N_LINES; i++)
    if (lines[i].there)
      add_line (GTK_GRID (grid), readout, &lines[i], i);
  return grid;
}

/* Takes text over. */
static void
set_line (GtkWidget *widget,
          int        line,
          char      *text)
{
  Readout *readout = g_object_get_data (G_OBJECT (widget), "dif-readout");

  if (readout->values[line])
    gtk_label_set_text (GTK_LABEL (readout->values[line]), text);
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

/* How large the largest things are that may change, of the first layer, which is the
 * one that is seen.
 */
static char *
largest_text (const DifUiLayerSize *layers,
              int                   n_layers,
              const DifParams      *params)
{
  if (n_layers == 0)
    return g_strdup ("–");
  return g_strdup_printf (_("%.0f px"),
                          params->structure * MIN (layers->width,
                                                   layers->height));
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
      for (i = 0; i < NOISE; i++)
        set_line (readout, i, g_strdup ("–"));
      return;
    }
  t = dif_strength_to_t (model, params->strength);
  work = dif_ui_estimate_work (model, layers, n_layers, params, n_picks);
  set_line (readout, TURN, g_strdup_printf (
              _("t = %d of %d"), t, dif_model_info (model)->n_train_steps));
  set_line (readout, RATIO, ratio_text (dif_model_alpha_bar (model, t)));
  set_line (readout, STEPS, g_strdup_printf (
              "%d", dif_params_n_steps (model, layers->work_width,
                                        layers->work_height, params)));
  set_line (readout, TIME, time_text (pace < 0.0 && work > 0.0 ? -1.0
                                      : MAX (pace, 0.0) * work));
  set_line (readout, LARGEST, largest_text (layers, n_layers, params));
  set_line (readout, MEMORY, g_format_size_full (
              dif_ui_estimate_memory (model, layers, n_layers, params, n_picks),
              G_FORMAT_SIZE_IEC_UNITS));
}

void
dif_ui_readout_set_noise (GtkWidget  *readout,
                          const char *text)
{
  set_line (readout, NOISE, g_strdup (text));
}

void
dif_ui_readout_add_marks (GtkScale   *scale,
                          DifTaskKind task)
{
  if (task == DIF_TASK_RESTORE)
    {
      gtk_scale_add_mark (scale, 100.0, GTK_POS_BOTTOM, _("as measured"));
      return;
    }
  gtk_scale_add_mark (scale, 20.0, GTK_POS_BOTTOM, _("touch up"));
  gtk_scale_add_mark (scale, 40.0, GTK_POS_BOTTOM, _("vary"));
  gtk_scale_add_mark (scale, 60.0, GTK_POS_BOTTOM, _("reimagine"));
}
