/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-private.h: the picker as its own files see it.  From the bottom:
 * picker-words.c says what is ticked, picker-tile.c is one picture,
 * picker-seeds.c chooses what the pictures show, picker.c is the widget.
 */

#ifndef UI_PICKER_PRIVATE_H
#define UI_PICKER_PRIVATE_H

#include <gtk/gtk.h>

#include "picks.h"
#include "small.h"
#include "whole.h"

#define DIF_UI_N_TILES   6

typedef struct _DifUiPicker DifUiPicker;

typedef struct
{
  DifUiPicker *picker;
  DifUiPick    pick;
  gboolean     ticked;
  guint        task;
  GtkWidget   *child;    /* of the flow box */
  GtkWidget   *image;
  GtkWidget   *check;
  GtkWidget   *label;    /* of the check button */
} DifUiPickerTile;

struct _DifUiPicker
{
  GtkBox          parent_instance;

  const DifUiHost *host;
  DifUiWorker    *worker;
  DifUiWhole     *whole;
  DifModel       *model;
  DifParams       params;
  DifUiSmall      small;     /* its host is NULL before the first use */
  double          x;         /* of the layer, where the user looks    */
  double          y;
  gboolean        active;
  gboolean        settling;
  guint           timer;
  GtkWidget      *flow;
  GtkWidget      *count;     /* the words below                       */
  char           *fault;     /* why pictures are missing, or NULL     */
  GtkWidget      *more;
  DifUiPickerTile tiles[DIF_UI_N_TILES];
  int             shown;     /* index, or -1 */
};

#endif
