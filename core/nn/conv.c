/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * conv.c: convolutions over whole tensors, strip by strip.
 *
 * A 3 x 3 convolution reads a window of prepared rows: normalised, through
 * SiLU, resized, with a border, in the kernels' own type.  Each thread has a
 * window of its own, which moves down over a few strips.  What is added to a
 * strip of the result, and the strip's sums, are made while the strip is in
 * the cache.  So memory sees the input once and the output once, except in
 * small layers, which are cut up by output channels.
 */

#include <string.h>

#include "nn/conv.h"
#include "nn/strips.h"

#define MAX_PARTS 8

/* Loading ------------------------------------------------------------ */

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
  float *own;
  int    o;

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

  own = dif_alloc (shape.cout * taps, shape.cin * sizeof (float),
                   "the network's weights", loader->error);
  if (! own)
    return FALSE;
  for (o = 0; o < shape.cout; o++)
    memcpy (own + o * shape.cin * taps,
            weight + ((size_t) o * total + first) * taps,
            shape.cin * taps * sizeof (float));
  dif_loader_pack (loader, conv->kernels, shape, own, conv->packed);
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
       && dif_weights_read (loader->weights, weight_name,
                            flags & DIF_LOAD_MATRIX ? 2 : 4, dims, weight,
                            loader->error)
       && dif_conv_pack (conv, loader, shape, weight, bias, 0, shape.cin);
  dif_free (weight);
  return ok;
}

/* 1 x 1 -------------------------------------------------------------- */

typedef struct
{
  const DifKernels *kernels;     /* for the sums */
  const DifConv    *conv;
  const DifConvHow *how;
  const DifInput   *input;
  DifTensor         in;          /* of a 1 x 1 convolution */
  DifTensor         out;
  int               n_strips;    /* of a picture */
  int               n_runs;      /* of strips, of a picture */
  int               n_parts;     /* of the output channels, of a run */
  int               n_threads;
  float            *scratch;     /* of the workers: the kernel's, a window */
  size_t            kernel_scratch;
  size_t            scratch_size;
} Conv;

/* Whole cache lines of floats, so that workers do not share one. */
static size_t
whole_lines (size_t n)
{
  return (n + 15) & ~(size_t) 15;
}

/* The output channels of one part of the work. */
static void
set_part (const Conv  *c,
          int          part,
          DifConvCall *call)
{
  int block, blocks;

  if (c->n_parts <= 1)
    return;
  block = c->conv->kernels->cout_block;
  blocks = (c->out.c + block - 1) / block;
  call->o0 = blocks * part / c->n_parts * block;
  call->o1 = MIN (c->out.c, blocks * (part + 1) / c->n_parts * block);
}

/* The strip y0 <= y < y1 of conv over in, in its own rows, added to
 * residual, which has out's layout, or NULL.
 */
static void
conv1_strip (const Conv    *c,
             const DifConv *conv,
             DifTensor      in,
             const float   *bias,
             const float   *residual,
             float          scale,
             int            picture,
             int            part,
             int            y0,
             int            y1,
             float         *scratch)
{
  DifConvCall call = {
    .shape = conv->shape, .packed = conv->packed, .bias = bias,
    .in = dif_rows_from (in, picture, y0), .in_row = dif_row_of (in),
    .out = dif_rows_from (c->out, picture, y0), .out_row = dif_row_of (c->out),
    .residual = residual, .residual_row = dif_row_of (c->out),
    .scale = scale, .width = c->out.w,
  };

  set_part (c, part, &call);
  conv->kernels->conv (&call, 0, y1 - y0, scratch);
}

static const float *
bias_of (const Conv *c,
         int         picture)
{
  const float *bias = c->how->bias ? c->how->bias : c->conv->bias;

  return bias + (c->how->per_picture ? (size_t) picture * c->out.c : 0);
}

/* The residual's rows from y0 on, or NULL. */
static const float *
residual_of (const Conv *c,
             int         picture,
             int         y0)
{
  return c->how->residual
         ? c->how->residual + ((size_t) picture * c->out.h + y0) * dif_row_of (c->out)
         : NULL;
}

static float
scale_of (const Conv *c)
{
  return c->how->scale == 0.0f ? 1.0f : c->how->scale;
}

