/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loader.c: weights are read one after another and packed together.
 */

#include "base/pool.h"
#include "nn/loader.h"

typedef struct
{
  const DifKernels *kernels;
  DifConvShape      shape;
  float            *weight;     /* its own */
  float            *packed;
} Packing;

static void
packing_clear (void *data)
{
  dif_free (((Packing *) data)->weight);
}

void
dif_loader_init (DifLoader         *loader,
                 DifWeights        *weights,
                 const DifKernels  *kernels,
                 GPtrArray         *blocks,
                 GError           **error)
{
  *loader = (DifLoader) { weights, kernels, blocks,
                          g_array_new (FALSE, FALSE, sizeof (Packing)), error,
                          0, 0 };
  g_array_set_clear_func (loader->packings, packing_clear);
}

void
dif_loader_clear (DifLoader *loader)
{
  g_array_unref (loader->packings);
}

static void
pack_chunk (int   chunk,
            int   worker,
            void *data)
{
  const Packing *p = &g_array_index ((GArray *) data, Packing, chunk);

  p->kernels->pack_conv (&p->shape, p->weight, p->packed);
}

void
dif_loader_finish (DifLoader *loader)
{
  DifPool *pool = dif_pool_new (0);

  dif_pool_run (pool, loader->packings->len, pack_chunk, loader->packings);
  dif_pool_free (pool);
}

float *
dif_loader_alloc (DifLoader *loader,
                  size_t     n)
{
  static float  none;
  float        *block;

  loader->bytes += (guint64) n * sizeof (float);
  if (dif_loader_counts (loader))
    return &none;
  block = dif_alloc (n, sizeof (float), "the network's weights",
                     loader->error);
  if (block)
    g_ptr_array_add (loader->blocks, block);
  return block;
}

gboolean
dif_loader_vector (DifLoader   *loader,
                   const char  *prefix,
                   const char  *suffix,
                   int          n,
                   float      **values)
{
  g_autofree char *name = g_strconcat (prefix, suffix, NULL);

  *values = dif_loader_alloc (loader, n);
  if (dif_loader_counts (loader))
    return TRUE;
  return *values && dif_weights_read (loader->weights, name, 1, &n, *values,
                                      loader->error);
}

void
dif_loader_pack (DifLoader        *loader,
                 const DifKernels *kernels,
                 DifConvShape      shape,
                 float            *weight,
                 float            *packed)
{
  Packing packing = { kernels, shape, weight, packed };

  g_array_append_val (loader->packings, packing);
}
