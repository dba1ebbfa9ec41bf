/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * unet.h: the network.  A U-Net with residual blocks and attention, as
 * in Ho et al. 2020 (appendix B), in the variants of diffusers'
 * UNet2DModel.
 */

#ifndef DIF_DENOISE_UNET_UNET_H
#define DIF_DENOISE_UNET_UNET_H

#include "base/control.h"
#include "base/memory.h"
#include "base/pool.h"
#include "denoise/unet/config.h"
#include "kernels/kernels.h"
#include "nn/weights.h"

typedef struct _DifUnet DifUnet;

/* Called with the output of a stage ("conv_in", "down_blocks.0",
 * "time_embedding" ...), values as [n][height][width][channels].
 */
typedef void (* DifUnetProbe) (const char  *stage,
                               const float *values,
                               int          n,
                               int          height,
                               int          width,
                               int          channels,
                               void        *data);

/* Reads and packs every weight.  Immutable afterwards.
 * Errors: MALFORMED, UNSUPPORTED, MEMORY.
 */
DifUnet *dif_unet_new       (const DifUnetConfig  *config,
                             DifWeights           *weights,
                             const DifKernels     *kernels,
                             GError              **error);
void     dif_unet_free      (DifUnet              *unet);

/* Bytes that the packed weights of such a network take.  *loading, unless
 * loading is NULL, becomes what loading takes at its peak, not counting the one
 * tensor that is being read.
 */
guint64  dif_unet_memory    (const DifUnetConfig  *config,
                             const DifKernels     *kernels,
                             guint64              *loading);

/* Height and width must be multiples of this. */
int      dif_unet_multiple  (const DifUnet        *unet);

/* Bytes of arena that one call takes; G_MAXSIZE, which dif_alloc()
 * refuses, if that overflows.
 */
size_t   dif_unet_workspace (const DifUnet        *unet,
                             int                   n,
                             int                   height,
                             int                   width,
                             int                   n_threads);

/* Floating-point operations (a multiply-add is two) of one call. */
double   dif_unet_flops     (const DifUnet        *unet,
                             int                   n,
                             int                   height,
                             int                   width);

/* out = network (x, timestep, label).  x is [n][height][width]
 * [in_channels], out [n][height][width][out_channels], both 64-byte
 * aligned; out may be x if it has room for both.  timesteps and labels have
 * n entries (labels NULL: no label, only for networks without class
 * embedding).  Values are independent of n and of the pool's size.  FALSE
 * if control->cancel became non-zero on the way (control may be NULL); out
 * is then undefined.
 */
gboolean dif_unet_run       (const DifUnet  *unet,
                             DifPool        *pool,
                             DifArena       *arena,
                             int             n,
                             int             height,
                             int             width,
                             const float    *x,
                             const float    *timesteps,
                             const int      *labels,
                             float          *out,
                             DifControl     *control,
                             DifUnetProbe    probe,
                             void           *probe_data);

#endif
