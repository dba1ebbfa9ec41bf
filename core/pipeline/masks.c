/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * masks.c: see masks.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "pipeline/masks.h"

static guint8 *
copy_mask (const guint8  *mask,
           gsize          n,
           GError       **error)
{
  guint8 *copy = dif_alloc (n, 1, "a mask", error);

  if (copy)
    memcpy (copy, mask, n);
  return copy;
}

/* Whether a mask says of every pixel what none says. */
static gboolean
says_nothing (const guint8 *mask,
              gsize         n,
              guint8        usual)
{
  gsize i;

  for (i = 0; mask && i < n && mask[i] == usual; i++);
  return ! mask || i == n;
}

gboolean
dif_masks_copy (DifMasks      *masks,
                int            width,
                int            height,
                const guint8  *excluded,
                const guint8  *change,
                GError       **error)
{
  gsize n = (gsize) width * height;

  if (says_nothing (excluded, n, 0))
    excluded = NULL;
  if (says_nothing (change, n, 255))
    change = NULL;
  if (excluded)
    masks->excluded = copy_mask (excluded, n, error);
  if (change && (! excluded || masks->excluded))
    masks->change = copy_mask (change, n, error);
  return (! excluded || masks->excluded) && (! change || masks->change);
}

void
dif_masks_clear (DifMasks *masks)
{
  g_clear_pointer (&masks->excluded, dif_free);
  g_clear_pointer (&masks->change, dif_free);
}

guint64
dif_masks_memory (int width,
                  int height)
{
  return 2 * (guint64) width * height;
}

static float
blend (float  source,
       float  result,
       guint8 change)
{
  if (change == 0)
    return source;
  if (change == 255 || ! isfinite (source))
    return result;
  return source + (result - source) * (change / 255.0f);
}

/* The pixels of source that lie behind one of a result, which is one or more. */
static DifRect
behind (const DifImage *source,
        const DifImage *result,
        int             x,
        int             y)
{
  int left = (int) ((gint64) x * source->width / result->width);
  int top = (int) ((gint64) y * source->height / result->height);
  int right = (int) ((gint64) (x + 1) * source->width / result->width);
  int bottom = (int) ((gint64) (y + 1) * source->height / result->height);

  return (DifRect) { left, top, MAX (1, right - left), MAX (1, bottom - top) };
}

static float
mean_value (const float   *plane,
            int            width,
            const DifRect *part)
{
  float sum = 0.0f;
  int   x, y;

  if (part->width == 1 && part->height == 1)
    return plane[(gsize) part->y * width + part->x];
  for (y = part->y; y < part->y + part->height; y++)
    for (x = part->x; x < part->x + part->width; x++)
      sum += plane[(gsize) y * width + x];
  return sum / (float) (part->width * part->height);
}

static guint8
mean_change (const guint8  *change,
             int            width,
             const DifRect *part)
{
  int sum = 0, n = part->width * part->height, x, y;

  for (y = part->y; y < part->y + part->height; y++)
    for (x = part->x; x < part->x + part->width; x++)
      sum += change[(gsize) y * width + x];
  return (guint8) ((sum + n / 2) / n);
}

void
dif_masks_blend (const DifMasks *masks,
                 const DifImage *source,
                 DifImage       *result)
{
  gsize plane = (gsize) result->width * result->height;
  gsize from = (gsize) source->width * source->height;
  int   x, y, c;

  if (! masks->change)
    return;
  for (y = 0; y < result->height; y++)
    for (x = 0; x < result->width; x++)
      {
        DifRect part = behind (source, result, x, y);
        float  *to = result->rgb + (gsize) y * result->width + x;
        guint8  change = mean_change (masks->change, source->width, &part);

        for (c = 0; c < 3; c++)
          to[c * plane] = blend (mean_value (source->rgb + c * from, source->width,
                                             &part), to[c * plane], change);
      }
}