static void
conv1_chunk (int   chunk,
             int   worker,
             void *data)
{
  const Conv *c = data;
  int         picture, y0, y1;

  dif_strip (chunk, c->n_strips, c->out.h, &picture, &y0, &y1);
  conv1_strip (c, c->conv, c->in, bias_of (c, picture),
               residual_of (c, picture, y0), scale_of (c), picture, 0, y0, y1,
               c->scratch + worker * c->scratch_size);
  if (c->out.sums)
    dif_sum_strip (c->kernels, c->out, chunk, picture, y0, y1);
}

void
dif_conv1 (DifRun           *run,
           const DifConv    *conv,
           const DifConvHow *how,
           DifTensor         in,
           DifTensor         out)
{
  size_t mark = dif_arena_mark (run->arena);
  Conv   c = { run->kernels, conv, how, NULL, in, out,
               dif_strips_of (out.h, out.w) };

  c.scratch_size = whole_lines (conv->kernels->conv_scratch (&conv->shape, out.w));
  c.scratch = dif_arena_take (run->arena, c.scratch_size * run->n_threads);
  if (! dif_run_counts (run))
    dif_pool_run (run->pool, out.n * c.n_strips, conv1_chunk, &c);
  dif_run_add (run, 2.0 * out.n * out.h * out.w * out.c * conv->shape.cin);
  dif_arena_release (run->arena, mark);
}

void
dif_linear_run (DifRun        *run,
                const DifConv *linear,
                const float   *in,
                int            n,
                float         *out)
{
  /* n pictures of one pixel: the bits of each must not depend on n, as
   * they would if OpenBLAS multiplied them together.
   */
  DifTensor from = { (float *) in, n, 1, 1, linear->shape.cin };
  DifTensor to = { out, n, 1, 1, linear->shape.cout };

  dif_conv1 (run, linear, &(DifConvHow) { 0 }, from, to);
}

/* 3 x 3 -------------------------------------------------------------- */

/* The 1 x 1 convolutions whose sum is the residual, into out. */
static void
shortcut_strip (const Conv *c,
                int         picture,
                int         part,
                int         y0,
                int         y1,
                float      *scratch)
{
  const DifConvHow *how = c->how;
  const float      *sum = NULL;
  int               i;

  for (i = 0; i < 2; i++)
    if (how->from[i].c > 0)
      {
        conv1_strip (c, &how->shortcut[i], how->from[i], how->shortcut[i].bias,
                     sum, 1.0f, picture, part, y0, y1, scratch);
        sum = dif_rows_from (c->out, picture, y0);
      }
}

static void
conv3_strip (const Conv *c,
             DifWindow  *win,
             int         strip,
             int         part,
             float      *scratch)
{
  const DifConvShape *s = &c->conv->shape;
  int                 offset = c->how->offset, picture, y0, y1;
  DifConvCall         call;

  dif_strip (strip, c->n_strips, c->out.h, &picture, &y0, &y1);
  dif_window_move (win, picture, s->stride * y0 + offset,
                   s->stride * (y1 - 1) + 3 + offset);
  call = (DifConvCall) {
    .shape = *s, .packed = c->conv->packed, .bias = bias_of (c, picture),
    .in = win->data + offset * win->pixel, .in_row = win->row / win->bytes,
    .out = dif_rows_from (c->out, picture, y0), .out_row = dif_row_of (c->out),
    .residual = residual_of (c, picture, y0), .residual_row = dif_row_of (c->out),
    .scale = scale_of (c), .width = c->out.w,
  };
  if (c->how->shortcut)
    {
      shortcut_strip (c, picture, part, y0, y1, scratch);
      call.residual = call.out;
    }
  set_part (c, part, &call);
  c->conv->kernels->conv (&call, 0, y1 - y0, scratch);
  if (c->out.sums && c->n_parts == 1)
    dif_sum_strip (c->kernels, c->out, strip, picture, y0, y1);
}

/* How many strips the run has that begins with strip first.  A window moves
 * over each run.  Where a run begins, two rows are prepared that the run before
 * it prepares too, so the first runs are long.  The last are short, so that no
 * thread waits long for another at the end.
 */
