/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * unet-denoiser.c: squares of pixels become channels on the way into the
 * network and pixels again on the way out; how large the picture is, or of what
 * kind its noise, becomes the label that the network is told.
 */

#include <math.h>

#include "denoise/unet/unet-denoiser.h"

/* Shorter side, in pixels, of the pictures of label 0; it doubles from label
 * to label.
 */
#define SMALLEST_OCTAVE 64.0

typedef struct
{
  DifDenoiser  denoiser;
  DifUnet     *unet;
  DifUnetView view;
} Adapter;

/* Pixels -------------------------------------------------------------- */

/* The tiles of a call, as they are and as the network takes them. */
typedef struct
{
  const DifCall *call;
  int            p;
  int            h;           /* of the network's pixels */
  int            w;
  float         *shuffled;    /* [n][h][w][3 p p]        */
} Shuffle;

/* Where the pixels lie that become one row of the network's: the first of them,
 * and how far to the next one to the right, the next row and the next channel, as
 * the network sees them.
 */
typedef struct
{
  size_t    first;
  ptrdiff_t step;
  ptrdiff_t stride;
  size_t    plane;
} Row;

/* Row number y of the network's, h of them and each of p rows of pixels, of a
 * rectangle of width pixels that begins at first.
 */
static Row
find_row (const DifCall *call,
          size_t         first,
          size_t         stride,
          size_t         plane,
          int            y,
          int            h,
          int            width,
          int            p)
{
  Row row = { first, call->mirror_x ? -1 : 1,
              call->mirror_y ? -(ptrdiff_t) stride : (ptrdiff_t) stride, plane };

  row.first += call->mirror_x ? width - 1 : 0;
  row.first += (size_t) (call->mirror_y ? h * p - 1 - y * p : y * p) * stride;
  return row;
}

/* Fills one row of w pixels of the network, each made of p x p pixels.  p is a
 * constant where this is inlined.
 */
static inline __attribute__ ((always_inline)) void
unshuffle_pixels (const float *from,
                  const Row   *row,
                  int          w,
                  int          p,
                  float       *to)
{
  int x, c, dy, dx;

  from += row->first;
  for (x = 0; x < w; x++, from += p * row->step)
    for (c = 0; c < 3; c++)
      for (dy = 0; dy < p; dy++)
        for (dx = 0; dx < p; dx++)
          *to++ = from[(ptrdiff_t) (c * row->plane) + dy * row->stride
                       + dx * row->step];
}

/* The way back. */
static inline __attribute__ ((always_inline)) void
shuffle_pixels (const float *from,
                const Row   *row,
                int          w,
                int          p,
                float       *to)
{
  int x, c, dy, dx;

  to += row->first;
  for (x = 0; x < w; x++, to += p * row->step)
    for (c = 0; c < 3; c++)
      for (dy = 0; dy < p; dy++)
        for (dx = 0; dx < p; dx++)
          to[(ptrdiff_t) (c * row->plane) + dy * row->stride + dx * row->step]
            = *from++;
}

/* One row of the network's pixels of one tile. */
static float *
shuffled_row (const Shuffle *s,
              int            chunk)
{
  return s->shuffled + (size_t) chunk * s->w * 3 * s->p * s->p;
}

static void
unshuffle_row (int   chunk,
               int   worker,
               void *data)
{
  const Shuffle *s = data;
  const DifCall *call = s->call;
  const DifRect *tile = &call->tiles[chunk / s->h];
  Row            row = find_row (call, tile->y * call->row_stride + tile->x,
                                 call->row_stride, call->plane_stride,
                                 chunk % s->h, s->h, tile->width, s->p);

  if (s->p == 2)
    unshuffle_pixels (call->x, &row, s->w, 2, shuffled_row (s, chunk));
  else
    unshuffle_pixels (call->x, &row, s->w, s->p, shuffled_row (s, chunk));
}

static void
shuffle_row (int   chunk,
             int   worker,
             void *data)
{
  const Shuffle *s = data;
  size_t         width = (size_t) s->w * s->p, plane = width * s->h * s->p;
  Row            row = find_row (s->call, chunk / s->h * 3 * plane, width, plane,
                                 chunk % s->h, s->h, (int) width, s->p);

  if (s->p == 2)
    shuffle_pixels (shuffled_row (s, chunk), &row, s->w, 2, s->call->out);
  else
    shuffle_pixels (shuffled_row (s, chunk), &row, s->w, s->p, s->call->out);
}

