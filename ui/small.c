/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * small.c: see small.h.
 */

#include "small.h"

/* What of the host's layer is taken. */
static void
measure (DifSmall *small)
{
  DifRect work = small->host->work;
  int     longer = MAX (work.width, work.height);

  small->area = work;
  small->reduction = CLAMP ((longer + small->side - 1) / small->side, 1,
                            small->most);

  /* A middle with the proportions of the whole, where that is too large. */
  if (longer > small->side * small->reduction)
    {
      double share = (double) small->side * small->reduction / longer;

      small->area.width = MAX (1, (int) (work.width * share));
      small->area.height = MAX (1, (int) (work.height * share));
      small->area.x += (work.width - small->area.width) / 2;
      small->area.y += (work.height - small->area.height) / 2;
    }
}

void
dif_small_init (DifSmall       *small,
                const DifHost  *host,
                int             side,
                int             most,
                GSourceFunc     ready,
                gpointer        data)
{
  *small = (DifSmall) { .host = host, .side = side, .most = most,
                        .ready = ready, .data = data };
  measure (small);
}

void
dif_small_renew (DifSmall *small)
{
  gboolean wanted = small->reader != NULL;

  dif_small_clear (small);
  measure (small);
  if (wanted)
    dif_small_read (small);
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
  if (! small->reader)
    small->reader = dif_reader_new (small->host, &small->area, small->reduction,
                                    TRUE, on_read, small);
}

DifParams
dif_small_params (const DifSmall  *small,
                  const DifParams *params)
{
  DifParams made = *params;

  made.num_variations = 1;
  made.reduction = small->reduction;
  made.origin_x = small->area.x;
  made.origin_y = small->area.y;
  made.tileable = params->tileable && small->area.width == small->host->work.width;
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
