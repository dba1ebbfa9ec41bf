/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * hot-pixels.c: see hot-pixels.h.
 */

#include <math.h>
#include <stdlib.h>

#include "pipeline/hot-pixels.h"
#include "pipeline/restore.h"

/* How far around a pixel is looked, and how many pixels that are. */
#define REACH 2
#define SIDE  (2 * REACH + 1)
#define NEAR  8
#define FAR   (SIDE * SIDE - 1 - NEAR)

/* It is brighter than all around it by so many times what these differ by among
 * themselves, and by so much at least: 8 steps of 8 bits.
 */
#define STANDS_OUT 1.25f
#define LEAST      (8.0f / 127.5f)

/* So much of its height may be in the mean of the pixels beside it; of a star that is
 * spread by a Gaussian of half a pixel's deviation, 0.14 is.
 */
#define SPREAD 0.12f

/* So much of it may be in the other channels, which stand out no further than by such
 * a share of what is around them there differs by, and a step.
 */
#define OTHERS 0.2f
#define QUIET  0.5f
#define STEP   (1.0f / 127.5f)

/* A pixel that is replaced. */
typedef struct
{
  gsize at;
  int   channel;
  float change;
} HotPixel;

/* One channel of a pixel and of what is around it. */
typedef struct
{
  float value;
  float near[NEAR];
  float least;      /* of all around it */
  float most;
  float height;     /* above the mean of the farther ones */
  float beside;     /* the same of those beside it        */
} Site;

/* Where it is continued beyond its edges as in a mirror. */
static int
mirrored (int i,
          int length)
{
  i = abs (i);
  return i < length ? i : 2 * length - 2 - i;
}

/* FALSE where a value is no number. */
static gboolean
look_around (const DifImage *image,
             int             c,
             int             x,
             int             y,
             Site           *site)
{
  const float *plane = image->rgb + (gsize) c * image->width * image->height;
  float        near = 0.0f, far = 0.0f;
  int          n = 0, i, j;

  site->least = G_MAXFLOAT;
  site->most = -G_MAXFLOAT;
  site->value = plane[(gsize) y * image->width + x];
  for (j = -REACH; j <= REACH; j++)
    for (i = -REACH; i <= REACH; i++)
      {
        float v = plane[(gsize) mirrored (y + j, image->height) * image->width
                        + mirrored (x + i, image->width)];

        if (! isfinite (v))
          return FALSE;
        if (i == 0 && j == 0)
          continue;
        site->least = MIN (site->least, v);
        site->most = MAX (site->most, v);
        if (abs (i) < REACH && abs (j) < REACH)
          {
            site->near[n++] = v;
            near += v / NEAR;
          }
        else
          far += v / FAR;
      }
  site->height = site->value - far;
  site->beside = near - far;
  return TRUE;
}

static gboolean
stands_out (const Site *site)
{
  float over = site->value - site->most;

  return over > LEAST && over > STANDS_OUT * (site->most - site->least)
         && fabsf (site->beside) < SPREAD * site->height;
}

static gboolean
is_quiet (const Site *site,
          float       height)
{
  float beyond = MAX (site->value - site->most, site->least - site->value);

  return site->height < OTHERS * height
         && beyond < QUIET * (site->most - site->least) + STEP;
}

static int
by_value (const void *a,
          const void *b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* Nearly all pixels are not brighter than the two beside them by enough. */
static gboolean
may_be_hot (const float *row,
            int          x,
            int          width)
{
  return row[x] - row[mirrored (x - 1, width)] > LEAST
         && row[x] - row[mirrored (x + 1, width)] > LEAST;
}

static gboolean
is_hot (const DifImage *image,
        int             c,
        int             x,
        int             y,
        float          *change)
{
  Site site, other;
  int  k;

  if (! look_around (image, c, x, y, &site) || ! stands_out (&site))
    return FALSE;
  for (k = 1; k < 3; k++)
    if (! look_around (image, (c + k) % 3, x, y, &other)
        || ! is_quiet (&other, site.height))
      return FALSE;
  qsort (site.near, NEAR, sizeof (float), by_value);
  *change = (site.near[NEAR / 2 - 1] + site.near[NEAR / 2]) / 2.0f - site.value;
  return TRUE;
}

int
dif_hot_pixels_take_out (DifImage        *image,
                         const DifParams *params)
{
  gsize   plane = (gsize) image->width * image->height;
  GArray *found;
  guint   i;
  int     n, x, y, c;

  if (image->width < SIDE || image->height < SIDE)
    return 0;
  found = g_array_new (FALSE, FALSE, sizeof (HotPixel));
  for (c = 0; c < 3; c++)
    for (y = 0; y < image->height; y++)
      for (x = 0; x < image->width; x++)
        {
          gsize    at = (gsize) y * image->width;
          HotPixel hot = { at + x, c, 0.0f };

          if (may_be_hot (image->rgb + c * plane + at, x, image->width)
              && is_hot (image, c, x, y, &hot.change))
            g_array_append_val (found, hot);
        }
  /* None is looked at after another was changed, so that a part has the same. */
  for (i = 0; i < found->len; i++)
    {
      const HotPixel *hot = &g_array_index (found, HotPixel, i);
      float           change[3] = { 0.0f, 0.0f, 0.0f };

      change[hot->channel] = hot->change;
      dif_restore_share (params, change);
      for (c = 0; c < 3; c++)
        image->rgb[c * plane + hot->at] += change[c];
    }
  n = (int) found->len;
  g_array_unref (found);
  return n;
}
