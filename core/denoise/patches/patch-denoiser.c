/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * patch-denoiser.c: see patch-denoiser.h.
 */

#include "denoise/patches/patch-denoiser.h"
#include "denoise/patches/patch-estimate.h"

typedef struct
{
  DifDenoiser  denoiser;
  DifPatchSet *set;
} PatchAdapter;

static size_t
workspace (const DifDenoiser *denoiser,
           int                n,
           int                height,
           int                width,
           int                n_threads)
{
  const PatchAdapter *a = (const PatchAdapter *) denoiser;
  DifPatchView        view = { .width = width, .height = height };

  return dif_patch_estimate_workspace (a->set, &view, n_threads);
}

typedef struct
{
  DifControl *control;
  int         tile;
  int         n;
} Progress;

static gboolean
follow (double done,
        void  *data)
{
  const Progress *p = data;

  g_atomic_int_set (&p->control->done, (int) (1000.0 * (p->tile + done) / p->n));
  return ! g_atomic_int_get (&p->control->cancel);
}

static gboolean
run (const DifDenoiser *denoiser,
     DifPool           *pool,
     DifArena          *arena,
     const DifCall     *call,
     DifControl        *control)
{
  const PatchAdapter *a = (const PatchAdapter *) denoiser;
  Progress            p = { control, 0, call->n };
  gboolean            good = TRUE;

  for (; p.tile < call->n && good; p.tile++)
    {
      const DifRect *tile = &call->tiles[p.tile];
      DifPatchView   view = {
        .x = call->x + tile->y * call->row_stride + tile->x,
        .row_stride = call->row_stride, .plane_stride = call->plane_stride,
        .width = tile->width, .height = tile->height,
        .alpha_bar = call->alpha_bar,
      };

      good = dif_patch_estimate (a->set, &view, pool, arena, follow, &p,
                                 call->out + (size_t) p.tile * 3 * tile->height
                                             * tile->width);
    }
  return good;
}

static void
free_adapter (DifDenoiser *denoiser)
{
  PatchAdapter *a = (PatchAdapter *) denoiser;

  dif_patch_set_free (a->set);
  g_free (a);
}

DifDenoiser *
dif_patch_denoiser_new (DifPatchSet *set)
{
  PatchAdapter *a = g_new0 (PatchAdapter, 1);

  a->denoiser = (DifDenoiser) {
    .traits = { .multiple = 1, .native = set->patch,
                .prediction = DIF_PREDICTION_SAMPLE },
    .workspace = workspace, .run = run, .free = free_adapter
  };
  a->set = set;
  return &a->denoiser;
}
