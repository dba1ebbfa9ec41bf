/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config-check.h: the consistency of a network's configuration.
 */

#ifndef DIF_DENOISE_UNET_CONFIG_CHECK_H
#define DIF_DENOISE_UNET_CONFIG_CHECK_H

#include "base/json.h"
#include "denoise/unet/config.h"

/* Group counts and head sizes must divide the channels, and the network
 * must have a sane number of parameters.
 * Errors: MALFORMED, UNSUPPORTED; json is what config was read from.
 */
gboolean dif_unet_config_check (DifJson              *json,
                                const DifUnetConfig  *config,
                                GError              **error);

#endif
