/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * params.h: between GIMP's settings and the engine's: the choices that
 * procedures offer, the parameters of a job, and the model by its nick.
 */

#ifndef PLUGIN_PARAMS_H
#define PLUGIN_PARAMS_H

#include <libgimp/gimp.h>

#include "dif.h"

/* The choices of that row of the table, the default first; ids are its
 * values.
 */
GimpChoice *dif_gimp_params_choice          (const DifParam  *row,
                                             guint            tasks);

/* The models found in the two folders, and the default one in any case.  A
 * nick is the folder's name, made valid UTF-8.
 */
GimpChoice *dif_gimp_params_model_choice    (void);

/* The folders that models are looked for in: models/ beside the
 * executable, then diffusion-models/ in GIMP's user folder.  Free with
 * g_strfreev().
 */
char      **dif_gimp_params_model_dirs      (void);

/* What config can be for, as DifTaskKind: a configuration without a choice of the
 * task is for one alone, by the arguments that it has.
 */
guint       dif_gimp_params_tasks           (GObject         *config);

/* Which of these it is for. */
DifTaskKind dif_gimp_params_task            (GObject         *config);

/* Reads what belongs to the task of config into settings; all else is as by
 * default.  Clear them with dif_settings_clear().
 */
void        dif_gimp_settings_from_config   (GObject         *config,
                                             DifSettings     *settings);

/* The engine's part of that. */
void        dif_gimp_params_from_config     (GObject         *config,
                                             DifParams       *params);

/* Loads the model of that nick.  Errors: NOT_FOUND with the folders
 * searched, and those of dif_model_load().
 */
DifModel   *dif_gimp_params_load_model      (const char      *nick,
                                             GError         **error);

/* The same, from the folders that dif_gimp_params_model_dirs() has said: from
 * any thread.
 */
DifModel   *dif_gimp_params_load_model_from (char           **dirs,
                                             const char      *nick,
                                             GError         **error);

#endif
