/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker.c: a flow box of small variations.
 */

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picker.h"
#include "picker-private.h"
#include "picker-seeds.h"
#include "picker-tile.h"
#include "picker-words.h"

#define WIDTH     152
#define HEIGHT    76
#define DELAY     300    /* milliseconds after the last change        */

/* In a picture that is reduced further the noise averages out, and with it
 * what is made anew.
 */
#define MAX_REDUCTION 2

G_DEFINE_TYPE (DifUiPicker, dif_ui_picker, GTK_TYPE_BOX)

enum { CHANGED, ACTIVATED, MOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

static int
max_reduction (DifUiPicker *picker)
{
  return dif_ui_task_takes_whole (&picker->params) ? G_MAXINT : MAX_REDUCTION;
}

static gboolean
start_all (gpointer data)
{
  DifUiPicker *picker = data;
  int          i;

  picker->timer = 0;
  g_clear_pointer (&picker->fault, g_free);
  dif_ui_picker_count (picker);
  if (! picker->small.picture)
    dif_ui_small_read (&picker->small);
  else if (picker->model)
    for (i = 0; i < DIF_UI_N_TILES; i++)
      dif_ui_picker_tile_start (&picker->tiles[i]);
  return G_SOURCE_REMOVE;
}

/* Makes all pictures again, a little later. */
static void
renew (DifUiPicker *picker)
{
  int i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    dif_ui_picker_tile_cancel (&picker->tiles[i]);
  if (picker->timer)
    g_source_remove (picker->timer);
  picker->timer = picker->active ? g_timeout_add (DELAY, start_all, picker) : 0;
}

static void
on_failed (const GError *error,
           gpointer      data)
{
  dif_ui_picker_fail (data, error);
}

static gboolean
on_small (gpointer data)
{
  DifUiPicker *picker = data;
  int          i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    dif_ui_picker_tile_show (&picker->tiles[i], NULL);
  renew (picker);
  return G_SOURCE_REMOVE;
}

/* Actions ------------------------------------------------------------ */

static void
on_tick (GtkToggleButton *check,
         gpointer         data)
{
  DifUiPickerTile *tile = data;

  if (tile->picker->settling)
    return;
  tile->ticked = gtk_toggle_button_get_active (check);
  g_signal_emit (tile->picker, signals[CHANGED], 0);
}

/* Space ticks the one that has the focus, Enter selects and shows it. */
static gboolean
on_key (GtkWidget   *child,
        GdkEventKey *event,
        gpointer     data)
{
  DifUiPickerTile *tile = data;
  GtkToggleButton *check = GTK_TOGGLE_BUTTON (tile->check);

  if (! gtk_widget_is_focus (child))
    return FALSE;
  switch (event->keyval)
    {
    case GDK_KEY_space:
      gtk_toggle_button_set_active (check,
                                    ! gtk_toggle_button_get_active (check));
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      return gtk_widget_activate (child);
    default:
      return FALSE;
    }
}

static void
on_child (GtkFlowBox      *flow,
          GtkFlowBoxChild *child,
          gpointer         data)
{
  DifUiPicker *picker = data;

  picker->shown = gtk_flow_box_child_get_index (child);
  g_signal_emit (picker, signals[ACTIVATED], 0);
}

static void
on_selected (GtkFlowBox *flow,
             gpointer    data)
{
  DifUiPicker *picker = data;
  GList       *selected = gtk_flow_box_get_selected_children (flow);

  gtk_widget_set_sensitive (picker->more, selected != NULL);
  g_list_free (selected);
}

static void
on_reroll (GtkButton *button,
           gpointer   data)
{
  dif_ui_picker_reroll (data);
}

/* Asks for variations near the one that is selected. */
static void
on_more (GtkButton *button,
         gpointer   data)
{
  DifUiPicker *picker = data;
  GList       *selected = gtk_flow_box_get_selected_children (
    GTK_FLOW_BOX (picker->flow));

  if (selected)
    dif_ui_picker_vary (picker,
                        gtk_flow_box_child_get_index (selected->data));
  g_list_free (selected);
}

/* The widget --------------------------------------------------------- */

static void
add_tile (DifUiPicker *picker,
          int          i)
{
  DifUiPickerTile *tile = &picker->tiles[i];
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  tile->picker = picker;
  tile->image = gtk_image_new ();
  gtk_widget_set_size_request (tile->image, WIDTH, HEIGHT);
  tile->check = gtk_check_button_new ();
  tile->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (tile->label), PANGO_ELLIPSIZE_END);
  gtk_container_add (GTK_CONTAINER (tile->check), tile->label);
  gtk_widget_set_halign (tile->check, GTK_ALIGN_CENTER);
  gtk_widget_set_can_focus (tile->check, FALSE);   /* the tile has it */
  g_signal_connect (tile->check, "toggled", G_CALLBACK (on_tick), tile);
  gtk_box_pack_start (GTK_BOX (box), tile->image, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), tile->check, FALSE, FALSE, 0);
  tile->child = gtk_flow_box_child_new ();
  gtk_container_add (GTK_CONTAINER (tile->child), box);
  g_signal_connect (tile->child, "key-press-event", G_CALLBACK (on_key), tile);
  gtk_flow_box_insert (GTK_FLOW_BOX (picker->flow), tile->child, -1);
}

