/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * readout.h: the figures beneath the slider.  Of strength: where on the chain
 * it turns round, the signal-to-noise ratio there, steps, time, memory.  Of what
 * is restored: the noise that was measured, time, memory.  Of what is made of the
 * layer's own parts: how large they are, time, memory.
 */

#ifndef UI_READOUT_H
#define UI_READOUT_H

#include <gtk/gtk.h>

#include "estimate.h"

typedef enum
{
  DIF_UI_READOUT_CHAIN,
  DIF_UI_READOUT_NOISE,
  DIF_UI_READOUT_PARTS
} DifUiReadoutKind;

GtkWidget *dif_ui_readout_new       (DifUiReadoutKind kind);

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

/* What is said of the noise. */
void       dif_ui_readout_set_noise (GtkWidget       *readout,
                                     const char      *text);

/* Names the places of the slider. */
void       dif_ui_readout_add_marks (GtkScale        *scale,
                                     DifTaskKind      task);

#endif
