/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record-text.h: the text of a result's record.  What is read may come from a
 * stranger's file, so that each value is either good or missing.
 */

#ifndef PLUGIN_RECORD_TEXT_H
#define PLUGIN_RECORD_TEXT_H

#include <glib-object.h>

#include "dif.h"

#define DIF_GIMP_RECORD_GROUP "diffusion"   /* of the key file */

/* What is missing or not valid is 0 or NULL. */
typedef struct
{
  GValue  *values;         /* of the rows of dif_param_table, in their order:
                              see dif_gimp_record_value()                */
  DifTaskKind task;        /* of the run: one from before there were others is
                              DIF_TASK_VARY                              */
  gboolean has_seed;       /* seed and, where vary is above 0, vary_seed */
  guint64  seed;
  double   vary;
  guint64  vary_seed;
  guint    source_tattoo;  /* of the source                              */
  char    *source;         /* its name                                   */
  guint    protect;        /* tattoo of what protected it, 0: nothing did */
  guint    reference;      /* of the layer whose parts were taken, likewise */
  guint    tattoo;         /* of the result itself                       */
  guint64  session;        /* the run of GIMP that wrote it              */
  int      image;          /* id of the image in that                    */
  char    *model_hash;
} DifGimpRecord;

/* Reads data, a text with its final zero counted.  FALSE if it is no
 * record.  Clear a record in any case.
 */
gboolean      dif_gimp_record_parse (DifGimpRecord        *record,
                                     const void           *data,
                                     gsize                 size);
void          dif_gimp_record_clear (DifGimpRecord        *record);

/* What the record says of that parameter, in the unit that GIMP's
 * configuration has it in: a double, int, boolean or string, or a guint64 of
 * a seed; NULL if that is missing or not valid.
 */
const GValue *dif_gimp_record_value (const DifGimpRecord  *record,
                                     const char           *name);

/* Writes what belongs into a record of settings, by their task; they are those of
 * one variation: seeds are its own.  Keys that are there stay where they are.
 */
void          dif_gimp_record_write (GKeyFile             *file,
                                     const DifSettings    *settings);

#endif
