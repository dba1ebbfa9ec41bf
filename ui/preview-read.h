/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-read.h: from a view of the layer to its pictures: what is missing
 * is read, then noised and restored.
 */

#ifndef UI_PREVIEW_READ_H
#define UI_PREVIEW_READ_H

#include "preview-private.h"

/* The view has moved: reads, noises and restores what is missing, and tries
 * again what has failed before.
 */
void dif_ui_preview_look      (DifUiPreview *preview);

/* The settings have changed: what was restored is out of date, and with noise
 * the noise is as well.
 */
void dif_ui_preview_renew     (DifUiPreview *preview,
                               gboolean      noise);

/* Forgets the noise and what was restored.  Until they are made anew those
 * views show the layer.
 */
void dif_ui_preview_drop_made (DifUiPreview *preview);

/* Ends reading and restoring that is under way. */
void dif_ui_preview_halt      (DifUiPreview *preview);

#endif
