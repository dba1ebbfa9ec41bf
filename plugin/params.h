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
#include "record-text.h"
#include "settings.h"

#define DIF_DEFAULT_MODEL "photo"

/* Layers that a chain is saved in, at most. */
#define DIF_MAX_FRAMES 200

/* What a chain is saved as: a layer group (0) or an image (1). */
GimpChoice   *dif_params_chain_choice   (void);

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

/* Reads config into params. */
void          dif_params_from_config    (GimpProcedureConfig *config,
                                         DifParams           *params);

/* All settings; clear them with dif_settings_clear() in any case.
 * Errors: ARGUMENT, for picks that cannot be read.
 */
gboolean      dif_settings_from_config  (GimpProcedureConfig *config,
                                         DifSettings         *settings,
                                         GError             **error);

/* Loads the model of that nick.  Errors: NOT_FOUND with the folders
 * searched, and those of dif_model_load().
 */
DifModel     *dif_params_load_model     (const char          *nick,
                                         GError             **error);

/* The same, from the folders that dif_params_model_dirs() has said: from
 * any thread.
 */
DifModel     *dif_params_load_model_from (char               **dirs,
                                          const char          *nick,
                                          GError             **error);

/* What made a layer: keys version, model, model-hash, strength (percent),
 * t, seed (of this variation), steps, sampler, eta, tileable,
 * keep-colours, group, selection-mask, vary, vary-seed (of this variation),
 * variation (from 1), source (name of the source layer) and source-tattoo
 * (its id in the image, also after saving).  dif_gimp_lineage_sign() adds
 * tattoo (of the layer itself), session (one run of GIMP) and image (its id in
 * that).
 */
GimpParasite *dif_params_to_parasite    (const DifParams     *params,
                                         const DifModel      *model,
                                         gboolean             group,
                                         gboolean             selection_mask,
                                         int                  variation,
                                         const char          *source,
                                         guint                tattoo);

/* The record of layer; clear it in any case.  FALSE if it has none that can
 * be read.
 */
gboolean      dif_params_read_record    (GimpLayer           *layer,
                                         DifRecord           *record);

/* TRUE if layer has a record. */
gboolean      dif_params_has_record     (GimpLayer           *layer);

/* Sets config to what made layer; a seed that is near another, or larger
 * than the setting takes, becomes the one pick.  Values that are missing or
 * cannot be, and unknown models, are left as they are in config.  model and
 * model_hash become what the record says, to be freed, or NULL.
 */
void          dif_params_recall         (GimpLayer            *layer,
                                         GimpProcedureConfig  *config,
                                         char                **model,
                                         char                **model_hash);

#endif
