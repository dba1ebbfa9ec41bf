/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-tile.c: see picker-tile.h.
 */

#include <glib/gi18n.h>

#include "picker-tile.h"
#include "picker-words.h"

/* Shorter side, in pixels, of a whole layer that is shown. */
#define MIN_SIDE 48
#define MAX_SIDE 192

/* Pictures ----------------------------------------------------------- */

void
dif_ui_picker_tile_show (DifUiPickerTile *tile,
                         const DifImage  *colours)
{
  DifUiPicker *picker = tile->picker;

  if (picker->small.picture)
    dif_ui_small_show (&picker->small, colours, GTK_IMAGE (tile->image));
}

static void
on_done (DifImage     *result,
         const GError *error,
         double        seconds,
         double        work,
         gpointer      data)
{
  DifUiPickerTile *tile = data;

  tile->task = 0;
  if (result && dif_ui_task_takes_whole (&tile->picker->params))
    {
      DifImage *whole = result;

      result = dif_ui_small_cut (&tile->picker->small, whole);
      dif_image_free (whole);
      if (! result)
        return;
    }
  if (result)
    {
      dif_ui_picker_tile_show (tile, result);
      gtk_widget_set_opacity (tile->image, 1.0);
    }
  else
    dif_ui_picker_fail (tile->picker, error);
  dif_image_free (result);
}

void
dif_ui_picker_tile_cancel (DifUiPickerTile *tile)
{
  if (tile->task)
    dif_ui_worker_cancel (tile->picker->worker, tile->task);
  tile->task = 0;
}

/* The run's own picture of the whole layer, as small as it is on the way. */
static void
set_whole (DifUiPicker *picker,
           DifUiTask   *task)
{
  int side = MIN (picker->host->width, picker->host->height);

  if (! dif_ui_whole_give (picker->whole, task))
    return;
  task->params = picker->params;
  task->side = CLAMP (side / picker->small.reduction, MIN_SIDE, MAX_SIDE);
}

/* A job on the small picture. */
static void
set_part (DifUiPicker *picker,
          DifUiTask   *task)
{
  task->params = dif_ui_small_params (&picker->small, &picker->params);
  if (task->params.steps > 6)
    dif_params_set_quality (&task->params, DIF_QUALITY_DRAFT);
  task->source = dif_ui_small_copy (&picker->small);
}

void
dif_ui_picker_tile_start (DifUiPickerTile *tile)
{
  DifUiPicker *picker = tile->picker;
  DifUiTask    task = { .model = picker->model,
                        .priority = DIF_UI_PRIORITY_PICKER,
                        .on_done = on_done, .data = tile };

  dif_ui_picker_tile_cancel (tile);
  gtk_widget_set_opacity (tile->image, 0.4);
  if (dif_ui_task_takes_whole (&picker->params))
    set_whole (picker, &task);
  else
    set_part (picker, &task);
  task.params.seed = tile->pick.seed;
  task.params.vary = tile->pick.vary;
  task.params.vary_seed = tile->pick.vary_seed;
  if (task.source)
    tile->task = dif_ui_worker_add (picker->worker, &task);
}

/* The seed.  Of a pick that lies between two seeds also the other one and,
 * with whole, how far the way to that is.
 */
static char *
pick_text (const DifUiPick *pick,
           gboolean         whole)
{
  char seed[24], other[24];

  g_snprintf (seed, sizeof seed, "%" G_GUINT64_FORMAT, pick->seed);
  g_snprintf (other, sizeof other, "%" G_GUINT64_FORMAT, pick->vary_seed);
  if (! (pick->vary > 0.0))
    return g_strdup (seed);
  if (! whole)
    return g_strdup_printf (_("%s near %s"), seed, other);
  return g_strdup_printf (_("%s near %s, %.0f %% of the way"), seed, other,
                          pick->vary * 100.0);
}

void
dif_ui_picker_tile_name (DifUiPickerTile *tile)
{
  char *text = pick_text (&tile->pick, FALSE);
  char *whole = pick_text (&tile->pick, TRUE);
  char *name = g_strdup_printf (tile->ticked ? _("Variation with seed %s, ticked")
                                             : _("Variation with seed %s"),
                                whole);

  gtk_label_set_text (GTK_LABEL (tile->label), text);
  atk_object_set_name (gtk_widget_get_accessible (tile->child), name);
  gtk_widget_set_tooltip_text (tile->child, name);
  g_free (text);
  g_free (whole);
  g_free (name);
}
