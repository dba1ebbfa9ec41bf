/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layers.c: tensors, loading of weights, and copies of tensors.
 */

#include <string.h>

#include "model/layers-private.h"

DifTensor
dif_tensor_take (DifRun *run,
                 int     n,
                 int     h,
                 int     w,
                 int     c)
{
  DifTensor t = { NULL, n, h, w, c, NULL };

  t.data = dif_arena_take (run->arena, dif_product ((size_t) n * h,
                                                    (size_t) w * c));
  return t;
}

size_t
dif_sums_size (int n,
               int h,
               int w,
               int c)
{
  return (size_t) n * dif_strips_of (h, w) * 2 * c;
}

DifTensor
dif_tensor_take_summed (DifRun *run,
                        int     n,
                        int     h,
                        int     w,
                        int     c)
{
  DifTensor t = dif_tensor_take (run, n, h, w, c);

  t.sums = (double *) dif_arena_take (run->arena, 2 * dif_sums_size (n, h, w, c));
  return t;
}

/* Loading ------------------------------------------------------------ */

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

gboolean
dif_conv_pack (DifConv      *conv,
               DifLoader    *loader,
               DifConvShape  shape,
               const float  *weight,
               const float  *bias,
               int           first,
               int           total)
{
  size_t  taps = (size_t) shape.kernel * shape.kernel;
  Packing packing = { .kernels = conv->kernels, .shape = shape };
  int     o;

  conv->shape = shape;
  conv->packed = dif_loader_alloc (loader, conv->kernels->packed_size (&shape));
  conv->bias = dif_loader_alloc (loader, shape.cout);
  if (! conv->packed || ! conv->bias)
    return FALSE;
  loader->copies += (guint64) shape.cout * shape.cin * taps * sizeof (float);
  if (dif_loader_counts (loader))
    return TRUE;
  if (bias)
    memcpy (conv->bias, bias, shape.cout * sizeof (float));
  else
    memset (conv->bias, 0, shape.cout * sizeof (float));

  packing.packed = conv->packed;
  packing.weight = dif_alloc (shape.cout * taps, shape.cin * sizeof (float),
                              "the network's weights", loader->error);
  if (! packing.weight)
    return FALSE;
  for (o = 0; o < shape.cout; o++)
    memcpy (packing.weight + o * shape.cin * taps,
            weight + ((size_t) o * total + first) * taps,
            shape.cin * taps * sizeof (float));
  g_array_append_val (loader->packings, packing);
  return TRUE;
}

gboolean
dif_conv_load (DifConv      *conv,
               DifLoader    *loader,
               const char   *name,
               DifConvShape  shape,
               DifLoadFlags  flags)
{
  g_autofree char *weight_name = g_strconcat (name, ".weight", NULL);
  int              dims[4] = { shape.cout, shape.cin, shape.kernel, shape.kernel };
  size_t           taps = (size_t) shape.kernel * shape.kernel;
  float           *weight, *bias;
  gboolean         ok;

  conv->kernels = flags & DIF_LOAD_EXACT ? dif_exact (loader->kernels)
                                         : loader->kernels;
  if (! dif_loader_vector (loader, name, ".bias", shape.cout, &bias))
    return FALSE;
  if (dif_loader_counts (loader))
    return dif_conv_pack (conv, loader, shape, NULL, NULL, 0, shape.cin);
  weight = dif_alloc (shape.cout * taps, shape.cin * sizeof (float),
                      "the network's weights", loader->error);
  ok = weight
       && dif_weights_read (loader->weights, weight_name, flags & DIF_LOAD_MATRIX ? 2 : 4, dims,
                            weight, loader->error)
       && dif_conv_pack (conv, loader, shape, weight, bias, 0, shape.cin);
  dif_free (weight);
  return ok;
}

/* Copies ------------------------------------------------------------- */

typedef struct
{
  const DifKernels *kernels;
  const DifCopy    *how;
  DifTensor         x;
  DifTensor         out;
  int               n_strips;
} Copy;

static void
copy_chunk (int   chunk,
            int   worker,
            void *data)
{
  const Copy    *p = data;
  const DifCopy *how = p->how;
  size_t         row = (size_t) p->out.w * p->out.c;
  int            picture, y0, y1;
  DifPrepareCall call;

  dif_strip (chunk, p->n_strips, p->out.h, &picture, &y0, &y1);
  call = (DifPrepareCall) {
    .in = p->x.data + (size_t) picture * p->x.h * p->x.w * p->x.c,
    .in_row = (size_t) p->x.w * p->x.c, .channels = p->x.c,
    .scale = how->scale ? how->scale + (size_t) picture * p->x.c : NULL,
    .shift = how->scale ? how->shift + (size_t) picture * p->x.c : NULL,
    .resize = how->resize,
    .out = p->out.data + picture * row * p->out.h + how->first,
    .out_row = row, .out_pixel = p->out.c, .width = p->out.w,
  };
  p->kernels->prepare (&call, y0, y1);
}

void
dif_copy (DifRun        *run,
          const DifCopy *how,
          DifTensor      x,
          DifTensor      out)
{
  Copy p = { dif_exact (run->kernels), how, x, out, dif_strips_of (out.h, out.w) };

  if (! dif_run_counts (run) && x.c > 0)
    dif_pool_run (run->pool, x.n * p.n_strips, copy_chunk, &p);
}
