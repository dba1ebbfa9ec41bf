/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * small.h: the part of the layer that a run works on, or its middle, made
 * small, for the strips of pictures.
 */

#ifndef UI_SMALL_H
#define UI_SMALL_H

#include "picture.h"
#include "reader.h"
#include "worker.h"

typedef struct
{
  const DifHost *host;
  int            side;
  int            most;
  DifRect        area;        /* of the layer                             */
  int            reduction;
  DifPicture    *picture;     /* NULL until it has been read              */
  DifReader     *reader;
  GSourceFunc    ready;       /* called when it has been                  */
  gpointer       data;
} DifSmall;

/* side: of the longer side in pixels, at most; where that takes more than
 * the most reduction, only the middle is taken.
 */
void      dif_small_init   (DifSmall        *small,
                            const DifHost   *host,
                            int              side,
                            int              most,
                            GSourceFunc      ready,
                            gpointer         data);
void      dif_small_clear  (DifSmall        *small);

/* The host's layer has changed: reads it again, if that had been begun. */
void      dif_small_renew  (DifSmall        *small);

/* Reads it, unless that has been begun. */
void      dif_small_read   (DifSmall        *small);

/* params for it: the run's noise and strength, averaged down. */
DifParams dif_small_params (const DifSmall  *small,
                            const DifParams *params);

/* A copy of its colours, or NULL without memory. */
DifImage *dif_small_copy   (const DifSmall  *small);

#endif
