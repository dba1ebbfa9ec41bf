/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record-text.h: the text of a result's record, read.  It may come from a
 * stranger's file, so that each value is either good or missing.
 */

#ifndef PLUGIN_RECORD_TEXT_H
#define PLUGIN_RECORD_TEXT_H

#include "dif.h"

/* Values that are missing or not valid are negative, NULL or not in has. */
typedef struct
{
  double   strength;       /* 0..100                                     */
  double   eta;            /* 0..1                                       */
  double   vary;           /* 0..1                                       */
  int      steps;          /* 1..DIF_MAX_STEPS                           */
  int      sampler;        /* a DifSamplerKind                           */
  int      tileable;       /* 0 or 1                                     */
  int      keep_colours;
  int      group;
  int      selection_mask;
  gboolean has_seed;       /* seed and, where vary is above 0, vary_seed */
  guint64  seed;
  guint64  vary_seed;
  guint    source_tattoo;  /* of the source; 0 if missing                */
  char    *source;         /* its name                                   */
  guint    tattoo;         /* of the result itself; 0 if missing         */
  guint64  session;        /* the run of GIMP that wrote it; 0: unknown  */
  int      image;          /* id of the image in that; 0 if missing      */
  char    *model;          /* its nick                                   */
  char    *model_hash;
} DifRecord;

/* Reads data, a text with its final zero counted.  FALSE if it is no
 * record.  Clear a record in any case.
 */
gboolean dif_record_parse (DifRecord  *record,
                           const void *data,
                           gsize       size);
void     dif_record_clear (DifRecord  *record);

#endif
