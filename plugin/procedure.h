/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * procedure.h: the procedures that the plug-in adds to GIMP.
 */

#ifndef PLUGIN_PROCEDURE_H
#define PLUGIN_PROCEDURE_H

#include <libgimp/gimp.h>

/* Filters > Diffusion, with the arguments of all tasks and one that says which
 * of them is meant.
 */
#define DIF_GIMP_PROCEDURE         "plug-in-diffusion"

/* Filters > Enhance > Restore, with the arguments of that alone. */
#define DIF_GIMP_RESTORE_PROCEDURE "plug-in-diffusion-restore"

/* Filters > Enhance > Fill and Filters > Render > Texture, likewise. */
#define DIF_GIMP_FILL_PROCEDURE    "plug-in-diffusion-fill"
#define DIF_GIMP_TEXTURE_PROCEDURE "plug-in-diffusion-texture"

/* The names of all, each to be freed with g_free(). */
GList         *dif_gimp_procedure_names (void);

/* Makes the procedure of that name with all its arguments; NULL if it is
 * none of them.
 */
GimpProcedure *dif_gimp_procedure_new   (GimpPlugIn *plug_in,
                                         const char *name);

#endif
