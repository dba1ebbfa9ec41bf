/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * resample.c: see resample.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/resample.h"

/* The pixels of one side that each pixel of the result is made of. */
typedef struct
{
  int    reach;       /* of them, at the most                            */
  int   *first;       /* [size]: of them; may lie outside if wrapped     */
  int   *count;       /* [size]                                          */
  float *weights;     /* [size][reach]                                   */
} Taps;

static double
cubic (double x)
{
  x = fabs (x);
  if (x < 1.0)
    return (1.5 * x - 2.5) * x * x + 1.0;
  if (x < 2.0)
    return ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
  return 0.0;
}

static void
free_taps (Taps *taps)
{
  dif_free (taps->first);
  dif_free (taps->count);
  dif_free (taps->weights);
}

/* For `size` pixels of `before`.  Errors: MEMORY; then free_taps() all the same. */
static gboolean
make_taps (Taps      *taps,
           int        before,
           int        size,
           gboolean   wrapped,
           GError   **error)
{
  static const char what[] = "the weights of resampling";
  double            scale = (double) before / size;
  double            wide = MAX (scale, 1.0), support = 2.0 * wide;
  int               i, k;

  taps->reach = (int) ceil (2.0 * support) + 1;
  taps->first = dif_alloc (size, sizeof (int), what, error);
  taps->count = taps->first ? dif_alloc (size, sizeof (int), what, error) : NULL;
  taps->weights = taps->count ? dif_alloc (dif_product (size, taps->reach),
                                           sizeof (float), what, error) : NULL;
  if (! taps->weights)
    return FALSE;
  for (i = 0; i < size; i++)
    {
      double middle = (i + 0.5) * scale, total = 0.0;
      int    first = (int) floor (middle - support + 0.5);
      int    end = (int) floor (middle + support + 0.5);
      float *weights = taps->weights + (gsize) i * taps->reach;

      if (! wrapped)
        {
          first = MAX (first, 0);
          end = MIN (end, before);
        }
      for (k = first; k < end; k++)
        total += cubic ((k - middle + 0.5) / wide);
      for (k = first; k < end; k++)
        weights[k - first] = (float) (cubic ((k - middle + 0.5) / wide) / total);
      taps->first[i] = first;
      taps->count[i] = end - first;
    }
  return TRUE;
}

typedef struct
{
  const DifImage *from;
  DifImage       *to;
  Taps            across;
  Taps            down;
  int             margin;     /* pixels of a row before and behind its ends */
  gsize           row;        /* values of scratch for a worker             */
  float          *scratch;
} Resampling;

static inline int
inside (int v,
        int n)
{
  return (v % n + n) % n;
}

/* Row y of the result, at the width of `from`. */
static void
mix_rows (const Resampling *r,
          int               channel,
          int               y,
          float            *out)
{
  const DifImage *from = r->from;
  const float    *plane = from->rgb + (gsize) channel * from->width
                                      * from->height;
  const float    *weights = r->down.weights + (gsize) y * r->down.reach;
  int             k, x;

  for (k = 0; k < r->down.count[y]; k++)
    {
      const float *row = plane + (gsize) inside (r->down.first[y] + k,
                                                 from->height) * from->width;
      float        weight = weights[k];

      if (weight == 0.0f)
        continue;
      for (x = 0; x < from->width; x++)
        out[x] += weight * row[x];
    }
}

static void
resample_row (int   y,
              int   worker,
              void *data)
{
  const Resampling *r = data;
  const Taps       *taps = &r->across;
  float            *mixed = r->scratch + worker * r->row + r->margin;
  int               width = r->from->width, channel, x, k;

  for (channel = 0; channel < 3; channel++)
    {
      float *out = r->to->rgb + ((gsize) channel * r->to->height + y)
                                * r->to->width;

      memset (mixed, 0, width * sizeof (float));
      mix_rows (r, channel, y, mixed);
      for (k = 1; k <= r->margin; k++)
        {
          mixed[-k] = mixed[inside (-k, width)];
          mixed[width + k - 1] = mixed[(k - 1) % width];
        }
      for (x = 0; x < r->to->width; x++)
        {
          const float *values = mixed + taps->first[x];
          const float *weights = taps->weights + (gsize) x * taps->reach;
          float        sum = 0.0f;

          for (k = 0; k < taps->count[x]; k++)
            sum += weights[k] * values[k];
          out[x] = sum;
        }
    }
}

gboolean
dif_resample (const DifImage  *from,
              DifImage        *to,
              gboolean         wrapped,
              DifPool         *pool,
              GError         **error)
{
  Resampling r = { from, to };
  gboolean   ok;

  if (from->width == to->width && from->height == to->height)
    {
      memcpy (to->rgb, from->rgb, (gsize) 3 * to->width * to->height
                                  * sizeof (float));
      return TRUE;
    }
  ok = make_taps (&r.across, from->width, to->width, wrapped, error)
       && make_taps (&r.down, from->height, to->height, wrapped, error);
  if (ok)
    {
      r.margin = wrapped ? r.across.reach : 0;
      /* No two workers write to one cache line. */
      r.row = from->width + 2 * (gsize) r.margin + DIF_ALIGNMENT;
      r.scratch = dif_alloc (dif_product (r.row, dif_pool_n_threads (pool)),
                             sizeof (float), "the rows of resampling", error);
      ok = r.scratch != NULL;
    }
  if (ok)
    dif_pool_run (pool, to->height, resample_row, &r);
  dif_free (r.scratch);
  free_taps (&r.across);
  free_taps (&r.down);
  return ok;
}