static int
run_length (const Conv *c,
            int         first)
{
  return c->n_threads == 1 ? c->n_strips
                           : MAX (1, (c->n_strips - first) / (2 * c->n_threads));
}

static int
count_runs (const Conv *c)
{
  int first, n = 0;

  for (first = 0; first < c->n_strips; first += run_length (c, first))
    n++;
  return n;
}

/* Where there are too few runs to share out evenly, as in the lowest level of
 * a small picture, each is cut up by output channels, into the fewest parts
 * that leave the threads idle for less than a sixth of the time; if none do,
 * into as many as leave them idle for the least time.  Every part prepares the
 * input anew.
 */
static int
count_parts (const Conv *c)
{
  const DifConvHow *how = c->how;
  int               block = c->conv->kernels->cout_block;
  int               chunks = c->out.n * c->n_runs, best = 1, parts;
  double            least = 0.0;

  if (c->n_threads == 1 || block == 0
      || (how->shortcut && how->shortcut[0].kernels->cout_block != block))
    return 1;
  for (parts = 1; parts <= MAX_PARTS && parts * 2 * block <= c->out.c; parts++)
    {
      int    n = chunks * parts, rounds = (n + c->n_threads - 1) / c->n_threads;
      double busy = (double) n / (rounds * c->n_threads);

      if (busy > least)
        {
          least = busy;
          best = parts;
        }
      if (busy > 5.0 / 6.0)
        break;
    }
  return best;
}

/* The sums of what was made in parts. */
static void
sums_chunk (int   chunk,
            int   worker,
            void *data)
{
  const Conv *c = data;
  int         picture, y0, y1;

  dif_strip (chunk, c->n_strips, c->out.h, &picture, &y0, &y1);
  dif_sum_strip (c->kernels, c->out, chunk, picture, y0, y1);
}

static void
conv3_chunk (int   chunk,
             int   worker,
             void *data)
{
  const Conv *c = data;
  int         part = chunk % c->n_parts, of_runs = chunk / c->n_parts;
  int         picture = of_runs / c->n_runs, run = of_runs % c->n_runs;
  float      *scratch = c->scratch + worker * c->scratch_size;
  DifWindow   win = dif_window_new (c->conv->kernels, &c->conv->shape,
                                    c->input, c->out.w, c->out.h,
                                    scratch + c->kernel_scratch);
  int         s = 0, end;

  for (; run > 0; run--)
    s += run_length (c, s);
  for (end = s + run_length (c, s); s < end; s++)
    conv3_strip (c, &win, picture * c->n_strips + s, part, scratch);
}

void
dif_conv3 (DifRun           *run,
           const DifConv    *conv,
           const DifConvHow *how,
           const DifInput   *input,
           DifTensor         out)
{
  size_t mark = dif_arena_mark (run->arena);
  Conv   c = { run->kernels, conv, how, input, { 0 }, out,
               dif_strips_of (out.h, out.w) };
  double flops = 2.0 * 9 * out.n * out.h * out.w * out.c * conv->shape.cin;
  int    part;

  c.n_threads = run->n_threads;
  c.n_runs = count_runs (&c);
  c.n_parts = count_parts (&c);
  c.kernel_scratch = conv->kernels->conv_scratch (&conv->shape, out.w);
  for (part = 0; how->shortcut && part < 2; part++)
    if (how->from[part].c > 0)
      {
        const DifConv *s = &how->shortcut[part];

        c.kernel_scratch = MAX (c.kernel_scratch,
                                s->kernels->conv_scratch (&s->shape, out.w));
        flops += 2.0 * out.n * out.h * out.w * out.c * s->shape.cin;
      }
  c.kernel_scratch = whole_lines (c.kernel_scratch);
  c.scratch_size = c.kernel_scratch + whole_lines (
    dif_window_floats (conv->kernels, &conv->shape, out.w, out.h));
  c.scratch = dif_arena_take (run->arena, c.scratch_size * run->n_threads);
  if (! dif_run_counts (run))
    {
      dif_pool_run (run->pool, out.n * c.n_runs * c.n_parts, conv3_chunk, &c);
      if (out.sums && c.n_parts > 1)
        dif_pool_run (run->pool, out.n * c.n_strips, sums_chunk, &c);
    }
  dif_run_add (run, flops);
  dif_arena_release (run->arena, mark);
}
