/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-private.h: what the picker's files share.
 */

#ifndef UI_PICKER_PRIVATE_H
#define UI_PICKER_PRIVATE_H

#include "picker.h"
#include "small.h"

#define DIF_N_TILES   6

typedef struct
{
  DifPicker *picker;
  DifPick    pick;
  gboolean   ticked;
  guint      task;
  GtkWidget *child;      /* of the flow box */
  GtkWidget *image;
  GtkWidget *check;
} DifTile;

struct _DifPicker
{
  GtkBox     parent_instance;

  DifWorker *worker;
  DifModel  *model;
  DifParams  params;
  DifSmall   small;
  gboolean   active;
  gboolean   settling;
  guint      timer;
  GtkWidget *flow;
  GtkWidget *count;
  DifTile    tiles[DIF_N_TILES];
  int        shown;          /* index, or -1 */
};

/* Shows colours in place of the layer's, or those as they are (NULL). */
void dif_tile_show   (DifTile        *tile,
                      const DifImage *colours);

/* Makes its picture, in the worker. */
void dif_tile_start  (DifTile        *tile);

/* Makes it no more. */
void dif_tile_cancel (DifTile        *tile);

/* Its words: label, name and tooltip. */
void dif_tile_name   (DifTile        *tile);

#endif
