/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seamless.c: left is joined to right, then top to bottom.
 */

#include "base/memory.h"
#include "pipeline/seam.h"
#include "pipeline/seamless.h"

/* A seam whose rank is no higher does not show, and is left alone. */
#define USUAL 0.9f

static void
join (const DifSeam *seam,
      DifArena      *arena)
{
  gsize  mark = dif_arena_mark (arena);
  float *ranks = dif_seam_ranks (seam, arena);
  int    band = dif_seam_band (seam), offset;

  if (! arena->base || ranks[seam->across - 1] > USUAL)
    {
      dif_seam_level (seam, arena);
      if (band > 0)
        {
          offset = dif_seam_search (seam, band, ranks, arena);
          dif_seam_patch (seam, band, offset, arena);
        }
    }
  dif_arena_release (arena, mark);
}

static void
join_both (int       width,
           int       height,
           float    *rgb,
           int       reduction,
           DifPool  *pool,
           DifArena *arena)
{
  DifSeam seam = { .rgb = rgb, .plane = (gsize) width * height,
                   .across = width, .along = height, .step_across = 1,
                   .step_along = width, .reduction = MAX (1, reduction),
                   .pool = pool };

  join (&seam, arena);
  seam.across = height;
  seam.along = width;
  seam.step_across = width;
  seam.step_along = 1;
  seam.closed = TRUE;
  join (&seam, arena);
}

guint64
dif_seamless_memory (int width,
                     int height,
                     int reduction)
{
  DifArena arena = { NULL };

  join_both (width, height, NULL, reduction, NULL, &arena);
  return arena.peak;
}

gboolean
dif_seamless (DifImage  *image,
              int        reduction,
              DifPool   *pool,
              GError   **error)
{
  DifArena arena = { NULL };

  arena.size = dif_seamless_memory (image->width, image->height, reduction);
  arena.base = dif_alloc (arena.size, 1, "joining the edges", error);
  if (! arena.base)
    return FALSE;
  join_both (image->width, image->height, image->rgb, reduction, pool, &arena);
  dif_free (arena.base);
  return TRUE;
}
