/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker.h: a strip of small variations to choose from.  Each is made
 * with the noise of its full-size one, averaged down (DifParams
 * reduction), so that it shows what would come.
 */

#ifndef UI_PICKER_H
#define UI_PICKER_H

#include <gtk/gtk.h>

#include "host.h"
#include "picks.h"
#include "worker.h"

G_BEGIN_DECLS

#define DIF_TYPE_PICKER (dif_picker_get_type ())
G_DECLARE_FINAL_TYPE (DifPicker, dif_picker, DIF, PICKER, GtkBox)

/* Signal "changed": the set of ticked ones is another, or the one shown
 * has been replaced.  Signal
 * "activated" (int index): show this one in the preview; see
 * dif_picker_get_shown().
 */
GtkWidget *dif_picker_new        (const DifHost    *host,
                                  DifWorker        *worker);
void       dif_picker_set_model  (DifPicker        *picker,
                                  DifModel         *model);

/* Strength, sampler and the rest; the seeds are the picker's own,
 * beginning with params->seed.
 */
void       dif_picker_set_params (DifPicker        *picker,
                                  const DifParams  *params);

/* Only an active picker (its expander is open) computes. */
void       dif_picker_set_active (DifPicker        *picker,
                                  gboolean          active);

/* The host's layer has changed. */
void       dif_picker_layer_changed (DifPicker    *picker);

/* The ticked ones, in order; empty if none.  Free with g_array_unref(). */
GArray    *dif_picker_get_picks  (DifPicker        *picker);

/* The one activated last, or where none was the first that is ticked;
 * FALSE if none is.
 */
gboolean   dif_picker_get_shown  (DifPicker        *picker,
                                  DifPick          *pick);

G_END_DECLS

#endif
