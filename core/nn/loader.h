/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loader.h: the weights of layers, while a network is built.
 */

#ifndef DIF_NN_LOADER_H
#define DIF_NN_LOADER_H

#include "base/memory.h"
#include "kernels/kernels.h"
#include "nn/weights.h"

/* Where layers take their weights from while a network is built. */
typedef struct
{
  DifWeights       *weights;
  const DifKernels *kernels;
  GPtrArray        *blocks;   /* every allocation, freed with dif_free() */
  GArray           *packings; /* what dif_loader_finish() has to do      */
  GError          **error;
  guint64           bytes;    /* of all blocks                           */
  guint64           copies;   /* of the weights that wait to be packed   */
} DifLoader;

/* loader->packings are cleared with dif_loader_clear(), whether loading
 * went well or not.
 */
void     dif_loader_init   (DifLoader        *loader,
                            DifWeights       *weights,
                            const DifKernels *kernels,
                            GPtrArray        *blocks,
                            GError          **error);
void     dif_loader_clear  (DifLoader        *loader);

/* Packs all weights that were loaded, on all processors. */
void     dif_loader_finish (DifLoader        *loader);

/* Without weights a loader only counts, bytes: nothing is read, and what
 * is loaded cannot be run.
 */
static inline bool
dif_loader_counts (const DifLoader *loader)
{
  return loader->weights == NULL;
}

/* n floats that live as long as the network; while counting none, but
 * not NULL.  Errors: MEMORY.
 */
float   *dif_loader_alloc  (DifLoader     *loader,
                            size_t         n);

/* The tensor prefix.suffix as it stands in the file.
 * Errors, here and in all that loads: MEMORY, and those of
 * dif_weights_read(), into loader->error.
 */
gboolean dif_loader_vector (DifLoader     *loader,
                            const char    *prefix,
                            const char    *suffix,
                            int            n,
                            float        **values);

/* Takes over weight; dif_loader_finish() will pack it into packed. */
void     dif_loader_pack   (DifLoader        *loader,
                            const DifKernels *kernels,
                            DifConvShape      shape,
                            float            *weight,
                            float            *packed);

#endif
