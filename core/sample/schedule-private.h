/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * schedule-private.h: what schedule-read.c builds a schedule with.
 */

#ifndef DIF_SAMPLE_SCHEDULE_PRIVATE_H
#define DIF_SAMPLE_SCHEDULE_PRIVATE_H

#include "sample/schedule.h"

/* All zero but for T and tables not yet filled.  Errors: MEMORY. */
DifSchedule *dif_schedule_new                (int                 n_train_steps,
                                              GError            **error);

/* The formulas for beta; start and end within (0, 1). */
void         dif_schedule_fill_linear        (DifSchedule        *schedule,
                                              double              start,
                                              double              end);
void         dif_schedule_fill_scaled_linear (DifSchedule        *schedule,
                                              double              start,
                                              double              end);
void         dif_schedule_fill_cosine        (DifSchedule        *schedule);

/* Changes beta so that abar_T becomes 0.  T > 1. */
void         dif_schedule_rescale_zero_snr   (DifSchedule        *schedule);

/* abar from beta. */
void         dif_schedule_fill_alpha_bar     (DifSchedule        *schedule);

/* FALSE if abar does not fall from each timestep to the next within
 * [0, 1); *k is then the first timestep at fault.
 */
gboolean     dif_schedule_falls              (const DifSchedule  *schedule,
                                              int                *k);

#endif
