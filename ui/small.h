/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * small.h: a small picture of what a run works on, or of a part of that, as
 * the picker and the film need it.
 */

#ifndef UI_SMALL_H
#define UI_SMALL_H

#include <gtk/gtk.h>

#include "host.h"
#include "picture.h"
#include "reader.h"
#include "worker.h"

/* Called when the small picture, or something that is shown of it, is missing;
 * error says why.
 */
typedef void (* DifUiSmallFailed) (const GError *error,
                                   gpointer      data);

typedef struct
{
  const DifUiHost *host;
  int              max_reduction;
  DifRect          area;       /* of the layer, what the picture is of     */
  int              width;      /* of the picture, in pixels, at most       */
  int              height;
  int              scale;      /* pixels of the screen to one of GTK's     */
  int              reduction;
  DifUiPicture    *picture;    /* NULL until it has been read              */
  DifUiReader     *reader;     /* that has read it or is about to          */
  GSourceFunc      ready;      /* called when it has been read             */
  DifUiSmallFailed failed;     /* called when that went wrong              */
  gpointer         data;
} DifUiSmall;

/* The picture fits into width x height of GTK's pixels, each of which is scale
 * pixels of the screen wide.  Where all that a run works on would have to be
 * reduced by more than max_reduction, the picture is of a part of it: the
 * middle, to begin with.
 */
void      dif_ui_small_init   (DifUiSmall       *small,
                               const DifUiHost  *host,
                               int               width,
                               int               height,
                               int               scale,
                               int               max_reduction,
                               GSourceFunc       ready,
                               DifUiSmallFailed  failed,
                               gpointer          data);

/* From now on it may be reduced so much. */
void      dif_ui_small_set_reach (DifUiSmall    *small,
                                  int            max_reduction);

/* Takes the part around a place of the layer.  TRUE if that is another part
 * than before, which then has to be read.
 */
gboolean  dif_ui_small_move   (DifUiSmall       *small,
                               double            x,
                               double            y);

/* Whether it is not the whole that a run works on. */
gboolean  dif_ui_small_is_part (const DifUiSmall *small);

void      dif_ui_small_clear  (DifUiSmall       *small);

/* The host's layer has changed: reads the picture again, if that had been
 * begun.  Does nothing before dif_ui_small_init().
 */
void      dif_ui_small_renew  (DifUiSmall       *small);

/* Reads the picture, unless that has been begun and has not failed. */
void      dif_ui_small_read   (DifUiSmall       *small);

/* The parameters of a job on it: with the noise and the strength of params,
 * which are the whole run's, averaged as the picture is.
 */
DifParams dif_ui_small_params (const DifUiSmall *small,
                               const DifParams  *params);

/* Where on the chain of the whole run, whose parameters are params, a picture
 * stands that is at t on the chain of the small one.  There is more noise in
 * the whole: in the small picture it is divided by the reduction.
 */
int       dif_ui_small_whole_t (const DifUiSmall *small,
                                const DifModel   *model,
                                const DifParams  *params,
                                double            t);

/* Its part of a picture of the whole layer in another size, as large as it is; NULL,
 * and failed was called, without the memory for it.
 */
DifImage *dif_ui_small_cut    (const DifUiSmall *small,
                               const DifImage   *whole);

/* A copy of its colours; NULL, and failed was called, without the memory for
 * it.
 */
DifImage *dif_ui_small_copy   (const DifUiSmall *small);

/* Shows the picture, which has been read, in image, as the layer will show it;
 * with colours, if these are given, in place of its own.  Calls failed where
 * that goes wrong.
 */
void      dif_ui_small_show   (const DifUiSmall *small,
                               const DifImage   *colours,
                               GtkImage         *image);

#endif