/* Calls --------------------------------------------------------------- */

/* 0 where the network takes none. */
static int
label_of (const Adapter *a,
          const DifCall *call)
{
  if (a->view.octaves == 0)
    return 0;
  if (call->noise == DIF_NOISE_CAMERA && a->view.camera_label >= 0)
    return a->view.camera_label;
  if (call->noise == DIF_NOISE_JPEG && a->view.jpeg_label >= 0)
    return a->view.jpeg_label;
  return CLAMP ((int) lround (log2 (call->side / SMALLEST_OCTAVE)), 0,
                a->view.octaves - 1);
}

/* What a call takes beside the network's own workspace. */
typedef struct
{
  float *pixels;       /* [n][h][w][3 p p], into the network and out of it */
  float *timesteps;    /* [n]                                              */
  int   *labels;       /* [n]                                              */
} Inputs;

G_STATIC_ASSERT (sizeof (int) == sizeof (float));

static Inputs
take_inputs (DifArena *arena,
             int       n,
             int       height,
             int       width)
{
  Inputs in;

  in.pixels = dif_arena_take (arena, dif_product ((size_t) n * 3 * height, width));
  in.timesteps = dif_arena_take (arena, n);
  in.labels = (int *) dif_arena_take (arena, n);
  return in;
}

static size_t
workspace (const DifDenoiser *denoiser,
           int                n,
           int                height,
           int                width,
           int                n_threads)
{
  const Adapter *a = (const Adapter *) denoiser;
  int            p = a->view.unshuffle;
  DifArena       arena = { NULL };
  size_t         network = dif_unet_workspace (a->unet, n, height / p, width / p,
                                               n_threads);

  take_inputs (&arena, n, height, width);
  return network > G_MAXSIZE - arena.peak ? G_MAXSIZE : network + arena.peak;
}

static gboolean
run (const DifDenoiser *denoiser,
     DifPool           *pool,
     DifArena          *arena,
     const DifCall     *call,
     DifControl        *control)
{
  const Adapter *a = (const Adapter *) denoiser;
  size_t         mark = dif_arena_mark (arena);
  int            p = a->view.unshuffle, n = call->n, i;
  Inputs         in = take_inputs (arena, n, call->tiles->height,
                                   call->tiles->width);
  Shuffle        s = { call, p, call->tiles->height / p, call->tiles->width / p,
                       in.pixels };
  gboolean       good;

  for (i = 0; i < n; i++)
    {
      in.timesteps[i] = (float) call->timestep;
      in.labels[i] = label_of (a, call);
    }
  dif_pool_run (pool, n * s.h, unshuffle_row, &s);
  good = dif_unet_run (a->unet, pool, arena, n, s.h, s.w, in.pixels,
                       in.timesteps, a->view.octaves > 0 ? in.labels : NULL,
                       in.pixels, control, NULL, NULL);
  if (good)
    dif_pool_run (pool, n * s.h, shuffle_row, &s);
  dif_arena_release (arena, mark);
  return good;
}

static void
free_adapter (DifDenoiser *denoiser)
{
  Adapter *a = (Adapter *) denoiser;

  dif_unet_free (a->unet);
  g_free (a);
}

DifDenoiser *
dif_unet_denoiser_new (DifUnet            *unet,
                       const DifUnetView *view)
{
  Adapter *a = g_new0 (Adapter, 1);

  a->denoiser = (DifDenoiser) {
    .traits = { .multiple = view->unshuffle * dif_unet_multiple (unet),
                .native = view->native, .prediction = view->prediction },
    .workspace = workspace, .run = run, .free = free_adapter
  };
  a->unet = unet;
  a->view = *view;
  return &a->denoiser;
}

const DifUnet *
dif_unet_denoiser_unet (const DifDenoiser *denoiser)
{
  g_return_val_if_fail (denoiser->run == run, NULL);

  return ((const Adapter *) denoiser)->unet;
}
