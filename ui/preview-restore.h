/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-restore.h: has the worker restore what is seen.
 */

#ifndef UI_PREVIEW_RESTORE_H
#define UI_PREVIEW_RESTORE_H

#include "preview-private.h"

/* Restores what is seen, a little later, unless that is there already. */
void dif_ui_preview_restore (DifUiPreview *preview);

#endif
