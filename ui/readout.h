/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * readout.h: the figures beneath the strength slider: where on the chain
 * it turns round, the signal-to-noise ratio there, steps, time, memory.
 */

#ifndef UI_READOUT_H
#define UI_READOUT_H

#include <gtk/gtk.h>

#include "host.h"

GtkWidget *dif_readout_new       (void);

/* model may be NULL.  params are the run's, n_jobs the number of times
 * that it is made (layers, picks).  pace: seconds per unit of
 * dif_params_work(), < 0 if unknown.
 */
void       dif_readout_set       (GtkWidget       *readout,
                                  DifModel        *model,
                                  const DifHost   *host,
                                  const DifParams *params,
                                  int              n_jobs,
                                  double           pace);

/* Names the places of the slider. */
void       dif_readout_add_marks (GtkScale        *scale);

#endif
