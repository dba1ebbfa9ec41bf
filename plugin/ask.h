/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ask.h: GIMP's own dialog for the arguments of a procedure.
 */

#ifndef PLUGIN_ASK_H
#define PLUGIN_ASK_H

#include <libgimp/gimp.h>

/* Shows a control for each argument; FALSE if the user would rather do nothing. */
gboolean dif_gimp_ask (GimpProcedure       *procedure,
                       GimpProcedureConfig *config);

#endif
