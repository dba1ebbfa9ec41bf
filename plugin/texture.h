/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * texture.h: one call of the procedure that makes textures.
 */

#ifndef PLUGIN_TEXTURE_H
#define PLUGIN_TEXTURE_H

#include <libgimp/gimp.h>

/* The run function of that procedure, in all three run modes.  The sample is the one
 * drawable, or what is selected of it.  Results as dif_gimp_run() has them, but where
 * the textures are new images these get windows unless the run is not interactive.
 */
GimpValueArray *dif_gimp_texture_run (GimpProcedure        *procedure,
                                      GimpRunMode           run_mode,
                                      GimpImage            *image,
                                      GimpDrawable        **drawables,
                                      GimpProcedureConfig  *config,
                                      gpointer              run_data);

#endif
