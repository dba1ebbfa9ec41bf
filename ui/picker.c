/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker.c: a flow box of small variations.
 */

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picker-private.h"

#define SIDE      144
#define DELAY     300    /* milliseconds after the last change        */
#define NEARNESS  0.25   /* of a right angle, for "more like this"    */
#define MOST_SEED 1000000

G_DEFINE_TYPE (DifPicker, dif_picker, GTK_TYPE_BOX)

enum { CHANGED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
start_all (gpointer data)
{
  DifPicker *picker = data;
  int        i;

  picker->timer = 0;
  if (picker->active && picker->model && picker->small.picture)
    for (i = 0; i < DIF_N_TILES; i++)
      dif_tile_start (&picker->tiles[i]);
  return G_SOURCE_REMOVE;
}

/* Makes all of them again, a little later. */
static void
renew (DifPicker *picker)
{
  int i;

  for (i = 0; i < DIF_N_TILES; i++)
    dif_tile_cancel (&picker->tiles[i]);
  if (picker->timer)
    g_source_remove (picker->timer);
  picker->timer = picker->active ? g_timeout_add (DELAY, start_all, picker) : 0;
}

static gboolean
on_small (gpointer data)
{
  DifPicker *picker = data;
  int        i;

  for (i = 0; i < DIF_N_TILES; i++)
    dif_tile_show (&picker->tiles[i], NULL);
  renew (picker);
  return G_SOURCE_REMOVE;
}

/* Words -------------------------------------------------------------- */

static void
count_ticks (DifPicker *picker)
{
  int   n = 0, i;
  char *text;

  for (i = 0; i < DIF_N_TILES; i++)
    n += picker->tiles[i].ticked;
  text = n == 0 ? g_strdup (_("Tick those that are to be made at full size"))
                : g_strdup_printf (ngettext ("%d is made at full size",
                                             "%d are made at full size", n), n);
  gtk_label_set_text (GTK_LABEL (picker->count), text);
  g_free (text);
}

/* Actions ------------------------------------------------------------ */

static void
on_tick (GtkToggleButton *check,
         gpointer         data)
{
  DifTile *tile = data;

  if (tile->picker->settling)
    return;
  tile->ticked = gtk_toggle_button_get_active (check);
  dif_tile_name (tile);
  count_ticks (tile->picker);
  g_signal_emit (tile->picker, signals[CHANGED], 0);
}

/* Space ticks the one that has the focus. */
static gboolean
on_key (GtkWidget   *child,
        GdkEventKey *event,
        gpointer     data)
{
  DifTile            *tile = data;
  GtkToggleButton *check = GTK_TOGGLE_BUTTON (tile->check);

  if (event->keyval != GDK_KEY_space || ! gtk_widget_is_focus (child))
    return FALSE;
  gtk_toggle_button_set_active (check, ! gtk_toggle_button_get_active (check));
  return TRUE;
}

static void
on_child (GtkFlowBox      *flow,
          GtkFlowBoxChild *child,
          gpointer         data)
{
  DifPicker *picker = data;

  picker->shown = gtk_flow_box_child_get_index (child);
  g_signal_emit (picker, signals[ACTIVATED], 0, picker->shown);
}

/* Another noise for a tile. */
static void
set_pick (DifTile    *tile,
          DifPick  pick)
{
  DifPicker *picker = tile->picker;

  tile->pick = pick;
  dif_tile_name (tile);
  if (picker->shown == (int) (tile - picker->tiles))
    {
      picker->shown = -1;
      g_signal_emit (picker, signals[CHANGED], 0);
    }
  if (picker->active && picker->model && picker->small.picture)
    dif_tile_start (tile);
}

static guint64
chance (void)
{
  return (guint64) g_random_int_range (0, MOST_SEED);
}

static void
on_reroll (GtkButton *button,
           gpointer   data)
{
  DifPicker *picker = data;
  int        i;

  for (i = 0; i < DIF_N_TILES; i++)
    if (! picker->tiles[i].ticked)
      set_pick (&picker->tiles[i], (DifPick) { chance (), 0.0, 0 });
}

/* Around the one that is selected; it stays itself. */
static void
on_more (GtkButton *button,
         gpointer   data)
{
  DifPicker *picker = data;
  GList     *selected = gtk_flow_box_get_selected_children (
    GTK_FLOW_BOX (picker->flow));
  int        chosen = 0, i;
  DifPick    pick;

  if (selected)
    chosen = gtk_flow_box_child_get_index (selected->data);
  g_list_free (selected);
  pick = picker->tiles[chosen].pick;
  for (i = 0; i < DIF_N_TILES; i++)
    if (i != chosen && ! picker->tiles[i].ticked)
      set_pick (&picker->tiles[i],
                (DifPick) { pick.seed, NEARNESS, chance () });
}

/* The widget --------------------------------------------------------- */

static void
add_tile (DifPicker *picker,
          int        i)
{
  DifTile      *tile = &picker->tiles[i];
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  tile->picker = picker;
  tile->image = gtk_image_new ();
  gtk_widget_set_size_request (tile->image, SIDE, SIDE * 9 / 16);
  tile->check = gtk_check_button_new_with_label ("");
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

static void
add_button (DifPicker  *picker,
            GtkWidget  *row,
            const char *label,
            const char *help,
            GCallback   callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_tooltip_text (button, help);
  g_signal_connect (button, "clicked", callback, picker);
  gtk_box_pack_end (GTK_BOX (row), button, FALSE, FALSE, 0);
}

static void
dif_picker_init (DifPicker *picker)
{
  DifParams  usual = DIF_PARAMS_INIT;
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  int        i;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (picker),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (picker), 6);
  picker->params = usual;
  picker->shown = -1;
  picker->flow = gtk_flow_box_new ();
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (picker->flow), DIF_N_TILES);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (picker->flow), DIF_N_TILES);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (picker->flow), 6);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (picker->flow), TRUE);
  atk_object_set_name (gtk_widget_get_accessible (picker->flow),
                       _("Small variations"));
  g_signal_connect (picker->flow, "child-activated", G_CALLBACK (on_child),
                    picker);
  gtk_box_pack_start (GTK_BOX (picker), picker->flow, FALSE, FALSE, 0);
  for (i = 0; i < DIF_N_TILES; i++)
    add_tile (picker, i);

  picker->count = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (picker->count), 0.0f);
  gtk_box_pack_start (GTK_BOX (row), picker->count, TRUE, TRUE, 0);
  add_button (picker, row, _("Re-roll"),
              _("Other seeds for those that are not ticked"),
              G_CALLBACK (on_reroll));
  add_button (picker, row, _("More like this"),
              _("Variations near the selected one for those that are not "
                "ticked"), G_CALLBACK (on_more));
  gtk_box_pack_start (GTK_BOX (picker), row, FALSE, FALSE, 0);
  count_ticks (picker);
}

