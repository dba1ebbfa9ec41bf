/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * timed-network.c: linked with -Wl,--wrap=dif_unet_run and
 * -Wl,--wrap=dif_walk_run into a program of the project, says at its
 * end on standard error how many network calls there were, the seconds
 * that they took, those that making the variations took with them, and
 * when the first call was done by the monotonic clock:
 *
 *   network: CALLS NETWORK VARIATIONS FIRST
 */

#include <stdio.h>

#include "denoise/unet/unet.h"
#include "pipeline/walk.h"

gboolean __real_dif_unet_run (const DifUnet  *unet,
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
gboolean __wrap_dif_unet_run (const DifUnet  *unet,
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

DifImage *__real_dif_walk_run (DifWalk         *walk,
                               const DifImage  *source,
                               int              variation,
                               DifWalkFunc      progress,
                               void            *data,
                               GError         **error);
DifImage *__wrap_dif_walk_run (DifWalk         *walk,
                               const DifImage  *source,
                               int              variation,
                               DifWalkFunc      progress,
                               void            *data,
                               GError         **error);

static int    n_calls;
static gint64 in_network;     /* microseconds */
static gint64 in_variations;
static gint64 first_done;

gboolean
__wrap_dif_unet_run (const DifUnet  *unet,
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
                     void           *probe_data)
{
  gint64   start = g_get_monotonic_time (), end;
  gboolean good = __real_dif_unet_run (unet, pool, arena, n, height, width, x,
                                       timesteps, labels, out, control, probe,
                                       probe_data);

  end = g_get_monotonic_time ();
  in_network += end - start;
  if (n_calls++ == 0)
    first_done = end;
  return good;
}

DifImage *
__wrap_dif_walk_run (DifWalk         *walk,
                     const DifImage  *source,
                     int              variation,
                     DifWalkFunc      progress,
                     void            *data,
                     GError         **error)
{
  gint64    start = g_get_monotonic_time ();
  DifImage *result = __real_dif_walk_run (walk, source, variation, progress, data,
                                          error);

  in_variations += g_get_monotonic_time () - start;
  return result;
}

static void __attribute__ ((destructor))
report (void)
{
  if (n_calls > 0)
    fprintf (stderr, "network: %d %.6f %.6f %.6f\n", n_calls, in_network / 1e6,
             in_variations / 1e6, first_done / 1e6);
}
