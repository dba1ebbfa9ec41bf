/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * lookup.h: where models lie on this computer.
 */

#ifndef DIF_TOOL_LOOKUP_H
#define DIF_TOOL_LOOKUP_H

#include "dif.h"

/* The folders that hold model folders, first choice first, to free with
 * g_strfreev(): those of the environment variable
 * GIMP_DIFFUSION_MODELS, the models beside the plug-in as the user and
 * then as the system has it, those of the source tree if this program was
 * not installed, and diffusion-models in the user's GIMP folder: bundled
 * models come before the user's of the same name, as in the plug-in.  Of
 * several GIMP folders, as GIMP 3.0's and 3.2's, the newest comes first.
 */
char    **dif_tool_lookup_folders (void);

/* Loads the model that the user named: a folder's path if it has a
 * slash or is a folder with a model_index.json in it, else the name of a
 * folder in one of the above.  Errors: those of dif_model_load().
 */
DifModel *dif_tool_lookup_model   (const char *name,
                                   GError    **error);

#endif
