/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seamless.h: makes a picture wrap, left to right and top to bottom, before
 * it is noised: the noise hides a seam of the source only as far as the
 * strength goes, and a denoiser takes for real what it can still see.
 */

#ifndef DIF_PIPELINE_SEAMLESS_H
#define DIF_PIPELINE_SEAMLESS_H

#include "dif.h"
#include "base/pool.h"

/* Changes image in place, the same way each time.  What opposite edges differ
 * by on the large scale is spread over the whole, and a band along each edge, a
 * sixth of the picture wide at most, is replaced by what is seen farther
 * inside.  Edges that meet already are left alone.  reduction: as in DifParams.
 * Where the pool is stopped on the way, image is undefined.
 * Errors: MEMORY.
 */
gboolean dif_seamless        (DifImage  *image,
                              int        reduction,
                              DifPool   *pool,
                              GError   **error);

/* Bytes that dif_seamless() takes while it runs. */
guint64  dif_seamless_memory (int        width,
                              int        height,
                              int        reduction);

#endif
