/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * presets.h: settings under names, to choose: those that come with the plug-in and
 * the user's own, to save.
 */

#ifndef UI_PRESETS_H
#define UI_PRESETS_H

#include <libgimp/gimpui.h>

#include "dif.h"

/* A row to choose, save and delete presets of config, which outlives it.
 * Its label is as wide as others of the group.
 */
GtkWidget *dif_ui_presets_row      (GimpProcedureConfig *config,
                                    GtkSizeGroup        *labels);

/* Which presets such a row shows and makes: at first those of DIF_TASK_VARY. */
void       dif_ui_presets_set_task (GtkWidget           *row,
                                    DifTaskKind          task);

#endif
