/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layers.c: tensors, loading of weights, preparation and convolution.
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

  t.data = dif_arena_take (run->arena, (size_t) n * h * w * c);
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

float *
dif_loader_alloc (DifLoader *loader,
                  size_t     n)
{
  float *block = dif_alloc (n, sizeof (float), "the network's weights",
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
  size_t taps = (size_t) shape.kernel * shape.kernel;
  float *part = NULL;
  int    o;

  conv->shape = shape;
  conv->packed = dif_loader_alloc (loader, conv->kernels->packed_size (&shape));
  conv->bias = dif_loader_alloc (loader, shape.cout);
  if (! conv->packed || ! conv->bias)
    return FALSE;
  if (bias)
    memcpy (conv->bias, bias, shape.cout * sizeof (float));
  else
    memset (conv->bias, 0, shape.cout * sizeof (float));
  if (shape.cin != total)
    {
      part = dif_alloc (shape.cout * taps, shape.cin * sizeof (float),
                        "the network's weights", loader->error);
      if (! part)
        return FALSE;
      for (o = 0; o < shape.cout; o++)
        memcpy (part + o * shape.cin * taps,
                weight + ((size_t) o * total + first) * taps,
                shape.cin * taps * sizeof (float));
    }
  conv->kernels->pack_conv (&shape, part ? part : weight, conv->packed);
  dif_free (part);
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
  weight = dif_alloc (shape.cout * taps, shape.cin * sizeof (float),
                      "the network's weights", loader->error);
  ok = weight
       && dif_weights_read (loader->weights, weight_name, flags & DIF_LOAD_MATRIX ? 2 : 4, dims,
                            weight, loader->error)
       && dif_conv_pack (conv, loader, shape, weight, bias, 0, shape.cin);
  dif_free (weight);
  return ok;
}

/* Preparation -------------------------------------------------------- */

DifTensor
dif_padded_take (DifRun           *run,
                 const DifKernels *kernels,
                 int               n,
                 int               h,
                 int               w,
                 int               c)
{
  size_t    values = (size_t) n * h * w * c;
  size_t    bytes = (values + DIF_INPUT_SLACK (c)) * kernels->input_bytes;
  DifTensor t = { NULL, n, h, w, c };

  t.data = dif_arena_take (run->arena, (bytes + 3) / 4);
  if (! dif_run_counts (run))
    memset ((char *) t.data + values * kernels->input_bytes, 0,
            64 * kernels->input_bytes);
  return t;
}

typedef struct
{
  const DifKernels *kernels;
  const DifPrepare *how;
  DifTensor         x;
  DifTensor         out;
  int               h;          /* of out, without its border */
  int               w;
  int               n_strips;
} Prepare;

/* Zeros in the channels of x of n pixels of out, from value at. */
static void
clear_pixels (const Prepare *p,
              size_t         at,
              int            n)
{
  size_t bytes = p->kernels->input_bytes;
  int    i;

  for (i = 0; i < n; i++)
    memset ((char *) p->out.data + (at + (size_t) i * p->out.c) * bytes, 0,
            p->x.c * bytes);
}

static void
clear_border (const Prepare *p,
              size_t         at,
              int            y0,
              int            y1)
{
  size_t row = (size_t) p->out.w * p->out.c;
  int    y;

  for (y = y0; y < y1; y++)
    {
      clear_pixels (p, at + (y + 1) * row, 1);
      clear_pixels (p, at + (y + 2) * row - p->out.c, 1);
    }
  if (y0 == 0)
    clear_pixels (p, at, p->out.w);
  if (y1 == p->h)
    clear_pixels (p, at + (p->h + 1) * row, p->out.w);
}

static void
prepare_chunk (int   chunk,
               int   worker,
               void *data)
{
  const Prepare    *p = data;
  const DifPrepare *how = p->how;
  size_t            row = (size_t) p->out.w * p->out.c;
  int               picture, y0, y1;
  size_t            at;
  DifPrepareCall    call;

  dif_strip (chunk, p->n_strips, p->h, &picture, &y0, &y1);
  at = picture * row * p->out.h + how->first;
  call = (DifPrepareCall) {
    .in = p->x.data + (size_t) picture * p->x.h * p->x.w * p->x.c,
    .in_row = (size_t) p->x.w * p->x.c, .channels = p->x.c,
    .scale = how->scale ? how->scale + (size_t) picture * how->stride : NULL,
    .shift = how->scale ? how->shift + (size_t) picture * how->stride : NULL,
    .silu = how->silu, .resize = how->resize,
    .out = (char *) p->out.data + (at + how->border * (row + p->out.c))
                                  * p->kernels->input_bytes,
    .out_row = row, .out_pixel = p->out.c, .width = p->w,
  };
  p->kernels->prepare (&call, y0, y1);
  if (how->border)
    clear_border (p, at, y0, y1);
}

void
dif_prepare (DifRun           *run,
             const DifPrepare *how,
             DifTensor         x,
             DifTensor         out)
{
  Prepare p = { how->for_kernels ? how->for_kernels : dif_exact (run->kernels),
                how, x, out, out.h - 2 * how->border, out.w - 2 * how->border };

  p.n_strips = dif_strips_of (p.h, p.w);
  if (! dif_run_counts (run) && x.c > 0)
    dif_pool_run (run->pool, x.n * p.n_strips, prepare_chunk, &p);
}

/* Convolution -------------------------------------------------------- */

typedef struct
{
  const DifKernels *kernels;   /* for the sums */
  const DifConv    *conv;
  const DifConvHow *how;
  DifTensor         in;
  DifTensor         out;
  int               n_strips;
  float            *scratch;
  size_t            scratch_size;
} Conv;

static void
conv_chunk (int   chunk,
            int   worker,
            void *data)
{
  const Conv *c = data;
  size_t      bytes = c->conv->shape.kernel == 3 ? c->conv->kernels->input_bytes
                                                 : (int) sizeof (float);
  size_t      in_row = (size_t) c->in.w * c->in.c;
  size_t      out_row = (size_t) c->out.w * c->out.c;
  int         picture, y0, y1;
  size_t      at;
  const float *bias = c->how->bias ? c->how->bias : c->conv->bias;
  DifConvCall call;

  dif_strip (chunk, c->n_strips, c->out.h, &picture, &y0, &y1);
  at = picture * out_row * c->out.h;
  call = (DifConvCall) {
    .shape = c->conv->shape, .packed = c->conv->packed,
    .bias = bias + (c->how->per_picture ? (size_t) picture * c->out.c : 0),
    .in = (char *) c->in.data + (picture * in_row * c->in.h
                                 + c->how->offset * (in_row + c->in.c)) * bytes,
    .in_row = in_row, .out = c->out.data + at, .out_row = out_row,
    .residual = c->how->residual ? c->how->residual + at : NULL,
    .residual_row = out_row,
    .scale = c->how->scale == 0.0f ? 1.0f : c->how->scale, .width = c->out.w,
  };
  c->conv->kernels->conv (&call, y0, y1, c->scratch + worker * c->scratch_size);
  if (c->out.sums)      /* while the strip is still in the cache */
    dif_sum_strip (c->kernels, c->out, chunk, picture, y0, y1);
}

void
dif_conv (DifRun           *run,
          const DifConv    *conv,
          const DifConvHow *how,
          DifTensor         in,
          DifTensor         out)
{
  size_t mark = dif_arena_mark (run->arena);
  Conv   c = { run->kernels, conv, how, in, out, dif_strips_of (out.h, out.w) };

  /* Whole cache lines, so that workers do not share one. */
  c.scratch_size = (conv->kernels->conv_scratch (&conv->shape, out.w) + 15) & ~15;
  c.scratch = dif_arena_take (run->arena, c.scratch_size * run->n_threads);
  run->flops += 2.0 * out.n * out.h * out.w * out.c * conv->shape.cin
                * conv->shape.kernel * conv->shape.kernel;
  if (! dif_run_counts (run))
    dif_pool_run (run->pool, out.n * c.n_strips, conv_chunk, &c);
  dif_arena_release (run->arena, mark);
}