static void
dif_picker_dispose (GObject *object)
{
  DifPicker *picker = DIF_PICKER (object);

  if (picker->worker)
    {
      picker->active = FALSE;
      renew (picker);
      dif_small_clear (&picker->small);
    }
  picker->worker = NULL;
  g_clear_pointer (&picker->model, dif_model_unref);
  G_OBJECT_CLASS (dif_picker_parent_class)->dispose (object);
}

static void
dif_picker_class_init (DifPickerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dif_picker_dispose;
  signals[CHANGED] = g_signal_new ("changed", DIF_TYPE_PICKER,
                                   G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", DIF_TYPE_PICKER,
                                     G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_INT);
}

/* Seeds from first on, for all that are not ticked. */
static void
set_seeds (DifPicker *picker,
           guint64    first)
{
  int i;

  for (i = 0; i < DIF_N_TILES; i++)
    if (! picker->tiles[i].ticked)
      {
        picker->tiles[i].pick = (DifPick) { first + (guint64) i, 0.0, 0 };
        dif_tile_name (&picker->tiles[i]);
      }
  picker->shown = -1;
}

GtkWidget *
dif_picker_new (const DifHost *host,
                DifWorker     *worker)
{
  DifPicker *picker = g_object_new (DIF_TYPE_PICKER, NULL);

  picker->worker = worker;
  dif_small_init (&picker->small, host, SIDE, DIF_MAX_REDUCTION, on_small,
                  picker);
  set_seeds (picker, 0);
  return GTK_WIDGET (picker);
}

void
dif_picker_set_model (DifPicker *picker,
                      DifModel  *model)
{
  g_clear_pointer (&picker->model, dif_model_unref);
  picker->model = model ? dif_model_ref (model) : NULL;
  renew (picker);
}

void
dif_picker_set_params (DifPicker       *picker,
                       const DifParams *params)
{
  DifParams old = picker->params;

  if (old.seed == params->seed && old.strength == params->strength
      && old.steps == params->steps && old.sampler == params->sampler
      && old.eta == params->eta && old.tileable == params->tileable
      && old.keep_colours == params->keep_colours)
    return;
  picker->params = *params;
  if (old.seed != params->seed)
    set_seeds (picker, params->seed);
  renew (picker);
}

void
dif_picker_set_active (DifPicker *picker,
                       gboolean   active)
{
  picker->active = active;
  if (active && ! picker->small.picture)
    dif_small_read (&picker->small);
  else
    renew (picker);
}

void
dif_picker_layer_changed (DifPicker *picker)
{
  dif_small_renew (&picker->small);
  renew (picker);
}

GArray *
dif_picker_get_picks (DifPicker *picker)
{
  GArray *picks = g_array_new (FALSE, TRUE, sizeof (DifPick));
  int     i;

  for (i = 0; i < DIF_N_TILES; i++)
    if (picker->tiles[i].ticked)
      g_array_append_val (picks, picker->tiles[i].pick);
  return picks;
}

gboolean
dif_picker_get_shown (DifPicker *picker,
                      DifPick   *pick)
{
  int i = picker->shown;

  /* The first that a run would make. */
  if (i < 0)
    for (i = 0; i < DIF_N_TILES && ! picker->tiles[i].ticked; i++)
      ;
  if (i == DIF_N_TILES)
    return FALSE;
  *pick = picker->tiles[i].pick;
  return TRUE;
}
