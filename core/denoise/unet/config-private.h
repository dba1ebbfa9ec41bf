/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * config-private.h: what config-check.c checks for config.c.
 */

#ifndef DIF_DENOISE_UNET_CONFIG_PRIVATE_H
#define DIF_DENOISE_UNET_CONFIG_PRIVATE_H

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
