/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * request.h: what a run is asked to make.
 */

#ifndef PLUGIN_REQUEST_H
#define PLUGIN_REQUEST_H

#include <glib-object.h>

#include "dif.h"

typedef struct
{
  DifSettings  settings;
  GArray      *picks;       /* those of the settings, read                  */
  gboolean     show;        /* the image of a chain gets a window           */
} DifGimpRequest;

/* Reads config; clear the request in any case.
 * Errors: ARGUMENT, for picks that cannot be read.
 */
gboolean dif_gimp_request_init  (DifGimpRequest  *request,
                                 GObject         *config,
                                 GError         **error);
void     dif_gimp_request_clear (DifGimpRequest  *request);

#endif
