/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-tile.c: one small variation of the picker.
 */

#include <glib/gi18n.h>

#include "messages.h"
#include "picker-private.h"

/* Pictures ----------------------------------------------------------- */

void
dif_tile_show (DifTile        *tile,
               const DifImage *colours)
{
  DifPicker       *picker = tile->picker;
  cairo_surface_t *surface;

  if (! picker->small.picture)
    return;
  surface = dif_picture_to_surface (picker->small.picture, colours);
  gtk_image_set_from_surface (GTK_IMAGE (tile->image), surface);
  cairo_surface_destroy (surface);
}

static void
on_done (DifImage     *result,
         const GError *error,
         double        seconds,
         double        work,
         gpointer      data)
{
  DifTile *tile = data;

  tile->task = 0;
  if (result)
    {
      dif_tile_show (tile, result);
      gtk_widget_set_opacity (tile->image, 1.0);
    }
  else
    {
      GError *told = dif_message_from_error (g_error_copy (error));

      gtk_widget_set_tooltip_text (tile->image, told->message);
      g_error_free (told);
    }
  dif_image_free (result);
}

void
dif_tile_cancel (DifTile *tile)
{
  if (tile->task)
    dif_worker_cancel (tile->picker->worker, tile->task);
  tile->task = 0;
}

void
dif_tile_start (DifTile *tile)
{
  DifPicker *picker = tile->picker;
  DifTask    task = { .model = picker->model, .priority = DIF_PRIORITY_PICKER,
                      .on_done = on_done, .data = tile };

  dif_tile_cancel (tile);
  gtk_widget_set_opacity (tile->image, 0.4);
  task.params = dif_small_params (&picker->small, &picker->params);
  if (task.params.steps > 6)
    dif_params_set_quality (&task.params, DIF_QUALITY_DRAFT);
  task.params.seed = tile->pick.seed;
  task.params.vary = tile->pick.vary;
  task.params.vary_seed = tile->pick.vary_seed;
  task.source = dif_small_copy (&picker->small);
  if (task.source)
    tile->task = dif_worker_add (picker->worker, &task);
}

void
dif_tile_name (DifTile *tile)
{
  char *text, *name, seed[24], other[24];

  g_snprintf (seed, sizeof seed, "%" G_GUINT64_FORMAT, tile->pick.seed);
  g_snprintf (other, sizeof other, "%" G_GUINT64_FORMAT, tile->pick.vary_seed);
  if (tile->pick.vary > 0.0)
    text = g_strdup_printf (_("%s near %s"), seed, other);
  else
    text = g_strdup (seed);
  gtk_button_set_label (GTK_BUTTON (tile->check), text);
  name = g_strdup_printf (tile->ticked ? _("Variation with seed %s, ticked")
                                       : _("Variation with seed %s"), text);
  atk_object_set_name (gtk_widget_get_accessible (tile->child), name);
  gtk_widget_set_tooltip_text (tile->child, name);
  g_free (text);
  g_free (name);
}
