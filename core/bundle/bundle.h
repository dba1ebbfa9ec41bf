/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bundle.h: a model from a folder, which dif_model_load() makes.
 */

#ifndef DIF_BUNDLE_BUNDLE_H
#define DIF_BUNDLE_BUNDLE_H

#include "denoise/unet/config.h"

/* Whether the packed weights of such a network take no more than available
 * bytes; 0 stands for no limit.  path names the file for the message.
 * Errors: MEMORY.
 */
gboolean dif_bundle_fits (const char           *path,
                          const DifUnetConfig  *config,
                          guint64               available,
                          GError              **error);

#endif
