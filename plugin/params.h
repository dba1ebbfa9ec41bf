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

/* Name of the parasite on a result layer: a key file, group
 * DIF_RECORD_GROUP, see dif_params_to_parasite().
 */
#define DIF_PARASITE "gimp-diffusion"

/* The choices of that row of the table, the default first; ids are its
 * values.
 */
GimpChoice   *dif_params_choice         (const DifParam      *row);

/* The models found in the two folders, and the default one in any case.  A
 * nick is the folder's name, made valid UTF-8.
 */
GimpChoice   *dif_params_model_choice   (void);

/* The folders that models are looked for in: models/ beside the
 * executable, then diffusion-models/ in GIMP's user folder.  Free with
 * g_strfreev().
 */
char        **dif_params_model_dirs     (void);

/* Reads config into settings; clear them with dif_settings_clear(). */
void          dif_settings_from_config  (GObject             *config,
                                         DifSettings         *settings);

/* The engine's part of that. */
void          dif_params_from_config    (GObject             *config,
                                         DifParams           *params);

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

/* What made a layer: keys version, model, model-hash, those parameters that
 * are DIF_PARAM_RECORD (the seeds are this variation's), t beside the strength,
 * variation (from 1), source (name of the source layer) and source-tattoo
 * (its id in the image, also after saving).  dif_lineage_sign() adds tattoo
 * (of the layer itself), session (one run of GIMP) and image (its id in that).
 */
GimpParasite *dif_params_to_parasite    (const DifSettings   *settings,
                                         const DifModel      *model,
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

/* Sets config to what a record says; a seed that is near another, or larger
 * than the setting takes, becomes the one pick.  Values that are missing or
 * cannot be, and unknown models, are left as they are in config.
 */
void          dif_record_recall         (const DifRecord     *record,
                                         GObject             *config);

/* The same with the record of layer.  model and model_hash become what that
 * says, to be freed, or NULL.
 */
void          dif_params_recall         (GimpLayer            *layer,
                                         GimpProcedureConfig  *config,
                                         char                **model,
                                         char                **model_hash);

#endif
