/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.h: whether the parameters of a job are within their ranges.
 */

#ifndef DIF_PIPELINE_PARAMS_H
#define DIF_PIPELINE_PARAMS_H

#include "dif.h"

/* Checks every field.  Errors: ARGUMENT. */
gboolean dif_params_check (const DifModel   *model,
                           const DifParams  *params,
                           GError          **error);

#endif
