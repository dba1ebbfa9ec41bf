/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-host.h: shows a layer to the dialog, see ui/host.h.
 */

#ifndef PLUGIN_LAYER_HOST_H
#define PLUGIN_LAYER_HOST_H

#include "host.h"
#include "source.h"

typedef struct _DifLayerHost DifLayerHost;

/* Opens a checked drawable, as it is now.  Errors: those of
 * dif_source_init() and dif_source_copy().
 */
DifLayerHost  *dif_layer_host_new  (GimpDrawable   *drawable,
                                    GError        **error);
const DifHost *dif_layer_host_get  (DifLayerHost   *host);

/* NULL is allowed. */
void           dif_layer_host_free (DifLayerHost   *host);

#endif
