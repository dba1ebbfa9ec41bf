/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * reference-host.h: shows the dialog a layer whose parts are taken, see ui/host.h: for
 * reading at its own size alone.
 */

#ifndef PLUGIN_REFERENCE_HOST_H
#define PLUGIN_REFERENCE_HOST_H

#include "host.h"
#include "reference.h"

typedef struct _DifGimpReferenceHost DifGimpReferenceHost;

/* Opens a checked drawable. */
DifGimpReferenceHost *dif_gimp_reference_host_new  (GimpDrawable         *reference);
const DifUiHost      *dif_gimp_reference_host_get  (DifGimpReferenceHost *host);

/* NULL is allowed. */
void                  dif_gimp_reference_host_free (DifGimpReferenceHost *host);

#endif
