/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * preview-geometry.h: which part of the layer is seen, read, restored: where
 * the preview's rectangles lie.  They are in layer pixels unless it is said
 * otherwise.
 */

#ifndef UI_PREVIEW_GEOMETRY_H
#define UI_PREVIEW_GEOMETRY_H

#include "preview-private.h"

/* The part that is seen and that a run makes anew, on the grid of the reduced
 * picture.
 */
DifRect   dif_ui_preview_seen_work   (DifUiPreview  *preview);

/* The picture that a job makes to show that part as the whole run would make
 * it.  fill becomes the part whose transparency has to be filled for it: the
 * same, widened to the grid that the run's own filling goes by.
 */
DifRect   dif_ui_preview_area        (DifUiPreview  *preview,
                                      DifRect       *fill);

/* What has to be read to show the view and to restore it. */
DifRect   dif_ui_preview_to_read     (DifUiPreview  *preview);

/* Where part lies in what was read, in pixels of that. */
DifRect   dif_ui_preview_in_source   (DifUiPreview  *preview,
                                      const DifRect *part);

/* The part that is seen of what was read: layer, and pixels, which is the same
 * in pixels of what was read.  FALSE if there is none.
 */
gboolean  dif_ui_preview_seen_source (DifUiPreview  *preview,
                                      DifRect       *layer,
                                      DifRect       *pixels);

/* The run's parameters for the part of the layer at rect, reduced. */
DifParams dif_ui_preview_part_params (DifUiPreview  *preview,
                                      const DifRect *rect,
                                      int            reduction);

#endif
