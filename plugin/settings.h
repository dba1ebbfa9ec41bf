/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * settings.h: what a run is asked to make.
 */

#ifndef PLUGIN_SETTINGS_H
#define PLUGIN_SETTINGS_H

#include "dif.h"

typedef struct
{
  DifParams   params;
  GArray     *picks;        /* of DifUiPick; empty: params alone say what to
                               make                                         */
  gboolean    group;        /* the results of a layer go into a group       */
  gboolean    selection_mask; /* they get a layer mask of the selection     */
  int         chain_frames; /* > 0: not variations, but the chain of the
                               first one in so many layers                  */
  gboolean    chain_image;  /* those are a new image, not a group           */
  gboolean    show;         /* that image gets a window                     */
  char       *model;        /* its nick                                     */
} DifSettings;

void dif_settings_clear (DifSettings *settings);

#endif
