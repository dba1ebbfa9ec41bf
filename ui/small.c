/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * small.c: see small.h.
 */

#include "small.h"

void
dif_small_init (DifSmall       *small,
                const DifHost  *host,
                int             side,
                GSourceFunc     ready,
                gpointer        data)
{
  int longer = MAX (host->work.width, host->work.height);

  *small = (DifSmall) { .host = host, .side = side, .ready = ready,
                        .data = data };
  small->reduction = CLAMP ((longer + side - 1) / side, 1, DIF_MAX_REDUCTION);
}

void
dif_small_clear (DifSmall *small)
{
  g_clear_pointer (&small->reader, dif_reader_free);
  g_clear_pointer (&small->picture, dif_picture_free);
}

static void
on_read (DifPicture   *picture,
         const GError *error,
         gpointer      data)
{
  DifSmall *small = data;

  small->picture = picture;
  if (picture)
    small->ready (small->data);
}

void
dif_small_read (DifSmall *small)
{
  DifRect area = small->host->work;

  if (! small->reader)
    small->reader = dif_reader_new (small->host, &area, small->reduction,
                                    on_read, small);
}

DifParams
dif_small_params (const DifSmall  *small,
                  const DifParams *params)
{
  DifParams made = *params;

  made.num_variations = 1;
  made.reduction = small->reduction;
  made.origin_x = small->host->work.x;
  made.origin_y = small->host->work.y;
  made.scale_side = MIN (small->host->width, small->host->height);
  return made;
}

DifImage *
dif_small_copy (const DifSmall *small)
{
  DifRect all = { 0, 0, small->picture->rgb->width,
                  small->picture->rgb->height };

  return dif_picture_crop_image (small->picture->rgb, &all, NULL);
}
