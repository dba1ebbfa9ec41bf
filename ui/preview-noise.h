/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-noise.h: the noise of what is seen, which the noised view mixes
 * with the layer at once for any strength.
 */

#ifndef UI_PREVIEW_NOISE_H
#define UI_PREVIEW_NOISE_H

#include "preview-private.h"

/* Draws the noise of all that was read, in a thread. */
void dif_ui_preview_start_noise (DifUiPreview *preview);
void dif_ui_preview_stop_noise  (DifUiPreview *preview);

#endif