static GtkWidget *
add_button (DifUiPicker *picker,
            GtkWidget   *row,
            const char  *label,
            const char  *help,
            GCallback    callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_tooltip_text (button, help);
  g_signal_connect (button, "clicked", callback, picker);
  gtk_box_pack_end (GTK_BOX (row), button, FALSE, FALSE, 0);
  return button;
}

static void
dif_ui_picker_init (DifUiPicker *picker)
{
  DifParams  usual = dif_params_default ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  int        i;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (picker),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (picker), 6);
  picker->params = usual;
  picker->shown = -1;
  picker->flow = gtk_flow_box_new ();
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (picker->flow),
                                          DIF_UI_N_TILES);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (picker->flow),
                                          DIF_UI_N_TILES);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (picker->flow), 6);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (picker->flow), TRUE);
  atk_object_set_name (gtk_widget_get_accessible (picker->flow),
                       _("Small variations"));
  g_signal_connect (picker->flow, "child-activated", G_CALLBACK (on_child),
                    picker);
  g_signal_connect (picker->flow, "selected-children-changed",
                    G_CALLBACK (on_selected), picker);
  gtk_box_pack_start (GTK_BOX (picker), picker->flow, FALSE, FALSE, 0);
  for (i = 0; i < DIF_UI_N_TILES; i++)
    add_tile (picker, i);

  picker->count = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (picker->count), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (picker->count), PANGO_ELLIPSIZE_END);
  gtk_box_pack_start (GTK_BOX (row), picker->count, TRUE, TRUE, 0);
  add_button (picker, row, _("Re-r_oll"),
              _("Other seeds for those that are not ticked"),
              G_CALLBACK (on_reroll));
  picker->more = add_button (
    picker, row, _("_More like this"),
    _("Variations near the selected one for those that are not ticked"),
    G_CALLBACK (on_more));
  gtk_widget_set_sensitive (picker->more, FALSE);
  gtk_box_pack_start (GTK_BOX (picker), row, FALSE, FALSE, 0);
  dif_ui_picker_count (picker);
}

static void
dif_ui_picker_dispose (GObject *object)
{
  DifUiPicker *picker = DIF_UI_PICKER (object);

  if (picker->worker)
    {
      picker->active = FALSE;
      renew (picker);
      dif_ui_small_clear (&picker->small);
      g_signal_handlers_disconnect_by_data (picker->whole, picker);
    }
  picker->worker = NULL;
  g_clear_pointer (&picker->fault, g_free);
  g_clear_pointer (&picker->model, dif_model_unref);
  G_OBJECT_CLASS (dif_ui_picker_parent_class)->dispose (object);
}

