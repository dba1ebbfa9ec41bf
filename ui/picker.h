/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker.h: a strip of small variations to choose from.  Each is made
 * with the noise of its full-size one, so that it shows what would come,
 * and of a part of the layer only where the whole would have to be made so
 * small that all variations look alike.
 */

#ifndef UI_PICKER_H
#define UI_PICKER_H

#include <gtk/gtk.h>

#include "host.h"
#include "picks.h"
#include "worker.h"

G_BEGIN_DECLS

#define DIF_UI_TYPE_PICKER (dif_ui_picker_get_type ())
G_DECLARE_FINAL_TYPE (DifUiPicker, dif_ui_picker, DIF_UI, PICKER, GtkBox)

/* Signal "changed": the user has ticked another set, as
 * dif_ui_picker_get_picks() tells; the ticks are for good once
 * dif_ui_picker_set_picks() says so.  Signal "activated": show another one in
 * the preview; see dif_ui_picker_get_shown().  Signal "moved":
 * dif_ui_picker_get_part() tells something else.
 */
GtkWidget *dif_ui_picker_new        (const DifUiHost  *host,
                                     DifUiWorker      *worker);
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

/* Ticks these, and no others; those that are not there take the place of
 * others.  Those beyond the number of pictures are left out.
 */
void       dif_ui_picker_set_picks  (DifUiPicker      *picker,
                                     const GArray     *picks);

/* The place of the layer that the user looks at. */
void       dif_ui_picker_set_centre (DifUiPicker      *picker,
                                     double            x,
                                     double            y);

/* The part of the layer that the pictures show; FALSE if that is all or the
 * picker is not active.
 */
gboolean   dif_ui_picker_get_part   (DifUiPicker      *picker,
                                     DifRect          *part);

/* The ticked ones, in order; empty if none.  Free with g_array_unref(). */
GArray    *dif_ui_picker_get_picks  (DifUiPicker      *picker);

/* The one activated last, or the first ticked one; FALSE if there is
 * neither.
 */
gboolean   dif_ui_picker_get_shown  (DifUiPicker      *picker,
                                     DifPick          *pick);

G_END_DECLS

#endif
