/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer-host.h: shows a layer to the dialog, see ui/host.h.
 */

#ifndef PLUGIN_LAYER_HOST_H
#define PLUGIN_LAYER_HOST_H

#include "host.h"
#include "source.h"

typedef struct _DifGimpLayerHost DifGimpLayerHost;

/* Opens a checked drawable, as it is now; protect: see dif_gimp_source_init().
 * Errors: those of that and of dif_gimp_source_copy().
 */
DifGimpLayerHost *dif_gimp_layer_host_new  (GimpDrawable       *drawable,
                                            GimpDrawable       *protect,
                                            GError            **error);

/* Protects something else from the next look on; NULL is allowed. */
void              dif_gimp_layer_host_protect (DifGimpLayerHost *host,
                                               GimpDrawable     *protect);
const DifUiHost  *dif_gimp_layer_host_get  (DifGimpLayerHost   *host);

/* NULL is allowed. */
void              dif_gimp_layer_host_free (DifGimpLayerHost   *host);

#endif
