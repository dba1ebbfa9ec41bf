/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * measure.h: the noise of the layer, measured once for all previews and figures.
 * A run measures it anew, of the layer as it is then, by the same pixels.
 */

#ifndef UI_MEASURE_H
#define UI_MEASURE_H

#include "host.h"

/* Measures the noise of image, which is a whole layer with that alpha or NULL:
 * what is wholly transparent counts as clipped, and gets another colour in image.
 * Any thread.  Errors: MEMORY.
 */
gboolean dif_ui_measure_image (DifImage       *image,
                               const float    *alpha,
                               DifLayerNoise  *noise,
                               GError        **error);

typedef struct _DifUiMeasure DifUiMeasure;

/* Called once, from the main loop: noise or error is NULL. */
typedef void (* DifUiMeasureFunc) (const DifLayerNoise *noise,
                                   const GError        *error,
                                   gpointer             data);

/* Reads all of the host's layer bit by bit and measures its noise in a thread. */
DifUiMeasure *dif_ui_measure_new  (const DifUiHost  *host,
                                   DifUiMeasureFunc  func,
                                   gpointer          data);

/* Ends that; func is not called any more, and may itself do this.  NULL is
 * allowed.
 */
void          dif_ui_measure_free (DifUiMeasure     *measure);

#endif
