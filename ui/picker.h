/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker.h: a row of small variations to choose from.  Each has the noise of
 * the variation in full size, so that it shows what would come.  Where the
 * whole layer would have to be made so small that all variations look alike,
 * they are made of a part of it.  What is made of the layer's own parts differs in
 * large things: of that the whole layer is shown.
 */

#ifndef UI_PICKER_H
#define UI_PICKER_H

#include <gtk/gtk.h>

#include "host.h"
#include "picks.h"
#include "whole.h"
#include "worker.h"

G_BEGIN_DECLS

#define DIF_UI_TYPE_PICKER (dif_ui_picker_get_type ())
G_DECLARE_FINAL_TYPE (DifUiPicker, dif_ui_picker, DIF_UI, PICKER, GtkBox)

/* Signals: "changed": the user has ticked or unticked one;
 * dif_ui_picker_get_picks() says which are ticked, and whoever owns the picker
 * accepts them by dif_ui_picker_set_picks().  "activated":
 * dif_ui_picker_get_shown() is another one, to be shown in the preview.
 * "moved": dif_ui_picker_get_part() is another part.
 */
GtkWidget *dif_ui_picker_new        (const DifUiHost  *host,
                                     DifUiWorker      *worker,
                                     DifUiWhole       *whole);
void       dif_ui_picker_set_model  (DifUiPicker      *picker,
                                     DifModel         *model);

/* Strength, sampler and the rest; the seeds are the picker's own,
 * beginning with params->seed.
 */
void       dif_ui_picker_set_params (DifUiPicker      *picker,
                                     const DifParams  *params);

/* Only an active picker (its expander is open) computes. */
void       dif_ui_picker_set_active (DifUiPicker      *picker,
                                     gboolean          active);

/* The host's layer has changed. */
void       dif_ui_picker_layer_changed (DifUiPicker    *picker);

/* Ticks these picks and no others.  One that no picture shows takes the place
 * of one that is not picked; those for which there is no place are left out.
 */
void       dif_ui_picker_set_picks  (DifUiPicker      *picker,
                                     const GArray     *picks);

/* The place of the layer that the user looks at, in its pixels. */
void       dif_ui_picker_set_centre (DifUiPicker      *picker,
                                     double            x,
                                     double            y);

/* The part of the layer that the pictures show.  FALSE if they show all that a
 * run works on, or if the picker is not active.
 */
gboolean   dif_ui_picker_get_part   (DifUiPicker      *picker,
                                     DifRect          *part);

/* The ticked ones, in order; empty if none.  Free with g_array_unref(). */
GArray    *dif_ui_picker_get_picks  (DifUiPicker      *picker);

/* The one that was activated last, or else the first ticked one.  FALSE if
 * there is neither.
 */
gboolean   dif_ui_picker_get_shown  (DifUiPicker      *picker,
                                     DifUiPick        *pick);

G_END_DECLS

#endif
