/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview.h: the picture in the dialog: the layer as it is, noised, and
 * restored, zoomable and pannable, switched or split by a line that can
 * be dragged.  The noised view is instant; the restored one is computed
 * by the worker some 300 ms after the last change, first a draft, then
 * as the run would make it.  Where the noise of the layer itself is taken out, or
 * a variation is made of the layer's own parts, there is no noised view.
 */

#ifndef UI_PREVIEW_H
#define UI_PREVIEW_H

#include <gtk/gtk.h>

#include "host.h"
#include "whole.h"
#include "worker.h"

G_BEGIN_DECLS

#define DIF_UI_TYPE_PREVIEW (dif_ui_preview_get_type ())
G_DECLARE_FINAL_TYPE (DifUiPreview, dif_ui_preview, DIF_UI, PREVIEW, GtkBox)

/* Picture, view buttons, zoom and a line of state below it.  host, worker and
 * whole, which is of host, outlive it.  Signals: "calibrated" (double seconds, double
 * work): a job of so much work (dif_params_work()) took so long;
 * "view-changed": another part of the layer is seen.
 */
GtkWidget *dif_ui_preview_new        (const DifUiHost  *host,
                                      DifUiWorker      *worker,
                                      DifUiWhole       *whole);

/* NULL: there is no model, and message is what the line of state says.
 * message may be NULL.
 */
void       dif_ui_preview_set_model  (DifUiPreview     *preview,
                                      DifModel         *model,
                                      const char       *message);

/* The noise of the layer, which restoring needs; NULL: that is not known yet, or,
 * where message is given, it will not be.  message is what the line of state says
 * then.
 */
void       dif_ui_preview_set_noise  (DifUiPreview        *preview,
                                      const DifLayerNoise *noise,
                                      const char          *message);

/* The settings of the whole run, whose first variation is shown, or what it
 * restores.  What depends on those that have changed is made anew.
 */
void       dif_ui_preview_set_params (DifUiPreview     *preview,
                                      const DifParams  *params);

/* The layer position in the middle of the view. */
void       dif_ui_preview_get_centre (DifUiPreview     *preview,
                                      double           *x,
                                      double           *y);

/* Frames part, a part of the layer; NULL: no frame. */
void       dif_ui_preview_set_mark   (DifUiPreview     *preview,
                                      const DifRect    *part);

/* The host's layer has changed. */
void       dif_ui_preview_layer_changed (DifUiPreview    *preview);

G_END_DECLS

#endif
