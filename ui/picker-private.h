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
  GtkWidget *label;      /* of the check button */
} DifTile;

struct _DifPicker
{
  GtkBox     parent_instance;

  const DifHost *host;
  DifWorker *worker;
  DifModel  *model;
  DifParams  params;
  DifSmall   small;          /* its host is NULL before the first use */
  double     x;              /* of the layer, where the user looks    */
  double     y;
  gboolean   active;
  gboolean   settling;
  guint      timer;
  GtkWidget *flow;
  GtkWidget *count;          /* the words below                       */
  char      *fault;          /* why pictures are missing, or NULL     */
  GtkWidget *more;
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

/* picker.c */

/* Tells how many are ticked, or why pictures are missing. */
void dif_picker_count     (DifPicker    *picker);

/* Pictures are missing, until they are made again. */
void dif_picker_fail      (DifPicker    *picker,
                           const GError *error);

/* picker-seeds.c */

/* Seeds from first on, for all that are not ticked. */
void dif_picker_set_seeds (DifPicker *picker,
                           guint64    first);

/* Other seeds for all that are not ticked. */
void dif_picker_reroll    (DifPicker *picker);

/* Variations near the chosen one for all others that are not ticked. */
void dif_picker_vary      (DifPicker *picker,
                           int        chosen);

#endif
