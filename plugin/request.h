/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * request.h: what a run is asked to make.
 */

#ifndef PLUGIN_REQUEST_H
#define PLUGIN_REQUEST_H

#include <libgimp/gimp.h>

#include "dif.h"

typedef struct
{
  DifSettings  settings;
  GArray      *picks;       /* those of the settings, read                  */
  gboolean     show;        /* the image of a chain gets a window           */
  GimpDrawable *protect;    /* what is white in it stays, or NULL           */
  GimpDrawable *reference;  /* whose parts are taken, or NULL               */
} DifGimpRequest;

/* Reads config; clear the request in any case.
 * Errors: ARGUMENT, for picks that cannot be read.
 */
gboolean dif_gimp_request_init  (DifGimpRequest  *request,
                                 GObject         *config,
                                 GError         **error);
void     dif_gimp_request_clear (DifGimpRequest  *request);

/* What config protects, and whose parts are taken: a reference, or NULL, as for all
 * but DIF_TASK_VARY.
 */
GimpDrawable *dif_gimp_request_protect   (GObject  *config);
GimpDrawable *dif_gimp_request_reference (GObject  *config);

/* GIMP forgets which drawables a setting had, so that these are remembered for as
 * long as it runs: those of config, for the next time.
 */
void          dif_gimp_request_remember  (GObject  *config);

/* Gives those that are still there to config, where it has none: what protects only
 * in its own image.
 */
void          dif_gimp_request_recall    (GObject  *config,
                                          GimpImage *image);

#endif
