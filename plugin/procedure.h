/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * procedure.h: the procedures that the plug-in adds to GIMP.
 */

#ifndef PLUGIN_PROCEDURE_H
#define PLUGIN_PROCEDURE_H

#include <libgimp/gimp.h>

/* Filters > Diffusion. */
#define DIF_GIMP_PROCEDURE "plug-in-diffusion"

/* Makes that procedure with all its arguments. */
GimpProcedure *dif_gimp_procedure_new (GimpPlugIn *plug_in);

#endif
