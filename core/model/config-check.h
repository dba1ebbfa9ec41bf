/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config-check.h: the consistency of a network's configuration.
 */

#ifndef DIF_MODEL_CONFIG_CHECK_H
#define DIF_MODEL_CONFIG_CHECK_H

#include "model/config.h"
#include "base/json.h"

/* Group counts and head sizes must divide the channels, and the network
 * must have a sane number of parameters.
 * Errors: MALFORMED, UNSUPPORTED; json is what config was read from.
 */
gboolean dif_unet_config_check (DifJson              *json,
                                const DifUnetConfig  *config,
                                GError              **error);

#endif