static void
dif_ui_picker_class_init (DifUiPickerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dif_ui_picker_dispose;
  signals[CHANGED] = g_signal_new ("changed", DIF_UI_TYPE_PICKER,
                                   G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", DIF_UI_TYPE_PICKER,
                                     G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[MOVED] = g_signal_new ("moved", DIF_UI_TYPE_PICKER, G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* What waited for the layer starts now. */
static void
on_whole (DifUiWhole   *whole,
          const GError *error,
          gpointer      data)
{
  DifUiPicker *picker = data;

  if (! picker->active || ! dif_ui_task_takes_whole (&picker->params))
    return;
  if (error)
    dif_ui_picker_fail (picker, error);
  else if (picker->timer == 0)
    start_all (picker);
}

GtkWidget *
dif_ui_picker_new (const DifUiHost *host,
                   DifUiWorker     *worker,
                   DifUiWhole      *whole)
{
  DifUiPicker *picker = g_object_new (DIF_UI_TYPE_PICKER, NULL);

  picker->host = host;
  picker->worker = worker;
  picker->whole = whole;
  g_signal_connect (whole, "read", G_CALLBACK (on_whole), picker);
  picker->x = host->work.x + host->work.width / 2.0;
  picker->y = host->work.y + host->work.height / 2.0;
  dif_ui_picker_set_seeds (picker, 0);
  return GTK_WIDGET (picker);
}

void
dif_ui_picker_set_model (DifUiPicker *picker,
                         DifModel    *model)
{
  g_clear_pointer (&picker->model, dif_model_unref);
  picker->model = model ? dif_model_ref (model) : NULL;
  renew (picker);
}

void
dif_ui_picker_set_params (DifUiPicker     *picker,
                          const DifParams *params)
{
  guint64 old_seed = picker->params.seed;

  if (! dif_params_differ (&picker->params, params, DIF_PARAM_RESULT))
    return;
  picker->params = *params;
  if (old_seed != params->seed)
    dif_ui_picker_set_seeds (picker, params->seed);
  if (picker->small.host)
    dif_ui_small_set_reach (&picker->small, max_reduction (picker));
  renew (picker);
  g_signal_emit (picker, signals[MOVED], 0);
}

void
dif_ui_picker_set_active (DifUiPicker *picker,
                          gboolean     active)
{
  picker->active = active;
  if (active && ! picker->small.host)
    {
      dif_ui_small_init (&picker->small, picker->host, WIDTH, HEIGHT,
                         gtk_widget_get_scale_factor (GTK_WIDGET (picker)),
                         max_reduction (picker), on_small, on_failed, picker);
      dif_ui_small_move (&picker->small, picker->x, picker->y);
      dif_ui_picker_count (picker);
    }
  renew (picker);
  g_signal_emit (picker, signals[MOVED], 0);
}

void
dif_ui_picker_layer_changed (DifUiPicker *picker)
{
  dif_ui_small_renew (&picker->small);
  dif_ui_picker_count (picker);
  renew (picker);
  g_signal_emit (picker, signals[MOVED], 0);
}

void
dif_ui_picker_set_picks (DifUiPicker  *picker,
                         const GArray *picks)
{
  guint i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    picker->tiles[i].ticked = FALSE;
  for (i = 0; i < picks->len; i++)
    dif_ui_picker_add_pick (picker, &g_array_index (picks, DifUiPick, i));
  picker->settling = TRUE;
  for (i = 0; i < DIF_UI_N_TILES; i++)
    {
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (picker->tiles[i].check),
                                    picker->tiles[i].ticked);
      dif_ui_picker_tile_name (&picker->tiles[i]);
    }
  picker->settling = FALSE;
  dif_ui_picker_count (picker);
}

void
dif_ui_picker_set_centre (DifUiPicker *picker,
                          double       x,
                          double       y)
{
  picker->x = x;
  picker->y = y;
  if (! picker->small.host || ! dif_ui_small_move (&picker->small, x, y))
    return;
  renew (picker);
  g_signal_emit (picker, signals[MOVED], 0);
}

gboolean
dif_ui_picker_get_part (DifUiPicker *picker,
                        DifRect     *part)
{
  if (! picker->active || ! dif_ui_small_is_part (&picker->small))
    return FALSE;
  *part = picker->small.area;
  return TRUE;
}

GArray *
dif_ui_picker_get_picks (DifUiPicker *picker)
{
  GArray *picks = g_array_new (FALSE, TRUE, sizeof (DifUiPick));
  int     i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    if (picker->tiles[i].ticked)
      g_array_append_val (picks, picker->tiles[i].pick);
  return picks;
}

gboolean
dif_ui_picker_get_shown (DifUiPicker *picker,
                         DifUiPick   *pick)
{
  int i = picker->shown;

  if (i < 0)
    for (i = 0; i < DIF_UI_N_TILES && ! picker->tiles[i].ticked; i++)
      continue;
  if (i == DIF_UI_N_TILES)
    return FALSE;
  *pick = picker->tiles[i].pick;
  return TRUE;
}
