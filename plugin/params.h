/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.h: between GIMP's settings and the engine's: the choices that
 * the procedure offers, the parameters of a job, the model by its nick,
 * and the record of a run that each result layer carries.
 */

#ifndef PLUGIN_PARAMS_H
#define PLUGIN_PARAMS_H

#include <libgimp/gimp.h>

#include "dif.h"

#define DIF_DEFAULT_MODEL "photo"

/* Name of the parasite on a result layer: a key file, group
 * "diffusion", see dif_params_to_parasite().
 */
#define DIF_PARASITE "gimp-diffusion"

/* The samplers, by the engine's names; ids are DifSamplerKind. */
GimpChoice   *dif_params_sampler_choice (void);

/* The models found in the two folders, and DIF_DEFAULT_MODEL in any
 * case.  A nick is the folder's name, made valid UTF-8.
 */
GimpChoice   *dif_params_model_choice   (void);

/* The folders that models are looked for in: models/ beside the
 * executable, then diffusion-models/ in GIMP's user folder.  Free with
 * g_strfreev().
 */
char        **dif_params_model_dirs     (void);

/* Reads config into params; returns the model's nick, to be freed. */
char         *dif_params_from_config    (GimpProcedureConfig *config,
                                         DifParams           *params);

/* Loads the model of that nick.  Errors: NOT_FOUND with the folders
 * searched, and those of dif_model_load().
 */
DifModel     *dif_params_load_model     (const char          *nick,
                                         GError             **error);

/* What made a layer: keys version, model, model-hash, strength (percent),
 * t, seed (of this variation), steps, sampler, variation (from 1),
 * source (name of the source layer) and source-tattoo (its id in the
 * image, also after saving).
 */
GimpParasite *dif_params_to_parasite    (const DifParams     *params,
                                         const DifModel      *model,
                                         int                  variation,
                                         const char          *source,
                                         guint                tattoo);

#endif
