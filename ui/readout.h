/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * readout.h: the figures beneath the strength slider: where on the chain
 * it turns round, the signal-to-noise ratio there, steps, time, memory.
 */

#ifndef UI_READOUT_H
#define UI_READOUT_H

#include <gtk/gtk.h>

#include "estimate.h"

GtkWidget *dif_ui_readout_new       (void);

/* model may be NULL.  layers, params and n_picks: as for
 * dif_ui_estimate_work().  pace: seconds per unit of it, < 0 if unknown.
 */
void       dif_ui_readout_set       (GtkWidget       *readout,
                                     DifModel        *model,
                                     const DifUiLayerSize *layers,
                                     int              n_layers,
                                     const DifParams *params,
                                     int              n_picks,
                                     double           pace);

/* Names the places of the slider. */
void       dif_ui_readout_add_marks (GtkScale        *scale);

#endif
