/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * scale.c: see scale.h.  Each axis by itself: what a pixel is made of is a run of
 * the picture's pixels with their shares.
 */

#include <math.h>

#include "alloc.h"
#include "scale.h"

typedef struct
{
  int    first;
  int    n;
  double begin;   /* of what is averaged, in pixels of the picture */
  double end;
} Run;

/* Of what is smaller than a pixel of the picture a pixel's width is taken, which
 * interpolates.
 */
static Run
run_of (int    i,
        double offset,
        double step,
        int    length)
{
  double middle = offset + (i + 0.5) * step;
  double half = 0.5 * MAX (1.0, step);
  Run    run;

  middle = CLAMP (middle, 0.5, length - 0.5);
  run.begin = MAX (0.0, middle - half);
  run.end = MIN ((double) length, middle + half);
  /* What rounding adds is no pixel. */
  run.first = MIN (length - 1, (int) floor (run.begin + 1e-9));
  run.n = MAX (1, (int) ceil (run.end - 1e-9) - run.first);
  return run;
}

static double
share_of (const Run *run,
          int        k)
{
  double begin = MAX (run->begin, run->first + k);
  double end = MIN (run->end, run->first + k + 1.0);

  return run->n == 1 ? 1.0 : MAX (0.0, end - begin) / (run->end - run->begin);
}

static void
scale_plane (const float *plane,
             int          stride,
             const Run   *across,
             const Run   *down,
             int          width,
             int          height,
             float       *out)
{
  int x, y, i, k;

  for (y = 0; y < height; y++)
    for (x = 0; x < width; x++)
      {
        double sum = 0.0;

        for (k = 0; k < down[y].n; k++)
          {
            const float *row = plane + (gsize) (down[y].first + k) * stride
                               + across[x].first;
            double       share = share_of (&down[y], k);

            for (i = 0; i < across[x].n; i++)
              sum += share * share_of (&across[x], i) * row[i];
          }
        *out++ = (float) sum;
      }
}

static Run *
runs_of (int      n,
         double   offset,
         double   step,
         int      length,
         GError **error)
{
  Run *runs = dif_ui_try_alloc ((gsize) n, sizeof (Run), "a row of the preview",
                                error);
  int  i;

  for (i = 0; runs && i < n; i++)
    runs[i] = run_of (i, offset, step, length);
  return runs;
}

DifImage *
dif_ui_scale (const DifImage  *picture,
              int              layer_width,
              int              layer_height,
              const DifRect   *part,
              int              width,
              int              height,
              GError         **error)
{
  double    across = (double) picture->width / layer_width;
  double    down = (double) picture->height / layer_height;
  Run      *columns = runs_of (width, part->x * across,
                               part->width * across / width, picture->width,
                               error);
  Run      *rows = NULL;
  DifImage *image = NULL;
  int       c;

  if (columns)
    rows = runs_of (height, part->y * down, part->height * down / height,
                    picture->height, error);
  if (rows)
    image = dif_image_new (width, height, error);
  for (c = 0; image && c < 3; c++)
    scale_plane (picture->rgb + (gsize) c * picture->width * picture->height,
                 picture->width, columns, rows, width, height,
                 image->rgb + (gsize) c * width * height);
  g_free (columns);
  g_free (rows);
  return image;
}
