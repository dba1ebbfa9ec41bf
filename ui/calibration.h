/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * calibration.h: how fast this machine is with a model, remembered in a
 * small file: seconds per unit of dif_params_work().
 */

#ifndef UI_CALIBRATION_H
#define UI_CALIBRATION_H

#include "dif.h"

/* Seconds per unit in the key file at path, or < 0 where it has none for
 * the model with this set of kernels and number of processors.  parts: of what is
 * made of the layer's own parts, which may be as quick on one machine and not so on
 * another.  A file that is missing or damaged has none.
 */
double dif_ui_calibration_read  (const char     *path,
                                 const DifModel *model,
                                 gboolean        parts);

/* pace after a job of so much work that took so many seconds: a quarter of the
 * way towards what was measured, or all of it where pace is < 0.  A
 * measurement that makes no sense leaves pace as it is.
 */
double dif_ui_calibration_mix   (double          pace,
                                 double          seconds,
                                 double          work);

/* Writes pace to the file.  Nothing happens where that cannot be written or
 * pace makes no sense.
 */
void   dif_ui_calibration_write (const char     *path,
                                 const DifModel *model,
                                 gboolean        parts,
                                 double          pace);

#endif
