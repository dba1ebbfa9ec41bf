/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record.h: the record of a run that each result layer carries.
 */

#ifndef PLUGIN_RECORD_H
#define PLUGIN_RECORD_H

#include <libgimp/gimp.h>

#include "dif.h"
#include "record-text.h"

/* Name of the parasite on a result layer: a key file, group
 * DIF_GIMP_RECORD_GROUP, see dif_gimp_record_to_parasite().
 */
#define DIF_GIMP_PARASITE "gimp-diffusion"

/* What made a layer: keys version, model, model-hash, those parameters of its task
 * that are DIF_PARAM_RECORD (the seeds are this variation's), t beside the strength,
 * variation (from 1), source (name of the source layer) and source-tattoo
 * (its id in the image, also after saving); protect and reference (likewise, of what
 * was).  dif_gimp_lineage_sign() adds tattoo
 * (of the layer itself), session (one run of GIMP) and image (its id in that).
 */
GimpParasite *dif_gimp_record_to_parasite (const DifSettings    *settings,
                                           const DifModel       *model,
                                           int                   variation,
                                           const char           *source,
                                           guint                 tattoo,
                                           guint                 protect,
                                           guint                 reference);

/* The record of layer; clear it in any case.  FALSE if it has none that can
 * be read.
 */
gboolean      dif_gimp_record_read        (GimpLayer            *layer,
                                           DifGimpRecord        *record);

/* What made layer, a DifTaskKind; 0 if it has no record that can be read. */
guint         dif_gimp_record_task        (GimpLayer            *layer);

/* Sets config to what a record says; a seed that is near another, or larger
 * than the setting takes, becomes the one pick.  Values that are missing or
 * cannot be, and unknown models, are left as they are in config.
 */
void          dif_gimp_record_apply       (const DifGimpRecord  *record,
                                           GObject              *config);

/* The same with the record of layer, and with what of its image protected it and
 * had its parts taken, if that is there.  model and model_hash become what that
 * says, to be freed, or NULL.
 */
void          dif_gimp_record_recall      (GimpLayer            *layer,
                                           GimpProcedureConfig  *config,
                                           char                **model,
                                           char                **model_hash);

#endif
