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
typedef void (* DifSmallFailed) (const GError *error,
                                 gpointer      data);

typedef struct
{
  const DifHost *host;
  int            most;        /* reduction at most                        */
  DifRect        area;        /* of the layer                             */
  int            width;       /* of the picture, in pixels, at most       */
  int            height;
  int            scale;       /* of them, to one of the widget's          */
  int            reduction;
  DifPicture    *picture;     /* NULL until it has been read              */
  DifReader     *reader;      /* that has read it or is about to          */
  GSourceFunc    ready;       /* called when it has been read             */
  DifSmallFailed failed;      /* called when that went wrong              */
  gpointer       data;
} DifSmall;

/* width and height, in the widget's pixels, hold the picture; scale is the
 * widget's.  Where that takes more than the most reduction, only a part is
 * taken, the middle to begin with.
 */
void      dif_small_init   (DifSmall        *small,
                            const DifHost   *host,
                            int              width,
                            int              height,
                            int              scale,
                            int              most,
                            GSourceFunc      ready,
                            DifSmallFailed   failed,
                            gpointer         data);

/* Takes the part around a place of the layer.  TRUE if that is another
 * than before: it has to be read anew then.
 */
gboolean  dif_small_move   (DifSmall        *small,
                            double           x,
                            double           y);

/* Whether it is not the whole that a run works on. */
gboolean  dif_small_is_part (const DifSmall *small);

void      dif_small_clear  (DifSmall        *small);

/* The host's layer has changed: reads it again, if that had been begun.
 * Nothing before dif_small_init().
 */
void      dif_small_renew  (DifSmall        *small);

/* Reads it, unless that has been begun and has not failed. */
void      dif_small_read   (DifSmall        *small);

/* params for it: the run's noise and strength, averaged down. */
DifParams dif_small_params (const DifSmall  *small,
                            const DifParams *params);

/* Where on the chain of the whole, params', something stands that is at t on
 * that of the small one: averaging makes noise less by the reduction.
 */
int       dif_small_whole_t (const DifSmall  *small,
                             const DifModel  *model,
                             const DifParams *params,
                             double           t);

/* A copy of its colours, or NULL after failed was called. */
DifImage *dif_small_copy   (const DifSmall  *small);

/* Shows it, once read, with colours or its own (NULL), as the layer will
 * show them; calls failed where that goes wrong.
 */
void      dif_small_show   (const DifSmall  *small,
                            const DifImage  *colours,
                            GtkImage        *image);

#endif
