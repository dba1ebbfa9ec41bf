/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * small.h: what a run works on of the layer, or a part of that, made
 * small, for the strips of pictures.
 */

#ifndef UI_SMALL_H
#define UI_SMALL_H

#include <gtk/gtk.h>

#include "host.h"
#include "picture.h"
#include "reader.h"
#include "worker.h"

/* Says why something of the small picture is missing. */
typedef void (* DifUiSmallFailed) (const GError *error,
                                   gpointer      data);

typedef struct
{
  const DifUiHost *host;
  int              most;      /* reduction at most                        */
  DifRect          area;      /* of the layer                             */
  int              width;     /* of the picture, in pixels, at most       */
  int              height;
  int              scale;     /* of them, to one of the widget's          */
  int              reduction;
  DifUiPicture    *picture;   /* NULL until it has been read              */
  DifUiReader     *reader;    /* that has read it or is about to          */
  GSourceFunc      ready;     /* called when it has been read             */
  DifUiSmallFailed failed;    /* called when that went wrong              */
  gpointer         data;
} DifUiSmall;

/* width and height, in the widget's pixels, hold the picture; scale is the
 * widget's.  Where that takes more than the most reduction, only a part is
 * taken, the middle to begin with.
 */
void      dif_ui_small_init   (DifUiSmall       *small,
                               const DifUiHost  *host,
                               int               width,
                               int               height,
                               int               scale,
                               int               most,
                               GSourceFunc       ready,
                               DifUiSmallFailed  failed,
                               gpointer          data);

/* Takes the part around a place of the layer.  TRUE if that is another
 * than before: it has to be read anew then.
 */
gboolean  dif_ui_small_move   (DifUiSmall       *small,
                               double            x,
                               double            y);

/* Whether it is not the whole that a run works on. */
gboolean  dif_ui_small_is_part (const DifUiSmall *small);

void      dif_ui_small_clear  (DifUiSmall       *small);

/* The host's layer has changed: reads it again, if that had been begun.
 * Nothing before dif_ui_small_init().
 */
void      dif_ui_small_renew  (DifUiSmall       *small);

/* Reads it, unless that has been begun and has not failed. */
void      dif_ui_small_read   (DifUiSmall       *small);

/* params for it: the run's noise and strength, averaged down. */
DifParams dif_ui_small_params (const DifUiSmall *small,
                               const DifParams  *params);

/* Where on the chain of the whole, params', something stands that is at t on
 * that of the small one: averaging makes noise less by the reduction.
 */
int       dif_ui_small_whole_t (const DifUiSmall *small,
                                const DifModel   *model,
                                const DifParams  *params,
                                double            t);

/* A copy of its colours, or NULL after failed was called. */
DifImage *dif_ui_small_copy   (const DifUiSmall *small);

/* Shows it, once read, with colours or its own (NULL), as the layer will
 * show them; calls failed where that goes wrong.
 */
void      dif_ui_small_show   (const DifUiSmall *small,
                               const DifImage   *colours,
                               GtkImage         *image);

#endif
